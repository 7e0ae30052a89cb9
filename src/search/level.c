#include "level.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"

/* -- the grid ------------------------------------------------------------------------------------------------------ */

enum { LEAST_SIDE = 4 }; /* of a picture that squares fit into */

struct knn_grid knn_grid_of(size_t dim, size_t width, size_t height, size_t side) {
    if (width < LEAST_SIDE || height < LEAST_SIDE)
        return (struct knn_grid){dim, 1, 1, side * side, 1};
    return (struct knn_grid){width, height, dim / (width * height), side, side};
}

static size_t blocks_of(const struct knn_grid *grid) {
    return grid->planes * (grid->height / grid->block_height) * (grid->width / grid->block_width);
}

/* One byte of norm for so many blocks: enough for it to stay below 256 in nearly all pictures, and a small part of the
 * work. */
static size_t copies_of(size_t blocks, enum knn_metric metric) {
    enum { BLOCKS_PER_COPY = 12 };
    return metric == KNN_L2 ? knn_divide_up(blocks, BLOCKS_PER_COPY) : 0;
}

size_t knn_level_dim(const struct knn_grid *grid, enum knn_metric metric) {
    size_t blocks = blocks_of(grid);
    return blocks + copies_of(blocks, metric);
}

/* -- a row --------------------------------------------------------------------------------------------------------- */

/* The sums of a row's blocks. `columns` has room for a width. */
static void sum_blocks(const struct knn_grid *grid, const uint8_t *row, uint32_t *columns, uint32_t *sums) {
    size_t across = grid->width / grid->block_width, down = grid->height / grid->block_height;
    for (size_t plane = 0; plane < grid->planes; plane++, row += grid->width * grid->height)
        for (size_t y = 0; y < down; y++, sums += across) {
            const uint8_t *line = row + y * grid->block_height * grid->width;
            memset(columns, 0, grid->width * sizeof *columns);
            for (size_t i = 0; i < grid->block_height; i++, line += grid->width)
                for (size_t x = 0; x < grid->width; x++)
                    columns[x] += line[x];
            for (size_t x = 0; x < across; x++) {
                uint32_t sum = 0;
                for (size_t i = 0; i < grid->block_width; i++)
                    sum += columns[x * grid->block_width + i];
                sums[x] = sum;
            }
        }
}

static uint64_t sum_of_squares(const uint8_t *row, size_t dim) {
    uint64_t all = 0;
    for (size_t i = 0; i < dim;) {
        uint32_t part = 0; /* of up to 65 536 squares: below 2^32 */
        for (size_t end = knn_min(dim, i + 65536); i < end; i++)
            part += (uint32_t)row[i] * row[i];
        all += part;
    }
    return all;
}

/* Writes the means; returns the sum of what the block sums differ from n means by (L1), or of the squares of that. */
static uint64_t put_means(const struct knn_level *level, const uint32_t *sums, uint8_t *means) {
    uint32_t half = 1u << level->shift >> 1;
    uint64_t all = 0;
    for (size_t i = 0; i < level->blocks; i++) {
        uint32_t mean = (sums[i] + half) >> level->shift;
        int32_t rest = (int32_t)(sums[i] - (mean << level->shift));
        means[i] = (uint8_t)mean;
        all += level->metric == KNN_L1 ? (uint64_t)abs(rest) : (uint64_t)((int64_t)rest * rest);
    }
    return all;
}

/* Writes the norm of what the means leave out of a row; returns the slack of all. Doubles are off by some 1e-15 of what
 * they hold, the allowance is a thousand times that. */
static double put_norm(const struct knn_level *level, const uint8_t *row, size_t dim, const uint32_t *sums,
                       uint64_t rests, uint8_t *copies) {
    double n = (double)(1u << level->shift), count = (double)level->copies, of_means = 0;
    for (size_t i = 0; i < level->blocks; i++)
        of_means += (double)sums[i] * sums[i];
    double norm = sqrt(fmax(0, (double)sum_of_squares(row, dim) - of_means / n));
    double each = fmin(norm / sqrt(n * count), UINT8_MAX), rounded = nearbyint(each), lost = each - rounded;
    memset(copies, (int)rounded, level->copies);
    return sqrt((double)rests / (n * n) + count * lost * lost) + 1e-9 * (1 + norm);
}

/* -- a level ------------------------------------------------------------------------------------------------------- */

struct room {
    uint32_t *columns, *sums;
};

static double build_row(const struct knn_level *level, const uint8_t *row, size_t dim, const struct room *room,
                        uint8_t *shorter) {
    sum_blocks(&level->grid, row, room->columns, room->sums);
    uint64_t rests = put_means(level, room->sums, shorter);
    if (level->metric == KNN_L1)
        return (double)rests;
    return put_norm(level, row, dim, room->sums, rests, shorter + level->blocks);
}

static int build_rows(struct knn_level *level, struct knn_rows rows, const struct knn_team *team) {
    int failed = 0;
    double most = 0;
#pragma omp parallel num_threads(team->threads) reduction(max : most) reduction(| : failed)
    {
        struct knn_binding *own = knn_team_join(team);
        struct room room = {malloc(level->grid.width * sizeof(uint32_t)), malloc(level->blocks * sizeof(uint32_t))};
        failed |= room.columns == NULL || room.sums == NULL;
#pragma omp for schedule(static)
        for (size_t i = 0; i < rows.rows; i++)
            if (!failed) {
                level->slack[i] =
                    build_row(level, rows.data + i * rows.stride, rows.dim, &room, knn_matrix_row(&level->rows, i));
                most = fmax(most, level->slack[i]);
            }
        free(room.columns);
        free(room.sums);
        knn_team_leave(team, own);
    }
    level->most_slack = most;
    return failed ? -1 : 0;
}

int knn_level_build(struct knn_level *level, enum knn_metric metric, struct knn_grid grid, struct knn_rows rows,
                    const struct knn_team *team, struct knn_error *error) {
    *level = (struct knn_level){.metric = metric, .grid = grid, .blocks = blocks_of(&grid)};
    level->copies = copies_of(level->blocks, metric);
    level->shift = (unsigned)__builtin_ctzll(grid.block_width * grid.block_height);
    level->weight = metric == KNN_L1 ? 1.0 / (double)(1u << level->shift) : 1;
    level->slack = calloc(rows.rows, sizeof *level->slack);
    if (level->slack != NULL && knn_matrix_alloc(&level->rows, rows.rows, level->blocks + level->copies, NULL) == 0 &&
        build_rows(level, rows, team) == 0)
        return 0;
    knn_level_free(level);
    return knn_fail(error, "no memory for the bounds of %zu rows: search exhaustively", rows.rows);
}

void knn_level_free(struct knn_level *level) {
    knn_matrix_free(&level->rows);
    free(level->slack);
    *level = (struct knn_level){0};
}

/* Doubles are off by some 1e-16 of what they hold; the allowance is a million times that. */
double knn_level_limit(const struct knn_level *level, uint64_t limit, double slack) {
    const double allowance = 1 + 1e-10;
    double n = (double)(1u << level->shift);
    return level->metric == KNN_L1 ? ((double)limit + slack) / n * allowance + 1e-6
                                   : (sqrt((double)limit / n) + slack) * allowance + 1e-6;
}
