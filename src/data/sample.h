/* A number for the files of a data set, made of their sizes and some thousand of their bytes: if it differs, so do the
 * files. For processes on several hosts, which must read the same data. */
#ifndef KNN_SAMPLE_H
#define KNN_SAMPLE_H

#include "dataset.h"

int knn_sample_file(const char *path, uint64_t *sample, struct knn_error *error);

/* Samples all files that the specification's format knows; for generated images, their description. */
int knn_sample_dataset(const struct knn_dataset *dataset, const char *spec, uint64_t *sample, struct knn_error *error);

#endif
