#include "synthetic.h"

#include <stdlib.h>

#include "cifar.h"
#include "images.h"
#include "random.h"

/* An image is a field of noise, finer octave upon coarser octave, with a faint pattern of its class mixed in. Octaves
 * of equal strength are what a power spectrum of 1/f^2 is. There are three fields: luma, and two of colour that push
 * red against blue and green against both. All of it is fixed point, a grey level being 20 to 37 units by an image's
 * contrast; a right shift of a negative number rounds down, as gcc and clang define it. */

enum {
    WIDTH = KNN_CIFAR_WIDTH,
    PIXELS = WIDTH * WIDTH,
    SHIFTS = 9,                   /* places of a pattern in the image, along each axis */
    PATTERN = WIDTH + SHIFTS - 1, /* its width, so that every place is filled */
    PATTERNS = 16,                /* to a class */
    WEIGHTS = 650,                /* of a pattern in an image, in 256ths, exclusive; with them classes get easier */
    FIELDS = 3,
};

/* Strength of each octave's noise, from the coarsest grid (one cell) to the finest (a pixel a cell), in units. */
static const int16_t luma_octaves[] = {400, 900, 1050, 1100, 1100, 950};
static const int16_t colour_octaves[] = {260, 330, 280, 220, 160, 0};
/* A pattern's: from grids of 5 cells to 40. */
static const int16_t luma_pattern[] = {1200, 900, 500, 0};
static const int16_t colour_pattern[] = {400, 240, 0, 0};

typedef int16_t pattern_field[PATTERN * PATTERN];
struct pattern {
    pattern_field field[FIELDS];
};

/* What a sequence of random numbers is for: sequences of different purpose or index have nothing in common. */
enum purpose { FOR_PATTERN, FOR_TRAIN, FOR_TEST, FOR_TRAIN_ORDER, FOR_TEST_ORDER };

static uint64_t random_sequence(uint64_t seed, enum purpose purpose, uint64_t index) {
    return knn_scramble(knn_scramble(knn_scramble(seed) + purpose) + index);
}

/* 0 ... n - 1; the bias of n / 2^32 does no harm here. */
static uint32_t random_below(uint64_t *state, uint32_t n) {
    return (uint32_t)((knn_random(state) >> 32) * n >> 32);
}

/* Adds to each of n cells a uniformly random number of -strength ... strength. */
static void add_noise(int32_t *field, int n, int32_t strength, uint64_t *random) {
    for (int i = 0; i < n; i += 4) {
        uint64_t bits = knn_random(random);
        for (int j = 0; j < 4 && i + j < n; j++)
            field[i + j] += (((int32_t)(bits >> 16 * j & 0xffff) - 0x8000) * strength) >> 15;
    }
}

/* Doubles a row's cells by linear interpolation, the edges repeated: weights 3/4 and 1/4, the sum times 4. */
static void double_row(const int32_t *in, int width, int32_t *out) {
    for (int i = 0; i < width; i++) {
        int32_t left = in[i > 0 ? i - 1 : 0], right = in[i < width - 1 ? i + 1 : i];
        out[2 * i] = 3 * in[i] + left;
        out[2 * i + 1] = 3 * in[i] + right;
    }
}

/* Doubles a square field in both directions. */
static void double_field(const int32_t *in, int width, int32_t *out) {
    int32_t wide[PATTERN / 2 * PATTERN];
    for (int y = 0; y < width; y++)
        double_row(in + y * width, width, wide + y * 2 * width);
    for (int y = 0; y < width; y++) {
        const int32_t *here = wide + y * 2 * width;
        const int32_t *above = y > 0 ? here - 2 * width : here, *below = y < width - 1 ? here + 2 * width : here;
        int32_t *upper = out + 4 * y * width, *lower = upper + 2 * width;
        for (int x = 0; x < 2 * width; x++) {
            upper[x] = (3 * here[x] + above[x]) >> 4;
            lower[x] = (3 * here[x] + below[x]) >> 4;
        }
    }
}

/* Noise of `octaves` octaves, the first on a grid of width x width cells; each next grid is twice as fine. */
static void make_field(int32_t *field, int width, const int16_t *strength, int octaves, uint64_t *random) {
    int32_t coarse[PATTERN / 2 * PATTERN / 2];
    for (int i = 0; i < width * width; i++)
        field[i] = 0;
    for (int octave = 0;; octave++, width *= 2) {
        if (strength[octave] != 0)
            add_noise(field, width * width, strength[octave], random);
        if (octave == octaves - 1)
            return;
        for (int i = 0; i < width * width; i++)
            coarse[i] = field[i];
        double_field(coarse, width, field);
    }
}

static void make_patterns(struct pattern *patterns, uint64_t seed) {
    for (unsigned i = 0; i < KNN_CIFAR10_CLASSES * PATTERNS; i++) {
        uint64_t random = random_sequence(seed, FOR_PATTERN, i);
        for (int f = 0; f < FIELDS; f++) {
            int32_t field[PATTERN * PATTERN];
            make_field(field, PATTERN / 8, f == 0 ? luma_pattern : colour_pattern, 4, &random);
            for (int j = 0; j < PATTERN * PATTERN; j++)
                patterns[i].field[f][j] = (int16_t)field[j];
        }
    }
}

static uint8_t to_byte(int32_t value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void make_image(uint8_t *image, const struct pattern *patterns, unsigned label, uint64_t random) {
    const struct pattern *pattern = &patterns[label * PATTERNS + random_below(&random, PATTERNS)];
    size_t place = random_below(&random, SHIFTS) * PATTERN;
    place += random_below(&random, SHIFTS); /* apart: C leaves the order of two calls in a sum open */
    int32_t weight = (int32_t)random_below(&random, WEIGHTS);
    int32_t contrast = 110 + (int32_t)random_below(&random, 100);
    int32_t brightness = 75 + (int32_t)random_below(&random, 90);

    int32_t field[FIELDS][PIXELS];
    for (int f = 0; f < FIELDS; f++) {
        make_field(field[f], 1, f == 0 ? luma_octaves : colour_octaves, 6, &random);
        for (int y = 0; y < WIDTH; y++)
            for (int x = 0; x < WIDTH; x++)
                field[f][y * WIDTH + x] += weight * pattern->field[f][place + (size_t)(y * PATTERN + x)] >> 8;
    }
    for (int i = 0; i < PIXELS; i++) {
        int32_t luma = field[0][i], warmth = field[1][i], green = field[2][i];
        image[i] = to_byte(brightness + ((luma + warmth) * contrast >> 12));
        image[PIXELS + i] = to_byte(brightness + ((luma + green) * contrast >> 12));
        image[2 * PIXELS + i] = to_byte(brightness + ((luma - warmth) * contrast >> 12));
    }
}

/* As many of every class as of any other, but for a remainder, in random order. */
static void make_labels(uint16_t *labels, size_t count, uint64_t random) {
    for (size_t i = 0; i < count; i++) {
        size_t j = random_below(&random, (uint32_t)(i + 1));
        labels[i] = labels[j];
        labels[j] = (uint16_t)(i % KNN_CIFAR10_CLASSES);
    }
}

static int make_images(struct knn_images *images, size_t count, const struct pattern *patterns, uint64_t seed,
                       enum purpose purpose, enum purpose order, struct knn_error *error) {
    if (knn_images_alloc(images, count, KNN_CIFAR_BYTES, error) != 0)
        return -1;
    make_labels(images->labels, count, random_sequence(seed, order, 0));
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++)
        make_image(knn_matrix_row(&images->pixels, i), patterns, images->labels[i], random_sequence(seed, purpose, i));
    return 0;
}

int knn_synthetic_generate(struct knn_dataset *dataset, const struct knn_synthetic *what, struct knn_error *error) {
    struct pattern *patterns = malloc(KNN_CIFAR10_CLASSES * PATTERNS * sizeof *patterns);
    if (patterns == NULL)
        return knn_fail(error, "no memory to generate images: close other programs");
    make_patterns(patterns, what->seed);
    int failed =
        make_images(&dataset->train, what->train, patterns, what->seed, FOR_TRAIN, FOR_TRAIN_ORDER, error) != 0 ||
        make_images(&dataset->test, what->test, patterns, what->seed, FOR_TEST, FOR_TEST_ORDER, error) != 0 ||
        knn_cifar10_describe(dataset, error) != 0;
    free(patterns);
    return failed ? -1 : 0;
}
