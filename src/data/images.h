/* Memory for labelled images. */
#ifndef KNN_IMAGES_H
#define KNN_IMAGES_H

#include "dataset.h"

/* More than this many are refused before anything is allocated: a damaged size, not a data set. */
enum { KNN_MAX_IMAGES = 10000000 };

/* `count` black images of class 0. Fails on none, on more than KNN_MAX_IMAGES and without memory. */
int knn_images_alloc(struct knn_images *images, size_t count, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_images_free(struct knn_images *images);

#endif
