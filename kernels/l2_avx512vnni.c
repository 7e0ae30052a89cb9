/* Squared L2 with the AVX-512 dot product of bytes; pack.h has the identity. */
#include "tile_avx512.h"
#include "tile_vnni256.h"

/* d = |a-b| reaches 255, too much for the signed side of vpdpbusd. So vpdpwssd adds the squares of 16-bit halves, each
 * to its own sum: with one sum, the second addition would wait for the first. */
static inline void add_squares(__m512i sums[2], __m512i x, __m512i y) {
    __m512i d = _mm512_or_si512(_mm512_subs_epu8(x, y), _mm512_subs_epu8(y, x));
    __m512i even = _mm512_and_si512(d, _mm512_set1_epi16(0xff)), odd = _mm512_srli_epi16(d, 8);
    sums[0] = _mm512_dpwssd_epi32(sums[0], even, even);
    sums[1] = _mm512_dpwssd_epi32(sums[1], odd, odd);
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m512i sums[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    size_t i = 0;
    for (; i + 64 <= dim; i += 64)
        add_squares(sums, _mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
    if (i < dim) {
        __mmask64 mask = ((__mmask64)1 << (dim - i)) - 1;
        add_squares(sums, _mm512_maskz_loadu_epi8(mask, a + i), _mm512_maskz_loadu_epi8(mask, b + i));
    }
    __m512i sum = _mm512_add_epi32(sums[0], sums[1]);
    /* not _mm512_reduce_add_epi32: its sum is signed, and here it overflows */
    return sum_of_lanes32(_mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1)));
}

const struct knn_kernel knn_l2_avx512vnni = {
    .name = "l2_avx512vnni",
    .summary = "|a-b| by saturating subtraction, widened, vpdpwssd with itself",
    .metric = KNN_L2,
    .features = KNN_AVX2 | KNN_AVX512BW | KNN_AVX512VNNI,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 64,
    .ops = 7,
    .pair = pair,
};

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_dot_queries(rows, stride, n, dim, knn_panel_queries(n, TILE_MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_dot_train(rows, stride, n, dim, TILE_NR, panel);
}

/* Train bytes are the unsigned side, queries the signed one. */
static inline void step(__m512i sum[TILE_VECTORS], __m512i t0, __m512i t1, __m512i query) {
    __asm__("vpdpbusd %4, %2, %0\n\tvpdpbusd %4, %3, %1" : "+v"(sum[0]), "+v"(sum[1]) : "v"(t0), "v"(t1), "v"(query));
}

static inline __m512i finish(__m512i sum, __m512i terms) {
    return _mm512_sub_epi32(terms, _mm512_slli_epi32(sum, 1));
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    return tile_of(queries, train, dim, nq, bound, out, ahead, step, finish);
}

KNN_TILE_BY_WIDTH(tile_12x32, body, TILE_MR)

const struct knn_kernel knn_l2_avx512vnni_12x32 = {
    .name = "l2_avx512vnni_12x32",
    .summary = "norm expansion, one vpdpbusd for 64 byte pairs",
    .metric = KNN_L2,
    .features = KNN_AVX2 | KNN_AVX512BW | KNN_AVX512VNNI,
    .mr = TILE_MR,
    .nr = TILE_NR,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 64,
    .ops = 1,
    .group = TILE_GROUP,
    .query_width = 1,
    .tile = tile_12x32,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};

/* The 256-bit tile in EVEX encoding: for CPUs that slow down under 512-bit multiplications, and to see what width is
 * worth. */
static inline void step256(__m256i sum[VNNI256_VECTORS], __m256i t0, __m256i t1, __m256i t2, __m256i query) {
    __asm__("vpdpbusd %6, %3, %0\n\tvpdpbusd %6, %4, %1\n\tvpdpbusd %6, %5, %2"
            : "+v"(sum[0]), "+v"(sum[1]), "+v"(sum[2])
            : "v"(t0), "v"(t1), "v"(t2), "v"(query));
}

static inline __attribute__((always_inline)) uint32_t body256(const void *queries, const void *train, size_t dim,
                                                              unsigned nq, const uint32_t *bound, uint32_t *out,
                                                              const uint8_t *ahead) {
    return vnni256_tile_of(queries, train, dim, nq, bound, out, ahead, step256);
}

KNN_TILE_BY_WIDTH(tile_4x24, body256, VNNI256_MR)

const struct knn_kernel knn_l2_avx512vnni_4x24 = {
    .name = "l2_avx512vnni_4x24",
    .summary = "norm expansion, 256-bit vpdpbusd for 32 byte pairs",
    .metric = KNN_L2,
    .features = KNN_AVX2 | KNN_AVX512BW | KNN_AVX512VNNI,
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
