#include "rows.h"

#include <string.h>

#include "idx.h"
#include "npy.h"

typedef int read_fn(struct knn_array *array, struct knn_member *file, struct knn_error *error);

static uint32_t little_endian(const uint8_t bytes[4]) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static int read_u8bin(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    uint8_t header[8];
    if (knn_member_read(file, header, sizeof header, error) != 0 ||
        knn_rows_alloc(array, file, sizeof header, little_endian(header), 0, little_endian(header + 4), error) != 0)
        return -1;
    return knn_rows_read(array, file, error);
}

/* Only the file's size tells how many rows there are. */
static int read_bvecs(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    uint8_t size[4];
    if (!file->exact)
        return knn_fail(error, "%s: does not say how many rows it has while it is zipped: unpack it", file->where);
    if (knn_member_read(file, size, sizeof size, error) != 0)
        return -1;
    uint64_t dim = little_endian(size), record = sizeof size + dim, rows = file->size / record;
    if (knn_rows_alloc(array, file, 0, rows > 0 ? rows : 1, sizeof size, dim, error) != 0)
        return -1;
    struct knn_span span = array->span;
    for (size_t i = 0; i < span.count; i++) {
        /* the length of row 0 is read already */
        if ((i == 0 && span.first > 0 && knn_member_skip(file, span.first * record - sizeof size, error) != 0) ||
            (span.first + i > 0 && knn_member_read(file, size, sizeof size, error) != 0))
            return -1;
        if (little_endian(size) != dim)
            return knn_fail(error, "%s: row %zu has %u bytes, but row 0 has %ju: give rows of one length", file->where,
                            span.first + i, little_endian(size), (uintmax_t)dim);
        if (knn_member_read(file, knn_matrix_row(&array->rows, i), array->rows.dim, error) != 0)
            return -1;
    }
    return 0; /* its size is right */
}

static const struct {
    const char *ending;
    read_fn *read;
} formats[] = {
    {".npy", knn_npy_read_rows}, {".u8bin", read_u8bin}, {".bvecs", read_bvecs}, {"idx3-ubyte", knn_idx_read_images}};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static int ends_in(const char *path, size_t length, const char *ending) {
    size_t size = strlen(ending);
    return length >= size && strncmp(path + length - size, ending, size) == 0;
}

static int take(struct knn_member *file, void *context, struct knn_error *error) {
    return formats[file->which].read(context, file, error);
}

int knn_rows_open(struct knn_matrix *rows, const char *path, struct knn_error *error) {
    struct knn_span all;
    return knn_rows_open_part(rows, &all, (struct knn_share){0}, path, error);
}

int knn_rows_open_part(struct knn_matrix *rows, struct knn_span *span, struct knn_share share, const char *path,
                       struct knn_error *error) {
    struct knn_parts parts = {0};
    struct knn_array *array = &parts.arrays[0];
    size_t length = strlen(path);
    unsigned which = 0;
    *rows = (struct knn_matrix){0};
    *span = (struct knn_span){0};
    array->share = share;
    length -= ends_in(path, length, ".gz") ? 3 : 0;
    while (which < FORMATS && !ends_in(path, length, formats[which].ending))
        which++;
    if (which == FORMATS)
        return knn_fail(
            error, "%s: is not read by its name: give a file whose name ends in .npy, .u8bin, .bvecs or idx3-ubyte",
            path);
    int result = knn_file_read(path, which, take, array, error);
    if (result == 0) {
        *rows = array->rows;
        *span = array->span;
        array->rows = (struct knn_matrix){0};
    }
    knn_parts_free(&parts);
    return result;
}
