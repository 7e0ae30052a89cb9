/* L1 with the 512-bit sum of absolute differences: vpsadbw adds |a-b| of 8 bytes into each 64-bit lane. */
#include <immintrin.h>

#include "kernel.h"
#include "pack.h"

static inline void add(__m512i *sum, const uint8_t *a, const uint8_t *b) {
    *sum = _mm512_add_epi64(*sum, _mm512_sad_epu8(_mm512_loadu_si512(a), _mm512_loadu_si512(b)));
}

/* Two registers a step, as in l1_avx2.c. */
static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m512i sum = _mm512_setzero_si512(), other = sum;
    size_t i = 0;
    for (; i + 128 <= dim; i += 128) {
        add(&sum, a + i, b + i);
        add(&other, a + i + 64, b + i + 64);
    }
    if (i + 64 <= dim) {
        add(&sum, a + i, b + i);
        i += 64;
    }
    if (i < dim) {
        __mmask64 mask = ((__mmask64)1 << (dim - i)) - 1;
        __m512i x = _mm512_maskz_loadu_epi8(mask, a + i), y = _mm512_maskz_loadu_epi8(mask, b + i);
        other = _mm512_add_epi64(other, _mm512_sad_epu8(x, y));
    }
    return (uint32_t)_mm512_reduce_add_epi64(_mm512_add_epi64(sum, other));
}

const struct knn_kernel knn_l1_avx512bw = {
    .name = "l1_avx512bw",
    .summary = "vpsadbw, one row at a time",
    .metric = KNN_L1,
    .features = KNN_AVX2 | KNN_AVX512BW,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 64,
    .ops = 2,
    .pair = pair,
};

/* 24 accumulators, two vectors of train bytes (8 bytes of 8 rows each), one broadcast query word. */
enum { MR = 12, NR = 16, GROUP = 8, PREFETCH = 4096 };

/* Adds for both vectors of a query. In assembly because compilers reassociate these sums and then run out of registers;
 * this order, two of a kind in turn, keeps the ports busy. */
static inline void sad_add(__m512i sum[2], __m512i t0, __m512i t1, __m512i query) {
    __m512i sad0, sad1;
    __asm__("vpsadbw %6, %4, %2\n\tvpsadbw %6, %5, %3\n\tvpaddd %2, %0, %0\n\tvpaddd %3, %1, %1"
            : "+v"(sum[0]), "+v"(sum[1]), "=&v"(sad0), "=&v"(sad1)
            : "v"(t0), "v"(t1), "v"(query));
}

/* In assembly because clang would take vbroadcastsd, and Zen 4 loses time when integers come from that. */
static inline __m512i broadcast64(const uint8_t *word) {
    __m512i all;
    __asm__("vpbroadcastq %1, %0" : "=v"(all) : "m"(*(const uint8_t(*)[8])word));
    return all;
}

static inline __attribute__((always_inline)) uint32_t body(const void *queries, const void *train, size_t dim,
                                                           unsigned nq, const uint32_t *bound, uint32_t *out,
                                                           const uint8_t *ahead) {
    const uint8_t *q = queries, *t = train;
    __m512i sum[MR][2];
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        sum[i][0] = sum[i][1] = _mm512_setzero_si512();
    for (size_t g = knn_groups(dim, GROUP); g > 0; g--) {
        __m512i t0 = _mm512_load_si512(t), t1 = _mm512_load_si512(t + 64);
        if (nq <= 4) /* reading train rows is the bottleneck; only every second line: more prefetching costs */
            _mm_prefetch((const char *)t + PREFETCH, _MM_HINT_T1);
        else
            ahead = knn_fetch_ahead(ahead);
        KNN_UNROLL
        for (unsigned i = 0; i < nq; i++) {
            sad_add(sum[i], t0, t1, broadcast64(q + i * GROUP));
        }
        t += NR * GROUP;
        q += nq * GROUP;
    }
    uint32_t hits = 0;
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        __m512i distance = _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(sum[i][0])),
                                              _mm512_cvtepi64_epi32(sum[i][1]), 1);
        _mm512_store_si512(out + i * NR, distance);
        hits |= (uint32_t)(_mm512_cmplt_epu32_mask(distance, _mm512_set1_epi32((int)bound[i])) != 0) << i;
    }
    return hits;
}

KNN_TILE_BY_WIDTH(tile_12x16, body, MR)

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_groups8(rows, stride, n, dim, knn_panel_queries(n, MR), panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_groups8(rows, stride, n, dim, NR, panel);
}

const struct knn_kernel knn_l1_avx512bw_12x16 = {
    .name = "l1_avx512bw_12x16",
    .summary = "vpsadbw and vpaddd, packed panels",
    .metric = KNN_L1,
    .features = KNN_AVX2 | KNN_AVX512BW,
    .mr = MR,
    .nr = NR,
    .max_dim = UINT32_MAX / 255,
    .step = 64,
    .ops = 2,
    .group = GROUP,
    .query_width = 1,
    .tile = tile_12x16,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
