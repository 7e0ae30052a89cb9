/* What weights are called, and what is weighed; the vote itself is in knnmark.h. */
#ifndef KNN_VOTE_H
#define KNN_VOTE_H

#include "kernel.h"

/* "uniform" or "distance". */
const char *knn_weights_name(enum knn_weights weights);

/* The distance that is weighed and shown: the root of a squared one. */
double knn_distance_root(enum knn_metric metric, uint64_t distance);

#endif
