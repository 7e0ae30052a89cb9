/* L1 as the compiler vectorizes it: compiled once for every instruction set in the Makefile's AUTO. */
#include "auto.h"

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (uint32_t)abs(a[i] - b[i]);
    return sum;
}

const struct knn_kernel KNN_AUTO_SYMBOL(l1) = {
    .name = KNN_AUTO_NAME(l1),
    .summary = "plain C, vectorized by the compiler",
    .metric = KNN_L1,
    .features = KNN_AUTO_FEATURES,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = KNN_AUTO_BYTES,
    .ops = 2,
    .pair = pair,
};
