/* The exhaustive searches, by the walk (walk.h). They are exact: every kernel, tile, number of threads, batch size and
 * order of ids gives the same answer.
 *
 * A tile kernel compares its whole tile with the queries' bounds while the distances are still in registers, so
 * selection (best.h) sees only what may be nearer. */
#ifndef KNN_ENGINE_H
#define KNN_ENGINE_H

#include "knnmark.h"
#include "panels.h"
#include "schedule.h"

/* How a search is done. */
struct knn_job {
    const struct knn_kernel *kernel;
    const struct knn_team *team;
    struct knn_policy policy; /* changes no answer, only the time it takes: to compare policies */
    knn_progress_fn *progress;
    void *context;
    uint32_t first_id;                 /* added to every id; 0 where there are ids */
    const uint32_t *ids;               /* of the train rows; NULL: their numbers */
    uint32_t largest_id;               /* of ids */
    const uint32_t *fold, *query_fold; /* only for bounds: of train rows and queries, as in best.h */
};

/* What every search checks of its train rows and of k, for callers that check before they pack. */
int knn_check_train(const struct knn_job *job, struct knn_rows rows, struct knn_error *error);
int knn_check_k(size_t k, struct knn_error *error);

/* For searches in other files: all checks; the bits of an id in a key; the most ranges of a strip. */
int knn_check_search(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k,
                     struct knn_error *error);
int knn_check_folds(const struct knn_job *job, struct knn_rows rows, const uint32_t *fold, size_t folds, size_t k,
                    struct knn_error *error);
unsigned knn_job_id_bits(const struct knn_job *job, size_t rows);
size_t knn_most_ranges(size_t queries, size_t k);

/* neighbors[q * k + i] becomes the i-th nearest train row of query q. Each fails on a bad k or dim, without memory, or
 * when progress stops it; `neighbors` then holds nothing of use. Any number of searches may share panels, each called
 * from a thread of its own; their teams should then be unbound, or all will share the same cores (team.h). */

/* Among packed rows, by the kernel they are packed for. */
int knn_search_panels(const struct knn_job *job, const struct knn_panels *panels, struct knn_rows queries, size_t k,
                      struct knn_neighbor *neighbors, struct knn_error *error);

/* Among rows that stay as they are. They are packed a part at a time, which takes a quarter of their size. */
int knn_search_rows(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k,
                    struct knn_neighbor *neighbors, struct knn_error *error);

/* The nearest of every row among the rows of other folds. Each pair's distance is computed once and goes to both rows,
 * as d(a, b) = d(b, a): half the distances of one search per fold. fold[i] < folds is the fold of row i. Strips of a
 * fold's rows are packed, and blocks of the rows of all earlier folds meet them. One thread has a block, and one at a
 * time a panel, so no two threads write to the same k best. */
int knn_search_other_folds(const struct knn_job *job, struct knn_rows rows, const uint32_t *fold, size_t folds,
                           size_t k, struct knn_neighbor *neighbors, struct knn_error *error);

/* All distances: distances[q * stride + t], of 4 or 8 `bytes` each. */
int knn_all_distances(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, void *distances,
                      size_t bytes, size_t stride, struct knn_error *error);

#endif
