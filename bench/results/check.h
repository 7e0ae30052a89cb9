/* Whether a run is fit to be published, or to stand beside another. */
#ifndef RESULTS_CHECK_H
#define RESULTS_CHECK_H

#include <stdio.h>

#include "results.h"

/* Writes the verdict and a line for every condition that does not hold; returns how many do not. */
size_t check_write(FILE *stream, const struct results *results);

/* Why its times do not measure a CPU: a part of the job, not finished, emulated; NULL: they do. */
const char *check_unfit(const struct results *results);

enum { SAME_CPU = 1, SAME_THREADS = 2, SAME_DATA = 4 };

struct difference {
    char text[320]; /* "": none */
};

/* The first of the things asked for in which `other` differs from `first`: "its CPU is X, not Y". What one of them does
 * not tell counts as the same. */
struct difference difference_of(const struct results *first, const struct results *other, int asked);

#endif
