#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double binomial_half(size_t k, size_t n) {
    double a = (double)k, b = (double)(n - k);
    return exp(lgamma(a + b + 1) - lgamma(a + 1) - lgamma(b + 1) - (a + b) * log(2));
}

size_t sign_rank(size_t n, double alpha) {
    size_t rank = 0;
    double tail = binomial_half(0, n);
    while (2 * rank < n && 2 * tail <= alpha)
        tail += binomial_half(++rank, n);
    return rank;
}

size_t sequential_rank(size_t n, double alpha) {
    size_t rank = 0;
    while (2 * rank < n && binomial_half(rank, n) * (double)(n + 1) <= alpha)
        rank++;
    return rank;
}

/* -- of values ----------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_values(double *values, size_t n) {
    qsort(values, n, sizeof *values, ascending);
}

double sorted_median(const double *sorted, size_t n) {
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

/* A sorted copy, to be freed; NULL without values or memory. */
static double *sorted_copy(const double *values, size_t n) {
    double *copy = n > 0 ? malloc(n * sizeof *copy) : NULL;
    if (copy == NULL)
        return NULL;
    memcpy(copy, values, n * sizeof *copy);
    sort_values(copy, n);
    return copy;
}

static struct interval interval_of(const double *values, size_t n, size_t rank) {
    struct interval interval = {.low = -INFINITY, .high = INFINITY, .count = n};
    double *all = sorted_copy(values, n);
    if (all == NULL)
        return interval;
    interval.estimate = sorted_median(all, n);
    interval.rank = rank;
    if (rank > 0) {
        interval.low = all[rank - 1];
        interval.high = all[n - rank];
    }
    free(all);
    return interval;
}

struct interval sign_interval(const double *values, size_t n, double alpha) {
    return interval_of(values, n, sign_rank(n, alpha));
}

struct interval sequential_interval(const double *values, size_t n, double alpha) {
    return interval_of(values, n, sequential_rank(n, alpha));
}

double median(const double *values, size_t n) {
    double *all = sorted_copy(values, n), middle = all != NULL ? sorted_median(all, n) : 0;
    free(all);
    return middle;
}
