#include "images.h"

#include <stdlib.h>

int knn_images_alloc(struct knn_images *images, size_t count, struct knn_error *error) {
    *images = (struct knn_images){0};
    if (count == 0 || count > KNN_MAX_IMAGES)
        return knn_fail(error, "a set of %zu images: use 1 to %d", count, KNN_MAX_IMAGES);
    if (knn_matrix_alloc(&images->pixels, count, KNN_IMAGE_BYTES, error) != 0)
        return -1;
    images->labels = calloc(count, sizeof *images->labels);
    if (images->labels == NULL) {
        knn_images_free(images);
        return knn_fail(error, "no memory for the labels of %zu images: use fewer", count);
    }
    return 0;
}

void knn_images_free(struct knn_images *images) {
    knn_matrix_free(&images->pixels);
    free(images->labels);
    *images = (struct knn_images){0};
}
