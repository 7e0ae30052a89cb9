/* Generated images that stand in for CIFAR-10 where it is not at hand: same shape, same class balance, the statistics
 * of natural images (power falls as 1/f^2, colour planes correlate) and classes that a nearest neighbour tells apart
 * about as often as CIFAR-10's. They are made in integers only, so a seed gives the same bytes on every machine. A row
 * of another length has the first bytes of such an image, or several images of one class, one after another. */
#ifndef KNN_SYNTHETIC_H
#define KNN_SYNTHETIC_H

#include "dataset.h"

/* Generates a data set by settings with commas between them, each at most once: seed=N, train=N and test=N (images),
 * dim=N (bytes of a row) and classes=N; NULL is none. There are no more threads than processors, and the bytes do not
 * depend on how many. On failure the caller frees what is there. */
int knn_synthetic_open(struct knn_dataset *dataset, const char *settings, struct knn_error *error);

#endif
