/* A mistake to demonstrate, not a distance: it is not symmetric and breaks the triangle inequality. Where courses write
 * np.sum(np.abs(X - q), axis=1) and X and q hold uint8, the differences wrap, and abs() changes nothing. With the query
 * a and the train row b, NumPy then computes
 *
 *   L1wrap(a, b) = sum over i of (b[i] - a[i]) mod 256
 *
 * Compared with L1, it shows what the mistake costs in accuracy. Plain C is fast enough for that: it is in no registry
 * and no benchmark. */
#ifndef KNN_L1WRAP_H
#define KNN_L1WRAP_H

#include "kernel.h"

extern const struct knn_kernel knn_l1wrap;

#endif
