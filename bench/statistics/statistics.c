#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Adds up the terms from `from` on, away from the mode, in the direction of `step`; the mode's is 1. Those up to and
 * with `k` are counted in *below, too. */
static double add_terms(size_t mode, int up, size_t k, size_t n, double odds, double *below) {
    double term = 1, sum = 0;
    for (size_t j = mode; up ? j < n : j > 0; j = up ? j + 1 : j - 1) {
        double more = (double)(n - j) / (double)(j + 1) * odds, less = (double)j / (double)(n - j + 1) / odds;
        term *= up ? more : less;
        sum += term;
        if ((up ? j + 1 : j - 1) <= k)
            *below += term;
    }
    return sum;
}

double binomial_tail(size_t k, size_t n, double p) {
    if (k >= n || p <= 0)
        return 1;
    if (p >= 1)
        return 0;
    double odds = p / (1 - p), below = 0;
    size_t mode = (size_t)((double)(n + 1) * p);
    mode = mode < n ? mode : n;
    if (mode <= k)
        below = 1;
    double sum = 1 + add_terms(mode, 0, k, n, odds, &below) + add_terms(mode, 1, k, n, odds, &below);
    return below / sum;
}

size_t sign_rank(size_t n, double alpha) {
    size_t rank = 0;
    while (2 * rank < n && 2 * binomial_tail(rank, n, 0.5) <= alpha)
        rank++;
    return rank;
}

double normal_quantile(double p) {
    double low = -40, high = 40;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2)) / 2 < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

double sign_power_shift(size_t n, size_t rank, double power) {
    double low = 0, high = 1; /* the tail falls as p grows */
    if (rank == 0)
        return INFINITY;
    for (int i = 0; i < 60; i++) {
        double p = (low + high) / 2;
        if (binomial_tail(rank - 1, n, p) > power)
            low = p;
        else
            high = p;
    }
    return -normal_quantile((low + high) / 2);
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

struct interval sign_interval(const double *values, size_t n, double alpha) {
    struct interval interval = {.low = -INFINITY, .high = INFINITY, .count = n};
    double *all = sorted_copy(values, n);
    if (all == NULL)
        return interval;
    interval.estimate = sorted_median(all, n);
    interval.rank = sign_rank(n, alpha);
    if (interval.rank > 0) {
        interval.low = all[interval.rank - 1];
        interval.high = all[n - interval.rank];
    }
    free(all);
    return interval;
}

double median(const double *values, size_t n) {
    double *all = sorted_copy(values, n), middle = all != NULL ? sorted_median(all, n) : 0;
    free(all);
    return middle;
}

double robust_deviation(const double *values, size_t n) {
    double middle = median(values, n), *distances = n > 0 ? malloc(n * sizeof *distances) : NULL;
    if (distances == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        distances[i] = fabs(values[i] - middle);
    double deviation = 1.4826 * median(distances, n);
    free(distances);
    return deviation;
}
