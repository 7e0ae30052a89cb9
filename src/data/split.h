/* A random part of a set of images, drawn without a second copy. */
#ifndef KNN_SPLIT_H
#define KNN_SPLIT_H

#include "dataset.h"

/* Draws `count` of the images, each as likely as any other, and swaps them to the front. The seed alone decides which,
 * on every machine. swaps[i] becomes the place that image i was swapped with. */
void knn_draw(struct knn_images *images, size_t count, uint64_t seed, uint32_t *swaps);

/* Puts all images back where they were before. */
void knn_undraw(struct knn_images *images, size_t count, const uint32_t *swaps);

#endif
