#include "l1wrap.h"

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (uint8_t)(b[i] - a[i]);
    return sum;
}

const struct knn_kernel knn_l1wrap = {
    .name = "l1wrap",
    .summary = "plain C",
    .metric = KNN_L1WRAP,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 1,
    .ops = 2,
    .pair = pair,
};
