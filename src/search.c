#include "search.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schedule.h"

enum { BOUND_STRIDE = 32 }; /* bounds of a tile's queries start 64-byte aligned, and mr is at most 32 */

/* What all threads of one search share. */
struct search {
    const struct knn_panels *panels;
    const struct knn_matrix *queries;
    const struct knn_kernel *kernel;
    struct knn_schedule schedule;
    size_t k;
    unsigned index_bits;
    struct knn_neighbor *neighbors; /* the caller's [query][k] */
    uint64_t *partial;              /* [query][range][k] keys, padded with UINT64_MAX; NULL if there is one range */
    atomic_size_t panels_done;      /* over all blocks */
    atomic_int stop, no_memory;
    knn_progress_fn *progress;
    void *context;
    double last_report;
};

/* What one thread works with: a packed block of queries and their k best. */
struct worker {
    struct search *search;
    size_t packed_block;     /* the block in `block`, or SIZE_MAX */
    struct knn_matrix block; /* query panels: tile i, chunk c is row i * chunks + c */
    uint32_t *bounds;        /* [tile][BOUND_STRIDE]: distances below these are worth a look */
    struct knn_kbest *best;  /* [query] */
    uint64_t *keys;          /* the room of all of them */
    size_t first, count;     /* queries of the present task */
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(struct search *s, size_t panels) {
    enum { REPORTS_PER_SECOND = 10 };
    size_t done = atomic_fetch_add_explicit(&s->panels_done, panels, memory_order_relaxed) + panels;
    if (s->progress == NULL || omp_get_thread_num() != 0)
        return;
    double now = seconds();
    if (now - s->last_report < 1.0 / REPORTS_PER_SECOND)
        return;
    s->last_report = now;
    if (s->progress((double)done / (double)(s->panels->count * s->schedule.blocks), s->context) != 0)
        atomic_store(&s->stop, 1);
}

/* -- selection ----------------------------------------------------------------------------------------------------- */

static void clear(struct worker *w) {
    size_t room = knn_kbest_room(w->search->k);
    for (size_t q = 0; q < w->count; q++)
        w->best[q] = (struct knn_kbest){.keys = w->keys + q * room, .bound = UINT64_MAX};
    memset(w->bounds, 0xff, w->search->schedule.block_tiles * BOUND_STRIDE * sizeof *w->bounds);
}

static void offer(struct worker *w, size_t query, uint64_t distance, size_t index) {
    knn_kbest_offer(&w->best[query], w->search->k, distance << w->search->index_bits | index);
}

/* Offers what is nearer of a tile row: `n` distances to the train rows from `index` on. */
static void offer_row(struct worker *w, size_t query, const uint32_t *distances, size_t n, size_t index) {
    const struct search *s = w->search;
    uint32_t *bound = w->bounds + query / s->kernel->mr * BOUND_STRIDE + query % s->kernel->mr;
    for (size_t j = 0; j < n; j++)
        if (distances[j] < *bound)
            offer(w, query, distances[j], index + j);
    if (w->best[query].bound != UINT64_MAX)
        *bound = (uint32_t)(w->best[query].bound >> s->index_bits);
}

/* Turns k keys into neighbours, nearest first. */
static void decode(const struct search *s, uint64_t *keys, struct knn_neighbor *neighbors) {
    knn_sort_keys(keys, s->k);
    for (size_t i = 0; i < s->k; i++)
        neighbors[i] = (struct knn_neighbor){.distance = keys[i] >> s->index_bits,
                                             .index = (uint32_t)(keys[i] & (((uint64_t)1 << s->index_bits) - 1))};
}

/* Hands over what a task has found: to the caller, or, of several ranges, to `collect`. */
static void finish(const struct worker *w, size_t range) {
    const struct search *s = w->search;
    for (size_t q = 0; q < w->count; q++) {
        struct knn_kbest *best = &w->best[q];
        knn_kbest_select(best, s->k);
        if (s->partial == NULL) {
            decode(s, best->keys, s->neighbors + (w->first + q) * s->k);
            continue;
        }
        uint64_t *keys = s->partial + ((w->first + q) * s->schedule.ranges + range) * s->k;
        memcpy(keys, best->keys, best->filled * sizeof *keys);
        memset(keys + best->filled, 0xff, (s->k - best->filled) * sizeof *keys);
    }
}

/* The k nearest of query q out of those of all ranges. */
static void collect(const struct search *s, size_t q) {
    uint64_t *keys = s->partial + q * s->schedule.ranges * s->k;
    knn_select_keys(keys, s->schedule.ranges * s->k, s->k);
    decode(s, keys, s->neighbors + q * s->k);
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* -- tile kernels -------------------------------------------------------------------------------------------------- */

static void pack_block(struct worker *w, size_t block) {
    const struct search *s = w->search;
    const struct knn_kernel *kernel = s->kernel;
    if (w->packed_block == block)
        return;
    w->packed_block = block;
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr)
        for (size_t c = 0; c < s->panels->chunks; c++)
            kernel->pack_queries(knn_matrix_row(s->queries, w->first + q) + c * s->panels->chunk, s->queries->stride,
                                 smaller(kernel->mr, w->count - q), knn_chunk_dim(s->queries->dim, s->panels->chunk, c),
                                 knn_matrix_row(&w->block, tile * s->panels->chunks + c));
}

static void visit_panel(struct worker *w, size_t p) {
    const struct knn_kernel *kernel = w->search->kernel;
    const struct knn_panels *panels = w->search->panels;
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    size_t row = p * kernel->nr, n = smaller(kernel->nr, panels->rows.rows - row);
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr) {
        uint32_t hits = kernel->tile(knn_matrix_row(&w->block, tile), knn_panel(panels, p, 0), panels->rows.dim,
                                     (unsigned)smaller(kernel->mr, w->count - q), w->bounds + tile * BOUND_STRIDE, out);
        for (; hits != 0; hits &= hits - 1) {
            size_t i = (size_t)__builtin_ctz(hits);
            offer_row(w, q + i, out + i * kernel->nr, n, row);
        }
    }
}

/* As above for rows of several chunks, whose sums need 64 bits; the bounds do not help there. */
static void visit_panel_in_chunks(struct worker *w, size_t p) {
    const struct knn_kernel *kernel = w->search->kernel;
    const struct knn_panels *panels = w->search->panels;
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    size_t row = p * kernel->nr, n = smaller(kernel->nr, panels->rows.rows - row);
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr) {
        size_t nq = smaller(kernel->mr, w->count - q);
        uint64_t sums[KNN_MAX_TILE] = {0};
        for (size_t c = 0; c < panels->chunks; c++) {
            kernel->tile(knn_matrix_row(&w->block, tile * panels->chunks + c), knn_panel(panels, p, c),
                         knn_chunk_dim(panels->rows.dim, panels->chunk, c), (unsigned)nq,
                         w->bounds + tile * BOUND_STRIDE, out);
            for (size_t i = 0; i < nq * kernel->nr; i++)
                sums[i] += out[i];
        }
        for (size_t i = 0; i < nq; i++)
            for (size_t j = 0; j < n; j++)
                offer(w, q + i, sums[i * kernel->nr + j], row + j);
    }
}

/* -- pair kernels -------------------------------------------------------------------------------------------------- */

static uint64_t pair_distance(const struct knn_panels *panels, const uint8_t *a, const uint8_t *b) {
    uint64_t sum = 0;
    for (size_t c = 0; c < panels->chunks; c++)
        sum += panels->kernel->pair(a + c * panels->chunk, b + c * panels->chunk,
                                    knn_chunk_dim(panels->rows.dim, panels->chunk, c));
    return sum;
}

static void visit_row(struct worker *w, size_t row) {
    const struct knn_panels *panels = w->search->panels;
    const uint8_t *train = knn_matrix_row(&panels->rows, row);
    for (size_t q = 0; q < w->count; q++) {
        const uint8_t *query = knn_matrix_row(w->search->queries, w->first + q);
        if (panels->chunks == 1) {
            uint32_t distance = panels->kernel->pair(query, train, panels->rows.dim);
            offer_row(w, q, &distance, 1, row);
        } else {
            offer(w, q, pair_distance(panels, query, train), row);
        }
    }
}

/* -- tasks --------------------------------------------------------------------------------------------------------- */

static void run_task(struct worker *w, size_t task) {
    enum { PANELS_PER_REPORT = 32 };
    struct search *s = w->search;
    const struct knn_schedule *plan = &s->schedule;
    size_t block = task / plan->ranges, range = task % plan->ranges, mr = s->kernel->mr;
    w->first = knn_part(plan->tiles, plan->blocks, block) * mr;
    w->count = smaller(knn_part(plan->tiles, plan->blocks, block + 1) * mr, s->queries->rows) - w->first;
    clear(w);
    if (s->kernel->tile != NULL)
        pack_block(w, block);
    size_t p = knn_part(s->panels->count, plan->ranges, range);
    size_t last = knn_part(s->panels->count, plan->ranges, range + 1);
    while (p < last && !atomic_load_explicit(&s->stop, memory_order_relaxed)) {
        size_t end = smaller(p + PANELS_PER_REPORT, last), begin = p;
        for (; p < end; p++) {
            if (s->kernel->pair != NULL)
                visit_row(w, p);
            else if (s->panels->chunks == 1)
                visit_panel(w, p);
            else
                visit_panel_in_chunks(w, p);
        }
        report(s, end - begin);
    }
    if (p == last)
        finish(w, range);
}

static int open_worker(struct worker *w) {
    const struct search *s = w->search;
    struct knn_error error;
    size_t tiles = s->schedule.block_tiles, queries = tiles * s->kernel->mr;
    w->bounds = aligned_alloc(KNN_PANEL_ALIGN, tiles * BOUND_STRIDE * sizeof *w->bounds);
    w->best = malloc(queries * sizeof *w->best);
    w->keys = malloc(queries * knn_kbest_room(s->k) * sizeof *w->keys);
    if (w->bounds == NULL || w->best == NULL || w->keys == NULL)
        return -1;
    if (s->kernel->pair != NULL)
        return 0;
    return knn_matrix_alloc(&w->block, tiles * s->panels->chunks, knn_query_panel_bytes(s->kernel, s->panels->chunk),
                            &error);
}

static void run_worker(struct search *s) {
    struct worker w = {.search = s, .packed_block = SIZE_MAX};
    if (open_worker(&w) != 0) {
        atomic_store(&s->no_memory, 1);
        atomic_store(&s->stop, 1);
    }
    size_t tasks = s->schedule.blocks * s->schedule.ranges;
#pragma omp for schedule(dynamic, 1)
    for (size_t task = 0; task < tasks; task++)
        if (!atomic_load_explicit(&s->stop, memory_order_relaxed))
            run_task(&w, task);
    knn_matrix_free(&w.block);
    free(w.keys);
    free(w.best);
    free(w.bounds);
}

static int check(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k, struct knn_error *error) {
    if (k < 1 || k > KNN_MAX_K)
        return knn_fail(error, "k = %zu: k must be from 1 to %d", k, KNN_MAX_K);
    if (k > panels->rows.rows)
        return knn_fail(error, "k = %zu is more than the %zu training rows: use a smaller k", k, panels->rows.rows);
    if (queries->dim != panels->rows.dim)
        return knn_fail(error, "queries of %zu bytes cannot be compared with training rows of %zu", queries->dim,
                        panels->rows.dim);
    if (panels->rows.rows > UINT32_MAX)
        return knn_fail(error, "%zu training rows are too many: at most %u", panels->rows.rows, UINT32_MAX);
    if (panels->rows.dim > (UINT64_MAX >> knn_index_bits(panels->rows.rows)) / (UINT8_MAX * UINT8_MAX))
        return knn_fail(error, "%zu training rows of %zu bytes are too many: distance and index exceed 64 bits",
                        panels->rows.rows, panels->rows.dim);
    return 0;
}

int knn_search(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
               struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress, void *context,
               struct knn_error *error) {
    if (check(panels, queries, k, error) != 0)
        return -1;
    if (queries->rows == 0)
        return 0;
    struct search s = {
        .panels = panels,
        .queries = queries,
        .kernel = panels->kernel,
        .schedule = knn_schedule(panels->kernel, queries->rows, panels->count, panels->rows.dim, team->threads,
                                 knn_topology_block_bytes(team->topology)),
        .k = k,
        .index_bits = knn_index_bits(panels->rows.rows),
        .neighbors = neighbors,
        .progress = progress,
        .context = context,
    };
    if (s.schedule.ranges > 1)
        s.partial = malloc(s.schedule.ranges * queries->rows * k * sizeof *s.partial);
    s.no_memory = s.schedule.ranges > 1 && s.partial == NULL;
    if (!s.no_memory) {
#pragma omp parallel num_threads(team->threads)
        {
            struct knn_binding *own = knn_team_join(team);
            run_worker(&s);
            if (s.partial != NULL && !s.stop) {
#pragma omp for schedule(static)
                for (size_t q = 0; q < queries->rows; q++)
                    collect(&s, q);
            }
            knn_team_leave(team, own);
        }
    }
    free(s.partial);
    if (s.no_memory)
        return knn_fail(error, "no memory to search %zu queries for k = %zu: use fewer queries at a time",
                        queries->rows, k);
    return s.stop ? knn_fail(error, "interrupted") : 0;
}
