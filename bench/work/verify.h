/* Correctness before timing: a kernel's answers beside those of the scalar reference. Each returns RIGHT, WRONG with a
 * line that names the first difference, or FAILED with a line that says what else went wrong. */
#ifndef VERIFY_H
#define VERIFY_H

#include "engine.h"

enum verified { FAILED = -1, RIGHT = 0, WRONG = 1 };

/* The neighbours of `queries` (a few: the reference takes its time) by one search, and `expected`, which has `stride`
 * of them for each query, at least k. */
enum verified verify_search(const struct knn_job *job, const struct knn_panels *panels, struct knn_rows queries,
                            size_t k, const struct knn_neighbor *expected, size_t stride, struct knn_error *error);

/* All distances between the rows of two matrices, tile by tile, and of a tile the mask of queries that have something
 * near. */
enum verified verify_kernel(const struct knn_kernel *kernel, const struct knn_matrix *queries,
                            const struct knn_matrix *train, struct knn_error *error);

#endif
