/* The statistics of paired times: medians, and intervals that assume nothing of how the values are distributed.
 *
 * Let d(1) <= ... <= d(n) be n independent differences, each as likely above the true median as below it. The number of
 * them below it is then binomial(n, 1/2), whatever else their distribution is. Hence the interval
 *
 *     [d(r), d(n + 1 - r)]     misses the median with a probability of 2 P(Bin(n, 1/2) <= r - 1) at most
 *
 * and sign_rank() finds the largest r for which that is at most alpha: 11 for n = 40 and alpha = 0.005, so the 11th to
 * the 30th value. This inverts the sign test. Ties only make it safer.
 *
 * Power. A threshold t is exceeded beyond doubt if d(r) > t, that is if at most r - 1 of n values are below t. With
 * p = P(d <= t) that happens with probability P(Bin(n, p) <= r - 1). sign_power_shift() solves it for the p that makes
 * this 0.9, say, and returns z = -Phi^-1(p): values that are normal with standard deviation s exceed t with that
 * probability when their median is t + z s. n = 40, r = 11, power 0.9: p = 0.18, z = 0.91. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include <stddef.h>

struct interval {
    double estimate, low, high; /* low and high are infinite where there are too few values for the level asked for */
    size_t count, rank;         /* low is the rank-th smallest value, high the rank-th largest; 0: there is none */
};

/* P(X <= k) for X binomial(n, p). The terms are computed relative to the largest by their ratios and divided by their
 * sum, so that nothing overflows, and only what does not matter underflows. */
double binomial_tail(size_t k, size_t n, double p);

/* The largest r for which [d(r), d(n + 1 - r)] has confidence 1 - alpha; 0 if there is none. */
size_t sign_rank(size_t n, double alpha);

double sign_power_shift(size_t n, size_t rank, double power);

/* Of values in any order, which stay as they are. Without values, or memory, the interval is infinite. */
struct interval sign_interval(const double *values, size_t n, double alpha);
double median(const double *values, size_t n);

/* Sorts them, smallest first; and the median of what is sorted, of one at least. */
void sort_values(double *values, size_t n);
double sorted_median(const double *sorted, size_t n);

/* 1.4826 times the median distance from the median: the standard deviation of a normal distribution, and hardly moved
 * by the outliers that a busy machine adds. */
double robust_deviation(const double *values, size_t n);

/* Phi^-1, 0 < p < 1. */
double normal_quantile(double p);

#endif
