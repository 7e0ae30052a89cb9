#include "seek.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "best.h"

/* -- the sink ------------------------------------------------------------------------------------------------------ */

/* The largest distance at which a row may still become a neighbour of a query, in the units of both levels. */
struct limits {
    double of[KNN_LEVELS];
    uint32_t bound; /* a distance of the walk's level >= bound rules a row out, whatever its slack */
};

/* A row that no bound rules out. */
struct hit {
    uint32_t query, row;
};

/* What a thread has for itself. */
struct seeker {
    struct knn_bounds_work done;
    struct hit hits[64]; /* that wait to be compared in full */
    size_t waiting;
};

/* The state of the sink, which keeps the k best as knn_best_of_queries does, but of full distances. */
struct seek {
    struct knn_best best; /* must come first (best.h) */
    const struct knn_bounds *bounds;
    struct knn_rows queries;
    struct knn_level own[KNN_LEVELS]; /* of the queries */
    int level;                        /* the one that the walk is over */
    size_t fine_chunk, full_chunk;
    uint64_t *first;        /* the queries' first limits */
    struct limits *limits;  /* the present ones, placed as best.items */
    struct seeker *seekers; /* [thread] */
};

static struct limits *limits_of(const struct knn_worker *w, size_t query) {
    const struct seek *s = w->walk->state;
    return &s->limits[w->range * s->best.queries + query];
}

/* Sets the limits that the k best so far allow. */
static void lower_limits(const struct knn_worker *w, size_t query) {
    const struct seek *s = w->walk->state;
    const struct knn_kbest *item = knn_best_item(w, query);
    struct limits *limits = limits_of(w, query);
    uint64_t limit = item->bound > 0 ? (item->bound - 1) >> s->best.id_bits : 0;
    for (int i = 0; i < KNN_LEVELS; i++)
        limits->of[i] = knn_level_limit(&s->bounds->form, i, limit, s->own[i].slack[query]);
    double reach = knn_level_reach(&s->bounds->form, limits->of[s->level], s->bounds->levels[s->level].most_slack);
    limits->bound = reach < UINT32_MAX - 1 ? (uint32_t)reach + 1 : UINT32_MAX;
}

static uint32_t bound(const struct knn_worker *w, size_t query) {
    lower_limits(w, query);
    return limits_of(w, query)->bound;
}

static const uint8_t *full_row(const struct seek *s, size_t train) {
    return s->bounds->rows.data + train * s->bounds->rows.stride;
}

static uint64_t full_distance(const struct seek *s, size_t query, size_t train) {
    return knn_pair_distance(s->bounds->pair, s->queries.data + query * s->queries.stride, full_row(s, train),
                             s->queries.dim, s->full_chunk);
}

/* 1 if the fine level rules a row out. If the walk is over it, that was checked before. */
static int is_ruled_out(const struct seek *s, size_t query, size_t train, const struct limits *limits,
                        struct knn_bounds_work *done) {
    const struct knn_level *fine = &s->bounds->levels[KNN_FINE];
    if (s->level == KNN_FINE)
        return 0;
    done->fine++;
    uint64_t distance = knn_pair_distance(s->bounds->pair, knn_matrix_row(&s->own[KNN_FINE].rows, query),
                                          knn_matrix_row(&fine->rows, train), fine->rows.dim, s->fine_chunk);
    return (double)distance > knn_level_reach(&s->bounds->form, limits->of[KNN_FINE], fine->slack[train]);
}

/* Lists which of n distances are below the bound, in a loop without a branch. */
static size_t list_below(const uint32_t *distances, uint32_t bound, size_t n, uint16_t *below) {
    size_t count = 0;
    for (size_t j = 0; j < n; j++) {
        below[count] = (uint16_t)j;
        count += distances[j] < bound;
    }
    return count;
}

static void fetch(const uint8_t *from, size_t bytes) {
    for (size_t i = 0; i < bytes; i += KNN_PANEL_ALIGN)
        __builtin_prefetch(from + i, 0, 2);
}

/* Compares the rows that wait in full. With `ahead`, the cache fetches those that are next meanwhile. */
static void compare_waiting(struct knn_worker *w, int ahead) {
    enum { EARLIER = 8 }; /* selects at k + k / 8 keys, not 2 k: a lower limit saves distances, and keys are few */
    enum { AHEAD = 2 };
    const struct seek *s = w->walk->state;
    struct seeker *own = &s->seekers[omp_get_thread_num()];
    for (size_t i = 0; i < own->waiting; i++) {
        size_t query = own->hits[i].query, row = own->hits[i].row;
        struct knn_kbest *item = knn_best_item(w, query);
        uint64_t before = item->bound;
        if (ahead && i + AHEAD < own->waiting)
            fetch(full_row(s, own->hits[i + AHEAD].row), s->bounds->rows.dim);
        knn_best_offer(&s->best, item, row, full_distance(s, query, row));
        if (item->filled >= s->best.k + s->best.k / EARLIER)
            knn_kbest_select(item, s->best.k);
        if (item->bound != before)
            *knn_worker_bound(w, query) = bound(w, query);
    }
    own->done.full += own->waiting;
    own->waiting = 0;
}

/* Takes a query's distances of the walk's level to n train rows, from position `train` on. */
static void seek_row(struct knn_worker *w, size_t query, size_t train, size_t n, const uint32_t *distances) {
    const struct seek *s = w->walk->state;
    const struct knn_level *level = &s->bounds->levels[s->level];
    const struct limits *limits = limits_of(w, query);
    struct seeker *own = &s->seekers[omp_get_thread_num()];
    uint16_t below[KNN_MAX_TILE + 1];
    size_t count = list_below(distances, limits->bound, n, below);
    for (size_t i = 0; i < count; i++) {
        size_t row = train + below[i];
        if (knn_best_leaves_out(&s->best, query, row) ||
            distances[below[i]] > knn_level_reach(&s->bounds->form, limits->of[s->level], level->slack[row]) ||
            is_ruled_out(s, query, row, limits, &own->done))
            continue;
        own->hits[own->waiting++] = (struct hit){(uint32_t)query, (uint32_t)row};
        if (own->waiting == sizeof own->hits / sizeof *own->hits)
            compare_waiting(w, 0); /* so many hits in a panel meet few rows, which are in cache */
    }
}

static void seek_tile(struct knn_worker *w, size_t query, size_t nq, size_t train, size_t n, const uint32_t *distances,
                      uint32_t hits, uint32_t *bounds) {
    (void)nq, (void)bounds;
    for (; hits != 0; hits &= hits - 1) {
        size_t i = (size_t)__builtin_ctz(hits);
        seek_row(w, query + i, train, n, distances + i * w->walk->kernel->nr);
    }
}

static void close_panel(struct knn_worker *w) {
    compare_waiting(w, 1);
}

/* If there are so many queries that most rows of a panel have a hit, the fine level's rows of the next panel are
 * fetched before anything asks for them. */
static void fetch_next(struct knn_worker *w, size_t train, size_t n) {
    enum { MANY = 128 };
    const struct seek *s = w->walk->state;
    const struct knn_matrix *fine = &s->bounds->levels[KNN_FINE].rows;
    if (s->level == KNN_COARSE && w->count >= MANY && train + 2 * n <= fine->rows)
        fetch(knn_matrix_row(fine, train + n), n * fine->stride);
}

/* -- the first limits ---------------------------------------------------------------------------------------------- */

static struct knn_walk walk_of(const struct knn_job *job, const struct seek *s, int level, size_t k) {
    const struct knn_panels *panels = &s->bounds->panels[level];
    return (struct knn_walk){
        .kernel = panels->kernel,
        .team = job->team,
        .queries = {.rows = knn_view(&s->own[level].rows)},
        .train = {.rows = panels->rows},
        .packed = panels,
        .loop = job->policy.loop,
        .most_ranges = knn_most_ranges(s->queries.rows, k),
        .strip_count = 1,
    };
}

static int no_memory(const struct seek *s, struct knn_error *error) {
    return knn_fail(error, "no memory to search %zu queries for k = %zu: use fewer queries at a time", s->best.queries,
                    s->best.k);
}

static int run(const struct seek *s, struct knn_walk *walk, struct knn_best *best, const uint64_t *limits,
               struct knn_neighbor *neighbors, struct knn_error *error) {
    best->ranges = knn_walk_ranges(walk);
    if (knn_best_open(best, neighbors) != 0) {
        knn_best_close(best);
        return no_memory(s, error);
    }
    for (size_t i = 0; limits != NULL && i < best->ranges * best->queries; i++)
        best->items[i].bound = (limits[i % best->queries] + 1) << best->id_bits; /* above all keys within the limit */
    int status = knn_walk_run(walk, error);
    knn_best_close(best);
    return status;
}

/* A limit that no distance exceeds. */
static uint64_t most_distant(const struct seek *s) {
    return (UINT64_MAX >> s->best.id_bits) - 1;
}

/* The k-th smallest full distance of a list's rows; the distances overwrite the list. A tile's distances are below
 * UINT32_MAX (panels.h); a place with a larger one has no row (best.h). */
static uint64_t kth_distance(const struct seek *s, size_t query, struct knn_neighbor *list, size_t count) {
    knn_key *distances = (knn_key *)(void *)list;
    for (size_t i = 0; i < count; i++)
        distances[i] = list[i].distance < UINT32_MAX ? full_distance(s, query, list[i].id) : most_distant(s);
    knn_select_keys(distances, count, s->best.k);
    uint64_t largest = 0;
    for (size_t i = 0; i < s->best.k; i++)
        largest = distances[i] > largest ? distances[i] : largest;
    return largest;
}

/* A part of a group's work: the first limits, or the search after them. */
struct phase {
    const struct knn_job *job;
    double begin, share;
};

static int on_phase(double done, void *context) {
    const struct phase *phase = context;
    return phase->job->progress(phase->begin + done * phase->share, phase->job->context);
}

static const double limits_share = 0.2;

/* Compares some rows in full: the nearest by the coarse level among the first rows. The k-th smallest of their
 * distances is a limit for the k nearest of all. */
static int find_limits(const struct seek *s, const struct knn_job *job, struct knn_error *error) {
    enum { PARTS = 16, MORE = 2, LEAST = 8 }; /* more would take longer than the tighter limit saves */
    size_t queries = s->queries.rows, rows = s->bounds->rows.rows;
    size_t count = knn_min(rows, knn_max(MORE * s->best.k, LEAST)), part = knn_min(rows, knn_max(rows / PARTS, count));
    struct knn_walk walk = walk_of(job, s, KNN_COARSE, count);
    struct knn_strip strip = knn_strip_of(&walk, 0, part, queries, job->policy.split);
    struct knn_best best = {.k = count,
                            .queries = queries,
                            .id_bits = knn_id_bits(rows - 1),
                            .fold = job->fold,
                            .query_fold = job->query_fold};
    struct knn_neighbor *nearest = malloc(queries * count * sizeof *nearest);
    if (nearest == NULL)
        return no_memory(s, error);
    struct phase phase = {job, 0, limits_share};
    walk.sink = &knn_best_of_queries;
    walk.state = &best;
    walk.strips = &strip;
    walk.progress = job->progress != NULL ? on_phase : NULL;
    walk.context = &phase;
    int status = run(s, &walk, &best, NULL, nearest, error);
#pragma omp parallel for num_threads(job->team->threads) schedule(static)
    for (size_t q = 0; q < queries; q++)
        if (status == 0)
            s->first[q] = kth_distance(s, q, nearest + q * count, count);
    free(nearest);
    return status;
}

/* -- the search ---------------------------------------------------------------------------------------------------- */

static void finish(const void *state, size_t query) {
    knn_best_of_queries.finish(state, query);
}

/* If there are enough queries, one range of all rows, and blocks as large as the cache allows. Then each query has one
 * limit, which every nearer row lowers; and a panel's rows in full and of the fine level, which its hits read, stay in
 * cache for all queries of the block. */
static struct knn_strip strip_of(const struct knn_walk *walk, const struct knn_job *job) {
    enum { BLOCKS_PER_THREAD = 2 };
    size_t rows = walk->train.rows.rows, queries = walk->queries.rows.rows, threads = job->team->threads;
    struct knn_strip strip = knn_strip_of(walk, 0, rows, queries, job->policy.split);
    struct knn_schedule *plan = &strip.schedule;
    if (plan->tiles < BLOCKS_PER_THREAD * threads || job->policy.split != KNN_SPLIT_AUTO)
        return strip;
    *plan = knn_schedule(walk->kernel, KNN_SPLIT_QUERIES, queries, strip.panels, walk->train.rows.dim, 1,
                         knn_topology_block_bytes(job->team->topology));
    plan->blocks = knn_max(plan->blocks, knn_min(plan->tiles, BLOCKS_PER_THREAD * threads));
    plan->block_tiles = knn_divide_up(plan->tiles, plan->blocks);
    return strip;
}

static int seek_all(struct seek *s, const struct knn_job *job, struct knn_neighbor *neighbors,
                    struct knn_error *error) {
    static const struct knn_sink sink = {
        .bound = bound, .open_panel = fetch_next, .tile = seek_tile, .close_panel = close_panel, .finish = finish};
    if (find_limits(s, job, error) != 0)
        return -1;
    struct knn_walk walk = walk_of(job, s, s->level, s->best.k);
    struct knn_strip strip = strip_of(&walk, job);
    walk.sink = &sink;
    walk.state = s;
    walk.strips = &strip;
    struct phase phase = {job, limits_share, 1 - limits_share};
    walk.progress = job->progress != NULL ? on_phase : NULL;
    walk.context = &phase;
    s->limits = calloc(knn_walk_ranges(&walk) * s->queries.rows, sizeof *s->limits);
    if (s->limits == NULL)
        return no_memory(s, error);
    return run(s, &walk, &s->best, s->first, neighbors, error);
}

static int open_seek(struct seek *s, const struct knn_job *job, struct knn_error *error) {
    size_t seekers = job->team->threads * sizeof *s->seekers;
    s->seekers = aligned_alloc(_Alignof(struct seeker), seekers);
    s->first = calloc(s->queries.rows, sizeof *s->first);
    if (s->seekers == NULL || s->first == NULL)
        return no_memory(s, error);
    memset(s->seekers, 0, seekers);
    return knn_levels_build(s->own, &s->bounds->form, s->queries, job->team) == 0 ? 0 : no_memory(s, error);
}

static void close_seek(struct seek *s) {
    for (int i = 0; i < KNN_LEVELS; i++)
        knn_level_free(&s->own[i]);
    free(s->first);
    free(s->limits);
    free(s->seekers);
}

int knn_seek(const struct knn_job *job, const struct knn_bounds *bounds, int level, struct knn_rows queries, size_t k,
             struct knn_neighbor *neighbors, struct knn_bounds_work *work, struct knn_error *error) {
    struct seek s = {
        .best = {.k = k,
                 .queries = queries.rows,
                 .id_bits = knn_job_id_bits(job, bounds->rows.rows),
                 .ids = job->ids,
                 .first_id = job->first_id,
                 .fold = job->fold,
                 .query_fold = job->query_fold},
        .bounds = bounds,
        .queries = queries,
        .level = level,
        .fine_chunk = knn_chunk_bytes(bounds->pair, bounds->levels[KNN_FINE].rows.dim),
        .full_chunk = knn_chunk_bytes(bounds->pair, queries.dim),
    };
    int status = open_seek(&s, job, error);
    if (status == 0)
        status = seek_all(&s, job, neighbors, error);
    work->all += (uint64_t)queries.rows * bounds->rows.rows;
    for (size_t i = 0; s.seekers != NULL && i < job->team->threads; i++) {
        work->fine += s.seekers[i].done.fine;
        work->full += s.seekers[i].done.full;
    }
    close_seek(&s);
    return status;
}
