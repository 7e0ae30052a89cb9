/* Squared L2 with AVX2, which has no exact dot product of bytes: vpmaddubsw saturates at 16 bits.
 *
 * The tile expands the square, sum (a-b)^2 = sum a^2 + sum b^2 - 2 sum ab, and multiplies widened bytes by vpmaddwd: 16
 * byte pairs an instruction, and no exact form does better. vpmaddubsw takes 32, but only if one side has 7 bits or the
 * sums stay small: with b split into nibbles, 32 pairs take two of it (and a widening now and then); with the low bit
 * split off, they take three multiplier instructions. Widening is nearly free: train bytes stay bytes in their panel,
 * and an AND or a shift makes 16-bit words of the even or odd ones, since queries are packed in the same order. */
#include "avx2.h"
#include "kernel.h"
#include "pack.h"

static inline __m256i even_bytes(__m256i v) {
    return _mm256_and_si256(v, _mm256_set1_epi16(0xff));
}

static inline __m256i odd_bytes(__m256i v) {
    return _mm256_srli_epi16(v, 8);
}

static inline __m256i add_squares(__m256i sum, __m256i d) {
    __m256i even = even_bytes(d), odd = odd_bytes(d);
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(even, even));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(odd, odd));
}

static inline __m256i add(__m256i sum, const uint8_t *a, const uint8_t *b) {
    return add_squares(sum, absolute_difference(load(a), load(b)));
}

/* Two registers a step, as in l1_avx2.c. */
static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m256i sum = _mm256_setzero_si256(), other = sum;
    size_t i = 0;
    for (; i + 64 <= dim; i += 64) {
        sum = add(sum, a + i, b + i);
        other = add(other, a + i + 32, b + i + 32);
    }
    if (i + 32 <= dim) {
        sum = add(sum, a + i, b + i);
        i += 32;
    }
    if (i < dim)
        other = add_squares(other, absolute_difference(load_tail(a + i, dim - i), load_tail(b + i, dim - i)));
    return sum_of_lanes32(_mm256_add_epi32(sum, other));
}

const struct knn_kernel knn_l2_avx2 = {
    .name = "l2_avx2",
    .summary = "|a-b| by saturating subtraction, widened, vpmaddwd with itself",
    .metric = KNN_L2,
    .features = KNN_AVX2,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 32,
    .ops = 9,
    .pair = pair,
};

/* 12 accumulators, two vectors of train words (2 words of 8 rows each), a broadcast query word pair, a product. */
enum { MR = 6, NR = 16, GROUP = 4, QUERY_WIDTH = 2 };

/* The words that even and odd train bytes make. In assembly because compilers hold on to the bytes and to the mask, and
 * then keep a sum in memory. */
static inline __m256i even_words(const uint8_t *bytes) {
    static const uint64_t mask[4] = {0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff};
    __m256i words;
    __asm__("vmovdqu %1, %0\n\tvpand %2, %0, %0" : "=x"(words) : "m"(*(const uint8_t(*)[32])bytes), "m"(mask));
    return words;
}

static inline __m256i odd_words(const uint8_t *bytes) {
    __m256i words;
    __asm__("vmovdqu %1, %0\n\tvpsrlw $8, %0, %0" : "=x"(words) : "m"(*(const uint8_t(*)[32])bytes));
    return words;
}

/* Adds the products of two pairs of words, for both vectors of a query. In assembly because compilers reassociate these
 * sums and then run out of registers; this order, two of a kind in turn, keeps the ports busy. */
static inline void multiply_add(__m256i sum[2], __m256i t0, __m256i t1, __m256i query) {
    __m256i product0, product1 = query;
    __asm__("vpmaddwd %3, %4, %2\n\tvpmaddwd %3, %5, %3\n\tvpaddd %2, %0, %0\n\tvpaddd %3, %1, %1"
            : "+x"(sum[0]), "+x"(sum[1]), "=&x"(product0), "+&x"(product1)
            : "x"(t0), "x"(t1));
}

static inline __attribute__((always_inline)) void add_products(__m256i (*sum)[2], __m256i t0, __m256i t1,
                                                               const uint8_t *words, unsigned nq) {
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        multiply_add(sum[i], t0, t1, broadcast32(words + 4 * i));
    }
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
        if (nq == MR)
            ahead = knn_fetch_ahead(ahead);
        add_products(sum, even_words(t), even_words(t + 32), q, nq);
        add_products(sum, odd_words(t), odd_words(t + 32), q + 4 * nq, nq);
        t += NR * GROUP;
        q += nq * GROUP * QUERY_WIDTH;
    }
    const uint32_t *query_terms = (const uint32_t *)(const void *)q;
    __m256i none_below = _mm256_set1_epi32(-1);
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        __m256i limit = _mm256_set1_epi32((int)bound[i]), term = _mm256_set1_epi32((int)query_terms[i]);
        __m256i least = _mm256_set1_epi32(-1);
        for (unsigned v = 0; v < 2; v++) {
            __m256i terms = _mm256_add_epi32(term, load(t + 32 * v));
            __m256i distance = _mm256_sub_epi32(terms, _mm256_slli_epi32(sum[i][v], 1));
            _mm256_store_si256((__m256i *)(void *)(out + i * NR + 8 * v), distance);
            least = _mm256_min_epu32(least, distance);
        }
        and_not_below(&none_below, least, limit);
    }
    return hits_of(none_below, out, NR / 8, nq, bound);
}

KNN_TILE_BY_WIDTH(tile_6x16, body, MR)

/* Per group of 4 bytes: the words (q0, q2) of every query, then the words (q1, q3), as the train side is widened. */
static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    uint16_t *words = panel;
    size_t groups = knn_groups(dim, GROUP), held = knn_panel_queries(n, MR);
    memset(words, 0, groups * held * GROUP * QUERY_WIDTH);
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < dim; i++)
            words[i / 4 * held * 4 + i % 2 * held * 2 + r * 2 + i / 2 % 2] = rows[r * stride + i];
    knn_pack_squares(rows, stride, n, dim, held, (uint32_t *)(void *)(words + groups * held * GROUP));
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    knn_pack_groups4(rows, stride, n, dim, NR, panel);
    knn_pack_squares(rows, stride, n, dim, NR, (uint32_t *)panel + knn_groups(dim, GROUP) * NR);
}

const struct knn_kernel knn_l2_avx2_6x16 = {
    .name = "l2_avx2_6x16",
    .summary = "norm expansion, vpmaddwd and vpaddd on widened bytes",
    .metric = KNN_L2,
    .features = KNN_AVX2,
    .mr = MR,
    .nr = NR,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 16,
    .ops = 2,
    .group = GROUP,
    .query_width = QUERY_WIDTH,
    .tile = tile_6x16,
    .pack_queries = pack_queries,
    .pack_train = pack_train,
};
