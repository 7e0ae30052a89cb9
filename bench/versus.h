/* `make versus`: which of two is faster, by epochs that alternate in one process. */
#ifndef BENCH_VERSUS_H
#define BENCH_VERSUS_H

#include "bench.h"

/* `sides` has a comma between them (side.h). Prints a line for kernels alone, where nothing of the search is named,
 * and one for the full job. */
int versus(struct bench *bench, const char *sides, struct knn_error *error);

#endif
