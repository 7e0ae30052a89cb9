/* Guesses the shape of rows. Neighbouring pixels of a picture are alike, so the means of its blocks hold most of what
 * two pictures differ by, and the means of squares hold more than those of runs of bytes. Each possible picture is cut
 * into squares, which are compared with as many runs. */
#include <math.h>
#include <stdlib.h>

#include "arith.h"
#include "grid.h"

enum { SIDE = 4, MOST_PLANES = 4, MOST_BLOCKS = MOST_PLANES * SIDE * SIDE }; /* blocks along a side; in all */

/* A cut says the block of each byte, and how many bytes each block has. */
struct cut {
    uint8_t *block; /* [dim] */
    size_t blocks, bytes[MOST_BLOCKS];
};

static void cut_runs(struct cut *cut, size_t dim, size_t planes) {
    *cut = (struct cut){.block = cut->block, .blocks = planes * SIDE * SIDE};
    for (size_t i = 0; i < dim; i++)
        cut->bytes[cut->block[i] = (uint8_t)(i * cut->blocks / dim)]++;
}

static void cut_squares(struct cut *cut, size_t planes, struct knn_picture picture) {
    size_t pixels = picture.width * picture.height;
    *cut = (struct cut){.block = cut->block, .blocks = planes * SIDE * SIDE};
    for (size_t i = 0; i < pixels * planes; i++) {
        size_t pixel = picture.interleaved ? i / planes : i % pixels;
        size_t plane = picture.interleaved ? i % planes : i / pixels;
        size_t down = pixel / picture.width * SIDE / picture.height,
               across = pixel % picture.width * SIDE / picture.width;
        cut->bytes[cut->block[i] = (uint8_t)((plane * SIDE + down) * SIDE + across)]++;
    }
}

/* The squared L2 distances of some pairs of rows, added up: in full, and as the means of blocks hold them. */
struct energy {
    double full, held;
};

static const uint8_t *sample(struct knn_rows rows, size_t i, size_t samples) {
    return rows.data + i * rows.rows / samples * rows.stride;
}

static struct energy measure(struct knn_rows rows, const struct cut *cut) {
    enum { PAIRS = 64 };
    size_t pairs = knn_min(rows.rows / 2, PAIRS);
    struct energy energy = {0, 0};
    for (size_t p = 0; p < pairs; p++) {
        const uint8_t *a = sample(rows, 2 * p, 2 * pairs), *b = sample(rows, 2 * p + 1, 2 * pairs);
        int64_t sums[MOST_BLOCKS] = {0}, squares = 0;
        for (size_t i = 0; i < rows.dim; i++) {
            int apart = a[i] - b[i];
            sums[cut->block[i]] += apart;
            squares += (int64_t)apart * apart;
        }
        energy.full += (double)squares;
        for (size_t i = 0; i < cut->blocks; i++)
            energy.held += (double)sums[i] * (double)sums[i] / (double)cut->bytes[i];
    }
    return energy;
}

/* What squares hold, as a multiple of what runs hold; 0 where runs hold hardly more than they do of random bytes. */
static double gain_of(struct knn_rows rows, size_t planes, struct knn_picture picture, struct cut *cut) {
    const double more_than_chance = 2;
    cut_runs(cut, rows.dim, planes);
    struct energy runs = measure(rows, cut);
    if (runs.held <= more_than_chance * runs.full * (double)cut->blocks / (double)rows.dim)
        return 0;
    cut_squares(cut, planes, picture);
    return measure(rows, cut).held / runs.held;
}

struct knn_picture knn_picture_guess(struct knn_rows rows) {
    enum { LEAST_SIDE = 2 * SIDE };
    static const size_t planes[] = {1, 3, MOST_PLANES};
    struct knn_picture best = {0};
    struct cut cut = {.block = malloc(rows.dim)};
    double most = 1;
    for (size_t i = 0; cut.block != NULL && i < sizeof planes / sizeof planes[0]; i++) {
        size_t side = (size_t)sqrt((double)rows.dim / (double)planes[i]);
        for (int interleaved = 0; interleaved < (planes[i] > 1 ? 2 : 1); interleaved++) {
            struct knn_picture picture = {side, side, interleaved};
            double gain =
                side < LEAST_SIDE || side * side * planes[i] != rows.dim ? 0 : gain_of(rows, planes[i], picture, &cut);
            if (gain > most) {
                most = gain;
                best = picture;
            }
        }
    }
    free(cut.block);
    return best; /* without memory: no pictures, which is right, too */
}
