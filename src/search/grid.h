/* A grid cuts rows into blocks, whose sums are all that levels know of a row. */
#ifndef KNN_GRID_H
#define KNN_GRID_H

#include "knnmark.h"

/* A row is a picture of planes of height x width bytes. The planes lie one after another, or are interleaved: a pixel's
 * bytes of all planes lie side by side. Width and height are 0 for rows that are no pictures. */
struct knn_picture {
    size_t width, height;
    int interleaved;
};

/* Planes have height x width bytes, which are `step` apart: 1, or all planes where they are interleaved. Each plane is
 * cut into blocks of block_height x block_width, a power of two of bytes. What is left over of a plane, or of a row, is
 * in no block. */
struct knn_grid {
    size_t width, height, planes, step;
    size_t block_width, block_height;
};

static inline size_t knn_blocks_across(const struct knn_grid *grid) {
    return grid->width / grid->block_width;
}

static inline size_t knn_blocks_down(const struct knn_grid *grid) {
    return grid->height / grid->block_height;
}

static inline size_t knn_blocks(const struct knn_grid *grid) {
    return grid->planes * knn_blocks_down(grid) * knn_blocks_across(grid);
}

enum { KNN_AXIS = 16 }; /* the most blocks along a side of L2's pictures */

/* The fine level's grid; and one whose blocks are four of the other's each, which L1's coarse level has. */
struct knn_grid knn_grid_of(enum knn_metric metric, size_t dim, struct knn_picture picture);
struct knn_grid knn_grid_coarser(struct knn_grid grid);

/* The sums of a row's blocks, plane after plane, line after line. `columns` has room for a row. */
void knn_grid_sum(const struct knn_grid *grid, const uint8_t *row, uint32_t *columns, uint32_t *sums);

/* The sums of the coarser grid's blocks from those of the fine one's, in their place. */
void knn_grid_coarsen(const struct knn_grid *fine, uint32_t *sums);

/* Guesses the shape of rows from some of them: square pictures of 1, 3 or 4 planes, interleaved or not. Width and
 * height are 0 where the rows seem to be no such pictures. */
struct knn_picture knn_picture_guess(struct knn_rows rows);

#endif
