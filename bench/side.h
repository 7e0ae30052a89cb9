/* A side of `make versus`: what is to be compared, in the words of benchmarks' names, with "/" between them. */
#ifndef BENCH_SIDE_H
#define BENCH_SIDE_H

#include "bench.h"

struct side {
    const char *text;
    const struct knn_kernel *kernel;
    const struct work_policy *policy;
    int bounds;
    unsigned threads, k, batch;
    unsigned extra; /* so many per cent more work than is counted, to see what is told apart */
};

/* A kernel; a metric, which is its default kernel; a policy; "exhaustive" or "bounds"; threads:N, k:N, batch:N,
 * extra:N. What is left out is what `make bench` has by default; the kernel then stays NULL. */
int side_parse(struct side *side, const char *text, const struct bench *bench, struct knn_error *error);

#endif
