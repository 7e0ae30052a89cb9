#include "broken.h"

#include <signal.h>

static uint32_t l1(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (uint32_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
    return sum;
}

static uint32_t l2(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (uint32_t)((a[i] - b[i]) * (a[i] - b[i]));
    return sum;
}

static uint32_t off_by_one(const uint8_t *a, const uint8_t *b, size_t dim) {
    return l1(a, b, dim) + (a[dim - 1] > b[dim - 1]);
}

static uint32_t ignores_tail(const uint8_t *a, const uint8_t *b, size_t dim) {
    return l1(a, b, dim < 64 ? dim : dim / 64 * 64);
}

/* A compiler may not drop what these read. */
static uint8_t peek(const volatile uint8_t *byte) {
    return *byte;
}

static uint32_t reads_past(const uint8_t *a, const uint8_t *b, size_t dim) {
    return l1(a, b, dim) + (peek(a + dim) & 0u);
}

static uint32_t reads_before(const uint8_t *a, const uint8_t *b, size_t dim) {
    return l1(a, b, dim) + (peek(b - 1) & 0u);
}

static uint32_t reads_past_long_rows(const uint8_t *a, const uint8_t *b, size_t dim) {
    return l1(a, b, dim) + (dim > 100 && dim % 64 == 63 ? peek(b + dim) & 0u : 0);
}

static uint32_t writes(const uint8_t *a, const uint8_t *b, size_t dim) {
    *(volatile uint8_t *)(uintptr_t)a = *a;
    return l1(a, b, dim);
}

static uint32_t saturates(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = l1(a, b, dim);
    return sum < UINT16_MAX ? sum : UINT16_MAX;
}

static uint32_t overflows(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = l2(a, b, dim);
    return sum <= INT32_MAX ? sum : INT32_MAX;
}

static uint32_t overflows_16(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i += 2) {
        uint32_t two = l2(a + i, b + i, dim - i < 2 ? 1 : 2);
        sum += two < 2 * 255 * 255 ? two : (uint16_t)two; /* wrong only where two neighbours differ by 255 */
    }
    return sum;
}

static uint32_t needs_alignment(const uint8_t *a, const uint8_t *b, size_t dim) {
    return l1(a, b, dim) + ((uintptr_t)a % 64 == 61 && (uintptr_t)b % 64 == 3);
}

static uint32_t only_signed(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; i++) {
        int difference = (int8_t)a[i] - (int8_t)b[i];
        sum += (uint32_t)(difference < 0 ? -difference : difference);
    }
    return sum;
}

static uint32_t illegal(const uint8_t *a, const uint8_t *b, size_t dim) {
#if defined(__x86_64__)
    __asm__ volatile("ud2");
#elif defined(__aarch64__)
    __asm__ volatile(".inst 0");
#else
    raise(SIGILL);
#endif
    return l1(a, b, dim);
}

static uint32_t divides(const uint8_t *a, const uint8_t *b, size_t dim) {
    raise(SIGFPE);
    return l1(a, b, dim);
}

#define L1(function)                                                                                                   \
    .name = #function, .metric = KNN_L1, .mr = 1, .nr = 1, .max_dim = UINT32_MAX / 255, .pair = function
#define L2(function)                                                                                                   \
    .name = #function, .metric = KNN_L2, .mr = 1, .nr = 1, .max_dim = UINT32_MAX / (255 * 255), .pair = function

const struct knn_kernel control_l1_pair = {L1(l1)};
const struct knn_kernel control_l2_pair = {L2(l2)};

const struct broken *broken_pairs(size_t *count) {
    static const struct broken pairs[] = {
        {{L1(off_by_one)}, "dim 1, query \"all 255\""},
        {{L1(ignores_tail)}, "dim 65, "},
        {{L1(reads_past)}, "dim 1, "},
        {{L1(reads_past)}, "pair died of SIGSEGV (a byte it may not touch), byte 1 past the end of "},
        {{L1(reads_before)}, "pair died of SIGSEGV (a byte it may not touch), byte 1 before the start of "},
        {{L1(reads_past_long_rows)}, "dim 127, "},
        {{L1(writes)}, ", byte 0 of all 255, which is read-only"},
        {{L1(saturates)}, "got 65535"},
        {{L2(overflows)}, "expected 4294966275, got 2147483647"},
        {{L2(overflows)}, "dim 66051, "},
        {{L2(overflows_16)}, "dim 2, query \"all 255\" at offset 0, 0 bytes after a guard, row \"all 0\""},
        {{L1(needs_alignment)}, "at offset 61, "},
        {{L1(only_signed)}, "dim 1, query \"all 255\""},
        {{L1(illegal)}, "pair died of SIGILL"},
        {{L1(divides)}, "pair died of SIGFPE"},
    };
    *count = sizeof pairs / sizeof pairs[0];
    return pairs;
}
