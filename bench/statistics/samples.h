/* Repeated measurements of one thing. */
#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stddef.h>

/* Smallest first. */
void samples_sort(double *values, size_t n);

/* Of at least one, sorted. */
double samples_median(const double *sorted, size_t n);

#endif
