/* L1 with the dot product of bytes: |a-b| in one instruction, and a dot product by ones to add it up.
 *
 * 2 max(a,b) - a - b, which the x86 kernel uses, would replace uabd by umax: the same pipes, and terms besides. */
#include "neon.h"

static inline uint32x4_t add(uint32x4_t sum, uint8x16_t x, uint8x16_t y) {
    return vdotq_u32(sum, vabdq_u8(x, y), vdupq_n_u8(1));
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32x4_t sum = vdupq_n_u32(0);
    size_t i = 0;
    for (; i + 16 <= dim; i += 16)
        sum = add(sum, vld1q_u8(a + i), vld1q_u8(b + i));
    if (i < dim)
        sum = add(sum, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
    return vaddvq_u32(sum);
}

const struct knn_kernel knn_l1_neondot = {
    .name = "l1_neondot",
    .summary = "uabd, udot by ones, one row at a time",
    .metric = KNN_L1,
    .features = KNN_NEON | KNN_NEONDOT,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 16,
    .ops = 2,
    .pair = pair,
};

static inline void step(uint32x4_t sum[NEON_NR], const uint8_t *query, const uint8x16_t train[NEON_NR]) {
    uint8x16_t q, d;
    __asm__("ldr %q5, %11\n\tuabd %4.16b, %5.16b, %6.16b\n\tudot %0.4s, %4.16b, %10.16b\n\t"
            "uabd %4.16b, %5.16b, %7.16b\n\tudot %1.4s, %4.16b, %10.16b\n\t"
            "uabd %4.16b, %5.16b, %8.16b\n\tudot %2.4s, %4.16b, %10.16b\n\t"
            "uabd %5.16b, %5.16b, %9.16b\n\tudot %3.4s, %5.16b, %10.16b"
            : "+w"(sum[0]), "+w"(sum[1]), "+w"(sum[2]), "+w"(sum[3]), "=&w"(d), "=&w"(q)
            : "w"(train[0]), "w"(train[1]), "w"(train[2]), "w"(train[3]), "w"(vdupq_n_u8(1)),
              "m"(*(const uint8_t(*)[NEON_GROUP])query));
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    return neon_tile_of(queries, train, dim, nq, bound, out, ahead, step, 0);
}

KNN_TILE_BY_WIDTH(tile_6x4, body, NEON_MR)

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    neon_pack(rows, stride, n, dim, knn_panel_queries(n, NEON_MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    neon_pack(rows, stride, n, dim, NEON_NR, panel);
}

const struct knn_kernel knn_l1_neondot_6x4 = {
    .name = "l1_neondot_6x4",
    .summary = "uabd and udot by ones, packed panels",
    .metric = KNN_L1,
    .features = KNN_NEON | KNN_NEONDOT,
    .mr = NEON_MR,
    .nr = NEON_NR,
    .max_dim = UINT32_MAX / 255,
    .step = 16,
    .ops = 2,
    .group = NEON_GROUP,
    .query_width = 1,
    .tile = tile_6x4,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
