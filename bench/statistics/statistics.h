/* The statistics of paired times: medians, and intervals that assume nothing about the distribution of the values.
 *
 * Let d(1) <= ... <= d(n) be n independent differences, each as likely above the true median as below it. The number of
 * them below it is then binomial(n, 1/2), whatever else their distribution is. Hence the interval
 *
 *     [d(r), d(n + 1 - r)]     misses the median with a probability of 2 P(Bin(n, 1/2) <= r - 1) at most
 *
 * and sign_rank() finds the largest r for which that is at most alpha: 11 for n = 40 and alpha = 0.005, so the 11th to
 * the 30th value. This inverts the sign test. Ties only make it safer.
 *
 * Repeated looks. Whoever looks after every pair, and stops when the interval pleases, needs intervals that hold at
 * every n at once. Let K of n differences be below the true median. Take the probability of their sequence if each is
 * below it with probability p, with p uniform from 0 to 1, and divide by that for p = 1/2: this is 1 / ((n + 1)
 * P(Bin(n, 1/2) = K)). As n grows it is a martingale that starts at 1, so it ever reaches 1 / alpha with a probability
 * of alpha at most (Ville's inequality). Hence sequential_rank() counts the K from 0 on with P(Bin(n, 1/2) = K) <=
 * alpha / (n + 1): 9 for n = 40 and alpha = 0.005, where sign_rank() finds 11. This is Robbins' mixture (Annals of
 * Mathematical Statistics 41, 1970) in the form that Howard and Ramdas have for quantiles (Bernoulli 28, 2022). */
#ifndef STATISTICS_H
#define STATISTICS_H

#include <stddef.h>

struct interval {
    double estimate, low, high; /* low and high are infinite where there are too few values for the level asked for */
    size_t count, rank;         /* low is the rank-th smallest value, high the rank-th largest; 0: there is none */
};

/* P(X = k) for X binomial(n, 1/2). */
double binomial_half(size_t k, size_t n);

/* The largest r for which [d(r), d(n + 1 - r)] has confidence 1 - alpha; 0 if there is none. sequential: at all n at
 * once. */
size_t sign_rank(size_t n, double alpha);
size_t sequential_rank(size_t n, double alpha);

/* The values may be in any order, and keep it. Without values, or memory, the interval is infinite. */
struct interval sign_interval(const double *values, size_t n, double alpha);
struct interval sequential_interval(const double *values, size_t n, double alpha);
double median(const double *values, size_t n);

/* Sorts values, smallest first; the median of sorted values, n >= 1. */
void sort_values(double *values, size_t n);
double sorted_median(const double *sorted, size_t n);

#endif
