/* Squared L2 with the VEX-encoded 256-bit dot product of CPUs that have it without AVX-512. */
#include "tile_vnni256.h"

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m256i even = _mm256_setzero_si256(), odd = even;
    for (size_t i = 0; i < dim; i += 32) {
        __m256i x = dim - i >= 32 ? load(a + i) : load_tail(a + i, dim - i);
        __m256i y = dim - i >= 32 ? load(b + i) : load_tail(b + i, dim - i);
        __m256i d = absolute_difference(x, y);
        __m256i low = _mm256_and_si256(d, _mm256_set1_epi16(0xff)), high = _mm256_srli_epi16(d, 8);
        even = _mm256_dpwssd_avx_epi32(even, low, low);
        odd = _mm256_dpwssd_avx_epi32(odd, high, high);
    }
    return sum_of_lanes32(_mm256_add_epi32(even, odd));
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
static inline __m256i dot(__m256i sum, __m256i u, __m256i s) {
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(u), "x"(s));
    return sum;
}

static uint32_t tile(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                     uint32_t *out) {
    return vnni256_tile(queries, train, dim, nq, bound, out, dot);
}

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_dot_queries(rows, stride, n, dim, VNNI256_MR, panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_dot_train(rows, stride, n, dim, VNNI256_NR, panel);
}

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
    .tile = tile,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
