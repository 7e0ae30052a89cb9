/* Memory for labelled images, and the names of their classes. */
#ifndef KNN_IMAGES_H
#define KNN_IMAGES_H

#include "dataset.h"

/* More labelled images, or more bytes of one array, are refused before anything is allocated: a header or archive that
 * says so is damaged. */
enum { KNN_MAX_IMAGES = 10000000 };
#define KNN_MAX_BYTES ((uint64_t)1 << 38)

/* Fails on an array of no rows or no bytes, or of more than KNN_MAX_BYTES. `where` is the file, for the message. */
int knn_size_check(const char *where, uint64_t rows, uint64_t dim, struct knn_error *error);

/* Makes `count` images of `dim` bytes, all black and of class 0. Fails on none, beyond the limits, without memory. */
int knn_images_alloc(struct knn_images *images, size_t count, size_t dim, struct knn_error *error);

/* The same with labels for all, but pixels only for the span. */
int knn_images_alloc_span(struct knn_images *images, struct knn_span span, size_t dim, struct knn_error *error);

/* Memory for the rows of a span, which may be empty. */
int knn_span_alloc(struct knn_matrix *rows, struct knn_span span, size_t dim, struct knn_error *error);

/* Cuts images that were read whole down to those of the share. */
int knn_images_cut(struct knn_images *images, struct knn_share share, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_images_free(struct knn_images *images);

/* Gives the data set its classes, with copies of the names, or with numbers if `names` is NULL. */
int knn_classes_set(struct knn_dataset *dataset, size_t classes, const char *const *names, struct knn_error *error);

#endif
