#include "idx.h"

enum { MOST_SIZES = 3, BYTES = 8 }; /* the code of unsigned bytes */

static uint32_t big_endian(const uint8_t bytes[4]) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The magic number is 0, 0, a code of the elements' type, and how many sizes follow. */
static int read_sizes(struct knn_member *file, unsigned count, uint64_t sizes[MOST_SIZES], struct knn_error *error) {
    uint8_t magic[4], size[4];
    if (knn_member_read(file, magic, sizeof magic, error) != 0)
        return -1;
    if (magic[0] != 0 || magic[1] != 0)
        return knn_fail(error, "%s: does not start as an idx file: give one of MNIST's", file->where);
    if (magic[2] != BYTES)
        return knn_fail(error, "%s: has elements of type 0x%02x, not unsigned bytes (0x08): convert it", file->where,
                        magic[2]);
    if (magic[3] != count)
        return knn_fail(error, "%s: has %d sizes where %s have %u: give the file of that name", file->where, magic[3],
                        count == 1 ? "labels" : "images", count);
    for (unsigned i = 0; i < count; i++) {
        if (knn_member_read(file, size, sizeof size, error) != 0)
            return -1;
        sizes[i] = big_endian(size);
    }
    return 0;
}

int knn_idx_read_images(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    uint64_t sizes[MOST_SIZES] = {0};
    if (knn_part_begin(array, file, error) != 0 || read_sizes(file, MOST_SIZES, sizes, error) != 0)
        return -1;
    uint64_t dim = sizes[1] * sizes[2];
    if (knn_rows_alloc(array, file, 4 + 4 * MOST_SIZES, sizes[0], 0, dim, error) != 0)
        return -1;
    array->shape = (struct knn_shape){(size_t)sizes[1], (size_t)sizes[2], 1};
    return knn_rows_read(array, file, error);
}

int knn_idx_read_labels(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    uint64_t sizes[MOST_SIZES] = {0};
    if (knn_part_begin(array, file, error) != 0 || read_sizes(file, 1, sizes, error) != 0 ||
        knn_member_holds(file, 8, sizes[0], 1, error) != 0 || knn_labels_alloc(array, sizes[0], error) != 0)
        return -1;
    for (size_t i = 0; i < array->label_count; i++) {
        uint8_t label;
        if (knn_member_read(file, &label, 1, error) != 0)
            return -1;
        array->labels[i] = label;
    }
    return knn_member_end(file, error);
}
