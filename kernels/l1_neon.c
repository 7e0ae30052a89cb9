/* L1 with NEON as every AArch64 CPU has it. There is no sum of absolute differences over a register: differences are
 * added in 16 bits, two bytes a lane and step, and added to 32 bits before those lanes overflow.
 *
 * A pair adds by uabal, which needs no register in between. The tile takes uabd and uadalp instead: as many
 * instructions, but cores do widening additions on one of their two pipes, and uabal would leave the other idle. */
#include "neon.h"

enum { LONGEST = UINT16_MAX / (2 * 255) }; /* steps that 16 bits hold */

static inline uint16x8_t add(uint16x8_t sum, uint8x16_t x, uint8x16_t y) {
    return vabal_high_u8(vabal_u8(sum, vget_low_u8(x), vget_low_u8(y)), x, y);
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32x4_t sum = vdupq_n_u32(0);
    size_t i = 0;
    while (i + 16 <= dim) {
        uint16x8_t part = vdupq_n_u16(0);
        for (unsigned steps = 0; steps < LONGEST && i + 16 <= dim; steps++, i += 16)
            part = add(part, vld1q_u8(a + i), vld1q_u8(b + i));
        sum = vpadalq_u16(sum, part);
    }
    if (i < dim)
        sum = vpadalq_u16(sum, add(vdupq_n_u16(0), load_tail(a + i, dim - i), load_tail(b + i, dim - i)));
    return vaddvq_u32(sum);
}

const struct knn_kernel knn_l1_neon = {
    .name = "l1_neon",
    .summary = "uabal, one row at a time",
    .metric = KNN_L1,
    .features = KNN_NEON,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 16,
    .ops = 2,
    .pair = pair,
};

/* In assembly for the reason given in neon.h. */
static inline void step(uint16x8_t part[NEON_NR], const uint8_t *query, const uint8x16_t train[NEON_NR]) {
    uint8x16_t q, d;
    __asm__("ldr %q5, %10\n\tuabd %4.16b, %5.16b, %6.16b\n\tuadalp %0.8h, %4.16b\n\t"
            "uabd %4.16b, %5.16b, %7.16b\n\tuadalp %1.8h, %4.16b\n\t"
            "uabd %4.16b, %5.16b, %8.16b\n\tuadalp %2.8h, %4.16b\n\t"
            "uabd %5.16b, %5.16b, %9.16b\n\tuadalp %3.8h, %5.16b"
            : "+w"(part[0]), "+w"(part[1]), "+w"(part[2]), "+w"(part[3]), "=&w"(d), "=&w"(q)
            : "w"(train[0]), "w"(train[1]), "w"(train[2]), "w"(train[3]), "m"(*(const uint8_t(*)[NEON_GROUP])query));
}

/* The sums of `groups` groups, at most LONGEST, are added to `sum`, which the caller keeps in memory. */
static inline __attribute__((always_inline)) void add_groups(uint32x4_t sum[NEON_MR][NEON_NR], const uint8_t *q,
                                                             const uint8_t *t, size_t groups, unsigned nq) {
    uint16x8_t part[NEON_MR][NEON_NR];
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        for (unsigned r = 0; r < NEON_NR; r++)
            part[i][r] = vdupq_n_u16(0);
    for (; groups > 0; groups--) {
        const uint8x16_t rows[NEON_NR] = {vld1q_u8(t), vld1q_u8(t + 16), vld1q_u8(t + 32), vld1q_u8(t + 48)};
        KNN_UNROLL
        for (unsigned i = 0; i < nq; i++)
            step(part[i], q + NEON_GROUP * i, rows);
        t += NEON_NR * NEON_GROUP;
        q += nq * NEON_GROUP;
    }
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        for (unsigned r = 0; r < NEON_NR; r++)
            sum[i][r] = vpadalq_u16(sum[i][r], part[i][r]);
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    (void)ahead; /* what it would gain was never measured on an Arm CPU */
    const uint8_t *q = queries, *t = train;
    uint32x4_t sum[NEON_MR][NEON_NR] = {{vdupq_n_u32(0)}};
    for (size_t left = knn_groups(dim, NEON_GROUP); left > 0;) {
        size_t groups = left < LONGEST ? left : LONGEST;
        add_groups(sum, q, t, groups, nq);
        t += groups * NEON_NR * NEON_GROUP;
        q += groups * nq * NEON_GROUP;
        left -= groups;
    }
    uint32_t hits = 0;
    for (unsigned i = 0; i < nq; i++)
        hits |= put_distances(sums_of_lanes(sum[i]), bound[i], out + i * NEON_NR) << i;
    return hits;
}

KNN_TILE_BY_WIDTH(tile_6x4, body, NEON_MR)

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    neon_pack(rows, stride, n, dim, knn_panel_queries(n, NEON_MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    neon_pack(rows, stride, n, dim, NEON_NR, panel);
}

const struct knn_kernel knn_l1_neon_6x4 = {
    .name = "l1_neon_6x4",
    .summary = "uabd and uadalp, packed panels",
    .metric = KNN_L1,
    .features = KNN_NEON,
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
