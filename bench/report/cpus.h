/* Results of several CPUs beside each other. */
#ifndef REPORT_CPUS_H
#define REPORT_CPUS_H

#include <stdio.h>

#include "results/results.h"
#include "results/table.h"

enum { MAX_CPUS = 16 };

struct cpus {
    const struct results *items[MAX_CPUS];
    char names[MAX_CPUS][96]; /* what the columns are called */
    size_t count;
};

/* Fails with a line that names every file which may not stand beside the others: of other data or another shape, of a
 * part of the job, not finished, emulated. */
int cpus_gather(struct cpus *cpus, const struct results *results, size_t count, struct knn_error *error);

/* `cpus` is a struct cpus. */
void cpus_write(FILE *stream, const void *cpus, enum form form);

#endif
