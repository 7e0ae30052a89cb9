/* The names of weights, and the distance they use; the vote itself is in knnmark.h. */
#ifndef KNN_VOTE_H
#define KNN_VOTE_H

#include "kernel.h"

/* "uniform" or "distance". */
const char *knn_weights_name(enum knn_weights weights);

/* The distance that weights use and users see: the root of a squared one. */
double knn_distance_root(enum knn_metric metric, uint64_t distance);

#endif
