/* Correctness before timing: a kernel's answers beside those of the scalar reference. */
#ifndef VERIFY_H
#define VERIFY_H

#include "engine.h"

/* Searches `queries` (a few: the reference takes its time) in the panels' train rows with the panels' kernel and
 * compares neighbours and distances with `expected`, the reference's for the same k. -1 and a line that names the first
 * difference, or what else went wrong. */
int verify_search(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
                  const struct knn_neighbor *expected, const struct knn_team *team, struct knn_error *error);

/* Compares all distances that one kernel computes between the first rows of two matrices, a tile of them, with the
 * reference's. */
int verify_kernel(const struct knn_kernel *kernel, const struct knn_matrix *queries, const struct knn_matrix *train,
                  struct knn_error *error);

#endif
