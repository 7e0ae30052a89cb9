#include "spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"

/* The values of an axis are folded first: the even coefficients need the sums of those that mirror each other, the odd
 * ones the differences. That halves the work. */
enum { HALF = KNN_AXIS / 2 };

/* Row i has the factors of folded value i in all even coefficients; as many rows for the odd ones follow. */
static float *make_table(size_t n) {
    const double pi = 3.14159265358979323846;
    float *table = calloc((size_t)2 * HALF * HALF, sizeof *table);
    if (table == NULL)
        return NULL;
    for (size_t u = 0; u < n; u++)
        for (size_t i = 0; i < (u % 2 == 0 ? n - n / 2 : n / 2); i++)
            table[u % 2 * HALF * HALF + i * HALF + u / 2] =
                (float)(sqrt((u == 0 ? 1.0 : 2.0) / (double)n) * cos(pi * ((double)i + 0.5) * (double)u / (double)n));
    return table;
}

enum { LANES = 8 };

/* Multiplies the folded values of LANES lines by the table. A line's n results go to every second of its places. */
static void multiply(float values[HALF][LANES], size_t n, const float *table, float *out, size_t step, size_t apart,
                     size_t lanes) {
    for (size_t u = 0; u < n; u++) {
        float sums[LANES] = {0};
        for (size_t i = 0; i < n; i++)
            for (size_t l = 0; l < LANES; l++)
                sums[l] += values[i][l] * table[i * HALF + u];
        for (size_t l = 0; l < lanes; l++)
            out[2 * u * step + l * apart] = sums[l];
    }
}

/* Transforms lines of n values in place. A line's values are `step` apart, and the lines' beginnings `apart`. */
static void transform(float *values, size_t n, size_t step, size_t lines, size_t apart, const float *table) {
    size_t odd = n / 2, even = n - odd;
    for (size_t first = 0; first < lines; first += LANES, values += LANES * apart) {
        size_t lanes = knn_min(LANES, lines - first);
        float folded[2][HALF][LANES] = {0};
        for (size_t i = 0; i < odd; i++)
            for (size_t l = 0; l < lanes; l++) {
                float a = values[i * step + l * apart], b = values[(n - 1 - i) * step + l * apart];
                folded[0][i][l] = a + b;
                folded[1][i][l] = a - b;
            }
        for (size_t l = 0; l < lanes && even > odd; l++)
            folded[0][odd][l] = values[odd * step + l * apart];
        multiply(folded[0], even, table, values, step, apart, lanes);
        multiply(folded[1], odd, table + (size_t)HALF * HALF, values + step, step, apart, lanes);
    }
}

void knn_spectrum_of(const struct knn_spectrum *spectrum, const uint32_t *sums, float *coefficients) {
    size_t planes = spectrum->axes[0], down = spectrum->axes[1], across = spectrum->axes[2], plane = down * across;
    for (size_t i = 0; i < spectrum->coefficients; i++)
        coefficients[i] = (float)sums[i] * spectrum->scale;
    for (size_t p = 0; p < spectrum->pieces; p++, coefficients += planes * plane) {
        transform(coefficients, planes, plane, plane, 1, spectrum->tables[0]);
        for (size_t i = 0; i < planes; i++)
            transform(coefficients + i * plane, down, across, across, 1, spectrum->tables[1]);
        transform(coefficients, across, 1, planes * down, across, spectrum->tables[2]);
    }
}

/* A few planes are colours and an axis, too; many are not, and each is a piece. */
static void choose_axes(struct knn_spectrum *spectrum, const struct knn_grid *grid) {
    enum { COLOURS = 4 };
    size_t across = knn_blocks_across(grid), down = knn_blocks_down(grid), planes = grid->planes;
    if (across > KNN_AXIS) {
        spectrum->pieces = across / KNN_AXIS;
        across = KNN_AXIS;
    } else {
        spectrum->pieces = planes <= COLOURS ? 1 : planes;
        planes = planes <= COLOURS ? planes : 1;
    }
    spectrum->axes[0] = planes;
    spectrum->axes[1] = down;
    spectrum->axes[2] = across;
    spectrum->coefficients = spectrum->pieces * planes * down * across;
}

int knn_spectrum_open(struct knn_spectrum *spectrum, const struct knn_grid *grid) {
    *spectrum = (struct knn_spectrum){.scale = 1 / sqrtf((float)(grid->block_width * grid->block_height))};
    choose_axes(spectrum, grid);
    spectrum->order = malloc(spectrum->coefficients * sizeof *spectrum->order);
    int failed = spectrum->order == NULL;
    for (size_t i = 0; !failed && i < spectrum->coefficients; i++)
        spectrum->order[i] = (uint32_t)i;
    for (int axis = 0; axis < 3; axis++)
        failed |= (spectrum->tables[axis] = make_table(spectrum->axes[axis])) == NULL;
    return failed ? -1 : 0;
}

void knn_spectrum_close(struct knn_spectrum *spectrum) {
    for (int axis = 0; axis < 3; axis++)
        free(spectrum->tables[axis]);
    free(spectrum->order);
    *spectrum = (struct knn_spectrum){0};
}

struct ranked {
    double variance;
    uint32_t coefficient;
};

static int compare(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    return x->variance != y->variance ? (x->variance < y->variance ? 1 : -1)
                                      : (x->coefficient > y->coefficient) - (x->coefficient < y->coefficient);
}

void knn_spectrum_sort(struct knn_spectrum *spectrum, const double *variances) {
    struct ranked *all = malloc(spectrum->coefficients * sizeof *all);
    if (all == NULL)
        return; /* any order is right, this one is only better */
    for (uint32_t i = 0; i < spectrum->coefficients; i++)
        all[i] = (struct ranked){variances[i], i};
    qsort(all, spectrum->coefficients, sizeof *all, compare);
    for (size_t i = 0; i < spectrum->coefficients; i++)
        spectrum->order[i] = all[i].coefficient;
    free(all);
}
