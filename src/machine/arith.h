/* Arithmetic on sizes. */
#ifndef KNN_ARITH_H
#define KNN_ARITH_H

#include <stddef.h>

static inline size_t knn_min(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline size_t knn_max(size_t a, size_t b) {
    return a > b ? a : b;
}

/* a / b, rounded up; b is not 0. */
static inline size_t knn_divide_up(size_t a, size_t b) {
    return (a + b - 1) / b; // NOLINT(clang-analyzer-core.DivideZero): nobody divides by 0
}

/* Start of part i of `count` things cut into `parts` parts as equal as can be, the larger first. */
static inline size_t knn_part(size_t count, size_t parts, size_t i) {
    return count / parts * i + (count % parts < i ? count % parts : i);
}

#endif
