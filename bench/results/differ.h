/* Why two results may not be compared. */
#ifndef RESULTS_DIFFER_H
#define RESULTS_DIFFER_H

#include "results.h"

enum { SAME_CPU = 1, SAME_THREADS = 2, SAME_DATA = 4 };

struct difference {
    char text[320]; /* "": none */
};

/* The first thing of those asked for in which `other` differs from `first`: "its CPU is X, not Y". What either does not
 * tell is taken to be the same. */
struct difference difference_of(const struct results *first, const struct results *other, int asked);

#endif
