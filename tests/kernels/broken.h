/* Kernels for testing the harness: controls that are right, and kernels that are wrong on purpose. */
#ifndef BROKEN_H
#define BROKEN_H

#include "kernel.h"

struct broken {
    struct knn_kernel kernel;
    const char *report; /* what the harness's line must hold */
};

/* Right: a pair and a portable packed 3x5 tile of each metric. */
extern const struct knn_kernel control_l1_pair, control_l2_pair, control_l1_tile, control_l2_tile;

const struct broken *broken_pairs(size_t *count);
const struct broken *broken_tiles(size_t *count);

#endif
