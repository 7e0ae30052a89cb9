/* Exact search that computes few distances in full: two levels of shorter rows (level.h) rule the others out.
 *
 * The walk is the usual one, over panels of the coarse level, and a tile's hits are the rows that may be near enough;
 * the fine level looks at these, and what it leaves is compared in full, by a pair kernel. A query's first limit comes
 * from the full distances of what is nearest by the coarse level in a part of the rows; every nearer row lowers it. The
 * answer is that of an exhaustive search, bit for bit: no row is left out whose distance may be within the limit. */
#ifndef KNN_BOUNDS_H
#define KNN_BOUNDS_H

#include "engine.h"
#include "level.h"
#include "ways.h"

struct knn_bounds {
    struct knn_rows rows; /* must outlive the bounds */
    struct knn_form form;
    struct knn_level levels[KNN_LEVELS];
    struct knn_panels panels[KNN_LEVELS]; /* by the job's kernel; the fine level's are none where its rows are too long
                                             for a tile, and the coarse level has its short rows in panels alone */
    const struct knn_kernel *pair;        /* for single rows of the fine level, and for rows in full */
    struct knn_ways *ways;                /* [KNN_WAYS_KINDS] what searches learnt, of every kind */
};

/* The pair kernel that goes with a tile kernel: the fastest expected that needs no more of the CPU. */
const struct knn_kernel *knn_bounds_pair(const struct knn_kernel *kernel);

/* Fails where there are no bounds by the job's kernel for rows of this length. */
int knn_bounds_check(const struct knn_job *job, size_t dim, struct knn_picture picture, struct knn_error *error);

/* Beside rows of 3072 bytes, L1's bounds take 0.57 of their size and L2's 0.19; short rows take more, as
 * they are padded. Fails without memory, and where there are none. */
int knn_bounds_build(struct knn_bounds *bounds, const struct knn_job *job, struct knn_rows rows,
                     struct knn_picture picture, struct knn_error *error);
void knn_bounds_free(struct knn_bounds *bounds);

/* How many distances there were: all, of the fine level one by one, in full. */
struct knn_bounds_work {
    _Alignas(KNN_PANEL_ALIGN) uint64_t all; /* threads that count share no cache line */
    uint64_t fine, full;
};

/* As knn_search_rows. Which level the walk is over is settled by time, and remembered (ways.h). With `strictly` 0,
 * queries are sought among the rows in full where that takes less time. */
int knn_search_bounds(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                      int strictly, struct knn_neighbor *neighbors, struct knn_bounds_work *work,
                      struct knn_error *error);

/* As knn_search_other_folds, whose rows the bounds are of. With `strictly` 0, that one does the work where the first
 * queries show that it takes less time. */
int knn_search_folds_by_bounds(const struct knn_job *job, const struct knn_bounds *bounds, const uint32_t *fold,
                               size_t folds, size_t k, int strictly, struct knn_neighbor *neighbors,
                               struct knn_error *error);

/* 1 if bounds seem to pay for searches among these rows: some of the rows are sought among some others. */
int knn_bounds_pay(const struct knn_job *job, struct knn_rows rows, struct knn_picture picture);

#endif
