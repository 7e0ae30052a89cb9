/* bounds/<kernel>/k:K/batch:B/threads:N: the search by bounds (docs/bounds.md) with the default kernels, in batches of
 * B queries, in turn with the exhaustive one, which must give the same answers.
 *
 * full_job_s is that of the whole job, scaled, with the bounds' own making in it; x_exhaustive is how many times as
 * long the exhaustive search takes for the same batches, packing counted on its side; share_fine and share_full are the
 * distances of the fine level and those in full, by all. */
#include <stdio.h>
#include <stdlib.h>

#include "arith.h"
#include "bench.h"
#include "bounds.h"
#include "clock.h"

struct bounds_case {
    struct bench *bench;
    const struct knn_kernel *kernel;
    size_t k, batch;
};

/* What one way takes: to get ready for the train rows, and to search in batches. */
struct times {
    double ready, search;
};

static const struct knn_team *team_of(const struct bench *bench) {
    return &bench->teams[bench->team_count - 1];
}

static struct knn_rows batch_at(struct knn_rows all, size_t first, size_t batch) {
    all.data += first * all.stride;
    all.rows = knn_min(batch, all.rows - first);
    return all;
}

static int search_exhaustively(const struct bounds_case *c, struct knn_rows queries, struct knn_neighbor *found,
                               struct times *times, struct knn_error *error) {
    const struct knn_job job = {.team = team_of(c->bench), .progress = bench_stopping};
    struct knn_panels panels;
    double start = knn_seconds();
    if (knn_panels_pack(&panels, c->kernel, knn_view(&c->bench->dataset.train.pixels), 0, job.team, error) != 0)
        return -1;
    times->ready = knn_seconds() - start;
    int status = 0;
    for (size_t q = 0; q < queries.rows && status == 0; q += c->batch)
        status = knn_search_panels(&job, &panels, batch_at(queries, q, c->batch), c->k, found + q * c->k, error);
    times->search = knn_seconds() - start - times->ready;
    knn_panels_free(&panels);
    return status;
}

static int search_by_bounds(const struct bounds_case *c, struct knn_rows queries, struct knn_neighbor *found,
                            struct times *times, struct knn_bounds_work *all, struct knn_error *error) {
    const struct knn_job job = {.kernel = c->kernel, .team = team_of(c->bench), .progress = bench_stopping};
    const struct knn_shape *shape = &c->bench->dataset.shape;
    struct knn_bounds bounds;
    struct knn_bounds_work work;
    double start = knn_seconds();
    if (knn_bounds_build(&bounds, &job, knn_view(&c->bench->dataset.train.pixels),
                         (struct knn_picture){shape->width, shape->height}, error) != 0)
        return -1;
    times->ready = knn_seconds() - start;
    int status = 0;
    *all = (struct knn_bounds_work){0};
    for (size_t q = 0; q < queries.rows && status == 0; q += c->batch) {
        status =
            knn_search_bounds(&job, &bounds, batch_at(queries, q, c->batch), c->k, 1, found + q * c->k, &work, error);
        all->all += work.all;
        all->fine += work.fine;
        all->full += work.full;
    }
    times->search = knn_seconds() - start - times->ready;
    knn_bounds_free(&bounds);
    return status;
}

static int compare(const struct bounds_case *c, const struct knn_neighbor *found, const struct knn_neighbor *right,
                   size_t count, struct knn_error *error) {
    for (size_t i = 0; i < count; i++)
        if (found[i].distance != right[i].distance || found[i].id != right[i].id)
            return knn_fail(error, "bounds differ from the exhaustive search: query %zu, neighbour %zu: row %u, not %u",
                            i / c->k, i % c->k, found[i].id, right[i].id);
    return 0;
}

/* Of the queries of a run; the rest of the job takes as long for each. */
static double full_job(const struct bounds_case *c, const struct times *times, size_t queries) {
    double rows = FULL_ROWS / (double)c->bench->dataset.train.pixels.rows;
    return (times->ready + times->search * FULL_QUERIES / (double)queries) * rows;
}

/* Both ways in turn; *found and *right have room. */
static int run_rounds(struct gb_state *state, const struct bounds_case *c, struct knn_rows queries,
                      struct knn_neighbor *found, struct knn_neighbor *right, struct knn_error *error) {
    struct times by_bounds = {0}, exhaustive = {0}, times;
    struct knn_bounds_work work = {0};
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        if (search_exhaustively(c, queries, right, &times, error) != 0)
            return -1;
        exhaustive = (struct times){exhaustive.ready + times.ready, exhaustive.search + times.search};
        if (search_by_bounds(c, queries, found, &times, &work, error) != 0 ||
            compare(c, found, right, queries.rows * c->k, error) != 0)
            return -1;
        by_bounds = (struct times){by_bounds.ready + times.ready, by_bounds.search + times.search};
        gb_set_iteration_time(state, times.ready + times.search);
    }
    gb_stop(state);
    double seconds = full_job(c, &by_bounds, queries.rows) / (double)iterations;
    gb_counter(state, "queries", (double)queries.rows, 0);
    gb_counter(state, "full_job_s", seconds, 0);
    gb_counter(state, "x_exhaustive", full_job(c, &exhaustive, queries.rows) / (double)iterations / seconds, 0);
    gb_counter(state, "build_s", by_bounds.ready / (double)iterations, 0);
    gb_counter(state, "share_fine", (double)work.fine / (double)work.all, 0);
    gb_counter(state, "share_full", (double)work.full / (double)work.all, 0);
    return 0;
}

static void run(struct gb_state *state, void *context) {
    enum { MOST = 2048, FEW = 32 }; /* queries: of large batches, of single ones */
    const struct bounds_case *c = context;
    struct knn_rows queries = knn_view(&c->bench->dataset.test.pixels);
    struct knn_error error;
    queries.rows = knn_min(queries.rows, c->batch < FEW ? FEW : MOST);
    struct knn_neighbor *found = malloc(queries.rows * c->k * sizeof *found);
    struct knn_neighbor *right = malloc(queries.rows * c->k * sizeof *right);
    if (found == NULL || right == NULL)
        knn_fail(&error, "no memory for the neighbours of %zu queries", queries.rows);
    if (found == NULL || right == NULL || run_rounds(state, c, queries, found, right, &error) != 0)
        gb_skip_with_error(state, "%s", error.message);
    free(found);
    free(right);
}

static int add(struct bench *bench, const struct knn_kernel *kernel, size_t k, size_t batch, struct knn_error *error) {
    const struct bounds_case c = {.bench = bench, .kernel = kernel, .k = k, .batch = batch};
    char name[96];
    if (k > bench->dataset.train.pixels.rows)
        return 0;
    snprintf(name, sizeof name, "bounds/%s/k:%zu/batch:%zu/threads:%u", kernel->name, k, batch,
             team_of(bench)->threads);
    return bench_add(bench,
                     &(struct gb_benchmark){.name = name, .function = run, .unit = GB_MS, .clock = GB_MANUAL_TIME}, &c,
                     sizeof c, error);
}

int register_bounds(struct bench *bench, struct knn_error *error) {
    enum { ALL = 2048 };
    static const size_t ks[] = {1, 5, 10, 100}, batches[] = {1, 8, 64, 512};
    const struct knn_shape *shape = &bench->dataset.shape;
    for (int metric = 0; metric < KNN_METRICS && !bench->quick; metric++) {
        if (!knn_metrics[metric].timed)
            continue;
        const struct knn_job job = {.kernel = knn_kernel_default((enum knn_metric)metric, bench->features)};
        if (knn_bounds_check(&job, bench->dataset.train.pixels.dim, (struct knn_picture){shape->width, shape->height},
                             NULL) != 0)
            continue;
        for (size_t i = 0; i < sizeof ks / sizeof ks[0]; i++)
            if (add(bench, job.kernel, ks[i], ALL, error) != 0)
                return -1;
        for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++)
            if (add(bench, job.kernel, 1, batches[i], error) != 0)
                return -1;
    }
    return 0;
}
