#include "pack.h"

#include <string.h>

static inline void pack_groups(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows,
                               uint8_t *panel, size_t group) {
    size_t whole = dim / group, tail = dim % group;
    for (size_t g = 0; g < whole; g++) {
        uint8_t *out = panel + g * panel_rows * group;
        for (size_t r = 0; r < n; r++)
            memcpy(out + r * group, rows + r * stride + g * group, group);
        memset(out + n * group, 0, (panel_rows - n) * group);
    }
    if (tail > 0) {
        uint8_t *out = panel + whole * panel_rows * group;
        memset(out, 0, panel_rows * group);
        for (size_t r = 0; r < n; r++)
            memcpy(out + r * group, rows + r * stride + whole * group, tail);
    }
}

void knn_pack_groups4(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel) {
    pack_groups(rows, stride, n, dim, panel_rows, panel, 4);
}

void knn_pack_groups8(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel) {
    pack_groups(rows, stride, n, dim, panel_rows, panel, 8);
}

void knn_pack_groups16(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel) {
    pack_groups(rows, stride, n, dim, panel_rows, panel, 16);
}

uint32_t knn_row_sum(const uint8_t *row, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += row[i];
    return sum;
}

uint32_t knn_row_squares(const uint8_t *row, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (uint32_t)row[i] * row[i];
    return sum;
}

void knn_pack_squares(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint32_t *terms) {
    for (size_t r = 0; r < panel_rows; r++)
        terms[r] = r < n ? knn_row_squares(rows + r * stride, dim) : 0;
}

void knn_pack_dot_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, void *panel) {
    knn_pack_groups4(rows, stride, n, dim, panel_rows, panel);
    uint32_t *terms = (uint32_t *)panel + knn_groups(dim, 4) * panel_rows;
    for (size_t r = 0; r < panel_rows; r++, rows += stride)
        terms[r] = r < n ? knn_row_squares(rows, dim) - 256 * knn_row_sum(rows, dim) : 0;
}

void knn_pack_dot_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, void *panel) {
    knn_pack_groups4(rows, stride, n, dim, panel_rows, panel);
    uint32_t *words = panel;
    size_t count = knn_groups(dim, 4) * panel_rows;
    for (size_t i = 0; i < count; i++)
        words[i] ^= 0x80808080u;
    knn_pack_squares(rows, stride, n, dim, panel_rows, words + count);
}
