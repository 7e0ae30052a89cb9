/* Squared L2 with the matrix product of bytes: ummla multiplies two rows of 8 bytes by two columns of 8, 32 byte pairs
 * in an instruction, into the four sums of a 2 x 2 block. */
#include "neon.h"

/* A pair of rows has no second row for the block: the two halves of the difference are multiplied with each other as
 * well as with themselves, and half of the products are dropped. So this is no faster than l2_neondot. */
static inline uint32x4_t add_squares(uint32x4_t sum, uint8x16_t x, uint8x16_t y) {
    uint8x16_t difference = vabdq_u8(x, y);
    return vmmlaq_u32(sum, difference, difference);
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32x4_t sum = vdupq_n_u32(0);
    size_t i = 0;
    for (; i + 16 <= dim; i += 16)
        sum = add_squares(sum, vld1q_u8(a + i), vld1q_u8(b + i));
    if (i < dim)
        sum = add_squares(sum, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
    return vgetq_lane_u32(sum, 0) + vgetq_lane_u32(sum, 3);
}

const struct knn_kernel knn_l2_neoni8mm = {
    .name = "l2_neoni8mm",
    .summary = "uabd, half of a ummla with itself, one row at a time",
    .metric = KNN_L2,
    .features = KNN_NEON | KNN_NEONDOT | KNN_NEONI8MM,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 16,
    .ops = 2,
    .pair = pair,
};

/* 24 blocks of 2 x 2, 4 registers of two queries each, one of two train rows. */
enum { MR = 8, NR = 12, GROUP = 8, BLOCKS = NR / 2 };

/* Two queries' bytes; or a single query's, and zeros. */
static inline uint8x16_t load_queries(const uint8_t *q, unsigned i, unsigned nq) {
    return nq == 1 ? vcombine_u8(vld1_u8(q), vdup_n_u8(0)) : vld1q_u8(q + 2 * GROUP * i);
}

/* The distances of a query to all train rows of the tile, and whether any is below its bound. */
static inline uint32_t finish(const uint32x4_t products[BLOCKS / 2], uint32_t query_term, const uint32_t *train_terms,
                              uint32_t bound, uint32_t *out) {
    uint32_t any = 0;
    for (unsigned v = 0; v < BLOCKS / 2; v++) {
        uint32x4_t terms = vaddq_u32(vdupq_n_u32(query_term), vld1q_u32(train_terms + 4 * v));
        any |= put_distances(vsubq_u32(terms, vshlq_n_u32(products[v], 1)), bound, out + 4 * v);
    }
    return any;
}

static inline uint32x4_t low_halves(uint32x4_t x, uint32x4_t y) {
    return vcombine_u32(vget_low_u32(x), vget_low_u32(y));
}

static inline uint32x4_t high_halves(uint32x4_t x, uint32x4_t y) {
    return vcombine_u32(vget_high_u32(x), vget_high_u32(y));
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    (void)ahead; /* what it would gain was never measured on an Arm CPU */
    const uint8_t *q = queries, *t = train;
    const unsigned pairs = (nq + 1) / 2;
    uint32x4_t sum[MR / 2][BLOCKS];
    KNN_UNROLL
    for (unsigned i = 0; i < pairs; i++)
        for (unsigned b = 0; b < BLOCKS; b++)
            sum[i][b] = vdupq_n_u32(0);
    for (size_t g = knn_groups(dim, GROUP); g > 0; g--) {
        uint8x16_t two[MR / 2];
        KNN_UNROLL
        for (unsigned i = 0; i < pairs; i++)
            two[i] = load_queries(q, i, nq);
        KNN_UNROLL
        for (unsigned b = 0; b < BLOCKS; b++) {
            uint8x16_t rows = vld1q_u8(t + 2 * GROUP * b);
            for (unsigned i = 0; i < pairs; i++)
                sum[i][b] = vmmlaq_u32(sum[i][b], two[i], rows);
        }
        t += NR * GROUP;
        q += nq * GROUP;
    }
    const uint32_t *query_terms = (const uint32_t *)(const void *)q, *train_terms = (const uint32_t *)(const void *)t;
    uint32_t hits = 0;
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        const uint32x4_t *s = sum[i / 2];
        uint32x4_t products[BLOCKS / 2];
        for (unsigned v = 0; v < BLOCKS / 2; v++)
            products[v] = i % 2 == 0 ? low_halves(s[2 * v], s[2 * v + 1]) : high_halves(s[2 * v], s[2 * v + 1]);
        hits |= finish(products, query_terms[i], train_terms, bound[i], out + i * NR) << i;
    }
    return hits;
}

KNN_TILE_BY_WIDTH(tile_8x12, body, MR)

static void pack(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel) {
    knn_pack_groups8(rows, stride, n, dim, panel_rows, panel);
    uint8_t *terms = panel + knn_groups(dim, GROUP) * GROUP * panel_rows;
    knn_pack_squares(rows, stride, n, dim, panel_rows, (uint32_t *)(void *)terms);
}

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack(rows, stride, n, dim, knn_panel_queries(n, MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack(rows, stride, n, dim, NR, panel);
}

const struct knn_kernel knn_l2_neoni8mm_8x12 = {
    .name = "l2_neoni8mm_8x12",
    .summary = "norm expansion, one ummla for 32 byte pairs",
    .metric = KNN_L2,
    .features = KNN_NEON | KNN_NEONDOT | KNN_NEONI8MM,
    .mr = MR,
    .nr = NR,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 32,
    .ops = 1,
    .group = GROUP,
    .query_width = 1,
    .tile = tile_8x12,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
