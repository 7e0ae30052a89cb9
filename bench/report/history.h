/* Results of one CPU through time. */
#ifndef REPORT_HISTORY_H
#define REPORT_HISTORY_H

#include <stdio.h>

#include "results/results.h"
#include "results/table.h"

enum { MAX_HISTORY = 64 };

struct history {
    const struct results *items[MAX_HISTORY]; /* oldest first */
    size_t count;
};

/* Those of the last file's CPU, data and threads; the others are named on standard error, with the reason. Fails where
 * none is left beside it. */
int history_gather(struct history *history, const struct results *results, size_t count, struct knn_error *error);

/* `history` is a struct history. */
void history_write(FILE *stream, const void *history, enum form form);

#endif
