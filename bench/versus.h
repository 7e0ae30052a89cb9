/* `make versus`: which of two is faster, by epochs that alternate in one process. */
#ifndef BENCH_VERSUS_H
#define BENCH_VERSUS_H

#include "bench.h"

/* What is to be compared. */
struct side {
    const char *text;
    const struct knn_kernel *kernel;
    const struct work_policy *policy;
    int bounds;
    unsigned threads, k, batch;
    unsigned extra; /* so many per cent more work than is counted, to see what is told apart */
};

/* In words of benchmarks' names with "/" between them: a kernel; a metric, which is its default kernel; a policy;
 * "exhaustive" or "bounds"; threads:N, k:N, batch:N, extra:N. What is left out is what `make bench` has by default; the
 * kernel then stays NULL. */
int side_parse(struct side *side, const char *text, const struct bench *bench, struct knn_error *error);

/* `sides` has a comma between them. Prints a line for kernels alone, where nothing of the search is named, and one for
 * the full job. */
int versus(struct bench *bench, const char *sides, struct knn_error *error);

#endif
