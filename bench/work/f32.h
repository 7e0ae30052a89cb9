/* The same search in float32, k = 1, to show what staying in bytes gains. It computes the same distances by the same
 * means: packed panels, register tiles, blocks of queries in cache; squared L2 by the expansion of the square and fused
 * multiply-adds, L1 by subtraction, absolute value and addition. Float sums round, so the nearest row may be another
 * one: that is one of the reasons for bytes.
 *
 * f32_tile.c is compiled once for every instruction set in the Makefile's F32. */
#ifndef F32_H
#define F32_H

#include "kernel.h"
#include "matrix.h"
#include "team.h"

/* sums[i * nr + j] over `dim` numbers of query i and train row j: of products, or of absolute differences. A panel has,
 * for every dimension, a number of each of its mr queries or nr train rows. */
typedef void f32_tile_fn(const float *queries, const float *train, size_t dim, float *sums);

struct f32_kernel {
    const char *isa;
    const char *names[KNN_METRICS]; /* <metric>_f32<isa> */
    unsigned features;              /* knn_feature bits */
    unsigned mr, nr;
    f32_tile_fn *tile[KNN_METRICS];
};

enum {
    F32_MAX_MR = 16,
    F32_MAX_TILE = 1024,
    F32_BLOCK_TILES = 3, /* with a train panel about a megabyte: a second-level cache */
};

/* The widest that this CPU runs within `features`, or NULL. */
const struct f32_kernel *f32_kernel(unsigned features);

struct f32_rows {
    const struct f32_kernel *kernel;
    struct knn_matrix panels; /* panel i: row i */
    float *squares;           /* of every train row */
    size_t rows, dim;
};

int f32_pack(struct f32_rows *rows, const struct f32_kernel *kernel, const struct knn_matrix *train,
             const struct knn_team *team, struct knn_error *error);
void f32_free(struct f32_rows *rows);

/* nearest[q]: index of the train row nearest to query q, the first of several at the same distance. */
int f32_search(const struct f32_rows *rows, const struct knn_matrix *queries, enum knn_metric metric, uint32_t *nearest,
               const struct knn_team *team, struct knn_error *error);

#endif
