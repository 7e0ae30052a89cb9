/* L1 with the 256-bit sum of absolute differences: vpsadbw adds |a-b| of 8 bytes into each 64-bit lane. */
#include "avx2.h"
#include "kernel.h"
#include "pack.h"

static inline void add(__m256i *sum, const uint8_t *a, const uint8_t *b) {
    *sum = _mm256_add_epi64(*sum, _mm256_sad_epu8(load(a), load(b)));
}

/* Two registers a step: with one, the loop's own instructions cost a quarter. */
static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m256i sum = _mm256_setzero_si256(), other = sum;
    size_t i = 0;
    for (; i + 64 <= dim; i += 64) {
        add(&sum, a + i, b + i);
        add(&other, a + i + 32, b + i + 32);
    }
    if (i + 32 <= dim) {
        add(&sum, a + i, b + i);
        i += 32;
    }
    if (i < dim)
        other = _mm256_add_epi64(other, _mm256_sad_epu8(load_tail(a + i, dim - i), load_tail(b + i, dim - i)));
    return sum_of_lanes32(_mm256_add_epi64(sum, other)); /* the upper halves of the lanes are 0 up to max_dim */
}

const struct knn_kernel knn_l1_avx2 = {
    .name = "l1_avx2",
    .summary = "vpsadbw, one row at a time",
    .metric = KNN_L1,
    .features = KNN_AVX2,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 32,
    .ops = 2,
    .pair = pair,
};

/* 12 accumulators, two vectors of train bytes (8 bytes of 4 rows each), a broadcast query word, a temporary: all 16. */
enum { MR = 6, NR = 8, GROUP = 8 };

/* Adds for both vectors of a query. In assembly because compilers reassociate these sums and then run out of registers;
 * this order, two of a kind in turn, keeps the ports busy. */
static inline void sad_add(__m256i sum[2], __m256i t0, __m256i t1, __m256i query) {
    __m256i sad0, sad1 = query;
    __asm__("vpsadbw %3, %4, %2\n\tvpsadbw %3, %5, %3\n\tvpaddd %2, %0, %0\n\tvpaddd %3, %1, %1"
            : "+x"(sum[0]), "+x"(sum[1]), "=&x"(sad0), "+&x"(sad1)
            : "x"(t0), "x"(t1));
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    const uint8_t *q = queries, *t = train;
    __m256i sum[MR][2];
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        sum[i][0] = sum[i][1] = _mm256_setzero_si256();
    for (size_t g = knn_groups(dim, GROUP); g > 0; g--) {
        __m256i t0 = load(t), t1 = load(t + 32);
        if (nq == MR)
            ahead = knn_fetch_ahead(ahead);
        KNN_UNROLL
        for (unsigned i = 0; i < nq; i++) {
            sad_add(sum[i], t0, t1, broadcast64(q + i * GROUP));
        }
        t += NR * GROUP;
        q += nq * GROUP;
    }
    __m256i none_below = _mm256_set1_epi32(-1);
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        __m256 even = _mm256_shuffle_ps(_mm256_castsi256_ps(sum[i][0]), _mm256_castsi256_ps(sum[i][1]), 0x88);
        __m256i distance = _mm256_castps_si256(even);
        _mm256_store_si256((__m256i *)(void *)(out + i * NR), distance);
        and_not_below(&none_below, distance, _mm256_set1_epi32((int)bound[i]));
    }
    return hits_of(none_below, out, NR / 8, nq, bound);
}

KNN_TILE_BY_WIDTH(tile_6x8, body, MR)

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_groups8(rows, stride, n, dim, knn_panel_queries(n, MR), panel);
}

/* Swaps rows 2, 3 with rows 4, 5: the shuffle at a tile's end then puts the sums of all 8 rows in order. */
static void swap_rows(uint8_t *panel, size_t groups) {
    for (uint8_t *g = panel; groups > 0; groups--, g += NR * GROUP) {
        __m128i second = _mm_load_si128((const __m128i *)(const void *)(g + 16));
        _mm_store_si128((__m128i *)(void *)(g + 16), _mm_load_si128((const __m128i *)(const void *)(g + 32)));
        _mm_store_si128((__m128i *)(void *)(g + 32), second);
    }
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_groups8(rows, stride, n, dim, NR, panel);
    swap_rows(panel, knn_groups(dim, GROUP));
}

const struct knn_kernel knn_l1_avx2_6x8 = {
    .name = "l1_avx2_6x8",
    .summary = "vpsadbw and vpaddd, packed panels",
    .metric = KNN_L1,
    .features = KNN_AVX2,
    .mr = MR,
    .nr = NR,
    .max_dim = UINT32_MAX / 255,
    .step = 32,
    .ops = 2,
    .group = GROUP,
    .query_width = 1,
    .tile = tile_6x8,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
