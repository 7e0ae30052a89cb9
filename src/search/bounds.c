#include "bounds.h"

#include <stdlib.h>

#include "arith.h"
#include "clock.h"
#include "seek.h"
#include "walk.h"

/* -- what is built once -------------------------------------------------------------------------------------------- */

const struct knn_kernel *knn_bounds_pair(const struct knn_kernel *kernel) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count), *found = NULL;
    if (kernel->pair != NULL)
        return kernel;
    for (size_t i = 0; i < count; i++)
        if (kernels[i]->pair != NULL && kernels[i]->metric == kernel->metric &&
            knn_kernel_runs(kernels[i], kernel->features))
            found = kernels[i];
    return found;
}

static int are_planes(size_t dim, struct knn_picture picture) {
    return picture.width > 0 && picture.width <= dim && picture.height > 0 && picture.height <= dim / picture.width &&
           dim % (picture.width * picture.height) == 0;
}

int knn_bounds_check(const struct knn_job *job, size_t dim, struct knn_picture picture, struct knn_error *error) {
    const struct knn_kernel *kernel = job->kernel;
    if ((picture.width != 0 || picture.height != 0) && !are_planes(dim, picture))
        return knn_fail(error, "rows of %zu bytes are not whole planes of %zu x %zu", dim, picture.width,
                        picture.height);
    size_t coarse = knn_metrics[kernel->metric].timed ? knn_level_dim(kernel->metric, dim, picture, KNN_COARSE) : 0;
    if (kernel->tile != NULL && coarse > 0 && knn_chunk_bytes(kernel, coarse) == coarse)
        return 0;
    return knn_fail(error, "kernel %s has no bounds for rows of %zu bytes: search exhaustively", kernel->name, dim);
}

/* Packs a level's panels if a tile takes its rows whole. */
static int pack(struct knn_bounds *bounds, int i, const struct knn_job *job, struct knn_error *error) {
    struct knn_level *level = &bounds->levels[i];
    if (knn_chunk_bytes(job->kernel, level->rows.dim) != level->rows.dim)
        return 0;
    int status = knn_panels_pack(&bounds->panels[i], job->kernel, knn_view(&level->rows), 0, job->team, error);
    if (i == KNN_COARSE)
        knn_matrix_free(&level->rows);
    return status;
}

static int build(struct knn_bounds *bounds, const struct knn_job *job, struct knn_picture picture,
                 struct knn_error *error) {
    struct knn_rows rows = bounds->rows;
    if (knn_form_open(&bounds->form, job->kernel->metric, rows, picture, bounds->pair) != 0 ||
        knn_levels_build(bounds->levels, &bounds->form, rows, job->team) != 0)
        return knn_fail(error, "no memory for the bounds of %zu rows: search exhaustively", rows.rows);
    return pack(bounds, KNN_COARSE, job, error) == 0 ? pack(bounds, KNN_FINE, job, error) : -1;
}

int knn_bounds_build(struct knn_bounds *bounds, const struct knn_job *job, struct knn_rows rows,
                     struct knn_picture picture, struct knn_error *error) {
    *bounds = (struct knn_bounds){0};
    if (knn_bounds_check(job, rows.dim, picture, error) != 0)
        return -1;
    if (picture.width == 0)
        picture = knn_picture_guess(rows);
    bounds->rows = rows;
    bounds->pair = knn_bounds_pair(job->kernel);
    bounds->ways = calloc(KNN_WAYS_KINDS, sizeof *bounds->ways);
    if (bounds->ways == NULL)
        return knn_fail(error, "no memory for the bounds of %zu rows: search exhaustively", rows.rows);
    if (build(bounds, job, picture, error) == 0)
        return 0;
    knn_bounds_free(bounds);
    return -1;
}

void knn_bounds_free(struct knn_bounds *bounds) {
    for (int i = 0; i < KNN_LEVELS; i++) {
        knn_panels_free(&bounds->panels[i]);
        knn_level_free(&bounds->levels[i]);
    }
    knn_form_close(&bounds->form);
    free(bounds->ways);
    *bounds = (struct knn_bounds){0};
}

/* -- groups of queries --------------------------------------------------------------------------------------------- */

/* To turn a group's progress into that of all queries. */
struct group {
    size_t first, rows, all;
    const struct knn_job *job;
};

static int on_group(double done, void *context) {
    const struct group *group = context;
    return group->job->progress(((double)group->first + done * (double)group->rows) / (double)group->all,
                                group->job->context);
}

/* A few queries are not worth packing the rows for. */
static int search_in_full(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                          struct knn_neighbor *neighbors, struct knn_error *error) {
    enum { FEW = 32 };
    struct knn_job own = *job;
    if (queries.rows <= FEW)
        own.kernel = bounds->pair;
    return knn_search_rows(&own, bounds->rows, queries, k, neighbors, error);
}

static uint32_t nothing(const struct knn_worker *w, size_t query) {
    (void)w;
    (void)query;
    return 0;
}

/* Byte pairs per second of a walk over a part of these panels. No distance matters to it, nor what the queries hold. */
static double tile_rate(const struct knn_job *job, const struct knn_panels *panels, struct knn_rows queries) {
    enum { QUERIES = 96, PARTS = 16 };
    static const struct knn_sink sink = {.bound = nothing};
    size_t part = knn_divide_up(panels->rows.rows, PARTS);
    queries.rows = knn_min(queries.rows, QUERIES);
    queries.dim = panels->rows.dim;
    struct knn_walk walk = {.kernel = panels->kernel,
                            .team = job->team,
                            .queries = {.rows = queries},
                            .train = {.rows = panels->rows},
                            .packed = panels,
                            .loop = job->policy.loop,
                            .most_ranges = part,
                            .strip_count = 1,
                            .sink = &sink};
    struct knn_strip strip = knn_strip_of(&walk, 0, part, queries.rows, job->policy.split);
    walk.strips = &strip;
    double start = knn_seconds(), bytes = (double)queries.rows * (double)part * (double)queries.dim;
    return knn_walk_run(&walk, NULL) == 0 ? bytes / (knn_seconds() - start) : 0;
}

/* What a query would take by the other ways. In full the tiles are nearly all of it; over the fine level they are half
 * of it at most, so that a trial seldom costs more than it can save. */
static void guess(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_ways *ways) {
    const double rate_on_long_rows = 1.25, by_tiles = 0.5;
    int level = bounds->panels[KNN_FINE].kernel != NULL ? KNN_FINE : KNN_COARSE;
    const struct knn_panels *panels = &bounds->panels[level];
    double rate = tile_rate(job, panels, bounds->rows), rows = (double)bounds->rows.rows;
    knn_ways_guess(ways, KNN_FINE, rows * (double)panels->rows.dim / (by_tiles * rate));
    knn_ways_guess(ways, KNN_IN_FULL, rows * (double)bounds->rows.dim / (rate_on_long_rows * rate));
}

/* Groups that find out which way is the fastest are small; the others are small enough for a query's own data to take
 * little memory. The exhaustive way packs the rows for every group, so it takes all queries that are left. */
static size_t group_size(const struct knn_ways *ways, size_t way, size_t left) {
    enum { FIRST = 64, TRIAL = 128, GROUP = 2048 };
    size_t size = ways->groups == 0 ? FIRST : !knn_ways_known(ways, way) ? TRIAL : GROUP;
    return way == KNN_IN_FULL ? left : knn_min(left, size);
}

/* Searches one group and notes its time. */
static int search_group(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                        struct knn_ways *ways, size_t way, struct knn_neighbor *neighbors, struct knn_bounds_work *work,
                        struct knn_error *error) {
    double start = knn_seconds();
    int status = way == KNN_IN_FULL ? search_in_full(job, bounds, queries, k, neighbors, error)
                                    : knn_seek(job, bounds, (int)way, queries, k, neighbors, work, error);
    if (status != 0)
        return status;
    knn_ways_note(ways, way, (knn_seconds() - start) / (double)queries.rows);
    if (ways->seconds[KNN_IN_FULL] == 0)
        guess(job, bounds, ways);
    return 0;
}

static unsigned allowed_ways(const struct knn_bounds *bounds, int strictly) {
    return 1U << KNN_COARSE | (bounds->panels[KNN_FINE].kernel != NULL ? 1U << KNN_FINE : 0) |
           (strictly ? 0 : 1U << KNN_IN_FULL);
}

int knn_search_bounds(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                      int strictly, struct knn_neighbor *neighbors, struct knn_bounds_work *work,
                      struct knn_error *error) {
    struct group group = {.all = queries.rows, .job = job};
    struct knn_ways *ways = &bounds->ways[knn_ways_kind(k, queries.rows)];
    unsigned allowed = allowed_ways(bounds, strictly);
    struct knn_job own = *job;
    own.kernel = bounds->panels[KNN_COARSE].kernel;
    own.progress = job->progress != NULL ? on_group : NULL;
    own.context = &group;
    *work = (struct knn_bounds_work){0};
    int status = knn_check_search(&own, bounds->rows, queries, k, error);
    for (; status == 0 && group.first < group.all; group.first += group.rows) {
        if (job->fold != NULL)
            own.query_fold = job->query_fold + group.first;
        size_t way = knn_ways_best(ways, allowed);
        struct knn_rows some = queries;
        some.data += group.first * queries.stride;
        some.rows = group.rows = group_size(ways, way, group.all - group.first);
        status = search_group(&own, bounds, some, k, ways, way, neighbors + group.first * k, work, error);
    }
    return status;
}

/* -- folds --------------------------------------------------------------------------------------------------------- */

/* The first rows are a trial. The exhaustive way compares each pair once for both rows: half the work, all at once. */
int knn_search_folds_by_bounds(const struct knn_job *job, const struct knn_bounds *bounds, const uint32_t *fold,
                               size_t folds, size_t k, int strictly, struct knn_neighbor *neighbors,
                               struct knn_error *error) {
    enum { TRIAL = 512 };
    struct knn_rows rows = bounds->rows, some = rows;
    struct group group = {.rows = some.rows = knn_min(TRIAL, rows.rows), .all = rows.rows, .job = job};
    struct knn_ways *ways = &bounds->ways[knn_ways_kind(k, some.rows)];
    struct knn_bounds_work work;
    struct knn_job own = *job;
    own.kernel = bounds->panels[KNN_COARSE].kernel;
    own.progress = job->progress != NULL ? on_group : NULL;
    own.context = &group;
    if (knn_check_folds(&own, rows, fold, folds, k, error) != 0)
        return -1;
    own.fold = own.query_fold = fold;
    if (knn_search_bounds(&own, bounds, some, k, 1, neighbors, &work, error) != 0)
        return -1;
    group.first = group.rows;
    some.rows = group.rows = rows.rows - group.first;
    knn_ways_guess(ways, KNN_IN_FULL, -ways->seconds[KNN_IN_FULL] / 2);
    if (knn_ways_best(ways, allowed_ways(bounds, strictly)) == KNN_IN_FULL)
        return knn_search_other_folds(&own, rows, fold, folds, k, neighbors, error);
    some.data += group.first * rows.stride;
    own.query_fold += group.first;
    return knn_search_bounds(&own, bounds, some, k, 1, neighbors + group.first * k, &work, error);
}

/* -- whether it pays ----------------------------------------------------------------------------------------------- */

/* Counts bytes: times of so small a search say little. A pair kernel takes longer for a byte than a tile. */
int knn_bounds_pay(const struct knn_job *job, struct knn_rows rows, struct knn_picture picture) {
    enum { SAMPLE = 2048, QUERIES = 48, LEAST_ROWS = 2 * SAMPLE };
    const double pair_by_tile = 12, worth_it = 0.7;
    if (rows.rows < LEAST_ROWS || knn_bounds_check(job, rows.dim, picture, NULL) != 0)
        return 0;
    size_t step = rows.rows / SAMPLE;
    struct knn_rows sample = {rows.data, SAMPLE, rows.dim, rows.stride * step}, queries = sample;
    queries.data += step / 2 * rows.stride; /* other rows than those of the sample */
    queries.stride *= SAMPLE / QUERIES;
    queries.rows = QUERIES;
    struct knn_job own = *job;
    struct knn_bounds bounds;
    struct knn_bounds_work work;
    struct knn_neighbor nearest[QUERIES];
    own.progress = NULL;
    own.ids = NULL;
    own.first_id = 0;
    if (knn_bounds_build(&bounds, &own, sample, picture, NULL) != 0)
        return 0;
    int status = knn_search_bounds(&own, &bounds, queries, 1, 1, nearest, &work, NULL);
    double bytes = (double)work.fine * (double)bounds.levels[KNN_FINE].rows.dim + (double)work.full * (double)rows.dim;
    double cost = ((double)work.all * (double)bounds.panels[KNN_COARSE].rows.dim + pair_by_tile * bytes) /
                  ((double)work.all * (double)rows.dim);
    knn_bounds_free(&bounds);
    return status == 0 && cost < worth_it;
}
