#include "bounds.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "best.h"
#include "clock.h"

/* -- what is built once -------------------------------------------------------------------------------------------- */

enum { COARSE_SIDE = 4, FINE_SIDE = 2 };

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

static int is_possible(const struct knn_kernel *kernel, size_t dim, struct knn_picture picture) {
    if (!knn_metrics[kernel->metric].timed || kernel->tile == NULL ||
        (picture.width != 0 && dim % (picture.width * picture.height) != 0))
        return 0;
    struct knn_grid grid = knn_grid_of(dim, picture.width, picture.height, COARSE_SIDE);
    size_t coarse = knn_level_dim(&grid, kernel->metric);
    return coarse > 0 && knn_chunk_bytes(kernel, coarse) == coarse;
}

int knn_bounds_check(const struct knn_job *job, size_t dim, struct knn_picture picture, struct knn_error *error) {
    if (picture.width != 0 && (picture.height == 0 || dim % (picture.width * picture.height) != 0))
        return knn_fail(error, "rows of %zu bytes are no planes of %zu x %zu", dim, picture.width, picture.height);
    if (is_possible(job->kernel, dim, picture))
        return 0;
    return knn_fail(error, "kernel %s has no bounds for rows of %zu bytes: search exhaustively", job->kernel->name,
                    dim);
}

int knn_bounds_build(struct knn_bounds *bounds, const struct knn_job *job, struct knn_rows rows,
                     struct knn_picture picture, struct knn_error *error) {
    enum knn_metric metric = job->kernel->metric;
    struct knn_grid coarse = knn_grid_of(rows.dim, picture.width, picture.height, COARSE_SIDE);
    struct knn_grid fine = knn_grid_of(rows.dim, picture.width, picture.height, FINE_SIDE);
    *bounds = (struct knn_bounds){0};
    if (knn_bounds_check(job, rows.dim, picture, error) != 0)
        return -1;
    if (knn_level_build(&bounds->coarse, metric, coarse, rows, job->team, error) == 0 &&
        knn_level_build(&bounds->fine, metric, fine, rows, job->team, error) == 0 &&
        knn_panels_pack(&bounds->panels, job->kernel, knn_view(&bounds->coarse.rows), 0, job->team, error) == 0) {
        knn_matrix_free(&bounds->coarse.rows);
        bounds->rows = rows;
        bounds->pair = knn_bounds_pair(job->kernel);
        return 0;
    }
    knn_bounds_free(bounds);
    return -1;
}

void knn_bounds_free(struct knn_bounds *bounds) {
    knn_panels_free(&bounds->panels);
    knn_level_free(&bounds->coarse);
    knn_level_free(&bounds->fine);
    *bounds = (struct knn_bounds){0};
}

/* -- a search ------------------------------------------------------------------------------------------------------ */

/* The state of the sink, which keeps the k best as knn_best_of_queries does, but of full distances. */
struct seek {
    struct knn_best best; /* first: what best.h does with a state */
    const struct knn_bounds *bounds;
    struct knn_rows queries;
    struct knn_level coarse, fine; /* of the queries */
    size_t fine_chunk, full_chunk;
    struct knn_bounds_work *done; /* [thread] */
};

/* The largest distance that a neighbour of a query still to be found may have, in the terms of both levels. */
struct limits {
    double coarse, fine;
    uint32_t bound; /* coarse distances from this on rule a row out, whatever its slack */
};

static struct limits limits_of(const struct seek *s, const struct knn_kbest *item, size_t query) {
    const struct knn_level *coarse = &s->bounds->coarse;
    uint64_t limit = item->bound > 0 ? (item->bound - 1) >> s->best.id_bits : 0;
    struct limits limits = {.coarse = knn_level_limit(coarse, limit, s->coarse.slack[query]),
                            .fine = knn_level_limit(&s->bounds->fine, limit, s->fine.slack[query])};
    double reach = knn_level_reach(coarse, limits.coarse, coarse->most_slack);
    limits.bound = reach < UINT32_MAX - 1 ? (uint32_t)reach + 1 : UINT32_MAX;
    return limits;
}

static uint32_t bound(const struct knn_worker *w, size_t query) {
    return limits_of(w->walk->state, knn_best_item(w, query), query).bound;
}

static uint64_t full_distance(const struct seek *s, size_t query, size_t train) {
    const struct knn_rows *a = &s->queries, *b = &s->bounds->rows;
    return knn_pair_distance(s->bounds->pair, a->data + query * a->stride, b->data + train * b->stride, b->dim,
                             s->full_chunk);
}

static uint64_t fine_distance(const struct seek *s, size_t query, size_t train) {
    const struct knn_matrix *a = &s->fine.rows, *b = &s->bounds->fine.rows;
    return knn_pair_distance(s->bounds->pair, knn_matrix_row(a, query), knn_matrix_row(b, train), b->dim,
                             s->fine_chunk);
}

/* Which of n distances are below the bound; in a loop without a branch. */
static size_t list_below(const uint32_t *distances, uint32_t bound, size_t n, uint16_t *below) {
    size_t count = 0;
    for (size_t j = 0; j < n; j++) {
        below[count] = (uint16_t)j;
        count += distances[j] < bound;
    }
    return count;
}

/* A query's coarse distances to the n train rows from a position on. */
static void seek_row(struct knn_worker *w, size_t query, size_t train, size_t n, const uint32_t *distances,
                     uint32_t *own_bound) {
    const struct seek *s = w->walk->state;
    const struct knn_level *coarse = &s->bounds->coarse, *fine = &s->bounds->fine;
    struct knn_kbest *item = knn_best_item(w, query);
    struct limits limits = limits_of(s, item, query);
    struct knn_bounds_work *done = &s->done[omp_get_thread_num()];
    uint16_t below[KNN_MAX_TILE + 1];
    size_t count = list_below(distances, limits.bound, n, below);
    for (size_t i = 0; i < count; i++) {
        size_t row = train + below[i];
        if (distances[below[i]] > knn_level_reach(coarse, limits.coarse, coarse->slack[row]))
            continue;
        done->fine++;
        if ((double)fine_distance(s, query, row) > knn_level_reach(fine, limits.fine, fine->slack[row]))
            continue;
        done->full++;
        uint64_t before = item->bound;
        knn_best_offer(&s->best, item, row, full_distance(s, query, row));
        if (item->bound != before)
            limits = limits_of(s, item, query);
    }
    *own_bound = limits.bound;
}

static void seek_tile(struct knn_worker *w, size_t query, size_t nq, size_t train, size_t n, const uint32_t *distances,
                      uint32_t hits, uint32_t *bounds) {
    (void)nq;
    for (; hits != 0; hits &= hits - 1) {
        size_t i = (size_t)__builtin_ctz(hits);
        seek_row(w, query + i, train, n, distances + i * w->walk->kernel->nr, &bounds[i]);
    }
}

/* -- the first limits ---------------------------------------------------------------------------------------------- */

static struct knn_walk walk_of(const struct knn_job *job, const struct seek *s, size_t k) {
    return (struct knn_walk){
        .kernel = s->bounds->panels.kernel,
        .team = job->team,
        .queries = {.rows = knn_view(&s->coarse.rows)},
        .train = {.rows = s->bounds->panels.rows},
        .packed = &s->bounds->panels,
        .loop = job->policy.loop,
        .most_ranges = knn_most_ranges(s->queries.rows, k),
        .strip_count = 1,
    };
}

static int run(struct knn_walk *walk, struct knn_best *best, const uint64_t *limits, struct knn_neighbor *neighbors,
               struct knn_error *error) {
    best->ranges = knn_walk_ranges(walk);
    if (knn_best_open(best, neighbors) != 0) {
        knn_best_close(best);
        return knn_fail(error, "no memory to search %zu queries for k = %zu: use fewer queries at a time",
                        best->queries, best->k);
    }
    for (size_t i = 0; limits != NULL && i < best->ranges * best->queries; i++)
        best->items[i].bound = (limits[i % best->queries] + 1) << best->id_bits; /* above all within the limit */
    int status = knn_walk_run(walk, error);
    knn_best_close(best);
    return status;
}

/* The k-th smallest of a list's distances in full, which take the place of the list. */
static uint64_t kth_distance(const struct seek *s, size_t query, struct knn_neighbor *list, size_t count) {
    knn_key *distances = (knn_key *)(void *)list;
    for (size_t i = 0; i < count; i++)
        distances[i] = full_distance(s, query, list[i].id);
    knn_select_keys(distances, count, s->best.k);
    uint64_t largest = 0;
    for (size_t i = 0; i < s->best.k; i++)
        largest = distances[i] > largest ? distances[i] : largest;
    return largest;
}

/* Some of the nearest by the coarse level among the first rows, compared in full: the k-th smallest of their distances
 * is a limit for the k nearest of all. */
static int find_limits(const struct seek *s, const struct knn_job *job, uint64_t *limits, struct knn_bounds_work *work,
                       struct knn_error *error) {
    enum { PARTS = 4, MORE = 2, LEAST = 8 }; /* more would take longer than the tighter limit saves */
    size_t queries = s->queries.rows, rows = s->bounds->rows.rows;
    size_t count = knn_min(rows, knn_max(MORE * s->best.k, LEAST)), part = knn_min(rows, knn_max(rows / PARTS, count));
    struct knn_walk walk = walk_of(job, s, count);
    struct knn_strip strip = knn_strip_of(&walk, 0, part, queries, job->policy.split);
    struct knn_best best = {.k = count, .queries = queries, .id_bits = knn_id_bits(rows - 1)};
    struct knn_neighbor *nearest = malloc(queries * count * sizeof *nearest);
    if (nearest == NULL)
        return knn_fail(error, "no memory to search %zu queries for k = %zu: use fewer queries at a time", queries,
                        s->best.k);
    walk.sink = &knn_best_of_queries;
    walk.state = &best;
    walk.strips = &strip;
    double start = knn_seconds();
    int status = run(&walk, &best, NULL, nearest, error);
    work->tile_bytes += (double)queries * (double)part * (double)walk.train.rows.dim;
    work->tile_seconds += knn_seconds() - start;
#pragma omp parallel for num_threads(job->team->threads) schedule(static)
    for (size_t q = 0; q < queries; q++)
        if (status == 0)
            limits[q] = kth_distance(s, q, nearest + q * count, count);
    free(nearest);
    return status;
}

/* -- the search ---------------------------------------------------------------------------------------------------- */

static void finish(const void *state, size_t query) {
    knn_best_of_queries.finish(state, query);
}

/* By rows, unless told: what a panel's hits ask for, its own rows in full and of the fine level, then stays in cache
 * for all queries. */
static enum knn_split split_of(const struct knn_job *job) {
    return job->policy.split == KNN_SPLIT_AUTO ? KNN_SPLIT_ROWS : job->policy.split;
}

static int seek_all(struct seek *s, const struct knn_job *job, uint64_t *limits, struct knn_neighbor *neighbors,
                    struct knn_bounds_work *work, struct knn_error *error) {
    static const struct knn_sink sink = {.bound = bound, .tile = seek_tile, .finish = finish};
    if (find_limits(s, job, limits, work, error) != 0)
        return -1;
    struct knn_walk walk = walk_of(job, s, s->best.k);
    struct knn_strip strip = knn_strip_of(&walk, 0, s->bounds->rows.rows, s->queries.rows, split_of(job));
    walk.sink = &sink;
    walk.state = s;
    walk.strips = &strip;
    walk.progress = job->progress;
    walk.context = job->context;
    return run(&walk, &s->best, limits, neighbors, error);
}

/* Of some of the queries. */
static int search_group(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                        struct knn_neighbor *neighbors, struct knn_bounds_work *work, struct knn_error *error) {
    struct seek s = {
        .best = {.k = k,
                 .queries = queries.rows,
                 .id_bits = knn_job_id_bits(job, bounds->rows.rows),
                 .ids = job->ids,
                 .first_id = job->first_id},
        .bounds = bounds,
        .queries = queries,
        .fine_chunk = knn_chunk_bytes(bounds->pair, bounds->fine.rows.dim),
        .full_chunk = knn_chunk_bytes(bounds->pair, queries.dim),
    };
    uint64_t *limits = malloc(queries.rows * sizeof *limits);
    double start = knn_seconds();
    s.done = aligned_alloc(_Alignof(struct knn_bounds_work), job->team->threads * sizeof *s.done);
    if (s.done != NULL)
        memset(s.done, 0, job->team->threads * sizeof *s.done);
    int status = limits == NULL || s.done == NULL
                     ? knn_fail(error, "no memory for %zu limits: use fewer queries", queries.rows)
                     : 0;
    if (status == 0)
        status = knn_level_build(&s.coarse, bounds->coarse.metric, bounds->coarse.grid, queries, job->team, error);
    if (status == 0)
        status = knn_level_build(&s.fine, bounds->fine.metric, bounds->fine.grid, queries, job->team, error);
    if (status == 0)
        status = seek_all(&s, job, limits, neighbors, work, error);
    work->seconds += knn_seconds() - start;
    work->all += (uint64_t)queries.rows * bounds->rows.rows;
    for (size_t i = 0; s.done != NULL && i < job->team->threads; i++) {
        work->fine += s.done[i].fine;
        work->full += s.done[i].full;
    }
    knn_level_free(&s.coarse);
    knn_level_free(&s.fine);
    free(s.done);
    free(limits);
    return status;
}

/* What a group's progress is of all. */
struct group {
    size_t first, rows, all;
    const struct knn_job *job;
};

static int on_group(double done, void *context) {
    const struct group *group = context;
    return group->job->progress(((double)group->first + done * (double)group->rows) / (double)group->all,
                                group->job->context);
}

/* What the search by bounds has taken, by what an exhaustive one would have: at the rate of the tile kernel on the
 * coarse level, which is lower on short rows. */
static double cost_of(const struct knn_bounds *bounds, const struct knn_bounds_work *work) {
    const double rate_on_long_rows = 1.25;
    double rate = rate_on_long_rows * work->tile_bytes / work->tile_seconds;
    return work->seconds / ((double)work->all * (double)bounds->rows.dim / rate);
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

int knn_search_bounds(const struct knn_job *job, const struct knn_bounds *bounds, struct knn_rows queries, size_t k,
                      int strictly, struct knn_neighbor *neighbors, struct knn_bounds_work *work,
                      struct knn_error *error) {
    enum { FIRST_GROUP = 64, GROUP = 2048 }; /* what is beside each query takes little memory then */
    struct group group = {.rows = FIRST_GROUP, .all = queries.rows, .job = job};
    struct knn_job own = *job;
    own.kernel = bounds->panels.kernel;
    own.progress = job->progress != NULL ? on_group : NULL;
    own.context = &group;
    *work = (struct knn_bounds_work){0};
    int status = knn_check_search(&own, bounds->rows, queries, k, error);
    for (int pays = 1; status == 0 && group.first < group.all; group.first += group.rows) {
        struct knn_rows some = queries;
        some.data += group.first * queries.stride;
        group.rows = some.rows = knn_min(!pays              ? SIZE_MAX
                                         : group.first == 0 ? FIRST_GROUP
                                                            : GROUP,
                                         group.all - group.first);
        status = pays ? search_group(&own, bounds, some, k, neighbors + group.first * k, work, error)
                      : search_in_full(&own, bounds, some, k, neighbors + group.first * k, error);
        pays = strictly || cost_of(bounds, work) < 1;
    }
    return status;
}

/* Counts, and not times, of so small a search: a byte by a pair kernel takes as long as several by a tile. */
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
    double bytes = (double)work.fine * (double)bounds.fine.rows.dim + (double)work.full * (double)rows.dim;
    double cost = ((double)work.all * (double)bounds.panels.rows.dim + pair_by_tile * bytes) /
                  ((double)work.all * (double)rows.dim);
    knn_bounds_free(&bounds);
    return status == 0 && cost < worth_it;
}
