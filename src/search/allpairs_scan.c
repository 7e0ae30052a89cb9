#include "allpairs_scan.h"

#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "clock.h"

static void report(struct knn_pass *p, uint64_t pairs) {
    enum { REPORTS_PER_SECOND = 10 };
    uint64_t done = atomic_fetch_add_explicit(&p->pairs_done, pairs, memory_order_relaxed) + pairs;
    if (p->progress == NULL || omp_get_thread_num() != 0)
        return;
    double now = knn_seconds();
    if (now - p->last_report < 1.0 / REPORTS_PER_SECOND)
        return;
    p->last_report = now;
    if (p->progress((double)done / (double)p->pairs, p->context) != 0)
        atomic_store(&p->stop, 1);
}

/* -- strips -------------------------------------------------------------------------------------------------------- */

/* Blocks are packed anew for every strip, which takes as long as some 150 train rows, so strips of these many rows make
 * it a few hundredths of the work; they take 15 MB of CIFAR-10's 150. */
enum { STRIP_ROWS = 5120 };

size_t knn_pass_strips(const struct knn_pass *p, size_t fold) {
    return knn_divide_up(knn_fold_rows(p->folds, fold), STRIP_ROWS);
}

struct knn_strip knn_pass_strip(const struct knn_pass *p, size_t fold, size_t i) {
    const struct knn_kernel *kernel = p->kernel;
    size_t start = p->folds->start[fold], rows = knn_fold_rows(p->folds, fold), parts = knn_pass_strips(p, fold);
    struct knn_strip s = {
        .first = start + knn_part(rows, parts, i), .last = start + knn_part(rows, parts, i + 1), .queries = start};
    s.panels = knn_divide_up(s.last - s.first, kernel->nr);
    s.schedule = knn_schedule(kernel, KNN_SPLIT_QUERIES, s.queries, s.panels, p->rows->dim, p->team->threads,
                              knn_topology_block_bytes(p->team->topology));
    return s;
}

/* Copies the n rows from a position on to where they stand together. */
static void gather(const struct knn_pass_worker *w, size_t position, size_t n) {
    const struct knn_pass *p = w->pass;
    for (size_t i = 0; i < n; i++)
        memcpy(knn_matrix_row(&w->gathered, i), knn_matrix_row(p->rows, p->folds->order[position + i]), p->rows->dim);
}

void knn_pass_pack(const struct knn_pass_worker *w, const struct knn_strip *s, size_t panel) {
    const struct knn_pass *p = w->pass;
    size_t position = s->first + panel * p->kernel->nr, n = knn_min(p->kernel->nr, s->last - position);
    gather(w, position, n);
    p->kernel->pack_train(w->gathered.data, w->gathered.stride, n, p->rows->dim, knn_matrix_row(&p->panels, panel));
}

/* -- selection ----------------------------------------------------------------------------------------------------- */

/* Distances below it are worth a look, among them those equal to the farthest so far: rows do not come in the order of
 * their indices here. In a tile distances are below UINT32_MAX (panels.h), so that one more is no overflow. */
static uint32_t bound_of(const struct knn_pass *p, size_t position) {
    uint64_t bound = p->best[position].bound;
    return bound == UINT64_MAX ? UINT32_MAX : (uint32_t)(bound >> p->index_bits) + 1;
}

/* Gives the row at one position the row at another as a neighbour. */
static void offer(const struct knn_pass *p, size_t to, size_t other, uint64_t distance) {
    struct knn_kbest *best = &p->best[to];
    uint64_t key = distance << p->index_bits | p->folds->order[other];
    if (key >= best->bound)
        return;
    best->keys[best->filled++] = key;
    if (best->filled == p->room)
        knn_kbest_select(best, p->k);
}

/* A query's distances to the n train rows from a position on, as far as they are below its bound. */
static void offer_row(const struct knn_pass *p, size_t query, uint32_t *bound, const uint32_t *distances, size_t n,
                      size_t position) {
    for (size_t j = 0; j < n; j++)
        if (distances[j] < *bound) {
            offer(p, query, position + j, distances[j]);
            *bound = bound_of(p, query);
        }
}

/* In a loop that compilers vectorize. */
static int any_below(const uint32_t *distances, const uint32_t *bounds, size_t n) {
    unsigned any = 0;
    for (size_t j = 0; j < n; j++)
        any |= distances[j] < bounds[j];
    return any != 0;
}

/* The same distances the other way round: each train row's bound is its own. */
static void offer_columns(const struct knn_pass *p, size_t query, uint32_t *bounds, const uint32_t *distances, size_t n,
                          size_t position) {
    for (size_t j = 0; j < n; j++)
        if (distances[j] < bounds[j]) {
            offer(p, position + j, query, distances[j]);
            bounds[j] = bound_of(p, position + j);
        }
}

/* -- tasks --------------------------------------------------------------------------------------------------------- */

static void open_block(struct knn_pass_worker *w, const struct knn_strip *s, size_t block) {
    const struct knn_pass *p = w->pass;
    const struct knn_schedule *plan = &s->schedule;
    size_t mr = p->kernel->mr, dim = p->rows->dim;
    w->first = knn_part(plan->tiles, plan->blocks, block) * mr;
    w->count = knn_min(knn_part(plan->tiles, plan->blocks, block + 1) * mr, s->queries) - w->first;
    for (size_t tile = 0, q = 0; q < w->count && p->kernel->tile != NULL; tile++, q += mr) {
        size_t n = knn_min(mr, w->count - q);
        gather(w, w->first + q, n);
        p->kernel->pack_queries(w->gathered.data, w->gathered.stride, n, dim, knn_matrix_row(&w->block, tile));
        for (size_t i = 0; i < n; i++)
            w->bounds[tile * KNN_MAX_MR + i] = bound_of(p, w->first + q + i);
    }
}

static void visit_panel(struct knn_pass_worker *w, const struct knn_strip *s, size_t panel) {
    const struct knn_pass *p = w->pass;
    const struct knn_kernel *kernel = p->kernel;
    size_t mr = kernel->mr, nr = kernel->nr, position = s->first + panel * nr, n = knn_min(nr, s->last - position);
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    uint32_t column_bounds[KNN_MAX_TILE];
    for (size_t j = 0; j < n; j++)
        column_bounds[j] = bound_of(p, position + j);
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += mr) {
        size_t nq = knn_min(mr, w->count - q);
        uint32_t *bounds = w->bounds + tile * KNN_MAX_MR;
        uint32_t hits = kernel->tile(knn_matrix_row(&w->block, tile), knn_matrix_row(&p->panels, panel), p->rows->dim,
                                     (unsigned)nq, bounds, out);
        for (; hits != 0; hits &= hits - 1) {
            size_t i = (size_t)__builtin_ctz(hits);
            offer_row(p, w->first + q + i, &bounds[i], out + i * nr, n, position);
        }
        for (size_t i = 0; i < nq; i++)
            if (any_below(out + i * nr, column_bounds, n))
                offer_columns(p, w->first + q + i, column_bounds, out + i * nr, n, position);
    }
}

/* The same for a pair kernel, and a panel that is one row. */
static void visit_row(struct knn_pass_worker *w, const struct knn_strip *s, size_t panel) {
    const struct knn_pass *p = w->pass;
    size_t dim = p->rows->dim, chunk = knn_chunk_bytes(p->kernel, dim), position = s->first + panel;
    const uint8_t *b = knn_matrix_row(p->rows, p->folds->order[position]);
    for (size_t q = w->first; q < w->first + w->count; q++) {
        const uint8_t *a = knn_matrix_row(p->rows, p->folds->order[q]);
        uint64_t distance = 0;
        for (size_t done = 0; done < dim; done += chunk)
            distance += p->kernel->pair(a + done, b + done, knn_min(chunk, dim - done));
        offer(p, q, position, distance);
        offer(p, position, q, distance);
    }
}

static void visit(struct knn_pass_worker *w, const struct knn_strip *s, size_t panel) {
    struct knn_pass *p = w->pass;
    if (p->kernel->pair != NULL)
        visit_row(w, s, panel);
    else
        visit_panel(w, s, panel);
    omp_unset_lock(&p->locks[panel]);
    report(p, (uint64_t)w->count * knn_min(p->kernel->nr, s->last - s->first - panel * p->kernel->nr));
}

/* Each thread begins elsewhere, so that they seldom meet, and leaves panels that others are at for later: waiting for
 * them, one behind the other, took 3 % of the time of two threads. */
void knn_pass_run(struct knn_pass_worker *w, const struct knn_strip *s, size_t block) {
    struct knn_pass *p = w->pass;
    size_t left = s->panels, begin = left * (size_t)omp_get_thread_num() / (size_t)omp_get_num_threads();
    if (atomic_load_explicit(&p->stop, memory_order_relaxed))
        return;
    open_block(w, s, block);
    for (size_t i = 0; i < left; i++)
        w->panels[i] = (uint32_t)((begin + i) % left);
    while (left > 0) {
        size_t busy = 0;
        for (size_t i = 0; i < left; i++) {
            if (atomic_load_explicit(&p->stop, memory_order_relaxed))
                return;
            if (omp_test_lock(&p->locks[w->panels[i]]))
                visit(w, s, w->panels[i]);
            else
                w->panels[busy++] = w->panels[i];
        }
        if (busy == left) { /* nothing else is left */
            omp_set_lock(&p->locks[w->panels[--left]]);
            visit(w, s, w->panels[left]);
        } else {
            left = busy;
        }
    }
}

/* -- workers ------------------------------------------------------------------------------------------------------- */

int knn_pass_worker_open(struct knn_pass_worker *w, struct knn_pass *p) {
    struct knn_error error;
    *w = (struct knn_pass_worker){.pass = p};
    w->panels = malloc(p->panel_count * sizeof *w->panels);
    if (w->panels == NULL)
        return -1;
    if (p->kernel->pair != NULL)
        return 0;
    w->bounds = aligned_alloc(KNN_PANEL_ALIGN, p->block_tiles * KNN_MAX_MR * sizeof *w->bounds);
    if (w->bounds == NULL ||
        knn_matrix_alloc(&w->gathered, knn_max(p->kernel->mr, p->kernel->nr), p->rows->dim, &error) != 0)
        return -1;
    return knn_matrix_alloc(&w->block, p->block_tiles, knn_query_panel_bytes(p->kernel, p->rows->dim), &error);
}

void knn_pass_worker_close(struct knn_pass_worker *w) {
    knn_matrix_free(&w->block);
    knn_matrix_free(&w->gathered);
    free(w->bounds);
    free(w->panels);
}

void knn_pass_sort(const struct knn_pass *p, size_t position) {
    struct knn_kbest *best = &p->best[position];
    knn_kbest_select(best, p->k);
    knn_sort_keys(best->keys, p->k);
}
