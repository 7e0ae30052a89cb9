#include "scan.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "clock.h"

_Static_assert(KNN_MAX_MR * sizeof(uint32_t) % KNN_PANEL_ALIGN == 0, "a tile's bounds do not start aligned");

static void report(struct knn_scan *s, size_t panels) {
    enum { REPORTS_PER_SECOND = 10 };
    size_t done = atomic_fetch_add_explicit(&s->panels_done, panels, memory_order_relaxed) + panels;
    if (s->progress == NULL || omp_get_thread_num() != 0)
        return;
    double now = knn_seconds();
    if (now - s->last_report < 1.0 / REPORTS_PER_SECOND)
        return;
    s->last_report = now;
    if (s->progress((double)done / (double)(s->panels->count * s->schedule.blocks), s->context) != 0)
        atomic_store(&s->stop, 1);
}

/* -- selection ----------------------------------------------------------------------------------------------------- */

static void clear(struct knn_worker *w) {
    size_t room = knn_kbest_room(w->scan->k);
    for (size_t q = 0; q < w->count; q++)
        w->best[q] = (struct knn_kbest){.keys = w->keys + q * room, .bound = UINT64_MAX};
    memset(w->bounds, 0xff, w->scan->schedule.block_tiles * KNN_MAX_MR * sizeof *w->bounds);
}

static void offer(struct knn_worker *w, size_t query, uint64_t distance, size_t index) {
    knn_kbest_offer(&w->best[query], w->scan->k, distance << w->scan->index_bits | index);
}

/* Offers what is nearer of a tile row: `n` distances to the train rows from `index` on. */
static void offer_row(struct knn_worker *w, size_t query, const uint32_t *distances, size_t n, size_t index) {
    const struct knn_scan *s = w->scan;
    uint32_t *bound = w->bounds + query / s->kernel->mr * KNN_MAX_MR + query % s->kernel->mr;
    for (size_t j = 0; j < n; j++)
        if (distances[j] < *bound)
            offer(w, query, distances[j], index + j);
    if (w->best[query].bound != UINT64_MAX)
        *bound = (uint32_t)(w->best[query].bound >> s->index_bits);
}

/* Turns k keys into neighbours, nearest first. */
static void decode(const struct knn_scan *s, uint64_t *keys, struct knn_neighbor *neighbors) {
    knn_sort_keys(keys, s->k);
    for (size_t i = 0; i < s->k; i++)
        neighbors[i] = (struct knn_neighbor){.distance = keys[i] >> s->index_bits,
                                             .index = (uint32_t)(keys[i] & (((uint64_t)1 << s->index_bits) - 1))};
}

/* Hands over what a task has found: to the caller, or, of several ranges, to knn_scan_collect. */
static void finish(const struct knn_worker *w, size_t range) {
    const struct knn_scan *s = w->scan;
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

void knn_scan_collect(const struct knn_scan *s, size_t q) {
    uint64_t *keys = s->partial + q * s->schedule.ranges * s->k;
    knn_select_keys(keys, s->schedule.ranges * s->k, s->k);
    decode(s, keys, s->neighbors + q * s->k);
}

/* -- tile kernels -------------------------------------------------------------------------------------------------- */

static void pack_block(struct knn_worker *w, size_t block) {
    const struct knn_scan *s = w->scan;
    const struct knn_kernel *kernel = s->kernel;
    if (w->packed_block == block)
        return;
    w->packed_block = block;
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr)
        for (size_t c = 0; c < s->panels->chunks; c++)
            kernel->pack_queries(knn_matrix_row(s->queries, w->first + q) + c * s->panels->chunk, s->queries->stride,
                                 knn_min(kernel->mr, w->count - q), knn_chunk_dim(s->queries->dim, s->panels->chunk, c),
                                 knn_matrix_row(&w->block, tile * s->panels->chunks + c));
}

static void visit_panel(struct knn_worker *w, size_t p) {
    const struct knn_kernel *kernel = w->scan->kernel;
    const struct knn_panels *panels = w->scan->panels;
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    size_t row = p * kernel->nr, n = knn_min(kernel->nr, panels->rows.rows - row);
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr) {
        uint32_t hits = kernel->tile(knn_matrix_row(&w->block, tile), knn_panel(panels, p, 0), panels->rows.dim,
                                     (unsigned)knn_min(kernel->mr, w->count - q), w->bounds + tile * KNN_MAX_MR, out);
        for (; hits != 0; hits &= hits - 1) {
            size_t i = (size_t)__builtin_ctz(hits);
            offer_row(w, q + i, out + i * kernel->nr, n, row);
        }
    }
}

/* As above for rows of several chunks, whose sums need 64 bits; the bounds do not help there. */
static void visit_panel_in_chunks(struct knn_worker *w, size_t p) {
    const struct knn_kernel *kernel = w->scan->kernel;
    const struct knn_panels *panels = w->scan->panels;
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    size_t row = p * kernel->nr, n = knn_min(kernel->nr, panels->rows.rows - row);
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr) {
        size_t nq = knn_min(kernel->mr, w->count - q);
        uint64_t sums[KNN_MAX_TILE] = {0};
        for (size_t c = 0; c < panels->chunks; c++) {
            kernel->tile(knn_matrix_row(&w->block, tile * panels->chunks + c), knn_panel(panels, p, c),
                         knn_chunk_dim(panels->rows.dim, panels->chunk, c), (unsigned)nq, w->bounds + tile * KNN_MAX_MR,
                         out);
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

static void visit_row(struct knn_worker *w, size_t row) {
    const struct knn_panels *panels = w->scan->panels;
    const uint8_t *train = knn_matrix_row(&panels->rows, row);
    for (size_t q = 0; q < w->count; q++) {
        const uint8_t *query = knn_matrix_row(w->scan->queries, w->first + q);
        if (panels->chunks == 1) {
            uint32_t distance = panels->kernel->pair(query, train, panels->rows.dim);
            offer_row(w, q, &distance, 1, row);
        } else {
            offer(w, q, pair_distance(panels, query, train), row);
        }
    }
}

/* -- tasks --------------------------------------------------------------------------------------------------------- */

void knn_worker_run(struct knn_worker *w, size_t task) {
    enum { PANELS_PER_REPORT = 32 };
    struct knn_scan *s = w->scan;
    const struct knn_schedule *plan = &s->schedule;
    if (atomic_load_explicit(&s->stop, memory_order_relaxed))
        return;
    size_t block = task / plan->ranges, range = task % plan->ranges, mr = s->kernel->mr;
    w->first = knn_part(plan->tiles, plan->blocks, block) * mr;
    w->count = knn_min(knn_part(plan->tiles, plan->blocks, block + 1) * mr, s->queries->rows) - w->first;
    clear(w);
    if (s->kernel->tile != NULL)
        pack_block(w, block);
    size_t p = knn_part(s->panels->count, plan->ranges, range);
    size_t last = knn_part(s->panels->count, plan->ranges, range + 1);
    while (p < last && !atomic_load_explicit(&s->stop, memory_order_relaxed)) {
        size_t end = knn_min(p + PANELS_PER_REPORT, last), begin = p;
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

int knn_worker_open(struct knn_worker *w, struct knn_scan *s) {
    struct knn_error error;
    *w = (struct knn_worker){.scan = s, .packed_block = SIZE_MAX};
    size_t tiles = s->schedule.block_tiles, queries = tiles * s->kernel->mr;
    w->bounds = aligned_alloc(KNN_PANEL_ALIGN, tiles * KNN_MAX_MR * sizeof *w->bounds);
    w->best = malloc(queries * sizeof *w->best);
    w->keys = malloc(queries * knn_kbest_room(s->k) * sizeof *w->keys);
    if (w->bounds == NULL || w->best == NULL || w->keys == NULL)
        return -1;
    if (s->kernel->pair != NULL)
        return 0;
    return knn_matrix_alloc(&w->block, tiles * s->panels->chunks, knn_query_panel_bytes(s->kernel, s->panels->chunk),
                            &error);
}

void knn_worker_close(struct knn_worker *w) {
    knn_matrix_free(&w->block);
    free(w->keys);
    free(w->best);
    free(w->bounds);
}
