/* The vote of a query's k nearest. A list of neighbours, nearest first, serves every k up to its length. */
#ifndef KNN_VOTE_H
#define KNN_VOTE_H

#include "kbest.h"
#include "kernel.h"

/* By KNN_DISTANCE a neighbour at distance d has 1 / d votes (L2: d is the root of the squared distance); where some of
 * the k are at distance 0, those have one vote each and the others none. */
enum knn_weights { KNN_UNIFORM, KNN_DISTANCE, KNN_WEIGHTS };

/* "uniform" or "distance". */
const char *knn_weights_name(enum knn_weights weights);

/* The distance that is weighed and shown: the root of a squared one. */
double knn_distance_root(enum knn_metric metric, uint64_t distance);

/* The label with the most votes of the k (1 to KNN_MAX_K) nearest, the smallest of several; neighbour i has label
 * labels[neighbors[i].index]. `shares`, if not NULL, receives each label's share of all votes, and all labels are then
 * below `classes`.
 *
 * Votes are added up in the neighbours' order. Labels whose neighbours are equally far get the same terms in the same
 * order, hence equal sums and a tie; sums that are not equal in real numbers, but closer than the rounding of k
 * additions (some k * 1e-16 of their size), could go either way, here and in any other order. */
uint16_t knn_vote(const struct knn_neighbor *neighbors, size_t k, const uint16_t *labels, enum knn_metric metric,
                  enum knn_weights weights, double *shares, size_t classes);

#endif
