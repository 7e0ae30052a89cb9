#include "parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "images.h"

int knn_part_begin(struct knn_array *array, const struct knn_member *file, struct knn_error *error) {
    if (array->where[0] != '\0')
        return knn_fail(error, "%s: is there twice: keep one", file->where);
    snprintf(array->where, sizeof array->where, "%s", file->where);
    return 0;
}

int knn_rows_alloc(struct knn_array *array, const struct knn_member *file, uint64_t header, uint64_t rows,
                   uint64_t before, uint64_t dim, struct knn_error *error) {
    if (knn_size_check(file->where, rows, dim, error) != 0 ||
        knn_member_holds(file, header, rows, before + dim, error) != 0)
        return -1;
    array->span = knn_span_of(array->share, (size_t)rows);
    return knn_span_alloc(&array->rows, array->span, (size_t)dim, error);
}

int knn_rows_read(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    struct knn_span span = array->span;
    uint64_t dim = array->rows.dim;
    if (knn_member_skip(file, span.first * dim, error) != 0)
        return -1;
    for (size_t i = 0; i < span.count; i++)
        if (knn_member_read(file, knn_matrix_row(&array->rows, i), array->rows.dim, error) != 0)
            return -1;
    if (knn_member_skip(file, (span.all - span.first - span.count) * dim, error) != 0)
        return -1;
    return knn_member_end(file, error);
}

int knn_labels_alloc(struct knn_array *array, uint64_t count, struct knn_error *error) {
    if (count == 0 || count > KNN_MAX_IMAGES)
        return knn_fail(error, "%s: has %ju labels: use 1 to %d", array->where, (uintmax_t)count, KNN_MAX_IMAGES);
    array->labels = calloc((size_t)count, sizeof *array->labels);
    if (array->labels == NULL)
        return knn_fail(error, "%s: no memory for its %ju labels: close other programs", array->where,
                        (uintmax_t)count);
    array->label_count = (size_t)count;
    return 0;
}

/* Joins images with their labels: one for each, all below `classes`. */
static int join(struct knn_images *images, struct knn_array *pixels, struct knn_array *labels, size_t classes,
                struct knn_error *error) {
    size_t rows = pixels->span.all;
    if (labels->label_count != rows)
        return knn_fail(error, "%s: has %zu labels for the %zu images of %s: give one for each", labels->where,
                        labels->label_count, rows, pixels->where);
    if (rows > KNN_MAX_IMAGES)
        return knn_fail(error, "%s: a set of %zu images: use 1 to %d", pixels->where, rows, KNN_MAX_IMAGES);
    for (size_t i = 0; i < rows; i++)
        if (labels->labels[i] >= classes)
            return knn_fail(error,
                            "%s: label %zu (of 0 to %zu) is %d, but those to train on go to %zu: give images of "
                            "the same classes",
                            labels->where, i, rows - 1, labels->labels[i], classes - 1);
    *images = (struct knn_images){pixels->rows, labels->labels, pixels->span};
    pixels->rows = (struct knn_matrix){0};
    labels->labels = NULL;
    return 0;
}

static size_t count_classes(const struct knn_array *labels) {
    size_t classes = 1;
    for (size_t i = 0; i < labels->label_count; i++)
        if (labels->labels[i] >= classes)
            classes = labels->labels[i] + (size_t)1;
    return classes;
}

int knn_parts_join(struct knn_dataset *dataset, struct knn_parts *parts, const char *path,
                   const char *const names[KNN_PARTS], struct knn_error *error) {
    struct knn_array *a = parts->arrays, *train = &a[KNN_TRAIN_IMAGES], *test = &a[KNN_TEST_IMAGES];
    for (size_t i = 0; i < KNN_PARTS; i++)
        if (a[i].where[0] == '\0')
            return knn_fail(error, "%s: %s is missing: put it there", path, names[i]);
    if (train->rows.dim != test->rows.dim)
        return knn_fail(error, "%s: has rows of %zu bytes, but those to train on have %zu: give the same", test->where,
                        test->rows.dim, train->rows.dim);
    if (train->shape.height != test->shape.height || train->shape.width != test->shape.width ||
        train->shape.planes != test->shape.planes)
        return knn_fail(error, "%s: has images of another shape than those to train on: give the same", test->where);
    size_t classes = count_classes(&a[KNN_TRAIN_LABELS]);
    dataset->shape = train->shape;
    if (join(&dataset->train, train, &a[KNN_TRAIN_LABELS], classes, error) != 0 ||
        join(&dataset->test, test, &a[KNN_TEST_LABELS], classes, error) != 0)
        return -1;
    return knn_classes_set(dataset, classes, NULL, error);
}

void knn_parts_free(struct knn_parts *parts) {
    for (size_t i = 0; i < KNN_PARTS; i++) {
        knn_matrix_free(&parts->arrays[i].rows);
        free(parts->arrays[i].labels);
    }
    *parts = (struct knn_parts){0};
}
