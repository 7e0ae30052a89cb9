#include "level.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"

static size_t power_of_two(size_t least) {
    size_t power = 1;
    while (power < least)
        power *= 2;
    return power;
}

size_t knn_level_dim(enum knn_metric metric, size_t dim, struct knn_picture picture, int level) {
    enum { PART = 64, FINER = 4, LEAST = 8, MOST = KNN_LONGEST_SPECTRUM / FINER };
    struct knn_grid grid = knn_grid_of(metric, dim, picture), coarse = knn_grid_coarser(grid);
    size_t blocks = knn_blocks(&grid);
    if (knn_blocks(&coarse) == 0)
        return 0;
    if (metric == KNN_L1)
        return level == KNN_FINE ? blocks : knn_blocks(&coarse);
    size_t some = power_of_two(knn_min(knn_max(dim / PART, LEAST), MOST)) * (level == KNN_FINE ? FINER : 1);
    return knn_min(some, power_of_two(blocks + 1));
}

/* -- means, for L1 ------------------------------------------------------------------------------------------------- */

/* Writes the means; returns the slack. */
static double put_means(const uint32_t *sums, size_t blocks, double unit, uint8_t *means) {
    uint32_t n = (uint32_t)unit, shift = (uint32_t)__builtin_ctz(n);
    uint32_t all = 0; /* no overflow: at most n / 2 a block, and a tile takes at most 16 million coarse blocks */
    for (size_t i = 0; i < blocks; i++) {
        uint32_t mean = (sums[i] + n / 2) >> shift, full = mean << shift;
        means[i] = (uint8_t)mean;
        all += sums[i] > full ? sums[i] - full : full - sums[i];
    }
    return (double)all / unit;
}

/* -- coefficients, for L2 ------------------------------------------------------------------------------------------ */

/* What a thread needs for a row. */
struct room {
    uint32_t *columns, *sums;
    float *coefficients;
    uint8_t *zeros;
    float coordinates[KNN_LONGEST_SPECTRUM];
    double norm, rest; /* of the row; of what the first `kept` coefficients of the order leave out, squared */
    size_t kept;
};

static void close_room(struct room *room) {
    free(room->columns);
    free(room->sums);
    free(room->coefficients);
    free(room->zeros);
}

/* `dim` places are enough for each. Fails without memory; close it nevertheless. */
static int open_room(struct room *room, size_t dim) {
    *room = (struct room){.columns = calloc(dim, sizeof *room->columns),
                          .sums = calloc(dim, sizeof *room->sums),
                          .coefficients = calloc(dim, sizeof *room->coefficients),
                          .zeros = calloc(dim, 1)};
    return room->columns != NULL && room->sums != NULL && room->coefficients != NULL && room->zeros != NULL ? 0 : -1;
}

/* The orthonormal Walsh-Hadamard transform: each value goes to all coordinates, so that none needs a wider range. */
static void mix(float *values, size_t n) {
    for (size_t half = n / 2; half > 0; half /= 2)
        for (size_t i = 0; i < n; i += 2 * half)
            for (size_t j = i; j < i + half; j++) {
                float a = values[j], b = values[j + half];
                values[j] = a + b;
                values[j + half] = a - b;
            }
    float scale = 1 / sqrtf((float)n);
    for (size_t i = 0; i < n; i++)
        values[i] *= scale;
}

/* Finds a row's coefficients, its norm, and the squared norm of what the coefficients leave out, which is exact but for
 * the rounding of doubles. */
static void find_coefficients(const struct knn_form *form, const uint8_t *row, struct room *room) {
    uint64_t squares =
                 knn_pair_distance(form->pair, row, room->zeros, form->dim, knn_chunk_bytes(form->pair, form->dim)),
             of_sums = 0;
    knn_grid_sum(&form->grid, row, room->columns, room->sums);
    knn_spectrum_of(&form->spectrum, room->sums, room->coefficients);
    for (size_t i = 0; i < form->spectrum.coefficients; i++)
        of_sums += (uint64_t)room->sums[i] * room->sums[i];
    room->norm = sqrt((double)squares);
    room->rest =
        fmax(0, (double)squares - (double)of_sums / (double)(form->grid.block_width * form->grid.block_height));
    room->kept = form->spectrum.coefficients;
}

/* Finds a row's coordinates at a level from its coefficients; finer levels come first. The norm of what they leave out
 * is summed over the coefficients not kept, as a difference of large squares would be less exact. */
static void find_coordinates(const struct knn_form *form, int level, struct room *room) {
    size_t n = form->shorter[level], kept = knn_min(n - 1, room->kept);
    const uint32_t *order = form->spectrum.order;
    float *values = room->coordinates;
    while (room->kept > kept) {
        double left = room->coefficients[order[--room->kept]];
        room->rest += left * left;
    }
    memset(values, 0, n * sizeof *values);
    for (size_t i = 0; i < kept; i++)
        values[i] = room->coefficients[order[i]];
    values[n - 1] = (float)sqrt(room->rest);
    mix(values, n);
}

/* Clamps coordinates to the range of bytes, which only makes distances smaller, and rounds them. Returns how far
 * rounding moved them, at most. */
static double put_coordinates(const float *values, const float *middle, size_t n, double unit, uint8_t *bytes) {
    float scale = (float)(1 / unit);
    double all = 0;
    for (size_t i = 0; i < n; i++) {
        float value = (values[i] - middle[i]) * scale + 128;
        value = value < 0 ? 0 : value > UINT8_MAX ? UINT8_MAX : value;
        uint8_t byte = (uint8_t)(value + 0.5F);
        double lost = (double)value - byte;
        bytes[i] = byte;
        all += lost * lost;
    }
    return sqrt(all) + 1e-4 * sqrt((double)n);
}

/* -- the form ------------------------------------------------------------------------------------------------------ */

/* Means and variances of values, one vector after the other. */
struct moments {
    double *sums, *squares;
    size_t vectors;
};

static void add(struct moments *m, const float *values, size_t n) {
    m->vectors++;
    for (size_t i = 0; i < n; i++) {
        m->sums[i] += values[i];
        m->squares[i] += (double)values[i] * (double)values[i];
    }
}

/* Puts them in place of the sums. */
static void settle(struct moments *m, size_t n) {
    for (size_t i = 0; i < n; i++) {
        m->sums[i] /= (double)m->vectors;
        m->squares[i] = fmax(0, m->squares[i] / (double)m->vectors - m->sums[i] * m->sums[i]);
    }
}

static const uint8_t *sample_row(struct knn_rows rows, size_t i, size_t samples) {
    return rows.data + i * rows.rows / samples * rows.stride;
}

/* Chooses a unit so that most coordinates of this level fit into bytes. */
static void choose_unit(struct knn_form *form, int level, struct moments *m) {
    const double deviations = 2.5, least = 1.0 / 64;
    size_t n = form->shorter[level];
    double most = 0;
    settle(m, n);
    for (size_t i = 0; i < n; i++) {
        form->middle[level][i] = (float)m->sums[i];
        most = m->squares[i] > most ? m->squares[i] : most; /* with fmax(), gcc 12 for Arm has an internal error */
    }
    form->unit[level] = fmax(least, deviations * sqrt(most) / INT8_MAX);
}

/* A sample of the rows tells which coefficients to take, and their range. The bounds hold whatever it tells. */
static int fit_spectrum(struct knn_form *form, struct knn_rows rows) {
    enum { SAMPLES = 512 };
    size_t samples = knn_min(rows.rows, SAMPLES);
    struct room room;
    struct moments m[1 + KNN_LEVELS] = {{0}};
    int failed = open_room(&room, form->dim);
    for (int i = 0; i <= KNN_LEVELS; i++) {
        m[i] = (struct moments){calloc(form->dim, sizeof *m[i].sums), calloc(form->dim, sizeof *m[i].squares), 0};
        failed |= m[i].sums == NULL || m[i].squares == NULL;
    }
    for (size_t i = 0; !failed && i < samples; i++) {
        find_coefficients(form, sample_row(rows, i, samples), &room);
        add(&m[KNN_LEVELS], room.coefficients, form->spectrum.coefficients);
    }
    if (!failed) {
        settle(&m[KNN_LEVELS], form->spectrum.coefficients);
        knn_spectrum_sort(&form->spectrum, m[KNN_LEVELS].squares);
    }
    for (size_t i = 0; !failed && i < samples; i++) {
        find_coefficients(form, sample_row(rows, i, samples), &room);
        for (int level = KNN_LEVELS - 1; level >= 0; level--) {
            find_coordinates(form, level, &room);
            add(&m[level], room.coordinates, form->shorter[level]);
        }
    }
    for (int level = 0; !failed && level < KNN_LEVELS; level++)
        choose_unit(form, level, &m[level]);
    for (int i = 0; i <= KNN_LEVELS; i++) {
        free(m[i].sums);
        free(m[i].squares);
    }
    close_room(&room);
    return failed ? -1 : 0;
}

int knn_form_open(struct knn_form *form, enum knn_metric metric, struct knn_rows rows, struct knn_picture picture,
                  const struct knn_kernel *pair) {
    *form = (struct knn_form){
        .metric = metric, .dim = rows.dim, .grid = knn_grid_of(metric, rows.dim, picture), .pair = pair};
    struct knn_grid coarse = knn_grid_coarser(form->grid);
    for (int i = 0; i < KNN_LEVELS; i++)
        form->shorter[i] = knn_level_dim(metric, rows.dim, picture, i);
    if (metric == KNN_L1) {
        form->unit[KNN_COARSE] = (double)(coarse.block_width * coarse.block_height);
        form->unit[KNN_FINE] = (double)(form->grid.block_width * form->grid.block_height);
        return 0;
    }
    return knn_spectrum_open(&form->spectrum, &form->grid) == 0 ? fit_spectrum(form, rows) : -1;
}

void knn_form_close(struct knn_form *form) {
    knn_spectrum_close(&form->spectrum);
    *form = (struct knn_form){0};
}

/* -- the levels ---------------------------------------------------------------------------------------------------- */

static void build_row(struct knn_level levels[KNN_LEVELS], const struct knn_form *form, const uint8_t *row, size_t i,
                      struct room *room) {
    if (form->metric == KNN_L2)
        find_coefficients(form, row, room);
    else
        knn_grid_sum(&form->grid, row, room->columns, room->sums);
    for (int level = KNN_LEVELS - 1; level >= 0; level--) {
        uint8_t *bytes = knn_matrix_row(&levels[level].rows, i);
        if (form->metric == KNN_L2) {
            find_coordinates(form, level, room);
            levels[level].slack[i] = put_coordinates(room->coordinates, form->middle[level], form->shorter[level],
                                                     form->unit[level], bytes) +
                                     KNN_SPECTRUM_ERROR * room->norm / form->unit[level];
        } else {
            if (level == KNN_COARSE)
                knn_grid_coarsen(&form->grid, room->sums);
            levels[level].slack[i] = put_means(room->sums, form->shorter[level], form->unit[level], bytes);
        }
    }
}

static int build_rows(struct knn_level levels[KNN_LEVELS], const struct knn_form *form, struct knn_rows rows,
                      const struct knn_team *team) {
    int failed = 0;
    double coarse = 0, fine = 0;
#pragma omp parallel num_threads(team->threads) reduction(max : coarse, fine) reduction(| : failed)
    {
        struct knn_binding *own = knn_team_join(team);
        struct room room;
        failed |= open_room(&room, form->dim);
#pragma omp for schedule(static)
        for (size_t i = 0; i < rows.rows; i++)
            if (!failed) {
                build_row(levels, form, rows.data + i * rows.stride, i, &room);
                coarse = fmax(coarse, levels[KNN_COARSE].slack[i]);
                fine = fmax(fine, levels[KNN_FINE].slack[i]);
            }
        close_room(&room);
        knn_team_leave(team, own);
    }
    levels[KNN_COARSE].most_slack = coarse;
    levels[KNN_FINE].most_slack = fine;
    return failed ? -1 : 0;
}

int knn_levels_build(struct knn_level levels[KNN_LEVELS], const struct knn_form *form, struct knn_rows rows,
                     const struct knn_team *team) {
    int failed = 0;
    for (int i = 0; i < KNN_LEVELS; i++) {
        levels[i] = (struct knn_level){.slack = calloc(rows.rows, sizeof *levels[i].slack)};
        failed |= levels[i].slack == NULL || knn_matrix_alloc(&levels[i].rows, rows.rows, form->shorter[i], NULL) != 0;
    }
    return failed ? -1 : build_rows(levels, form, rows, team);
}

void knn_level_free(struct knn_level *level) {
    knn_matrix_free(&level->rows);
    free(level->slack);
    *level = (struct knn_level){0};
}

/* Doubles are off by some 1e-16 of what they hold; the allowance is a million times that. */
double knn_level_limit(const struct knn_form *form, int level, uint64_t limit, double slack) {
    const double allowance = 1 + 1e-10;
    double distance = form->metric == KNN_L1 ? (double)limit : sqrt((double)limit);
    return (distance / form->unit[level] + slack) * allowance + 1e-6;
}
