/* CIFAR-10's files, in either version, from a folder or an archive. */
#ifndef KNN_CIFAR_H
#define KNN_CIFAR_H

#include "container.h"
#include "dataset.h"

enum { KNN_CIFAR_WIDTH = 32, KNN_CIFAR_BYTES = 3 * KNN_CIFAR_WIDTH * KNN_CIFAR_WIDTH, KNN_CIFAR10_CLASSES = 10 };

extern const char *const knn_cifar10_names[KNN_CIFAR10_CLASSES];

/* Says of a data set whose images are there that they are CIFAR-10's, or look like them. */
int knn_cifar10_describe(struct knn_dataset *dataset, struct knn_error *error);

/* 1 if the folder holds a batch of the binary or the Python version. */
int knn_cifar_holds(const char *folder);

/* Reads all batches of the folder or archive, of the version whose file is found first. On failure the caller frees
 * what is there. */
int knn_cifar_open(struct knn_dataset *dataset, const char *path, struct knn_error *error);

/* Reads one batch of the Python version. On failure nothing is left allocated. */
int knn_cifar_read_python(struct knn_images *images, struct knn_member *batch, struct knn_error *error);

#endif
