/* The rows that kernels are tried on: a fixed set of nasty ones, then random ones, with the distances of all pairs.
 *
 * A palette is made once for a length and serves every kernel, so the slow reference runs once a pair of rows. */
#ifndef PALETTE_H
#define PALETTE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

enum palette_row { ALL_255 = 0, ALL_0 = 1, RANDOM_1 = 5 }; /* those that are asked for by name */

struct palette {
    struct palette *next;
    size_t dim;
    unsigned rows;                   /* fewer for long rows; the nastiest come first */
    uint8_t *bytes;                  /* row i starts at bytes + i * dim */
    uint32_t *distance[KNN_METRICS]; /* [i * rows + j]: from query i to train row j; NULL until first asked for */
};

/* A stream of random numbers: the same for the same first state, on every machine. */
uint64_t palette_random(uint64_t *state);
void palette_fill(uint64_t *state, uint8_t *bytes, size_t size);

/* The palette of a length from the list, made if it is not there; NULL without memory. */
struct palette *palette_get(struct palette **list, uint64_t seed, size_t dim);
void palette_free(struct palette *list);

/* The reference distances of a metric; NULL without memory. */
const uint32_t *palette_distances(struct palette *palette, enum knn_metric metric);

/* What row i is, for people. */
const char *palette_name(unsigned row);

#endif
