/* L1 one byte at a time, vectorization off (see FLAGS_scalar in the Makefile): the reference, and the honest baseline.
 */
#include <stdlib.h>

#include "kernel.h"

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (uint32_t)abs(a[i] - b[i]);
    return sum;
}

const struct knn_kernel knn_l1_scalar = {
    .name = "l1_scalar",
    .summary = "one byte at a time, vectorization off",
    .metric = KNN_L1,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 1,
    .ops = 2,
    .pair = pair,
};
