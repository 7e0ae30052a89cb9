/* Squared L2 with the VEX-encoded 256-bit dot product of CPUs that have it without AVX-512. */
#include "tile_vnni256.h"

/* Even and odd bytes have their own sums: with one, the second addition would wait for the first. */
static inline void add_squares(__m256i sums[2], __m256i x, __m256i y) {
    __m256i d = absolute_difference(x, y);
    __m256i even = _mm256_and_si256(d, _mm256_set1_epi16(0xff)), odd = _mm256_srli_epi16(d, 8);
    sums[0] = _mm256_dpwssd_avx_epi32(sums[0], even, even);
    sums[1] = _mm256_dpwssd_avx_epi32(sums[1], odd, odd);
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    size_t i = 0;
    for (; i + 32 <= dim; i += 32)
        add_squares(sums, load(a + i), load(b + i));
    if (i < dim)
        add_squares(sums, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
    return sum_of_lanes32(_mm256_add_epi32(sums[0], sums[1]));
}

const struct knn_kernel knn_l2_avxvnni = {
    .name = "l2_avxvnni",
    .summary = "|a-b| by saturating subtraction, widened, vpdpwssd with itself",
    .metric = KNN_L2,
    .features = KNN_AVX2 | KNN_AVXVNNI,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 32,
    .ops = 7,
    .pair = pair,
};

/* In assembly for the reason given in tile_avx512.h. */
static inline void step(__m256i sum[VNNI256_VECTORS], __m256i t0, __m256i t1, __m256i t2, __m256i query) {
    __asm__("%{vex%} vpdpbusd %6, %3, %0\n\t%{vex%} vpdpbusd %6, %4, %1\n\t%{vex%} vpdpbusd %6, %5, %2"
            : "+x"(sum[0]), "+x"(sum[1]), "+x"(sum[2])
            : "x"(t0), "x"(t1), "x"(t2), "x"(query));
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    return vnni256_tile_of(queries, train, dim, nq, bound, out, ahead, step);
}

KNN_TILE_BY_WIDTH(tile_4x24, body, VNNI256_MR)

const struct knn_kernel knn_l2_avxvnni_4x24 = {
    .name = "l2_avxvnni_4x24",
    .summary = "norm expansion, one vpdpbusd for 32 byte pairs",
    .metric = KNN_L2,
    .features = KNN_AVX2 | KNN_AVXVNNI,
    .mr = VNNI256_MR,
    .nr = VNNI256_NR,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 32,
    .ops = 1,
    .group = VNNI256_GROUP,
    .query_width = 1,
    .tile = tile_4x24,
    .pack_queries = vnni256_pack_queries,
    .pack_train = vnni256_pack_train,
};
