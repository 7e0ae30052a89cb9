#include "walk.h"

#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "clock.h"

_Static_assert(KNN_MAX_MR * sizeof(uint32_t) % KNN_PANEL_ALIGN == 0, "a tile's bounds do not start aligned");

/* -- progress ------------------------------------------------------------------------------------------------------ */

static int stopped(struct knn_walk *walk) {
    return atomic_load_explicit(&walk->stop, memory_order_relaxed);
}

/* Adds what the thread has done to what all have done, and tells the caller at times. */
static void report(struct knn_worker *w) {
    enum { REPORTS_PER_SECOND = 10 };
    struct knn_walk *walk = w->walk;
    uint64_t done = atomic_fetch_add_explicit(&walk->pairs_done, w->pairs_since, memory_order_relaxed) + w->pairs_since;
    w->panels_since = w->pairs_since = 0;
    if (walk->progress == NULL || omp_get_thread_num() != 0 || stopped(walk))
        return;
    double now = knn_seconds();
    if (now - walk->last_report < 1.0 / REPORTS_PER_SECOND)
        return;
    walk->last_report = now;
    if (walk->progress((double)done / (double)walk->pairs, walk->context) != 0)
        atomic_store(&walk->stop, 1);
}

/* -- packing ------------------------------------------------------------------------------------------------------- */

static const uint8_t *row_at(const struct knn_source *source, size_t position) {
    size_t row = source->order != NULL ? source->order[position] : position;
    return source->rows.data + row * source->rows.stride;
}

/* Packs n rows from a position on as panel p of `panels`. */
static void pack(struct knn_worker *w, knn_pack_fn *packer, const struct knn_source *source, size_t position, size_t n,
                 const struct knn_matrix *panels, size_t p) {
    struct knn_rows rows = source->rows;
    rows.rows = n;
    rows.data = row_at(source, position);
    if (source->order != NULL) {
        for (size_t i = 0; i < n; i++)
            memcpy(knn_matrix_row(&w->gathered, i), row_at(source, position + i), rows.dim);
        rows.data = w->gathered.data;
        rows.stride = w->gathered.stride;
    }
    knn_pack_panel(packer, &rows, &w->walk->panels, panels, p);
}

static void pack_panel(struct knn_worker *w, size_t p) {
    const struct knn_kernel *kernel = w->walk->kernel;
    size_t position = w->strip->first + p * kernel->nr;
    if (!stopped(w->walk))
        pack(w, kernel->pack_train, &w->walk->train, position, knn_min(kernel->nr, w->strip->last - position),
             &w->walk->panels.packed, p);
}

static void open_block(struct knn_worker *w, size_t block) {
    const struct knn_walk *walk = w->walk;
    const struct knn_schedule *plan = &w->strip->schedule;
    size_t mr = walk->kernel->mr;
    w->first = knn_part(plan->tiles, plan->blocks, block) * mr;
    w->count = knn_min(knn_part(plan->tiles, plan->blocks, block + 1) * mr, w->strip->queries) - w->first;
    for (size_t tile = 0, q = 0; q < w->count && walk->kernel->tile != NULL; tile++, q += mr) {
        size_t n = knn_min(mr, w->count - q);
        if (w->packed_block != block)
            pack(w, walk->kernel->pack_queries, &walk->queries, w->first + q, n, &w->block, tile);
        for (size_t i = w->first + q; i < w->first + q + n; i++)
            *knn_worker_bound(w, i) = walk->sink->bound != NULL ? walk->sink->bound(w, i) : UINT32_MAX;
    }
    w->packed_block = block;
}

/* -- a block and a panel ------------------------------------------------------------------------------------------- */

/* Where the panel after p begins, or where all end. */
static const uint8_t *next_panel(const struct knn_walk *walk, size_t p) {
    return knn_panel(&walk->panels, knn_min(p + 1, walk->panels.count), 0);
}

static void visit_tiles(struct knn_worker *w, size_t p, size_t train, size_t n) {
    struct knn_walk *walk = w->walk;
    const struct knn_kernel *kernel = walk->kernel;
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    const uint8_t *panel = knn_panel(&walk->panels, p, 0), *ahead = next_panel(walk, p), *end = next_panel(walk, p + 1);
    size_t part = knn_divide_up(walk->train.rows.dim, kernel->group) * KNN_AHEAD;
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr, ahead += part) {
        size_t nq = knn_min(kernel->mr, w->count - q);
        uint32_t *bounds = w->bounds + tile * KNN_MAX_MR;
        uint32_t hits = kernel->tile(knn_matrix_row(&w->block, tile), panel, walk->train.rows.dim, (unsigned)nq, bounds,
                                     out, ahead < end ? ahead : panel);
        if (hits != 0 || walk->sink->exclusive)
            walk->sink->tile(w, w->first + q, nq, train, n, out, hits, bounds);
    }
}

/* The same for rows of several chunks, whose sums need 64 bits; the bounds do not help there. */
static void visit_tiles_in_chunks(struct knn_worker *w, size_t p, size_t train, size_t n) {
    struct knn_walk *walk = w->walk;
    const struct knn_kernel *kernel = walk->kernel;
    const struct knn_panels *panels = &walk->panels;
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE];
    for (size_t tile = 0, q = 0; q < w->count; tile++, q += kernel->mr) {
        size_t nq = knn_min(kernel->mr, w->count - q);
        uint64_t sums[KNN_MAX_TILE] = {0};
        for (size_t c = 0; c < panels->chunks; c++) {
            kernel->tile(knn_matrix_row(&w->block, tile * panels->chunks + c), knn_panel(panels, p, c),
                         knn_chunk_dim(panels->rows.dim, panels->chunk, c), (unsigned)nq, w->bounds + tile * KNN_MAX_MR,
                         out, knn_panel(panels, p, c));
            for (size_t i = 0; i < nq * kernel->nr; i++)
                sums[i] += out[i];
        }
        for (size_t i = 0; i < nq; i++)
            for (size_t j = 0; j < n; j++)
                walk->sink->one(w, w->first + q + i, train + j, sums[i * kernel->nr + j]);
    }
}

/* The same for a pair kernel, whose panel is one row. */
static void visit_row(struct knn_worker *w, size_t train) {
    struct knn_walk *walk = w->walk;
    const uint8_t *b = row_at(&walk->train, train);
    for (size_t q = w->first; q < w->first + w->count; q++) {
        const uint8_t *a = row_at(&walk->queries, q);
        walk->sink->one(w, q, train, knn_pair_distance(walk->kernel, a, b, walk->train.rows.dim, walk->panels.chunk));
    }
}

static void visit(struct knn_worker *w, size_t p) {
    struct knn_walk *walk = w->walk;
    size_t train = w->strip->first + p * walk->kernel->nr, n = knn_min(walk->kernel->nr, w->strip->last - train);
    if (walk->sink->open_panel != NULL)
        walk->sink->open_panel(w, train, n);
    if (walk->kernel->pair != NULL)
        visit_row(w, train);
    else if (walk->panels.chunks == 1)
        visit_tiles(w, p, train, n);
    else
        visit_tiles_in_chunks(w, p, train, n);
    if (walk->sink->close_panel != NULL)
        walk->sink->close_panel(w);
    w->pairs_since += w->count * n;
    w->panels_since++;
}

/* Called only while no other thread waits for this one's panel. */
static void report_at_times(struct knn_worker *w) {
    enum { PANELS_PER_REPORT = 16 };
    if (w->panels_since >= PANELS_PER_REPORT)
        report(w);
}

/* -- tasks --------------------------------------------------------------------------------------------------------- */

static void visit_in_order(struct knn_worker *w, size_t first, size_t last) {
    for (size_t p = first; p < last && !stopped(w->walk); p++) {
        visit(w, p);
        report_at_times(w);
    }
}

/* Each thread begins at another panel, so that they seldom meet, and leaves a busy panel for later: waiting for it took
 * 3 % of the time of two threads. */
static void visit_in_turns(struct knn_worker *w) {
    omp_lock_t *locks = w->walk->locks;
    size_t left = w->strip->panels, begin = left * (size_t)omp_get_thread_num() / (size_t)omp_get_num_threads();
    for (size_t i = 0; i < left; i++)
        w->waiting[i] = (uint32_t)((begin + i) % left);
    while (left > 0 && !stopped(w->walk)) {
        size_t busy = 0;
        for (size_t i = 0; i < left; i++) {
            uint32_t p = w->waiting[i];
            if (!omp_test_lock(&locks[p])) {
                w->waiting[busy++] = p;
                continue;
            }
            visit(w, p);
            omp_unset_lock(&locks[p]);
            report_at_times(w);
            if (stopped(w->walk))
                return;
        }
        if (busy == left) { /* nothing else is left */
            uint32_t p = w->waiting[--busy];
            omp_set_lock(&locks[p]);
            visit(w, p);
            omp_unset_lock(&locks[p]);
        }
        left = busy;
    }
}

/* Task t is block t / ranges of the queries against range t % ranges of the panels. */
static void run_task(struct knn_worker *w, size_t task) {
    const struct knn_schedule *plan = &w->strip->schedule;
    if (stopped(w->walk))
        return;
    w->range = task % plan->ranges;
    open_block(w, task / plan->ranges);
    if (w->walk->sink->exclusive)
        visit_in_turns(w);
    else
        visit_in_order(w, knn_part(w->strip->panels, plan->ranges, w->range),
                       knn_part(w->strip->panels, plan->ranges, w->range + 1));
    report(w);
}

/* Sets what schedule(runtime) means to the calling thread until the parallel region ends. */
static void set_loop(enum knn_loop loop) {
    if (loop == KNN_LOOP_STATIC)
        omp_set_schedule(omp_sched_static, 0);
    else
        omp_set_schedule(loop == KNN_LOOP_GUIDED ? omp_sched_guided : omp_sched_dynamic, 1);
}

/* Called by all threads of the region. A tied task stays on the thread that began it, hence with that thread's worker,
 * which knows the strip by then. */
static void run_strip(struct knn_walk *walk, const struct knn_strip *strip, struct knn_worker *workers) {
    struct knn_worker *own = &workers[omp_get_thread_num()];
    size_t tasks = strip->schedule.blocks * strip->schedule.ranges;
    own->strip = strip;
    own->packed_block = SIZE_MAX;
    if (walk->packed == NULL && walk->kernel->tile != NULL) {
#pragma omp for schedule(static)
        for (size_t p = 0; p < strip->panels; p++)
            pack_panel(own, p);
    }
    if (walk->loop == KNN_LOOP_TASKS) {
#pragma omp single
#pragma omp taskloop grainsize(1)
        for (size_t task = 0; task < tasks; task++)
            run_task(&workers[omp_get_thread_num()], task);
    } else {
        set_loop(walk->loop);
#pragma omp for schedule(runtime)
        for (size_t task = 0; task < tasks; task++)
            run_task(own, task);
    }
}

/* -- threads ------------------------------------------------------------------------------------------------------- */

/* Called by the thread that the worker is for. -1 without memory; close it nevertheless. */
static int open_worker(struct knn_worker *w, struct knn_walk *walk) {
    const struct knn_kernel *kernel = walk->kernel;
    struct knn_error error;
    *w = (struct knn_worker){.walk = walk};
    if (walk->sink->exclusive && (w->waiting = malloc(walk->most_panels * sizeof *w->waiting)) == NULL)
        return -1;
    if (kernel->pair != NULL)
        return 0;
    w->bounds = aligned_alloc(KNN_PANEL_ALIGN, walk->block_tiles * KNN_MAX_MR * sizeof *w->bounds);
    if (w->bounds == NULL)
        return -1;
    memset(w->bounds, 0, walk->block_tiles * KNN_MAX_MR * sizeof *w->bounds);
    if ((walk->queries.order != NULL || walk->train.order != NULL) &&
        knn_matrix_alloc(&w->gathered, knn_max(kernel->mr, kernel->nr), walk->train.rows.dim, &error) != 0)
        return -1;
    return knn_matrix_alloc(&w->block, walk->block_tiles * walk->panels.chunks,
                            knn_query_panel_bytes(kernel, walk->panels.chunk), &error);
}

static void close_worker(struct knn_worker *w) {
    knn_matrix_free(&w->block);
    knn_matrix_free(&w->gathered);
    free(w->bounds);
    free(w->waiting);
}

static void run_threads(struct knn_walk *walk, struct knn_worker *workers) {
#pragma omp parallel num_threads(walk->team->threads)
    {
        struct knn_binding *own = knn_team_join(walk->team);
        struct knn_worker *w = &workers[omp_get_thread_num()];
        if (open_worker(w, walk) != 0) {
            atomic_store(&walk->no_memory, 1);
            atomic_store(&walk->stop, 1);
        }
        for (size_t i = 0; i < walk->strip_count; i++)
            run_strip(walk, &walk->strips[i], workers);
        close_worker(w);
        if (walk->sink->finish != NULL && !walk->stop) {
#pragma omp for schedule(static)
            for (size_t q = 0; q < walk->queries.rows.rows; q++)
                walk->sink->finish(walk->state, q);
        }
        knn_team_leave(walk->team, own);
    }
}

struct knn_strip knn_strip_of(const struct knn_walk *walk, size_t first, size_t last, size_t queries,
                              enum knn_split split) {
    size_t panels = knn_divide_up(last - first, walk->kernel->nr);
    return (struct knn_strip){first, last, queries, panels,
                              knn_schedule(walk->kernel, split, queries, knn_min(panels, walk->most_ranges),
                                           walk->train.rows.dim, walk->team->threads,
                                           knn_topology_block_bytes(walk->team->topology))};
}

size_t knn_walk_ranges(const struct knn_walk *walk) {
    size_t most = 1;
    for (size_t i = 0; i < walk->strip_count; i++)
        most = knn_max(most, walk->strips[i].schedule.ranges);
    return most;
}

/* Finds the sizes of the largest strip, and room for its panels. */
static int open_walk(struct knn_walk *walk) {
    struct knn_error error;
    walk->most_panels = walk->block_tiles = 1;
    for (size_t i = 0; i < walk->strip_count; i++) {
        const struct knn_strip *strip = &walk->strips[i];
        walk->most_panels = knn_max(walk->most_panels, strip->panels);
        walk->block_tiles = knn_max(walk->block_tiles, strip->schedule.block_tiles);
        walk->pairs += (uint64_t)strip->queries * (strip->last - strip->first);
    }
    if (walk->packed != NULL)
        walk->panels = *walk->packed;
    else if (knn_panels_alloc(&walk->panels, walk->kernel, walk->train.rows, walk->most_panels, &error) != 0)
        return -1;
    if (!walk->sink->exclusive)
        return 0;
    walk->locks = malloc(walk->most_panels * sizeof *walk->locks);
    for (size_t i = 0; walk->locks != NULL && i < walk->most_panels; i++)
        omp_init_lock(&walk->locks[i]);
    return walk->locks != NULL ? 0 : -1;
}

static void close_walk(struct knn_walk *walk) {
    for (size_t i = 0; walk->locks != NULL && i < walk->most_panels; i++)
        omp_destroy_lock(&walk->locks[i]);
    free(walk->locks);
    if (walk->packed == NULL)
        knn_panels_free(&walk->panels);
}

int knn_walk_run(struct knn_walk *walk, struct knn_error *error) {
    struct knn_worker *workers = aligned_alloc(_Alignof(struct knn_worker), walk->team->threads * sizeof *workers);
    if (open_walk(walk) != 0 || workers == NULL)
        walk->no_memory = 1;
    else
        run_threads(walk, workers);
    free(workers);
    close_walk(walk);
    if (walk->no_memory)
        return knn_fail(error, "no memory to compare %zu rows with %zu: use fewer rows at a time",
                        walk->queries.rows.rows, walk->train.rows.rows);
    return walk->stop ? knn_fail(error, "interrupted") : 0;
}
