/* A matrix of bytes: `rows` rows of `dim` bytes, `stride` bytes apart. */
#ifndef KNN_MATRIX_H
#define KNN_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"

struct knn_matrix {
    uint8_t *data; /* page-aligned; row i starts at data + i * stride */
    size_t rows;
    size_t dim;    /* bytes that count in a row, >= 1 */
    size_t stride; /* dim rounded up to 64, so that every row is 64-byte aligned */
    size_t mapped; /* bytes of the mapping behind data */
};

/* All bytes are zero, and pages are taken only when touched. From half a megabyte on they are huge pages, if the system
 * gives them: these spare address translation and keep a block's pages from crowding in a few sets of a cache. Fails on
 * a size that overflows or that the system refuses. */
int knn_matrix_alloc(struct knn_matrix *matrix, size_t rows, size_t dim, struct knn_error *error);

/* Gives the whole pages of private memory between two addresses back to the system; what was in them is gone. For a
 * consumer that packs rows as it goes and must not hold two copies. */
void knn_discard(const uint8_t *begin, const uint8_t *end);

/* Safe on a zeroed struct, and twice. */
void knn_matrix_free(struct knn_matrix *matrix);

static inline struct knn_rows knn_view(const struct knn_matrix *matrix) {
    struct knn_rows view = {matrix->data, matrix->rows, matrix->dim, matrix->stride};
    return view;
}

static inline uint8_t *knn_matrix_row(const struct knn_matrix *matrix, size_t i) {
    return matrix->data + i * matrix->stride;
}

static inline void knn_matrix_discard(const struct knn_matrix *matrix, size_t first, size_t count) {
    knn_discard(knn_matrix_row(matrix, first), knn_matrix_row(matrix, first + count));
}

#endif
