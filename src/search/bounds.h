/* Exact search that computes few distances in full: two levels of shorter rows (level.h) rule the others out.
 *
 * The walk (walk.h) goes over panels of the coarse level, and a tile's hits are the rows that may be near enough. The
 * fine level checks these, and a pair kernel compares the survivors in full. A query's first limit comes from a part of
 * the rows: those nearest by the coarse level are compared in full. Every nearer row lowers the limit. The answer is
 * that of an exhaustive search, bit for bit: no row is left out whose distance may be within the limit. */
#ifndef KNN_BOUNDS_H
#define KNN_BOUNDS_H

#include "engine.h"
#include "level.h"
#include "ways.h"

struct knn_bounds {
    struct knn_rows rows; /* must outlive the bounds */
    struct knn_form form;
    struct knn_level levels[KNN_LEVELS];
    struct knn_panels panels[KNN_LEVELS]; /* for the job's kernel; the fine level has none where its rows are too long
                                             for a tile, and the coarse level keeps its rows only here */
    const struct knn_kernel *pair;        /* for single rows of the fine level, and for rows in full */
    struct knn_ways *ways;                /* [KNN_WAYS_KINDS] what searches of each kind have learnt */
};

/* The pair kernel that goes with a tile kernel: the fastest (registry.c) that needs no further CPU features. */
const struct knn_kernel *knn_bounds_pair(const struct knn_kernel *kernel);

/* Fails where there are no bounds by the job's kernel for rows of this length. */
int knn_bounds_check(const struct knn_job *job, size_t dim, struct knn_picture picture, struct knn_error *error);

/* A picture of width 0 is guessed from the rows (knn_picture_guess). Beside rows of 3072
 * bytes, L1's bounds take 0.57 of their size and L2's 0.19; short rows take more, as they are padded. Fails without
 * memory, and where knn_bounds_check fails. */
int knn_bounds_build(struct knn_bounds *bounds, const struct knn_job *job, struct knn_rows rows,
                     struct knn_picture picture, struct knn_error *error);
void knn_bounds_free(struct knn_bounds *bounds);

/* Numbers of distances: all pairs; those of the fine level computed one by one; those computed in full. */
struct knn_bounds_work {
    _Alignas(KNN_PANEL_ALIGN) uint64_t all; /* threads that count share no cache line */
    uint64_t fine, full;
};

/* As knn_search_rows. Measured times, which are remembered (ways.h), decide which level the walk goes over. With
 * `strictly` 0, the search is exhaustive where that takes less time. */
int knn_search_bounds(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                      int strictly, struct knn_neighbor *neighbors, struct knn_bounds_work *work,
                      struct knn_error *error);

/* As knn_search_other_folds, among the rows of the bounds. With `strictly` 0, knn_search_other_folds does the work if
 * the first queries show that it takes less time. */
int knn_search_folds_by_bounds(const struct knn_job *job, const struct knn_bounds *bounds, const uint32_t *fold,
                               size_t folds, size_t k, int strictly, struct knn_neighbor *neighbors,
                               struct knn_error *error);

/* 1 if bounds seem to pay for searches among these rows: a trial searches for some rows among others. */
int knn_bounds_pay(const struct knn_job *job, struct knn_rows rows, struct knn_picture picture);

#endif
