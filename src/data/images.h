/* Memory for labelled images, and the names of their classes. */
#ifndef KNN_IMAGES_H
#define KNN_IMAGES_H

#include "dataset.h"

/* More than this many are refused before anything is allocated: a damaged size, not a data set. */
enum { KNN_MAX_IMAGES = 10000000 };

/* `count` images of `dim` bytes, all black and of class 0. Fails on none, on more than KNN_MAX_IMAGES and without
 * memory. */
int knn_images_alloc(struct knn_images *images, size_t count, size_t dim, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_images_free(struct knn_images *images);

/* Gives the data set its classes, with copies of the names; their numbers where `names` is NULL. */
int knn_classes_set(struct knn_dataset *dataset, size_t classes, const char *const *names, struct knn_error *error);

#endif
