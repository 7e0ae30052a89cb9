/* Packed panels: how the tile kernels want their rows.
 *
 * `groups` of a few bytes from every row stand side by side, so that one vector load brings the same dimensions of many
 * train rows and one broadcast brings those of a query. Each vector lane then sums for one pair, and nothing is ever
 * added across lanes. (This is the layout of a BLIS micro-panel, with a group of bytes in place of a float.)
 *
 *   panel = [group 0: row 0, row 1, ... row R-1] [group 1: ...] ... [R terms of 32 bits]
 *
 * Bytes beyond dim and rows beyond n are 0. A term is what a row adds to all its distances, such as the sum of its
 * bytes. */
#ifndef KNN_PACK_H
#define KNN_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

/* Stands before a loop over a tile's queries, whose bounds are constants: the accumulators become registers only if
 * compilers unroll all of it, and early. */
#if defined(__clang__)
#define KNN_UNROLL _Pragma("clang loop unroll(full)")
#else
#define KNN_UNROLL _Pragma("GCC unroll 16")
#endif

/* Groups of `group` bytes that dim bytes take, the last one padded. */
static inline size_t knn_groups(size_t dim, size_t group) {
    return (dim + group - 1) / group;
}

/* Queries that a panel of n holds: 1, 2, 4, 8 or mr. A short batch waits for train rows to be read, so its own panel
 * must stay small, and the tile must not compute what nobody asked for. */
static inline size_t knn_panel_queries(size_t n, size_t mr) {
    size_t width = 1;
    while (width < n)
        width *= 2;
    return width <= 8 && width < mr ? width : mr;
}

/* A tile calls this once for every group, so that what is ahead arrives evenly: all at once, it would hold up the
 * tile's own reads. Asking for a line several times costs less than counting. */
static inline const uint8_t *knn_fetch_ahead(const uint8_t *ahead) {
    __builtin_prefetch(ahead, 0, 2);
    return ahead + KNN_AHEAD;
}

/* Defines the tile function `name` out of `body`, an inline function of the same parameters: one copy of it for each
 * panel width, with a constant nq, so that its accumulators are registers. A macro because clang does not inline
 * through a function pointer. `name` is tile_<mr>x<nr>: `make mca` finds a kernel's tile in its object by it. */
#define KNN_TILE_BY_WIDTH(name, body, mr)                                                                              \
    static uint32_t name(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,       \
                         uint32_t *out, const uint8_t *ahead) {                                                        \
        uint32_t wanted = (1u << nq) - 1;                                                                              \
        switch (knn_panel_queries(nq, mr)) {                                                                           \
        case 1:                                                                                                        \
            return wanted & body(queries, train, dim, 1, bound, out, ahead);                                           \
        case 2:                                                                                                        \
            return wanted & body(queries, train, dim, 2, bound, out, ahead);                                           \
        case 4:                                                                                                        \
            return wanted & body(queries, train, dim, 4, bound, out, ahead);                                           \
        case 8:                                                                                                        \
            return wanted & body(queries, train, dim, 8 < mr ? 8 : mr, bound, out, ahead);                             \
        default:                                                                                                       \
            return wanted & body(queries, train, dim, mr, bound, out, ahead);                                          \
        }                                                                                                              \
    }

/* Interleaves n of `panel_rows` rows in groups of 4 bytes. */
void knn_pack_groups4(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel);

/* The same in groups of 8, and of 16 bytes. */
void knn_pack_groups8(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel);
void knn_pack_groups16(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel);

/* Sum of a row's bytes, and of their squares, modulo 2^32. */
uint32_t knn_row_sum(const uint8_t *row, size_t dim);
uint32_t knn_row_squares(const uint8_t *row, size_t dim);

/* terms[r] = knn_row_squares() of row r for r < n, and 0 for the other panel rows: the terms of

     sum (a-b)^2 = sum a^2 + sum b^2 - 2 sum ab        modulo 2^32, exact since the result is below it */
void knn_pack_squares(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint32_t *terms);

/* Panels for squared L2 by a dot product of unsigned by signed bytes, groups of 4. Queries are packed as b - 128, so
 * that with P = sum a (b - 128), which is what the dot product gives,
 *
 *   sum (a-b)^2 = (sum a^2 - 256 sum a) + sum b^2 - 2 P        modulo 2^32, exact since the result is below it
 *
 * and the two sums beside P are the terms of the train row a and of the query b. */
void knn_pack_dot_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, void *panel);
void knn_pack_dot_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, void *panel);

#endif
