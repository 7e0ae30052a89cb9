/* L1 with the AVX-512 dot product of bytes: |a-b| = 2 max(a,b) - a - b, so
 *
 *   sum |a-b| = 2 sum max(a,b) - sum a - sum b
 *
 * and the middle sum is vpmaxub and a vpdpbusd by ones: where vpsadbw + vpaddd share their ports, this is the faster
 * mix. The row sums come from packing. */
#include "tile_avx512.h"

static void pack(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, uint8_t *panel) {
    knn_pack_groups4(rows, stride, n, dim, panel_rows, panel);
    uint32_t *terms = (uint32_t *)(void *)(panel + knn_groups(dim, TILE_GROUP) * TILE_GROUP * panel_rows);
    for (size_t r = 0; r < panel_rows; r++)
        terms[r] = r < n ? 0 - knn_row_sum(rows + r * stride, dim) : 0;
}

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack(rows, stride, n, dim, knn_panel_queries(n, TILE_MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack(rows, stride, n, dim, TILE_NR, panel);
}

/* Two maxima, then two sums: in alternation Zen 4 may settle into a rhythm that costs a sixth. */
static inline void step(__m512i sum[TILE_VECTORS], __m512i t0, __m512i t1, __m512i query) {
    __m512i max0, max1;
    __asm__("vpmaxub %6, %4, %2\n\tvpmaxub %6, %5, %3\n\tvpdpbusd %7, %2, %0\n\tvpdpbusd %7, %3, %1"
            : "+v"(sum[0]), "+v"(sum[1]), "=&v"(max0), "=&v"(max1)
            : "v"(t0), "v"(t1), "v"(query), "v"(_mm512_set1_epi8(1)));
}

static inline __m512i finish(__m512i sum, __m512i terms) {
    return _mm512_add_epi32(_mm512_slli_epi32(sum, 1), terms);
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    return tile_of(queries, train, dim, nq, bound, out, ahead, step, finish);
}

KNN_TILE_BY_WIDTH(tile_12x32, body, TILE_MR)

const struct knn_kernel knn_l1_avx512vnni_12x32 = {
    .name = "l1_avx512vnni_12x32",
    .summary = "2 max(a,b) - a - b: vpmaxub and vpdpbusd by ones",
    .metric = KNN_L1,
    .features = KNN_AVX2 | KNN_AVX512BW | KNN_AVX512VNNI,
    .mr = TILE_MR,
    .nr = TILE_NR,
    .max_dim = UINT32_MAX / 255,
    .step = 64,
    .ops = 2,
    .group = TILE_GROUP,
    .query_width = 1,
    .tile = tile_12x32,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
