#include "grid.h"

#include <string.h>

/* The side of a block, along an axis of so many bytes. L2 takes no more blocks than a spectrum can have. */
static size_t side_of(enum knn_metric metric, size_t bytes) {
    size_t side = 2;
    while (metric == KNN_L2 && bytes / side > KNN_AXIS)
        side *= 2;
    return side;
}

struct knn_grid knn_grid_of(enum knn_metric metric, size_t dim, struct knn_picture picture) {
    enum { LEAST_SIDE = 4, RUN = 4 }; /* of a picture that coarse squares fit into; blocks of other rows */
    if (picture.width < LEAST_SIDE || picture.height < LEAST_SIDE)
        return (struct knn_grid){dim, 1, 1, 1, RUN, 1};
    size_t planes = dim / (picture.width * picture.height);
    return (struct knn_grid){.width = picture.width,
                             .height = picture.height,
                             .planes = planes,
                             .step = picture.interleaved ? planes : 1,
                             .block_width = side_of(metric, picture.width),
                             .block_height = side_of(metric, picture.height)};
}

struct knn_grid knn_grid_coarser(struct knn_grid grid) {
    int flat = grid.height == 1;
    grid.block_width *= flat ? 4 : 2;
    grid.block_height *= flat ? 1 : 2;
    return grid;
}

/* Sums the columns of a line of blocks, in all planes that are interleaved. */
static void sum_columns(const struct knn_grid *grid, const uint8_t *line, uint32_t *columns) {
    size_t bytes = grid->width * grid->step;
    memset(columns, 0, bytes * sizeof *columns);
    for (size_t i = 0; i < grid->block_height; i++, line += bytes)
        for (size_t x = 0; x < bytes; x++)
            columns[x] += line[x];
}

void knn_grid_sum(const struct knn_grid *grid, const uint8_t *row, uint32_t *columns, uint32_t *sums) {
    size_t across = knn_blocks_across(grid), down = knn_blocks_down(grid), step = grid->step;
    for (size_t plane = 0; plane < grid->planes; plane += step, row += grid->width * grid->height * step)
        for (size_t y = 0; y < down; y++) {
            sum_columns(grid, row + y * grid->block_height * grid->width * step, columns);
            for (size_t p = 0; p < step; p++) {
                const uint32_t *column = columns + p;
                uint32_t *out = sums + ((plane + p) * down + y) * across;
                for (size_t x = 0; x < across; x++) {
                    uint32_t sum = 0;
                    for (size_t i = 0; i < grid->block_width; i++, column += step)
                        sum += *column;
                    out[x] = sum;
                }
            }
        }
}

void knn_grid_coarsen(const struct knn_grid *fine, uint32_t *sums) {
    struct knn_grid grid = knn_grid_coarser(*fine);
    size_t wide = grid.block_width / fine->block_width, high = grid.block_height / fine->block_height;
    size_t from_across = knn_blocks_across(fine), from_down = knn_blocks_down(fine), n = 0;
    for (size_t plane = 0; plane < grid.planes; plane++)
        for (size_t y = 0; y < knn_blocks_down(&grid); y++)
            for (size_t x = 0; x < knn_blocks_across(&grid); x++) {
                const uint32_t *block = sums + (plane * from_down + y * high) * from_across + x * wide;
                uint32_t sum = 0;
                for (size_t i = 0; i < high; i++, block += from_across)
                    for (size_t j = 0; j < wide; j++)
                        sum += block[j];
                sums[n++] = sum;
            }
}
