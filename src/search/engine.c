#include "engine.h"

#include <omp.h>
#include <stdlib.h>

#include "scan.h"

/* Sets what schedule(runtime) means to the calling thread until the parallel region ends. */
static void set_loop(enum knn_loop loop) {
    if (loop == KNN_LOOP_STATIC)
        omp_set_schedule(omp_sched_static, 0);
    else
        omp_set_schedule(loop == KNN_LOOP_GUIDED ? omp_sched_guided : omp_sched_dynamic, 1);
}

/* By all threads of the region. A tied task stays on the thread that began it, hence with that thread's worker. */
static void run_tasks(const struct knn_schedule *plan, struct knn_worker *workers, enum knn_loop loop) {
    size_t tasks = plan->blocks * plan->ranges;
    if (loop == KNN_LOOP_TASKS) {
#pragma omp single
#pragma omp taskloop grainsize(1)
        for (size_t task = 0; task < tasks; task++)
            knn_worker_run(&workers[omp_get_thread_num()], task);
    } else {
        set_loop(loop);
#pragma omp for schedule(runtime)
        for (size_t task = 0; task < tasks; task++)
            knn_worker_run(&workers[omp_get_thread_num()], task);
    }
}

static void run_threads(struct knn_scan *s, const struct knn_team *team, enum knn_loop loop,
                        struct knn_worker *workers) {
#pragma omp parallel num_threads(team->threads)
    {
        struct knn_binding *own = knn_team_join(team);
        struct knn_worker *w = &workers[omp_get_thread_num()];
        if (knn_worker_open(w, s) != 0) {
            atomic_store(&s->no_memory, 1);
            atomic_store(&s->stop, 1);
        }
        run_tasks(&s->schedule, workers, loop);
        knn_worker_close(w);
        if (s->partial != NULL && !s->stop) {
#pragma omp for schedule(static)
            for (size_t q = 0; q < s->queries->rows; q++)
                knn_scan_collect(s, q);
        }
        knn_team_leave(team, own);
    }
}

/* Finds the room that all threads share, and runs them. */
static void run(struct knn_scan *s, const struct knn_team *team, enum knn_loop loop) {
    struct knn_worker *workers = aligned_alloc(_Alignof(struct knn_worker), team->threads * sizeof *workers);
    size_t ranges = s->schedule.ranges;
    if (ranges > 1)
        s->partial = malloc(ranges * s->queries->rows * s->k * sizeof *s->partial); // NOLINT: never 0, see check()
    if (workers == NULL || (ranges > 1 && s->partial == NULL))
        s->no_memory = 1;
    else
        run_threads(s, team, loop, workers);
    free(s->partial);
    free(workers);
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

int knn_search_by(struct knn_policy policy, const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
                  struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress, void *context,
                  struct knn_error *error) {
    if (check(panels, queries, k, error) != 0)
        return -1;
    if (queries->rows == 0)
        return 0;
    struct knn_scan s = {
        .panels = panels,
        .queries = queries,
        .kernel = panels->kernel,
        .schedule = knn_schedule(panels->kernel, policy.split, queries->rows, panels->count, panels->rows.dim,
                                 team->threads, knn_topology_block_bytes(team->topology)),
        .k = k,
        .index_bits = knn_index_bits(panels->rows.rows),
        .neighbors = neighbors,
        .progress = progress,
        .context = context,
    };
    run(&s, team, policy.loop);
    if (s.no_memory)
        return knn_fail(error, "no memory to search %zu queries for k = %zu: use fewer queries at a time",
                        queries->rows, k);
    return s.stop ? knn_fail(error, "interrupted") : 0;
}

int knn_search(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
               struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress, void *context,
               struct knn_error *error) {
    return knn_search_by((struct knn_policy){0}, panels, queries, k, neighbors, team, progress, context, error);
}
