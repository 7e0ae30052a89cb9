#include "palette.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, ROWS_LONG = 8, ROWS_HUGE = 2, LONG = 4096, HUGE_DIM = 300000 };

static const char *const names[ROWS] = {
    "all 255",   "all 0",    "0 255 0 255", "255 0 255 0", "random 0 or 255", "random 1",  "all 127",   "all 128",
    "last byte", "ramp up",  "ramp down",   "first byte",  "random signs",    "random 2",  "random 3",  "random 4",
    "random 5",  "random 6", "random 7",    "random 8",    "random 9",        "random 10", "random 11", "random 12",
};

/* SplitMix64: any state is a good one. */
uint64_t palette_random(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void palette_fill(uint64_t *state, uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = palette_random(state);
        for (size_t j = i; j < size && j < i + 8; j++, word >>= 8)
            bytes[j] = (uint8_t)word;
    }
}

static uint8_t byte_of(unsigned row, size_t i, size_t dim, uint8_t random) {
    switch (row) {
    case 0:
        return 255;
    case 1:
        return 0;
    case 2:
        return i % 2 ? 255 : 0;
    case 3:
        return i % 2 ? 0 : 255;
    case 4:
        return random & 1 ? 255 : 0;
    case 6:
        return 127;
    case 7:
        return 128;
    case 8:
        return i == dim - 1 ? 255 : 0;
    case 9:
        return (uint8_t)i;
    case 10:
        return (uint8_t)(255 - i);
    case 11:
        return i == 0 ? 255 : 0;
    case 12:
        return random & 1 ? 128 : 127;
    default:
        return random;
    }
}

static struct palette *make(uint64_t seed, size_t dim) {
    struct palette *palette = calloc(1, sizeof *palette);
    if (palette == NULL)
        return NULL;
    palette->dim = dim;
    palette->rows = dim <= LONG ? ROWS : dim <= HUGE_DIM ? ROWS_LONG : ROWS_HUGE;
    palette->bytes = malloc(palette->rows * dim);
    if (palette->bytes == NULL) {
        free(palette);
        return NULL;
    }
    uint64_t state = seed ^ dim << 32;
    palette_fill(&state, palette->bytes, palette->rows * dim);
    for (unsigned row = 0; row < palette->rows; row++) {
        uint8_t *bytes = palette->bytes + row * dim;
        for (size_t i = 0; i < dim; i++)
            bytes[i] = byte_of(row, i, dim, bytes[i]);
    }
    return palette;
}

struct palette *palette_get(struct palette **list, uint64_t seed, size_t dim) {
    for (struct palette *palette = *list; palette != NULL; palette = palette->next)
        if (palette->dim == dim)
            return palette;
    struct palette *palette = make(seed, dim);
    if (palette != NULL) {
        palette->next = *list;
        *list = palette;
    }
    return palette;
}

void palette_free(struct palette *list) {
    while (list != NULL) {
        struct palette *next = list->next;
        for (unsigned metric = 0; metric < KNN_METRICS; metric++)
            free(list->distance[metric]);
        free(list->bytes);
        free(list);
        list = next;
    }
}

const uint32_t *palette_distances(struct palette *palette, enum knn_metric metric) {
    unsigned rows = palette->rows;
    if (palette->distance[metric] != NULL)
        return palette->distance[metric];
    uint32_t *distance = malloc((size_t)rows * rows * sizeof *distance);
    if (distance == NULL)
        return NULL;
    knn_pair_fn *reference = knn_kernel_reference(metric)->pair;
    for (unsigned i = 0; i < rows; i++)
        for (unsigned j = 0; j < rows; j++) /* in either order, since a metric need not be symmetric */
            distance[i * rows + j] =
                reference(palette->bytes + i * palette->dim, palette->bytes + j * palette->dim, palette->dim);
    return palette->distance[metric] = distance;
}

const char *palette_name(unsigned row) {
    return names[row];
}
