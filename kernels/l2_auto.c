/* Squared L2 as the compiler vectorizes it: compiled once for every instruction set in the Makefile's AUTO. */
#include "auto.h"

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++) {
        int difference = a[i] - b[i];
        sum += (uint32_t)(difference * difference);
    }
    return sum;
}

const struct knn_kernel KNN_AUTO_SYMBOL(l2) = {
    .name = KNN_AUTO_NAME(l2),
    .summary = "plain C, vectorized by the compiler",
    .metric = KNN_L2,
    .features = KNN_AUTO_FEATURES,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = KNN_AUTO_BYTES,
    .ops = 3,
    .pair = pair,
};
