#include "cifar.h"
#include "images.h"

const struct knn_shape knn_cifar_shape = {.height = KNN_CIFAR_WIDTH, .width = KNN_CIFAR_WIDTH, .planes = 3};

int knn_cifar_check(const struct knn_images *images, const struct knn_member *file, size_t record,
                    struct knn_error *error) {
    if (images->labels != NULL)
        return knn_fail(error, "%s: is there twice: keep one", file->where);
    if (file->size == 0)
        return knn_fail(error, "%s: is empty: fetch it again", file->where);
    if (file->size / record > KNN_MAX_IMAGES)
        return knn_fail(error, "%s: its %ju bytes are more than %d images: fetch it again", file->where,
                        (uintmax_t)file->size, KNN_MAX_IMAGES);
    return 0;
}

static int read_record(struct knn_images *images, size_t row, const struct knn_cifar_record *record,
                       struct knn_member *file, struct knn_error *error) {
    uint8_t labels[2] = {0};
    if (knn_member_read(file, labels, record->labels, error) != 0 ||
        knn_member_read(file, knn_matrix_row(&images->pixels, row), KNN_CIFAR_BYTES, error) != 0)
        return -1;
    for (unsigned i = 0; i < record->labels; i++)
        if (labels[i] >= record->classes[i])
            return knn_fail(error, "%s: record %zu (of 0 to %zu) has label %d, not 0 to %u: fetch it again",
                            file->where, images->span.first + row, images->span.all - 1, labels[i],
                            record->classes[i] - 1);
    images->labels[images->span.first + row] = labels[record->used];
    return 0;
}

int knn_cifar_read_binary(struct knn_images *images, struct knn_span span, const struct knn_cifar_record *record,
                          struct knn_member *file, struct knn_error *error) {
    size_t size = record->labels + KNN_CIFAR_BYTES;
    if (file->size % size != 0)
        return knn_fail(error, "%s: its %ju bytes are not a multiple of %zu, the size of a record: fetch it again",
                        file->where, (uintmax_t)file->size, size);
    if (knn_images_alloc_span(images, span, KNN_CIFAR_BYTES, error) != 0 ||
        knn_member_skip(file, span.first * size, error) != 0)
        return -1;
    for (size_t row = 0; row < images->pixels.rows; row++)
        if (read_record(images, row, record, file, error) != 0)
            return -1;
    return 0;
}
