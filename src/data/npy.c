#include "npy.h"

#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "images.h"

/* -- bytes --------------------------------------------------------------------------------------------------------- */

/* Where the elements of a row go: element i of a row in the file goes to place places[i] in memory. In the file the
 * last index runs fastest (the first, in Fortran order). With `pull`, the last index is the plane, which comes first in
 * memory. */
static size_t *find_places(const struct knn_npy *npy, size_t dim, int pull) {
    size_t index[KNN_NPY_SIZES] = {0}, *places = calloc(dim, sizeof *places);
    for (size_t i = 0; places != NULL && i < dim; i++) {
        size_t place = pull ? index[npy->dims - 1] : 0;
        for (unsigned d = 1; d < npy->dims - (pull ? 1 : 0); d++)
            place = place * (size_t)npy->shape[d] + index[d];
        places[i] = place;
        for (unsigned n = 1; n < npy->dims; n++) {
            unsigned d = npy->fortran ? n : npy->dims - n;
            if (++index[d] < npy->shape[d])
                break;
            index[d] = 0;
        }
    }
    return places;
}

/* Reads row after row. */
static int read_rows(struct knn_array *array, const size_t *places, struct knn_member *file, struct knn_error *error) {
    const struct knn_matrix *rows = &array->rows;
    struct knn_span span = array->span;
    uint8_t *buffer = malloc(rows->dim);
    if (buffer == NULL)
        return knn_fail(error, "%s: no memory for a row: close other programs", file->where);
    int result = knn_member_skip(file, (uint64_t)span.first * rows->dim, error);
    for (size_t i = 0; i < rows->rows && result == 0; i++) {
        result = knn_member_read(file, buffer, rows->dim, error);
        for (size_t j = 0; j < rows->dim && result == 0; j++)
            knn_matrix_row(rows, i)[places[j]] = buffer[j];
    }
    if (result == 0)
        result = knn_member_skip(file, (uint64_t)(span.all - span.first - span.count) * rows->dim, error);
    free(buffer);
    return result;
}

/* Reads column after column, as Fortran stores them. */
static int read_columns(struct knn_array *array, const size_t *places, struct knn_member *file,
                        struct knn_error *error) {
    const struct knn_matrix *rows = &array->rows;
    struct knn_span span = array->span;
    uint8_t buffer[4096];
    for (size_t j = 0; j < rows->dim; j++) {
        if (knn_member_skip(file, span.first, error) != 0)
            return -1;
        for (size_t i = 0; i < rows->rows;) {
            size_t some = knn_min(sizeof buffer, rows->rows - i);
            if (knn_member_read(file, buffer, some, error) != 0)
                return -1;
            for (size_t n = 0; n < some; n++, i++)
                knn_matrix_row(rows, i)[places[j]] = buffer[n];
        }
        if (knn_member_skip(file, span.all - span.first - span.count, error) != 0)
            return -1;
    }
    return 0;
}

/* Memory for the rows, if the file's type and size are right. */
static int alloc_rows(struct knn_array *array, const struct knn_npy *npy, const struct knn_member *file,
                      struct knn_error *error) {
    uint64_t dim = 1;
    if (npy->kind != 'u' || npy->size != 1)
        return knn_fail(
            error, "%s: has elements of type %c%u, not unsigned bytes: save x.astype(\"uint8\"), scaled to 0 to 255",
            file->where, npy->kind, npy->size);
    if (npy->dims < 2)
        return knn_fail(error, "%s: has %u dimensions: save rows, N x D or more", file->where, npy->dims);
    for (unsigned d = 1; d < npy->dims; d++)
        if (__builtin_mul_overflow(dim, npy->shape[d], &dim))
            return knn_fail(error, "%s: has a shape that is too large: save a smaller array", file->where);
    return knn_rows_alloc(array, file, npy->header, npy->shape[0], 0, dim, error);
}

static int read_bytes(struct knn_array *array, const struct knn_npy *npy, int pull, struct knn_member *file,
                      struct knn_error *error) {
    if (alloc_rows(array, npy, file, error) != 0)
        return -1;
    if (!npy->fortran && !pull)
        return knn_rows_read(array, file, error);
    size_t *places = find_places(npy, array->rows.dim, pull);
    if (places == NULL)
        return knn_fail(error, "%s: no memory for the order of its elements: close other programs", file->where);
    int result = (npy->fortran ? read_columns : read_rows)(array, places, file, error);
    free(places);
    return result == 0 ? knn_member_end(file, error) : -1;
}

int knn_npy_read_rows(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    struct knn_npy npy;
    if (knn_part_begin(array, file, error) != 0 || knn_npy_read_header(&npy, file, error) != 0)
        return -1;
    return read_bytes(array, &npy, 0, file, error);
}

static int is_colour(uint64_t planes) {
    return planes == 1 || planes == 3;
}

int knn_npy_read_images(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    struct knn_npy npy;
    if (knn_part_begin(array, file, error) != 0 || knn_npy_read_header(&npy, file, error) != 0)
        return -1;
    const uint64_t *shape = npy.shape;
    int pull = 0;
    if (npy.dims == 3) {
        array->shape = (struct knn_shape){(size_t)shape[1], (size_t)shape[2], 1};
    } else if (npy.dims == 4 && is_colour(shape[1]) && !is_colour(shape[3])) {
        array->shape = (struct knn_shape){(size_t)shape[2], (size_t)shape[3], (size_t)shape[1]};
    } else if (npy.dims == 4) {
        array->shape = (struct knn_shape){(size_t)shape[1], (size_t)shape[2], (size_t)shape[3]};
        pull = shape[3] > 1;
    }
    return read_bytes(array, &npy, pull, file, error);
}

/* -- labels -------------------------------------------------------------------------------------------------------- */

/* An integer of any size and byte order; negative ones become large. */
static uint64_t integer_of(const uint8_t *bytes, const struct knn_npy *npy) {
    uint64_t value = npy->kind == 'i' && (bytes[npy->swapped ? 0 : npy->size - 1] & 0x80) != 0 ? UINT64_MAX : 0;
    for (unsigned i = 0; i < npy->size; i++)
        value = value << 8 | bytes[npy->swapped ? i : npy->size - 1 - i];
    return value;
}

int knn_npy_read_labels(struct knn_array *array, struct knn_member *file, struct knn_error *error) {
    struct knn_npy npy;
    if (knn_part_begin(array, file, error) != 0 || knn_npy_read_header(&npy, file, error) != 0)
        return -1;
    if ((npy.kind != 'i' && npy.kind != 'u') || npy.size > sizeof(uint64_t))
        return knn_fail(error, "%s: has labels of type %c%u, not integers: save y.astype(\"int64\")", file->where,
                        npy.kind, npy.size);
    if (npy.dims != 1 && (npy.dims != 2 || npy.shape[1] != 1))
        return knn_fail(error, "%s: has %u dimensions: save one label for each image, N or N x 1", file->where,
                        npy.dims);
    if (knn_size_check(file->where, npy.shape[0], npy.size, error) != 0 ||
        knn_member_holds(file, npy.header, npy.shape[0], npy.size, error) != 0 ||
        knn_labels_alloc(array, npy.shape[0], error) != 0)
        return -1;
    for (size_t i = 0; i < array->label_count; i++) {
        uint8_t bytes[sizeof(uint64_t)];
        if (knn_member_read(file, bytes, npy.size, error) != 0)
            return -1;
        uint64_t label = integer_of(bytes, &npy);
        if (label >= KNN_MAX_CLASSES)
            return knn_fail(error, "%s: label %zu (of 0 to %zu) is %jd: use 0 to %d", file->where, i,
                            array->label_count - 1, (intmax_t)label, KNN_MAX_CLASSES - 1);
        array->labels[i] = (uint16_t)label;
    }
    return knn_member_end(file, error);
}
