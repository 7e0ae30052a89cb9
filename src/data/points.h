/* Points of a plane in three classes that overlap: a problem so small that one sees all that a classifier does. */
#ifndef KNN_POINTS_H
#define KNN_POINTS_H

#include "matrix.h"

enum { KNN_POINT_CLASSES = 3, KNN_POINTS = 90 };

/* Row i becomes point i, two bytes x and y, and labels[i] its class, i % KNN_POINT_CLASSES. A class is a heap around a
 * centre. The seed alone decides where each point lies, on every machine. The caller frees the matrix. */
int knn_points_generate(struct knn_matrix *points, uint16_t labels[KNN_POINTS], uint64_t seed, struct knn_error *error);

#endif
