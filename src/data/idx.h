/* The idx files of MNIST and its relatives: a magic number, sizes, bytes. */
#ifndef KNN_IDX_H
#define KNN_IDX_H

#include "parts.h"

/* Reads images of unsigned bytes, N x height x width, which become rows of one plane. On failure the caller frees what
 * is there. */
int knn_idx_read_images(struct knn_array *array, struct knn_member *file, struct knn_error *error);

/* Reads labels, a byte each. On failure likewise. */
int knn_idx_read_labels(struct knn_array *array, struct knn_member *file, struct knn_error *error);

#endif
