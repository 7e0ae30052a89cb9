/* A level: the same rows, shorter, whose distances are lower bounds of the rows' own. docs/bounds.md says why they are,
 * in the arithmetic used here.
 *
 * A row is cut into blocks of n bytes: squares of a picture's planes, or runs of a row that is none. A short row has
 * the rounded mean of each block. For L2 the norm of what the means leave out follows, in `copies` equal bytes, scaled
 * so that it weighs as much in a distance of short rows as it does in one of rows. What rounding can have lost is a
 * number beside each row, its slack. With the short rows' distance d, the rows' distance is at least
 *
 *   L1   n d - slack(a) - slack(b)               slack: the sum of what the block sums exceed n means by
 *   L2   n (sqrt(d) - slack(a) - slack(b))^2     slack: how far the short row is from the one that is not rounded */
#ifndef KNN_LEVEL_H
#define KNN_LEVEL_H

#include "panels.h"

/* How rows are cut: into planes of height x width bytes, and these into blocks of block_height x block_width, a power
 * of two of bytes. What is left over of a plane, or of a row, is in no block. */
struct knn_grid {
    size_t width, height, planes;
    size_t block_width, block_height;
};

struct knn_level {
    enum knn_metric metric;
    struct knn_grid grid;
    size_t blocks, copies;  /* bytes of a short row: one a block, and those of the norm */
    unsigned shift;         /* a block has 1 << shift bytes */
    struct knn_matrix rows; /* the short ones */
    double *slack;          /* [row] */
    double most_slack;
    double weight; /* of a slack in a limit: 1 / n for L1, else 1 */
};

/* Blocks of side x side bytes of pictures of this width and height, or runs of side * side bytes of rows that are none
 * (0) or too narrow for squares. */
struct knn_grid knn_grid_of(size_t dim, size_t width, size_t height, size_t side);

/* Bytes of a short row; 0 if the grid has no block. */
size_t knn_level_dim(const struct knn_grid *grid, enum knn_metric metric);

/* On all threads of the team. Fails without memory; L1 and L2 only, at least one block. */
int knn_level_build(struct knn_level *level, enum knn_metric metric, struct knn_grid grid, struct knn_rows rows,
                    const struct knn_team *team, struct knn_error *error);
void knn_level_free(struct knn_level *level);

/* A limit for distances of rows, put into the terms of the level: beside a query with this slack. */
double knn_level_limit(const struct knn_level *level, uint64_t limit, double slack);

/* The largest distance of short rows that such a limit leaves a row with this slack. */
static inline double knn_level_reach(const struct knn_level *level, double limit, double slack) {
    double reach = limit + slack * level->weight;
    return level->metric == KNN_L1 ? reach : reach * reach;
}

#endif
