/* Reports on several result files. */
#ifndef REPORT_SEVERAL_H
#define REPORT_SEVERAL_H

#include <stdio.h>

#include "results/results.h"
#include "results/table.h"

/* -- the peers come in a file of their own: whether it belongs to the benchmarks' one ------------------------------ */

/* 1 if a file has nothing but peers. */
int peers_alone(const struct results *results);

/* Moves the peers' runs to the results, if they may stand beside its kernels; if not, results->left_out says why. Free
 * both, the peers after the results. */
void peers_join(struct results *results, struct results *peers);

/* -- CPUs beside each other ---------------------------------------------------------------------------------------- */

enum { MAX_CPUS = 16 };

struct cpus {
    const struct results *items[MAX_CPUS];
    char names[MAX_CPUS][96]; /* what the columns are called */
    size_t count;
};

/* Fails with a line that names every file which cannot be compared with the others: other data or another shape, a part
 * of the job, not finished, emulated. */
int cpus_gather(struct cpus *cpus, const struct results *results, size_t count, struct knn_error *error);

/* `cpus` is a struct cpus. */
void cpus_write(FILE *stream, const void *cpus, enum form form);

/* -- one CPU through time ------------------------------------------------------------------------------------------ */

enum { MAX_HISTORY = 64 };

struct history {
    const struct results *items[MAX_HISTORY]; /* oldest first */
    size_t count;
};

/* Takes the files with the last one's CPU, data and threads, and names the others on standard error, with the reason.
 * Fails if none is left beside the last. */
int history_gather(struct history *history, const struct results *results, size_t count, struct knn_error *error);

/* `history` is a struct history. */
void history_write(FILE *stream, const void *history, enum form form);

#endif
