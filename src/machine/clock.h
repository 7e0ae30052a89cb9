/* Wall time. */
#ifndef KNN_CLOCK_H
#define KNN_CLOCK_H

#include <time.h>

/* Seconds since some moment; it never goes back. */
static inline double knn_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
