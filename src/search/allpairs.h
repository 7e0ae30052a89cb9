/* The k nearest of every row among the rows of other folds, each pair's distance computed once: d(a, b) = d(b, a) goes
 * to both. Exhaustive and exact, ordered by (distance, row): for every fold the answer that a search for its rows among
 * all others gives, for half the distances.
 *
 * The rows stay where they are. Strips of a fold's rows are packed into train panels, and blocks of all rows of the
 * folds before it, packed as queries, meet them; so there is one strip at a time beside the rows. Only one thread has a
 * block, and only one at a time a panel, so neither's k best are written by two. */
#ifndef KNN_ALLPAIRS_H
#define KNN_ALLPAIRS_H

#include "engine.h"
#include "folds.h"

/* A row's neighbours are kept as the keys they are found by (kbest.h): 8 bytes each, half of a struct knn_neighbor.
 * While they are sought there is room for half as many more, 12 k bytes a row in all. */
struct knn_allpairs {
    size_t k;
    unsigned index_bits;
    struct knn_matrix keys; /* row i: that row's k keys, smallest first */
};

/* Fails on a metric that is not symmetric, on a bad k (1 <= k <= KNN_MAX_K, at most the rows of the smallest training
 * part), without memory, or when progress (may be NULL, see engine.h) stops it; nothing is then left allocated. A pair
 * kernel, and rows too long for one tile's 32 bits, take a slower way: pair by pair. */
int knn_allpairs(struct knn_allpairs *found, const struct knn_kernel *kernel, const struct knn_matrix *rows,
                 const struct knn_folds *folds, size_t k, const struct knn_team *team, knn_progress_fn *progress,
                 void *context, struct knn_error *error);

/* The row's k neighbours, nearest first. */
void knn_allpairs_row(const struct knn_allpairs *found, size_t row, struct knn_neighbor *neighbors);

/* Safe on a zeroed struct, and twice. */
void knn_allpairs_free(struct knn_allpairs *found);

#endif
