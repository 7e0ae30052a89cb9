/* Generated images that stand in for CIFAR-10 where it is not at hand: same shape, same class balance, the statistics
 * of natural images (power falls as 1/f^2, colour planes correlate) and classes that a nearest neighbour tells apart
 * about as often as CIFAR-10's. They are made in integers only, so a seed gives the same bytes on every machine. */
#ifndef KNN_SYNTHETIC_H
#define KNN_SYNTHETIC_H

#include <stddef.h>
#include <stdint.h>

#include "dataset.h"

struct knn_synthetic {
    uint64_t seed;
    size_t train, test; /* images, each >= 1 */
};

/* Fills dataset->train and dataset->test, on all OpenMP threads; the bytes do not depend on how many. On failure the
 * caller frees what is there. */
int knn_synthetic_generate(struct knn_dataset *dataset, const struct knn_synthetic *what, struct knn_error *error);

#endif
