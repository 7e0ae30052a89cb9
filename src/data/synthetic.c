#include "synthetic.h"

#include <errno.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "cifar.h"
#include "images.h"
#include "random.h"

/* An image is a field of noise, finer octave upon coarser octave, with a faint pattern of its class mixed in. Octaves
 * of equal strength give a power spectrum of 1/f^2. There are three fields: luma, and two of colour that push red
 * against blue and green against both. All of it is fixed point: a grey level is 20 to 37 units, by the image's
 * contrast. A right shift of a negative number rounds down, as gcc and clang define it. */

enum {
    WIDTH = KNN_CIFAR_WIDTH,
    PIXELS = WIDTH * WIDTH,
    SHIFTS = 9,                   /* places of a pattern in the image, along each axis */
    PATTERN = WIDTH + SHIFTS - 1, /* its width, so that every place is filled */
    PATTERNS = 16,                /* to a class */
    WEIGHTS = 650,                /* a pattern's weight is below this, in 256ths; larger ones make classes easier */
    FIELDS = 3,
    MOST_CLASSES = 1000, /* whose patterns take 150 MB */
    MOST_THREADS = 256,
};

/* Strength of each octave's noise, from the coarsest grid (one cell) to the finest (a pixel a cell), in units. */
static const int16_t luma_octaves[] = {400, 900, 1050, 1100, 1100, 950};
static const int16_t colour_octaves[] = {260, 330, 280, 220, 160, 0};
/* Strength of a pattern's octaves, from grids of 5 cells to 40. */
static const int16_t luma_pattern[] = {1200, 900, 500, 0};
static const int16_t colour_pattern[] = {400, 240, 0, 0};

typedef int16_t pattern_field[PATTERN * PATTERN];
struct pattern {
    pattern_field field[FIELDS];
};

struct settings {
    uint64_t seed;
    size_t train, test; /* images, each >= 1 */
    size_t dim, classes;
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

static void make_pattern(struct pattern *pattern, uint64_t random) {
    for (int f = 0; f < FIELDS; f++) {
        int32_t field[PATTERN * PATTERN];
        make_field(field, PATTERN / 8, f == 0 ? luma_pattern : colour_pattern, 4, &random);
        for (int j = 0; j < PATTERN * PATTERN; j++)
            pattern->field[f][j] = (int16_t)field[j];
    }
}

static uint8_t to_byte(int32_t value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void make_image(uint8_t *image, const struct pattern *patterns, unsigned label, uint64_t random) {
    const struct pattern *pattern = &patterns[label * PATTERNS + random_below(&random, PATTERNS)];
    size_t place = random_below(&random, SHIFTS) * PATTERN;
    place += random_below(&random, SHIFTS); /* a statement of its own: C leaves the order of two calls in a sum open */
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

/* A row is an image, its beginning, or several images, the first one as it would be alone. */
static void make_row(uint8_t *row, size_t dim, const struct pattern *patterns, unsigned label, uint64_t random) {
    uint8_t image[KNN_CIFAR_BYTES];
    for (size_t at = 0; at < dim; at += sizeof image, random = knn_scramble(random + 1)) {
        make_image(image, patterns, label, random);
        memcpy(row + at, image, knn_min(sizeof image, dim - at));
    }
}

/* Every class has as many labels, but for a remainder, in random order. */
static void make_labels(uint16_t *labels, size_t count, size_t classes, uint64_t random) {
    for (size_t i = 0; i < count; i++) {
        size_t j = random_below(&random, (uint32_t)(i + 1));
        labels[i] = labels[j];
        labels[j] = (uint16_t)(i % classes);
    }
}

/* OMP_NUM_THREADS may say anything. */
static int thread_count(void) {
    int usable = omp_get_num_procs() < MOST_THREADS ? omp_get_num_procs() : MOST_THREADS;
    return omp_get_max_threads() < usable ? omp_get_max_threads() : usable;
}

static int make_images(struct knn_images *images, struct knn_span span, const struct settings *what,
                       const struct pattern *patterns, enum purpose purpose, enum purpose order,
                       struct knn_error *error) {
    if (knn_images_alloc_span(images, span, what->dim, error) != 0)
        return -1;
    make_labels(images->labels, span.all, what->classes, random_sequence(what->seed, order, 0));
#pragma omp parallel for schedule(static) num_threads(thread_count())
    for (size_t i = span.first; i < span.first + span.count; i++)
        make_row(knn_matrix_row(&images->pixels, i - span.first), what->dim, patterns, images->labels[i],
                 random_sequence(what->seed, purpose, i));
    return 0;
}

static int generate(struct knn_dataset *dataset, const struct settings *what, struct knn_error *error) {
    size_t count = what->classes * PATTERNS;
    struct pattern *patterns = malloc(count * sizeof *patterns);
    if (patterns == NULL)
        return knn_fail(error, "no memory to generate images: close other programs");
#pragma omp parallel for schedule(static) num_threads(thread_count())
    for (size_t i = 0; i < count; i++)
        make_pattern(&patterns[i], random_sequence(what->seed, FOR_PATTERN, i));
    struct knn_span train = knn_span_of(dataset->train_share, what->train);
    struct knn_span test = knn_span_of(dataset->test_share, what->test);
    int failed = make_images(&dataset->train, train, what, patterns, FOR_TRAIN, FOR_TRAIN_ORDER, error) != 0 ||
                 make_images(&dataset->test, test, what, patterns, FOR_TEST, FOR_TEST_ORDER, error) != 0;
    free(patterns);
    return failed ? -1 : 0;
}

/* -- settings ------------------------------------------------------------------------------------------------------ */

enum { SEED, TRAIN, TEST, DIM, CLASSES, SETTINGS };

static const struct {
    const char *name;
    uint64_t least, most;
} known[SETTINGS] = {[SEED] = {"seed=", 0, UINT64_MAX},
                     [TRAIN] = {"train=", 1, KNN_MAX_IMAGES},
                     [TEST] = {"test=", 1, KNN_MAX_IMAGES},
                     [DIM] = {"dim=", 1, UINT32_MAX},
                     [CLASSES] = {"classes=", 1, MOST_CLASSES}};

/* One setting, "name=number", of `length` characters. */
static int parse_setting(const char *setting, size_t length, uint64_t values[SETTINGS], unsigned *given) {
    for (unsigned i = 0; i < SETTINGS; i++) {
        size_t name = strlen(known[i].name);
        if (length <= name || strncmp(setting, known[i].name, name) != 0)
            continue;
        if ((*given & 1u << i) != 0 || strspn(setting + name, "0123456789") != length - name)
            return -1;
        errno = 0;
        values[i] = strtoull(setting + name, NULL, 10);
        *given |= 1u << i;
        return errno != 0 || values[i] < known[i].least || values[i] > known[i].most ? -1 : 0;
    }
    return -1;
}

static int parse_settings(struct settings *what, const char *settings, struct knn_error *error) {
    uint64_t values[SETTINGS] = {what->seed, what->train, what->test, what->dim, what->classes};
    unsigned given = 0;
    for (const char *setting = settings; setting != NULL;) {
        size_t length = strcspn(setting, ",");
        if (parse_setting(setting, length, values, &given) != 0)
            return knn_fail(error,
                            "data set synthetic: bad setting \"%.*s\": the settings are seed=N, train=N, test=N, dim=N "
                            "and classes=N, each at most once, images from 1 to %d, classes from 1 to %d",
                            (int)length, setting, KNN_MAX_IMAGES, MOST_CLASSES);
        setting = setting[length] == ',' ? setting + length + 1 : NULL;
    }
    *what = (struct settings){values[SEED], (size_t)values[TRAIN], (size_t)values[TEST], (size_t)values[DIM],
                              (size_t)values[CLASSES]};
    return 0;
}

int knn_synthetic_open(struct knn_dataset *dataset, const char *settings, struct knn_error *error) {
    struct settings what = {1, 50000, 10000, KNN_CIFAR_BYTES, KNN_CIFAR10_CLASSES};
    if (parse_settings(&what, settings, error) != 0)
        return -1;
    dataset->synthetic = 1;
    dataset->seed = what.seed;
    if (what.dim == KNN_CIFAR_BYTES && what.classes == KNN_CIFAR10_CLASSES) {
        snprintf(dataset->source, sizeof dataset->source, "synthetic images (seed %ju), not CIFAR-10",
                 (uintmax_t)what.seed);
        return generate(dataset, &what, error) != 0 ? -1 : knn_cifar10_describe(dataset, error);
    }
    if (what.dim == KNN_CIFAR_BYTES)
        dataset->shape = knn_cifar_shape;
    snprintf(dataset->source, sizeof dataset->source, "synthetic rows of %zu bytes in %zu classes (seed %ju)", what.dim,
             what.classes, (uintmax_t)what.seed);
    return generate(dataset, &what, error) != 0 ? -1 : knn_classes_set(dataset, what.classes, NULL, error);
}
