/* Squared L2 by the 256-bit dot product of bytes: 4 queries x 24 train rows in 12 accumulators, three vectors of train
 * bytes (4 bytes of 8 rows each) and one broadcast query word, all of the 16 registers that VEX instructions reach.
 * pack.h has the identity. */
#ifndef KNN_TILE_VNNI256_H
#define KNN_TILE_VNNI256_H

#include "avx2.h"
#include "kernel.h"
#include "pack.h"

enum { VNNI256_MR = 4, VNNI256_NR = 24, VNNI256_GROUP = 4, VNNI256_VECTORS = 3 };

/* sum[v] += t[v] . query over groups of 4 bytes, t unsigned and the query signed. */
typedef void vnni256_step(__m256i sum[VNNI256_VECTORS], __m256i t0, __m256i t1, __m256i t2, __m256i query);

static inline __attribute__((always_inline)) uint32_t vnni256_tile_of(const void *queries, const void *train,
                                                                      size_t dim, unsigned nq, const uint32_t *bound,
                                                                      uint32_t *out, const uint8_t *ahead,
                                                                      vnni256_step *step) {
    const uint8_t *q = queries, *t = train;
    __m256i sum[VNNI256_MR][VNNI256_VECTORS];
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        for (unsigned v = 0; v < VNNI256_VECTORS; v++)
            sum[i][v] = _mm256_setzero_si256();
    for (size_t g = knn_groups(dim, VNNI256_GROUP); g > 0; g--) {
        __m256i t0 = load(t), t1 = load(t + 32), t2 = load(t + 64);
        if (nq == VNNI256_MR)
            ahead = knn_fetch_ahead(ahead);
        KNN_UNROLL
        for (unsigned i = 0; i < nq; i++) {
            step(sum[i], t0, t1, t2, broadcast32(q + VNNI256_GROUP * i));
        }
        t += VNNI256_NR * VNNI256_GROUP;
        q += nq * VNNI256_GROUP;
    }
    const uint32_t *query_terms = (const uint32_t *)(const void *)q;
    __m256i none_below = _mm256_set1_epi32(-1);
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        __m256i limit = _mm256_set1_epi32((int)bound[i]), term = _mm256_set1_epi32((int)query_terms[i]);
        __m256i least = _mm256_set1_epi32(-1);
        for (unsigned v = 0; v < VNNI256_VECTORS; v++) {
            __m256i terms = _mm256_add_epi32(term, load(t + 32 * v));
            __m256i distance = _mm256_sub_epi32(terms, _mm256_slli_epi32(sum[i][v], 1));
            _mm256_store_si256((__m256i *)(void *)(out + i * VNNI256_NR + 8 * v), distance);
            least = _mm256_min_epu32(least, distance);
        }
        and_not_below(&none_below, least, limit);
    }
    return hits_of(none_below, out, VNNI256_VECTORS, nq, bound);
}

static void vnni256_pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_dot_queries(rows, stride, n, dim, knn_panel_queries(n, VNNI256_MR), panel);
}

static void vnni256_pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_dot_train(rows, stride, n, dim, VNNI256_NR, panel);
}

#endif
