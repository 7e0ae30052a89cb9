/* Squared L2 with NEON as every AArch64 CPU has it: products of bytes in 16 bits, added by pairs into 32.
 *
 * umlal of 16-bit words would save the separate additions, but it takes 4 pairs where umull takes 8, and cores multiply
 * on one of their two pipes: umull keeps that one busy, and uadalp the other. 16 bits cannot hold a sum of two
 * products. */
#include "neon.h"

static inline uint32x4_t add_products(uint32x4_t sum, uint8x16_t x, uint8x16_t y) {
    sum = vpadalq_u16(sum, vmull_u8(vget_low_u8(x), vget_low_u8(y)));
    return vpadalq_u16(sum, vmull_high_u8(x, y));
}

static inline uint32x4_t add_squares(uint32x4_t sum, uint8x16_t x, uint8x16_t y) {
    uint8x16_t difference = vabdq_u8(x, y);
    return add_products(sum, difference, difference);
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32x4_t sum = vdupq_n_u32(0);
    size_t i = 0;
    for (; i + 16 <= dim; i += 16)
        sum = add_squares(sum, vld1q_u8(a + i), vld1q_u8(b + i));
    if (i < dim)
        sum = add_squares(sum, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
    return vaddvq_u32(sum);
}

const struct knn_kernel knn_l2_neon = {
    .name = "l2_neon",
    .summary = "uabd, umull with itself, uadalp, one row at a time",
    .metric = KNN_L2,
    .features = KNN_NEON,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 16,
    .ops = 5,
    .pair = pair,
};

static inline void step(uint32x4_t sum[NEON_NR], const uint8_t *query, const uint8x16_t train[NEON_NR]) {
    uint16x8_t low, high;
    uint8x16_t q;
    __asm__("ldr %q6, %11\n\tumull %4.8h, %6.8b, %7.8b\n\tumull2 %5.8h, %6.16b, %7.16b\n\t"
            "uadalp %0.4s, %4.8h\n\tuadalp %0.4s, %5.8h\n\t"
            "umull %4.8h, %6.8b, %8.8b\n\tumull2 %5.8h, %6.16b, %8.16b\n\t"
            "uadalp %1.4s, %4.8h\n\tuadalp %1.4s, %5.8h\n\t"
            "umull %4.8h, %6.8b, %9.8b\n\tumull2 %5.8h, %6.16b, %9.16b\n\t"
            "uadalp %2.4s, %4.8h\n\tuadalp %2.4s, %5.8h\n\t"
            "umull %4.8h, %6.8b, %10.8b\n\tumull2 %5.8h, %6.16b, %10.16b\n\t"
            "uadalp %3.4s, %4.8h\n\tuadalp %3.4s, %5.8h"
            : "+w"(sum[0]), "+w"(sum[1]), "+w"(sum[2]), "+w"(sum[3]), "=&w"(low), "=&w"(high), "=&w"(q)
            : "w"(train[0]), "w"(train[1]), "w"(train[2]), "w"(train[3]), "m"(*(const uint8_t(*)[NEON_GROUP])query));
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    return neon_tile_of(queries, train, dim, nq, bound, out, ahead, step, 1);
}

KNN_TILE_BY_WIDTH(tile_6x4, body, NEON_MR)

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    neon_pack_squares(rows, stride, n, dim, knn_panel_queries(n, NEON_MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    neon_pack_squares(rows, stride, n, dim, NEON_NR, panel);
}

const struct knn_kernel knn_l2_neon_6x4 = {
    .name = "l2_neon_6x4",
    .summary = "norm expansion, two umull and two uadalp for 16 byte pairs",
    .metric = KNN_L2,
    .features = KNN_NEON,
    .mr = NEON_MR,
    .nr = NEON_NR,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 16,
    .ops = 4,
    .group = NEON_GROUP,
    .query_width = 1,
    .tile = tile_6x4,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
