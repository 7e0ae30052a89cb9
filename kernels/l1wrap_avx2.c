/* L1 with the difference modulo 256, which is what vpsubb computes; vpsadbw against zero adds up 8 of them. */
#include "avx2.h"
#include "kernel.h"

static inline __m256i add(__m256i sum, __m256i x, __m256i y) {
    return _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_sub_epi8(y, x), _mm256_setzero_si256()));
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 32 <= dim; i += 32)
        sum = add(sum, load(a + i), load(b + i));
    if (i < dim)
        sum = add(sum, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
    return sum_of_lanes32(sum); /* the upper halves of the lanes are 0 up to max_dim */
}

const struct knn_kernel knn_l1wrap_avx2 = {
    .name = "l1wrap_avx2",
    .summary = "vpsubb, vpsadbw against zero, one row at a time",
    .metric = KNN_L1WRAP,
    .features = KNN_AVX2,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 32,
    .ops = 3,
    .pair = pair,
};
