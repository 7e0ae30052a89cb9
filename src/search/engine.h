/* What is sought by the walk (walk.h): exhaustive, exact, the same answer for every kernel, tile, number of threads and
 * batch size, and for any order of ids.
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
    const uint32_t *fold, *query_fold; /* bounds alone know them: of train rows and queries, as in best.h */
};

/* What every search asks of its train rows and of k, for those who would know before they pack. */
int knn_check_train(const struct knn_job *job, struct knn_rows rows, struct knn_error *error);
int knn_check_k(size_t k, struct knn_error *error);

/* What searches of other files need, too: all checks; bits of an id in a key; ranges that a strip may be cut into. */
int knn_check_search(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k,
                     struct knn_error *error);
int knn_check_folds(const struct knn_job *job, struct knn_rows rows, const uint32_t *fold, size_t folds, size_t k,
                    struct knn_error *error);
unsigned knn_job_id_bits(const struct knn_job *job, size_t rows);
size_t knn_most_ranges(size_t queries, size_t k);

/* neighbors[q * k + i] becomes the i-th nearest train row of query q. Each fails on a bad k or dim, without memory, or
 * when progress stops it; `neighbors` then holds nothing of use. Any number of searches may share panels, each called
 * from a thread of its own; their teams should then be unbound, or all will share the same cores (team.h). */

/* Among rows that are packed; by their kernel. */
int knn_search_panels(const struct knn_job *job, const struct knn_panels *panels, struct knn_rows queries, size_t k,
                      struct knn_neighbor *neighbors, struct knn_error *error);

/* Among rows that stay as they are. They are packed a part at a time, which takes a quarter of their size. */
int knn_search_rows(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k,
                    struct knn_neighbor *neighbors, struct knn_error *error);

/* For every row among the rows of other folds, each pair's distance computed once, for d(a, b) = d(b, a) goes to both:
 * the answers of a search for each fold's rows among all others, for half the distances. fold[i] < folds is the fold of
 * row i. Strips of a fold's rows are packed, and blocks of all rows of the folds before it meet them; only one thread
 * has a block, and only one at a time a panel, so neither's k best are written by two. */
int knn_search_other_folds(const struct knn_job *job, struct knn_rows rows, const uint32_t *fold, size_t folds,
                           size_t k, struct knn_neighbor *neighbors, struct knn_error *error);

/* All of them: distances[q * stride + t], of 4 bytes each or of 8. */
int knn_all_distances(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, void *distances,
                      size_t bytes, size_t stride, struct knn_error *error);

#endif
