/* The tile form: rows are packed into panels of exactly the promised size and multiplied under several kinds of bounds;
 * rows, panels, bounds and out are guarded each on its own. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

enum { QUERY_ROWS, TRAIN_ROWS, QUERY_PANEL, TRAIN_PANEL, BOUND, OUT, TILE_BUFFERS };
enum { STRIDE_EXTRA = 68, MIXTURES = 5, RANDOM_ROW = -1 };

/* How far each query's bound stands from its nearest train row. */
enum bound { BOUND_ZERO, BOUND_LARGEST, BOUND_MINIMUM, BOUND_ABOVE, BOUND_NEAR, BOUND_RANDOM, BOUND_MIXED, BOUNDS };

/* Which side of its guarded memory each buffer stands on. */
enum sides { ALL_BACK, ALL_FRONT, ANY_SIDE };

struct run {
    const struct palette *palette;
    const uint32_t *distances;
    enum sides sides;
    unsigned first_bound, last_bound;
};

static void where(const struct harness *harness, char *text, size_t size) {
    const struct knn_kernel *kernel = harness->kernel;
    const struct guarded *queries = &harness->buffers[QUERY_ROWS], *train = &harness->buffers[TRAIN_ROWS];
    snprintf(text, size, "nq %u, %u of %u queries (offset %u, stride %zu, %s), %u of %u train rows (%u, %zu, %s)",
             harness->nq, harness->queries, kernel->mr, (unsigned)((uintptr_t)queries->block % 64),
             harness->query_stride, queries->side == GUARDED_FRONT ? "front" : "back", harness->rows, kernel->nr,
             (unsigned)((uintptr_t)train->block % 64), harness->train_stride,
             train->side == GUARDED_FRONT ? "front" : "back");
}

static uint8_t *place(struct harness *harness, unsigned buffer, size_t bytes, size_t align, enum sides sides) {
    enum guarded_side side = sides == ALL_FRONT  ? GUARDED_FRONT
                             : sides == ALL_BACK ? GUARDED_BACK
                                                 : harness_side(harness);
    uint8_t *block = guarded_place(&harness->buffers[buffer], bytes, align, 0, side);
    palette_fill(&harness->random, block, bytes); /* garbage, so that no kernel can rely on zeros in there */
    return block;
}

/* -- packing ------------------------------------------------------------------------------------------------------- */

static size_t place_rows(struct harness *harness, const struct run *run, unsigned buffer, const unsigned *picks,
                         unsigned n) {
    size_t dim = harness->dim, stride = dim + harness_pick(harness, STRIDE_EXTRA);
    uint8_t *rows = place(harness, buffer, (n - 1) * stride + dim, 1, run->sides);
    for (unsigned i = 0; i < n; i++)
        memcpy(rows + i * stride, run->palette->bytes + picks[i] * dim, dim);
    guarded_lock(&harness->buffers[buffer]);
    return stride;
}

static int pack(struct harness *harness, const struct run *run, int queries) {
    const struct knn_kernel *kernel = harness->kernel;
    unsigned buffer = queries ? QUERY_PANEL : TRAIN_PANEL;
    size_t bytes = (queries ? knn_query_panel_bytes : knn_train_panel_bytes)(kernel, harness->dim);
    knn_pack_fn *packer = queries ? kernel->pack_queries : kernel->pack_train;
    uint8_t *panel = place(harness, buffer, bytes, KNN_PANEL_ALIGN, run->sides);
    const uint8_t *rows = harness->buffers[queries ? QUERY_ROWS : TRAIN_ROWS].block;
    size_t stride = queries ? harness->query_stride : harness->train_stride;
    harness->call = queries ? "pack_queries" : "pack_train";
    packer(rows, stride, queries ? harness->queries : harness->rows, harness->dim, panel);
    harness->call = NULL;
    if (!guarded_intact(&harness->buffers[buffer]))
        return harness_fail(harness, "%s wrote beside its panel", queries ? "pack_queries" : "pack_train");
    guarded_lock(&harness->buffers[buffer]);
    return 0;
}

/* -- multiplying --------------------------------------------------------------------------------------------------- */

static uint32_t expected(const struct harness *harness, const struct run *run, unsigned query, unsigned row) {
    return run->distances[harness->query_picks[query] * run->palette->rows + harness->train_picks[row]];
}

static uint32_t bound_of(struct harness *harness, const struct run *run, unsigned query, enum bound kind) {
    uint32_t minimum = UINT32_MAX;
    if (kind == BOUND_MIXED)
        kind = harness_pick(harness, BOUND_MIXED);
    for (unsigned j = 0; j < harness->rows; j++)
        if (expected(harness, run, query, j) < minimum)
            minimum = expected(harness, run, query, j);
    switch (kind) {
    case BOUND_ZERO:
        return 0;
    case BOUND_MINIMUM:
        return minimum;
    case BOUND_ABOVE:
        return minimum < UINT32_MAX ? minimum + 1 : minimum;
    case BOUND_NEAR:
        return expected(harness, run, query, harness_pick(harness, harness->rows)) + harness_pick(harness, 2);
    case BOUND_RANDOM:
        return (uint32_t)palette_random(&harness->random);
    default:
        return UINT32_MAX;
    }
}

/* The bounds of queries beyond nq are the largest: a kernel that forgets to mask them shows hits. */
static const uint32_t *place_bounds(struct harness *harness, const struct run *run, enum bound kind) {
    unsigned mr = harness->kernel->mr;
    uint32_t *bound = (uint32_t *)(void *)place(harness, BOUND, mr * sizeof *bound, KNN_PANEL_ALIGN, run->sides);
    for (unsigned i = 0; i < mr; i++)
        bound[i] = i < harness->nq ? bound_of(harness, run, i, kind) : UINT32_MAX;
    guarded_lock(&harness->buffers[BOUND]);
    return bound;
}

static int compare(struct harness *harness, const struct run *run, const uint32_t *out) {
    unsigned nr = harness->kernel->nr;
    for (unsigned i = 0; i < harness->nq; i++)
        for (unsigned j = 0; j < harness->rows; j++)
            if (out[i * nr + j] != expected(harness, run, i, j))
                return harness_fail(harness, "query %u \"%s\", row %u \"%s\": expected %u, got %u", i,
                                    palette_name(harness->query_picks[i]), j, palette_name(harness->train_picks[j]),
                                    expected(harness, run, i, j), out[i * nr + j]);
    return 0;
}

/* The mask must say what `out` says; columns of rows that were not packed hold anything, but count. */
static int compare_hits(struct harness *harness, const uint32_t *out, const uint32_t *bound, uint32_t hits) {
    unsigned nr = harness->kernel->nr;
    for (unsigned i = 0; i < 32; i++) {
        uint32_t nearest = UINT32_MAX;
        for (unsigned j = 0; i < harness->nq && j < nr; j++)
            nearest = out[i * nr + j] < nearest ? out[i * nr + j] : nearest;
        unsigned hit = i < harness->nq && nearest < bound[i];
        if ((hits >> i & 1) != hit)
            return harness_fail(harness, "hits 0x%x: query %u, bound %u, nearest in out %u: expected bit %u, got %u",
                                hits, i, i < harness->nq ? bound[i] : 0, nearest, hit, !hit);
    }
    return 0;
}

static int multiply(struct harness *harness, const struct run *run, enum bound kind) {
    const struct knn_kernel *kernel = harness->kernel;
    const uint32_t *bound = place_bounds(harness, run, kind);
    size_t bytes = kernel->mr * kernel->nr * sizeof(uint32_t);
    uint32_t *out = (uint32_t *)(void *)place(harness, OUT, bytes, KNN_PANEL_ALIGN, run->sides);
    const uint8_t *unreadable = harness->buffers[OUT].base + harness->buffers[OUT].size;
    harness->call = "tile";
    uint32_t hits = kernel->tile(harness->buffers[QUERY_PANEL].block, harness->buffers[TRAIN_PANEL].block, harness->dim,
                                 harness->nq, bound, out, unreadable);
    harness->call = NULL;
    if (!guarded_intact(&harness->buffers[OUT]))
        return harness_fail(harness, "tile wrote beside out");
    if (compare(harness, run, out) != 0)
        return -1;
    return compare_hits(harness, out, bound, hits);
}

/* The rows are those of query_picks and train_picks. */
static int check(struct harness *harness, const struct run *run, unsigned queries, unsigned rows) {
    harness->queries = harness->nq = queries;
    harness->rows = rows;
    harness->query_stride = place_rows(harness, run, QUERY_ROWS, harness->query_picks, queries);
    harness->train_stride = place_rows(harness, run, TRAIN_ROWS, harness->train_picks, rows);
    if (pack(harness, run, 1) != 0 || pack(harness, run, 0) != 0)
        return -1;
    unsigned first = run->first_bound, last = run->last_bound;
    if (harness->few)
        first = last = harness_turn(harness, first, last);
    for (unsigned kind = first; kind <= last; kind++)
        if (multiply(harness, run, kind) != 0)
            return -1;
    return 0;
}

/* -- cases --------------------------------------------------------------------------------------------------------- */

static int open_buffers(struct harness *harness) {
    const struct knn_kernel *kernel = harness->kernel;
    size_t stride = harness->dim + STRIDE_EXTRA;
    return harness_buffer(harness, "query rows", kernel->mr * stride) != 0 ||
                   harness_buffer(harness, "train rows", kernel->nr * stride) != 0 ||
                   harness_buffer(harness, "the query panel", knn_query_panel_bytes(kernel, harness->dim)) != 0 ||
                   harness_buffer(harness, "the train panel", knn_train_panel_bytes(kernel, harness->dim)) != 0 ||
                   harness_buffer(harness, "bound", kernel->mr * sizeof(uint32_t)) != 0 ||
                   harness_buffer(harness, "out", kernel->mr * kernel->nr * sizeof(uint32_t)) != 0
               ? -1
               : 0;
}

static unsigned pick(struct harness *harness, const struct palette *palette, int row) {
    return row == RANDOM_ROW ? harness_pick(harness, palette->rows) : (unsigned)row;
}

/* The same row of the palette throughout, or a random one each. */
static void pick_rows(struct harness *harness, const struct palette *palette, int query, int train) {
    for (unsigned i = 0; i < harness->kernel->mr; i++)
        harness->query_picks[i] = pick(harness, palette, query);
    for (unsigned j = 0; j < harness->kernel->nr; j++)
        harness->train_picks[j] = pick(harness, palette, train);
}

/* The largest distances, in every place of full tiles and of those short batches that kernels like to treat apart. */
static int check_extremes(struct harness *harness, struct run *run) {
    unsigned mr = harness->kernel->mr, nr = harness->kernel->nr;
    for (unsigned queries = 1, last = 0; !last; queries *= 2) {
        last = queries >= mr;
        for (unsigned swapped = 0; swapped < 2; swapped++) {
            unsigned n = last ? mr : queries;
            pick_rows(harness, run->palette, swapped ? ALL_0 : ALL_255, swapped ? ALL_255 : ALL_0);
            run->sides = swapped ? ALL_FRONT : ALL_BACK;
            if (check(harness, run, n, nr) != 0)
                return -1;
        }
    }
    return 0;
}

/* Rows at random: `count` ways to take all that a tile takes, or fewer. */
static int check_mixtures(struct harness *harness, struct run *run, unsigned count) {
    unsigned mr = harness->kernel->mr, nr = harness->kernel->nr;
    unsigned queries = 1 + harness_pick(harness, mr);
    unsigned rows = 1 + harness_pick(harness, nr);
    unsigned fewer = 1 + harness_pick(harness, queries);
    const struct {
        enum sides sides;
        unsigned queries, rows;
    } fills[MIXTURES] = {
        {ALL_BACK, mr, nr},   {ANY_SIDE, queries, rows}, {ALL_FRONT, mr, nr > 1 ? nr - 1 : 1},
        {ALL_BACK, fewer, 1}, {ALL_FRONT, fewer, rows},
    };
    for (unsigned i = 0; i < count; i++) {
        pick_rows(harness, run->palette, RANDOM_ROW, RANDOM_ROW);
        run->sides = fills[i].sides;
        if (check(harness, run, fills[i].queries, fills[i].rows) != 0)
            return -1;
    }
    return 0;
}

/* Rows so long that a tile takes milliseconds are there for their large sums. */
static int check_fills(struct harness *harness, struct run *run) {
    int is_long = harness->dim > 4096;
    run->first_bound = is_long ? BOUND_RANDOM : BOUND_ZERO;
    run->last_bound = BOUND_MIXED;
    return check_extremes(harness, run) != 0 || check_mixtures(harness, run, is_long ? 1 : MIXTURES) != 0 ? -1 : 0;
}

/* Every count of queries and of train rows. */
static int check_counts(struct harness *harness, struct run *run) {
    unsigned mr = harness->kernel->mr, nr = harness->kernel->nr;
    for (unsigned i = 0; i < (mr > nr ? mr : nr); i++) {
        pick_rows(harness, run->palette, RANDOM_ROW, RANDOM_ROW);
        run->sides = ANY_SIDE;
        run->first_bound = run->last_bound = BOUND_MIXED;
        unsigned queries = i % mr + 1;
        if (check(harness, run, queries, i % nr + 1) != 0)
            return -1;
    }
    return 0;
}

/* One train row near, at every place among far ones: no column may be missing from the hit mask. */
static int check_columns(struct harness *harness, struct run *run) {
    unsigned mr = harness->kernel->mr, nr = harness->kernel->nr;
    for (unsigned j = 0; j < nr; j++)
        for (unsigned queries = 1; queries <= mr; queries++) {
            pick_rows(harness, run->palette, RANDOM_1, ALL_255);
            harness->train_picks[j] = RANDOM_1;
            run->sides = ANY_SIDE;
            run->first_bound = BOUND_MINIMUM;
            run->last_bound = BOUND_NEAR;
            if (check(harness, run, queries, nr) != 0)
                return -1;
        }
    return 0;
}

static int with_dim(struct harness *harness, size_t dim, int (*cases)(struct harness *, struct run *)) {
    struct run run = {0};
    harness->dim = dim;
    run.palette = harness_palette(harness, &run.distances);
    if (run.palette == NULL || open_buffers(harness) != 0 || cases(harness, &run) != 0)
        return -1;
    harness_close_buffers(harness);
    return 0;
}

int harness_check_tile(struct harness *harness) {
    const struct knn_kernel *kernel = harness->kernel;
    harness->queries = harness->rows = harness->nq = 0;
    harness->query_stride = harness->train_stride = 0;
    harness->where = where;
    if (kernel->mr > HARNESS_MAX_MR || kernel->mr * kernel->nr > KNN_MAX_TILE)
        return harness_fail(harness, "a tile of %ux%u is larger than the contract allows", kernel->mr, kernel->nr);
    size_t dim;
    for (size_t i = 0; (dim = harness_dim(harness, i)) != 0 && dim <= HARNESS_LONGEST; i++)
        if (with_dim(harness, dim, check_fills) != 0)
            return -1;
    size_t dims[] = {1, 64, 3072};
    dims[0] += harness_pick(harness, 63);
    dims[1] += harness_pick(harness, 67);
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
        if (with_dim(harness, dims[i], check_counts) != 0)
            return -1;
    return with_dim(harness, dims[1], check_columns);
}
