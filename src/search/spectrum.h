/* The spectrum of a row, for levels of squared L2. Most of what differs between pictures lies in few coefficients.
 *
 * The sums of a row's blocks, divided by the root of a block's bytes, are orthonormal coordinates of the row. A cosine
 * transform of the second kind (DCT-II) along lines, columns and planes turns them into other orthonormal coordinates
 * (Ahmed, Natarajan and Rao, "Discrete cosine transform", 1974). Those that vary most among some rows come first in
 * `order`.
 *
 * All is in single precision. A row's computed coefficients, also when mixed (level.c), are off by less than
 * KNN_SPECTRUM_ERROR of the row's norm: docs/bounds.md says why. */
#ifndef KNN_SPECTRUM_H
#define KNN_SPECTRUM_H

#include "grid.h"

struct knn_spectrum {
    size_t pieces, axes[3]; /* boxes of blocks, and the lengths of a box, which is transformed along all three */
    float *tables[3];
    float scale;         /* of sums, before they are transformed */
    size_t coefficients; /* pieces * axes */
    uint32_t *order;     /* the coefficients, the one that varies most first */
};

#define KNN_SPECTRUM_ERROR 1e-5

/* For a grid of at most KNN_AXIS blocks a side, or of one line of any length, of which only whole parts of KNN_AXIS
 * blocks count. The order is 0, 1, 2 and so on. Fails without memory; close it nevertheless. */
int knn_spectrum_open(struct knn_spectrum *spectrum, const struct knn_grid *grid);
void knn_spectrum_close(struct knn_spectrum *spectrum);

/* Computes a row's coefficients from the sums of its blocks, each below 2^24. Threads may share the spectrum. */
void knn_spectrum_of(const struct knn_spectrum *spectrum, const uint32_t *sums, float *coefficients);

/* Puts the coefficients of the largest variances first; without memory, leaves the order as it is. */
void knn_spectrum_sort(struct knn_spectrum *spectrum, const double *variances);

#endif
