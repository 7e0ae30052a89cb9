#include "images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int knn_size_check(const char *where, uint64_t rows, uint64_t dim, struct knn_error *error) {
    if (rows > 0 && dim > 0 && rows <= KNN_MAX_BYTES / dim)
        return 0;
    return knn_fail(error, "%s: %ju rows of %ju bytes: there must be some, and at most %ju GiB", where, (uintmax_t)rows,
                    (uintmax_t)dim, (uintmax_t)(KNN_MAX_BYTES >> 30));
}

int knn_images_alloc(struct knn_images *images, size_t count, size_t dim, struct knn_error *error) {
    *images = (struct knn_images){0};
    if (count == 0 || count > KNN_MAX_IMAGES)
        return knn_fail(error, "a set of %zu images: use 1 to %d", count, KNN_MAX_IMAGES);
    if (knn_size_check("a set", count, dim, error) != 0)
        return -1;
    if (knn_matrix_alloc(&images->pixels, count, dim, error) != 0)
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

/* The names lie behind the pointers to them. */
int knn_classes_set(struct knn_dataset *dataset, size_t classes, const char *const *names, struct knn_error *error) {
    enum { DIGITS = 8 };
    size_t bytes = classes * sizeof *dataset->class_names;
    for (size_t c = 0; c < classes; c++)
        bytes += names != NULL ? strlen(names[c]) + 1 : DIGITS;
    dataset->class_names = malloc(bytes);
    if (dataset->class_names == NULL)
        return knn_fail(error, "no memory for the names of %zu classes: close other programs", classes);
    char *name = (char *)(dataset->class_names + classes);
    for (size_t c = 0; c < classes; c++) {
        dataset->class_names[c] = name;
        name += (names != NULL ? sprintf(name, "%s", names[c]) : sprintf(name, "%zu", c)) + 1;
    }
    dataset->classes = classes;
    return 0;
}
