/* Compressed data: the first rank reads them and sends every rank its part. */
#ifndef PACKED_H
#define PACKED_H

#include "dataset.h"

/* The part of the training rows, or of the first `limit` (0: all) test rows or queries, that a rank has. */
struct knn_share rows_of(int rank);
struct knn_share queries_of(int rank, size_t limit);

/* Sets *packed to 1 if the first rank finds a file that begins as compressed ones do; a data set in one file. */
int packed_file(const char *path, int *packed, struct knn_error *error);
int packed_dataset(const char *spec, int *packed, struct knn_error *error);

int packed_open_rows(struct knn_images *rows, const char *path, int queries, size_t limit, struct knn_error *error);
int packed_open_dataset(struct knn_dataset *dataset, const char *spec, size_t limit, struct knn_error *error);

#endif
