/* What the readers of CIFAR's files share: images of 32 x 32 pixels in colour, in records or in pickles. */
#ifndef KNN_CIFAR_H
#define KNN_CIFAR_H

#include "container.h"
#include "dataset.h"

enum { KNN_CIFAR_WIDTH = 32, KNN_CIFAR_BYTES = 3 * KNN_CIFAR_WIDTH * KNN_CIFAR_WIDTH, KNN_CIFAR10_CLASSES = 10 };

extern const struct knn_shape knn_cifar_shape;
extern const char *const knn_cifar10_names[KNN_CIFAR10_CLASSES];

/* A record of the binary versions: labels, a byte each, and the image. */
struct knn_cifar_record {
    unsigned labels;     /* 1 or 2 */
    unsigned used;       /* the number of the label that is the class */
    unsigned classes[2]; /* how many each label has */
};

/* Gives a data set CIFAR-10's shape and class names. */
int knn_cifar10_describe(struct knn_dataset *dataset, struct knn_error *error);

/* Fails on a file that was read before (its images are there), is empty, or is larger than KNN_MAX_IMAGES records of
 * `record` bytes. */
int knn_cifar_check(const struct knn_images *images, const struct knn_member *file, size_t record,
                    struct knn_error *error);

/* Images in a file of records. */
static inline size_t knn_cifar_count(const struct knn_member *file, const struct knn_cifar_record *record) {
    return (size_t)(file->size / (record->labels + KNN_CIFAR_BYTES));
}

/* Reads some of the knn_cifar_count() records of a file. On failure the caller frees what is there. */
int knn_cifar_read_binary(struct knn_images *images, struct knn_span span, const struct knn_cifar_record *record,
                          struct knn_member *file, struct knn_error *error);

/* Reads one batch of CIFAR-10's Python version. On failure nothing is left allocated. */
int knn_cifar_read_python(struct knn_images *images, struct knn_member *batch, struct knn_error *error);

#endif
