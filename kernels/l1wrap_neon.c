/* L1 with the difference modulo 256, which is what sub computes. Differences are added in 16 bits, two bytes a lane and
 * step, and brought into 32 bits before those lanes overflow. */
#include "neon.h"

enum { LONGEST = UINT16_MAX / (2 * 255) }; /* steps that 16 bits hold */

static inline uint16x8_t add(uint16x8_t sum, uint8x16_t x, uint8x16_t y) {
    return vpadalq_u8(sum, vsubq_u8(y, x));
}

static uint32_t pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32x4_t sum = vdupq_n_u32(0);
    size_t i = 0;
    while (i + 16 <= dim) {
        uint16x8_t part = vdupq_n_u16(0);
        for (unsigned steps = 0; steps < LONGEST && i + 16 <= dim; steps++, i += 16)
            part = add(part, vld1q_u8(a + i), vld1q_u8(b + i));
        sum = vpadalq_u16(sum, part);
    }
    if (i < dim)
        sum = vpadalq_u16(sum, add(vdupq_n_u16(0), load_tail(a + i, dim - i), load_tail(b + i, dim - i)));
    return vaddvq_u32(sum);
}

const struct knn_kernel knn_l1wrap_neon = {
    .name = "l1wrap_neon",
    .summary = "sub and uadalp, one row at a time",
    .metric = KNN_L1WRAP,
    .features = KNN_NEON,
    .mr = 1,
    .nr = 1,
    .max_dim = UINT32_MAX / 255,
    .step = 16,
    .ops = 2,
    .pair = pair,
};
