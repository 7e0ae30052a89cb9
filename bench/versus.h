/* `make versus`: which of two is faster, by epochs that alternate in one process. */
#ifndef BENCH_VERSUS_H
#define BENCH_VERSUS_H

#include "bench.h"

/* One of the two things to compare. */
struct side {
    const char *text;
    const struct knn_kernel *kernel;
    const struct work_policy *policy;
    int bounds;
    unsigned threads, k, batch;
    unsigned extra; /* per cent of work that is done but not counted, to test what can be told apart */
};

/* Reads words of benchmarks' names, separated by "/": a kernel; a metric, which stands for its default kernel; a
 * policy; "exhaustive" or "bounds"; threads:N, k:N, batch:N, extra:N. What is left out is as `make bench` has it by
 * default; the kernel then stays NULL. */
int side_parse(struct side *side, const char *text, const struct bench *bench, struct knn_error *error);

/* `sides`: two, separated by a comma. Prints a line for the full job and, if nothing of a search is named, one for the
 * kernels alone. */
int versus(struct bench *bench, const char *sides, struct knn_error *error);

#endif
