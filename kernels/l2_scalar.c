/* Squared L2 one byte at a time, vectorization off: the reference, and the honest baseline. */
#include "kernel.h"

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++) {
        int difference = a[i] - b[i];
        sum += (uint32_t)(difference * difference);
    }
    return sum;
}

const struct knn_kernel knn_l2_scalar = {
    .name = "l2_scalar",
    .summary = "one byte at a time, vectorization off",
    .metric = KNN_L2,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / (255 * 255),
    .step = 1,
    .ops = 3,
    .pair = pair,
};
