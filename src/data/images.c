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

int knn_span_alloc(struct knn_matrix *rows, struct knn_span span, size_t dim, struct knn_error *error) {
    int status = knn_matrix_alloc(rows, knn_max(span.count, 1), dim, error);
    rows->rows = status == 0 ? span.count : 0;
    return status;
}

int knn_images_alloc_span(struct knn_images *images, struct knn_span span, size_t dim, struct knn_error *error) {
    *images = (struct knn_images){.span = span};
    if (span.all == 0 || span.all > KNN_MAX_IMAGES)
        return knn_fail(error, "a set of %zu images: use 1 to %d", span.all, KNN_MAX_IMAGES);
    if (knn_size_check("a set", span.all, dim, error) != 0 || knn_span_alloc(&images->pixels, span, dim, error) != 0)
        return -1;
    images->labels = calloc(span.all, sizeof *images->labels);
    if (images->labels == NULL) {
        knn_images_free(images);
        return knn_fail(error, "no memory for the labels of %zu images: use fewer", span.all);
    }
    return 0;
}

int knn_images_alloc(struct knn_images *images, size_t count, size_t dim, struct knn_error *error) {
    return knn_images_alloc_span(images, (struct knn_span){0, count, count}, dim, error);
}

int knn_images_cut(struct knn_images *images, struct knn_share share, struct knn_error *error) {
    struct knn_span span = knn_span_of(share, images->span.all);
    struct knn_matrix some;
    if (span.count == images->span.count)
        return 0;
    if (knn_span_alloc(&some, span, images->pixels.dim, error) != 0)
        return -1;
    memcpy(some.data, knn_matrix_row(&images->pixels, span.first), span.count * some.stride);
    knn_matrix_free(&images->pixels);
    images->pixels = some;
    images->span = span;
    return 0;
}

void knn_images_free(struct knn_images *images) {
    knn_matrix_free(&images->pixels);
    free(images->labels);
    *images = (struct knn_images){0};
}

/* In memory, the names follow the pointers to them. */
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
