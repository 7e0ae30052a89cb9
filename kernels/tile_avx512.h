/* The register tile shared by the AVX-512 dot-product kernels: 12 queries x 32 train rows in 24 accumulators, two
 * vectors of train bytes (4 bytes of 16 rows each) and one broadcast query word.
 *
 * distance = finish(accumulated, query term + train term): see the kernels for their identities. Steps are written in
 * assembly because gcc 12 copies the accumulators of _mm512_dpbusd_epi32 to and from memory. */
#ifndef KNN_TILE_AVX512_H
#define KNN_TILE_AVX512_H

#include <immintrin.h>

#include "kernel.h"
#include "pack.h"

enum { TILE_MR = 12, TILE_NR = 32, TILE_GROUP = 4, TILE_VECTORS = TILE_NR / 16, TILE_PREFETCH = 4096 };

/* Adds what a query word contributes to its sums, for both vectors of train bytes. */
typedef void tile_step(__m512i sum[TILE_VECTORS], __m512i t0, __m512i t1, __m512i query);
typedef __m512i tile_finish(__m512i sum, __m512i terms);

/* In assembly because clang would take vbroadcastss, and Zen 4 loses a third when integers come from it. */
static inline __m512i tile_broadcast(const uint8_t *word) {
    __m512i all;
    __asm__("vpbroadcastd %1, %0" : "=v"(all) : "m"(*(const uint8_t(*)[4])word));
    return all;
}

/* Every caller passes constants for nq, step and finish, so this unrolls into straight code. */
static inline __attribute__((always_inline)) uint32_t tile_of(const void *queries, const void *train, size_t dim,
                                                              unsigned nq, const uint32_t *bound, uint32_t *out,
                                                              const uint8_t *ahead, tile_step *step,
                                                              tile_finish *finish) {
    const uint8_t *q = queries, *t = train;
    __m512i sum[TILE_MR][TILE_VECTORS];
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        for (unsigned v = 0; v < TILE_VECTORS; v++)
            sum[i][v] = _mm512_setzero_si512();
    for (size_t g = knn_groups(dim, TILE_GROUP); g > 0; g--) {
        __m512i t0 = _mm512_load_si512(t), t1 = _mm512_load_si512(t + 64);
        if (nq <= 4) /* reading train rows is the bottleneck; only every second line: more prefetching costs */
            _mm_prefetch((const char *)t + TILE_PREFETCH, _MM_HINT_T1);
        else
            ahead = knn_fetch_ahead(ahead);
        KNN_UNROLL
        for (unsigned i = 0; i < nq; i++) {
            step(sum[i], t0, t1, tile_broadcast(q + i * TILE_GROUP));
        }
        t += TILE_NR * TILE_GROUP;
        q += nq * TILE_GROUP;
    }
    const uint32_t *query_terms = (const uint32_t *)(const void *)q;
    uint32_t hits = 0;
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        __m512i limit = _mm512_set1_epi32((int)bound[i]);
        unsigned below = 0;
        for (unsigned v = 0; v < TILE_VECTORS; v++) {
            __m512i terms = _mm512_add_epi32(_mm512_set1_epi32((int)query_terms[i]), _mm512_load_si512(t + 64 * v));
            __m512i distance = finish(sum[i][v], terms);
            _mm512_store_si512(out + i * TILE_NR + 16 * v, distance);
            below |= _mm512_cmplt_epu32_mask(distance, limit);
        }
        hits |= (uint32_t)(below != 0) << i;
    }
    return hits;
}

#endif
