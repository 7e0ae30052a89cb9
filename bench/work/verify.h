/* Correctness before timing: compares a kernel's answers with those of the scalar reference. Each returns RIGHT, WRONG
 * with a line that names the first difference, or FAILED with a line that says what else went wrong. */
#ifndef VERIFY_H
#define VERIFY_H

#include "engine.h"

enum verified { FAILED = -1, RIGHT = 0, WRONG = 1 };

/* Compares k neighbours of each query with `expected`, which has `stride` of them for each, at least k. `name` says
 * whose they are, for messages. */
enum verified verify_neighbors(const char *name, const struct knn_neighbor *found, size_t k,
                               const struct knn_neighbor *expected, size_t stride, size_t queries,
                               struct knn_error *error);

/* Compares all distances between the rows of two matrices, tile by tile, and each tile's mask of queries with a near
 * row. */
enum verified verify_kernel(const struct knn_kernel *kernel, const struct knn_matrix *queries,
                            const struct knn_matrix *train, struct knn_error *error);

#endif
