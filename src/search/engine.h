/* The k nearest train rows of every query: exhaustive, exact, the same answer for every kernel, tile, thread count and
 * batch size.
 *
 * Queries are taken in blocks that stay in cache while train panels stream past (schedule.h). A tile kernel compares
 * its whole tile with the queries' bounds while the distances are still in registers, so selection (kbest.h) sees only
 * what may be nearer. Train rows come in ascending order, hence one as far as the bound is never nearer by (distance,
 * index). */
#ifndef KNN_ENGINE_H
#define KNN_ENGINE_H

#include "kbest.h"
#include "panels.h"
#include "schedule.h"

enum { KNN_MAX_K = 1000 };

/* Called on the caller's thread some ten times a second or less often, with the share of the work done, 0 to 1; a
 * non-zero return stops the search. */
typedef int knn_progress_fn(double done, void *context);

/* neighbors[q * k + i] becomes the i-th nearest train row of query q, i < k <= train rows, k <= KNN_MAX_K. `queries`
 * must have the panels' dim. Fails on a bad k or dim, without memory, or when progress (may be NULL) stops it;
 * `neighbors` then holds nothing of use. Any number of searches may share panels, each called from a thread of its own;
 * their teams should then be unbound, or all will share the same cores (team.h). */
int knn_search(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
               struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress, void *context,
               struct knn_error *error);

/* The same by a policy of the caller's (schedule.h), to compare policies; knn_search takes the default one. */
int knn_search_by(struct knn_policy policy, const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
                  struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress, void *context,
                  struct knn_error *error);

#endif
