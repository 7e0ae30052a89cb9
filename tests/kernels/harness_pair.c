/* The pair form: all pairs of a palette's rows in three placements, then every combination of alignments. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

enum { FRONT, ANYWHERE, BACK };

static void describe(const struct guarded *guarded, char *text, size_t size) {
    if (guarded->block == NULL) {
        snprintf(text, size, "not placed");
        return;
    }
    int front = guarded->side == GUARDED_FRONT;
    uint8_t *end = guarded->base + guarded->size;
    snprintf(text, size, "\"%s\" at offset %u, %zu bytes %s a guard", guarded->name,
             (unsigned)((uintptr_t)guarded->block % 64),
             (size_t)(front ? guarded->block - guarded->base : end - (guarded->block + guarded->bytes)),
             front ? "after" : "before");
}

static void where(const struct harness *harness, char *text, size_t size) {
    char a[96], b[96];
    describe(&harness->buffers[harness->a], a, sizeof a);
    describe(&harness->buffers[harness->b], b, sizeof b);
    snprintf(text, size, "query %s, row %s", a, b);
}

static int compare(struct harness *harness, unsigned a, unsigned b, uint32_t expected) {
    harness->a = a;
    harness->b = b;
    harness->call = "pair";
    uint32_t got = harness->kernel->pair(harness->buffers[a].block, harness->buffers[b].block, harness->dim);
    harness->call = NULL;
    return got == expected ? 0 : harness_fail(harness, "expected %u, got %u", expected, got);
}

static void place(struct harness *harness, unsigned buffer, const uint8_t *row, size_t offset, enum guarded_side side) {
    struct guarded *guarded = &harness->buffers[buffer];
    memcpy(guarded_place(guarded, harness->dim, 1, offset, side), row, harness->dim);
    guarded_lock(guarded);
}

/* Every row of the palette against every other and itself: buffer i holds row i. */
static int check_pairs(struct harness *harness, const struct palette *palette, const uint32_t *distances) {
    for (unsigned i = 0; i < palette->rows; i++)
        if (harness_buffer(harness, palette_name(i), palette->dim) != 0)
            return -1;
    /* A row of millions of bytes (with `few`, any long one) only tests the sum: one placement will do. */
    size_t longest = harness->few ? 256 : HARNESS_LONGEST;
    unsigned first = palette->dim > longest ? BACK : FRONT, last = BACK;
    if (harness->few)
        first = last = harness_turn(harness, first, last);
    for (unsigned placement = first; placement <= last; placement++) {
        for (unsigned i = 0; i < palette->rows; i++) {
            size_t offset = placement == ANYWHERE ? harness_pick(harness, 64) : 0;
            enum guarded_side side = placement == ANYWHERE ? harness_side(harness)
                                     : placement == FRONT  ? GUARDED_FRONT
                                                           : GUARDED_BACK;
            place(harness, i, palette->bytes + i * palette->dim, offset, side);
        }
        for (unsigned i = 0; i < palette->rows; i++)
            for (unsigned j = 0; j < palette->rows; j++)
                if (compare(harness, i, j, distances[i * palette->rows + j]) != 0)
                    return -1;
    }
    return 0;
}

/* Two rows of the palette at all 64 x 64 offsets, or at all 64 of each for a row that is long. */
static int check_offsets(struct harness *harness, const struct palette *palette, const uint32_t *distances) {
    unsigned a = harness_pick(harness, palette->rows);
    unsigned b = harness_pick(harness, palette->rows);
    if (harness_buffer(harness, palette_name(a), palette->dim) != 0 ||
        harness_buffer(harness, palette_name(b), palette->dim) != 0)
        return -1;
    unsigned step = palette->dim <= 256 ? 1 : 64;
    for (unsigned i = 0; i < 64; i++) {
        place(harness, 0, palette->bytes + a * palette->dim, i, GUARDED_FRONT);
        for (unsigned j = 0; j < 64; j += step) {
            place(harness, 1, palette->bytes + b * palette->dim, (i * 5 + j) % 64, GUARDED_FRONT);
            if (compare(harness, 0, 1, distances[a * palette->rows + b]) != 0)
                return -1;
        }
    }
    return 0;
}

static int with_dim(struct harness *harness, size_t dim,
                    int (*check)(struct harness *, const struct palette *, const uint32_t *)) {
    const uint32_t *distances;
    harness->dim = dim;
    const struct palette *palette = harness_palette(harness, &distances);
    if (palette == NULL || check(harness, palette, distances) != 0)
        return -1;
    harness_close_buffers(harness);
    return 0;
}

int harness_check_pair(struct harness *harness) {
    harness->a = harness->b = 0;
    harness->where = where;
    size_t dim;
    for (size_t i = 0; (dim = harness_dim(harness, i)) != 0; i++)
        if (with_dim(harness, dim, check_pairs) != 0)
            return -1;
    size_t dims[] = {1, 64, 3072, 3073};
    dims[0] += harness_pick(harness, 63);
    dims[1] += harness_pick(harness, 67);
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
        if (with_dim(harness, dims[i], check_offsets) != 0)
            return -1;
    return 0;
}
