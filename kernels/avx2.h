/* Small pieces the 256-bit kernels share. */
#ifndef KNN_AVX2_H
#define KNN_AVX2_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

/* The last n < 32 bytes of a row, zeros behind them, without reading beyond the row. */
static inline __m256i load_tail(const uint8_t *row, size_t n) {
    uint8_t bytes[32] = {0};
    memcpy(bytes, row, n);
    return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

static inline __m256i load(const void *bytes) {
    return _mm256_loadu_si256(bytes);
}

static inline __m256i absolute_difference(__m256i x, __m256i y) {
    return _mm256_or_si256(_mm256_subs_epu8(x, y), _mm256_subs_epu8(y, x));
}

static inline uint32_t sum_of_lanes32(__m256i v) {
    __m128i x = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(x);
}

/* All ones in lanes whose distance is not below the limit: there max(d, l) = d. AVX2 has no unsigned compare. */
static inline __m256i not_below(__m256i distance, __m256i limit) {
    return _mm256_cmpeq_epi32(_mm256_max_epu32(distance, limit), distance);
}

/* ANDs it to what earlier distances gave. At once: compilers would put it off and keep the distances in registers. */
static inline void and_not_below(__m256i *none_below, __m256i distance, __m256i limit) {
    *none_below = _mm256_and_si256(*none_below, not_below(distance, limit));
    __asm__("" : "+x"(*none_below));
}

/* What a tile returns: bit i is set if any distance in the `vectors` vectors of query i is below bound[i]. That is
 * rare, and without any the whole cost is one test of all queries together, by the AND of not_below(). */
static inline uint32_t hits_of(__m256i none_below, const uint32_t *out, unsigned vectors, unsigned nq,
                               const uint32_t *bound) {
    uint32_t hits = 0;
    if (__builtin_expect(_mm256_movemask_epi8(none_below) == -1, 1))
        return 0;
    for (unsigned i = 0; i < nq; i++, out += 8 * (size_t)vectors) {
        __m256i limit = _mm256_set1_epi32((int)bound[i]), none = _mm256_set1_epi32(-1);
        for (unsigned v = 0; v < vectors; v++)
            and_not_below(&none, load(out + 8 * (size_t)v), limit);
        hits |= (uint32_t)(_mm256_movemask_epi8(none) != -1) << i;
    }
    return hits;
}

/* Copies one query word to all lanes. In assembly because clang would take the floating-point forms, and Zen 4 loses
 * time when integers come from those. */
static inline __m256i broadcast32(const uint8_t *word) {
    __m256i all;
    __asm__("vpbroadcastd %1, %0" : "=x"(all) : "m"(*(const uint8_t(*)[4])word));
    return all;
}

static inline __m256i broadcast64(const uint8_t *word) {
    __m256i all;
    __asm__("vpbroadcastq %1, %0" : "=x"(all) : "m"(*(const uint8_t(*)[8])word));
    return all;
}

#endif
