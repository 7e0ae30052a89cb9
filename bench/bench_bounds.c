/* bounds/<kernel>/k:K/batch:B/threads:N: the search by bounds (docs/bounds.md) with the default kernels, in batches of
 * B queries, in turn with the exhaustive one, which must give the same answers.
 * bounds/<kernel>/random/...: the same among random bytes, where nothing can be ruled out, with bounds only where the
 * library's automatic choice has them. What it takes to choose is counted, and x_exhaustive should be near 1.
 *
 * full_job_s is that of the whole job, scaled, with the bounds' own making in it; x_exhaustive is how many times as
 * long the exhaustive search takes for the same batches, packing counted on its side; build_s, query_s and
 * exhaustive_query_s are of the rows at hand: getting ready, and then each query; share_fine and share_full are the
 * distances of the fine level and those in full, by all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "bench.h"
#include "bounds.h"
#include "clock.h"
#include "random.h"

struct bounds_case {
    struct bench *bench;
    const struct knn_kernel *kernel;
    size_t k, batch;
    int random;
    struct knn_rows train, queries; /* of a run */
};

/* What one way takes: to get ready for the train rows, and to search in batches. */
struct times {
    double ready, search;
};

static struct knn_rows batch_at(struct knn_rows all, size_t first, size_t batch) {
    all.data += first * all.stride;
    all.rows = knn_min(batch, all.rows - first);
    return all;
}

static int search_exhaustively(const struct bounds_case *c, struct knn_neighbor *found, struct times *times,
                               struct knn_error *error) {
    const struct knn_job job = {.team = bench_team(c->bench), .progress = bench_stopping};
    struct knn_panels panels;
    double start = knn_seconds();
    if (knn_panels_pack(&panels, c->kernel, c->train, 0, job.team, error) != 0)
        return -1;
    times->ready = knn_seconds() - start;
    int status = 0;
    for (size_t q = 0; q < c->queries.rows && status == 0; q += c->batch)
        status = knn_search_panels(&job, &panels, batch_at(c->queries, q, c->batch), c->k, found + q * c->k, error);
    times->search = knn_seconds() - start - times->ready;
    knn_panels_free(&panels);
    return status;
}

static struct knn_picture picture_of(const struct bench *bench) {
    return (struct knn_picture){bench->dataset.shape.width, bench->dataset.shape.height};
}

static int search_by_bounds(const struct bounds_case *c, struct knn_neighbor *found, struct times *times,
                            struct knn_bounds_work *all, struct knn_error *error) {
    const struct knn_job job = {.kernel = c->kernel, .team = bench_team(c->bench), .progress = bench_stopping};
    struct knn_bounds bounds;
    struct knn_bounds_work work;
    double start = knn_seconds();
    if (knn_bounds_build(&bounds, &job, c->train, picture_of(c->bench), error) != 0)
        return -1;
    times->ready = knn_seconds() - start;
    int status = 0;
    *all = (struct knn_bounds_work){0};
    for (size_t q = 0; q < c->queries.rows && status == 0; q += c->batch) {
        status = knn_search_bounds(&job, &bounds, batch_at(c->queries, q, c->batch), c->k, !c->random, found + q * c->k,
                                   &work, error);
        all->all += work.all;
        all->fine += work.fine;
        all->full += work.full;
    }
    times->search = knn_seconds() - start - times->ready;
    knn_bounds_free(&bounds);
    return status;
}

/* As the library does when it is to choose. */
static int search_automatically(const struct bounds_case *c, struct knn_neighbor *found, struct times *times,
                                struct knn_bounds_work *work, struct knn_error *error) {
    const struct knn_job job = {.kernel = c->kernel, .team = bench_team(c->bench)};
    double start = knn_seconds();
    int pays = knn_bounds_pay(&job, c->train, picture_of(c->bench));
    double chosen = knn_seconds() - start;
    work->all = work->full = (uint64_t)c->train.rows * c->queries.rows;
    int status = pays ? search_by_bounds(c, found, times, work, error) : search_exhaustively(c, found, times, error);
    times->ready += chosen;
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
static double full_job(const struct bounds_case *c, const struct times *times) {
    double rows = FULL_ROWS / (double)c->train.rows;
    return (times->ready + times->search * FULL_QUERIES / (double)c->queries.rows) * rows;
}

static void count(struct gb_state *state, const struct bounds_case *c, const struct times *by_bounds,
                  const struct times *exhaustive, const struct knn_bounds_work *work, double rounds) {
    double queries = (double)c->queries.rows, seconds = full_job(c, by_bounds) / rounds;
    gb_counter(state, "queries", queries, 0);
    gb_counter(state, "full_job_s", seconds, 0);
    gb_counter(state, "x_exhaustive", full_job(c, exhaustive) / rounds / seconds, 0);
    gb_counter(state, "build_s", by_bounds->ready / rounds, 0);
    gb_counter(state, "query_s", by_bounds->search / queries / rounds, 0);
    gb_counter(state, "exhaustive_query_s", exhaustive->search / queries / rounds, 0);
    gb_counter(state, "share_fine", (double)work->fine / (double)work->all, 0);
    gb_counter(state, "share_full", (double)work->full / (double)work->all, 0);
}

/* Both ways in turn; *found and *right have room. */
static int run_rounds(struct gb_state *state, const struct bounds_case *c, struct knn_neighbor *found,
                      struct knn_neighbor *right, struct knn_error *error) {
    struct times by_bounds = {0}, exhaustive = {0}, times;
    struct knn_bounds_work work = {0};
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        if (search_exhaustively(c, right, &times, error) != 0)
            return -1;
        exhaustive = (struct times){exhaustive.ready + times.ready, exhaustive.search + times.search};
        if ((c->random ? search_automatically : search_by_bounds)(c, found, &times, &work, error) != 0 ||
            compare(c, found, right, c->queries.rows * c->k, error) != 0)
            return -1;
        by_bounds = (struct times){by_bounds.ready + times.ready, by_bounds.search + times.search};
        gb_set_iteration_time(state, times.ready + times.search);
    }
    gb_stop(state);
    count(state, c, &by_bounds, &exhaustive, &work, (double)iterations);
    return 0;
}

/* Puts random bytes, as many, in the place of the rows and queries. */
static int randomize(struct bounds_case *c, struct knn_matrix *bytes, struct knn_error *error) {
    uint64_t state = c->bench->dataset.seed;
    if (knn_matrix_alloc(bytes, c->train.rows + c->queries.rows, c->train.dim, error) != 0)
        return -1;
    for (size_t i = 0; i < bytes->rows * bytes->stride; i += sizeof state) { /* a stride is a multiple of 64 */
        uint64_t random = knn_random(&state);
        memcpy(bytes->data + i, &random, sizeof random);
    }
    size_t rows = c->train.rows;
    c->train = batch_at(knn_view(bytes), 0, rows);
    c->queries = batch_at(knn_view(bytes), rows, c->queries.rows);
    return 0;
}

static void run(struct gb_state *state, void *context) {
    enum { MOST = 2048, FEW = 32 }; /* queries: of large batches, of single ones */
    struct bounds_case c = *(const struct bounds_case *)context;
    struct knn_matrix bytes = {0};
    struct knn_error error;
    c.train = knn_view(&c.bench->dataset.train.pixels);
    c.queries = batch_at(knn_view(&c.bench->dataset.test.pixels), 0, c.batch < FEW ? FEW : MOST);
    struct knn_neighbor *found = malloc(c.queries.rows * c.k * sizeof *found);
    struct knn_neighbor *right = malloc(c.queries.rows * c.k * sizeof *right);
    if (found == NULL || right == NULL)
        knn_fail(&error, "no memory for the neighbours of %zu queries", c.queries.rows);
    if (found == NULL || right == NULL || (c.random && randomize(&c, &bytes, &error) != 0) ||
        run_rounds(state, &c, found, right, &error) != 0)
        gb_skip_with_error(state, "%s", error.message);
    knn_matrix_free(&bytes);
    free(found);
    free(right);
}

static int add(struct bench *bench, const struct knn_kernel *kernel, size_t k, size_t batch, int random,
               struct knn_error *error) {
    const struct bounds_case c = {.bench = bench, .kernel = kernel, .k = k, .batch = batch, .random = random};
    if (k > bench->dataset.train.pixels.rows)
        return 0;
    struct identity identity = work_search(&bench->stock, "bounds", kernel, bench_team(bench), k, batch).identity;
    identity.search = random ? "auto" : "bounds";
    identity.data = random ? "random" : NULL;
    identity.batch = batch;
    identity.named = NAME_K | NAME_BATCH | NAME_THREADS;
    return bench_add(bench, &identity, run, GB_MS, &c, sizeof c, error);
}

int register_bounds(struct bench *bench, struct knn_error *error) {
    enum { ALL = 2048 };
    static const size_t ks[] = {1, 5, 10, 100}, batches[] = {1, 8, 64, 512};
    for (int metric = 0; metric < KNN_METRICS && !bench->quick; metric++) {
        if (!knn_metrics[metric].timed)
            continue;
        const struct knn_job job = {.kernel = knn_kernel_default((enum knn_metric)metric, bench->features)};
        if (knn_bounds_check(&job, bench->dataset.train.pixels.dim, picture_of(bench), NULL) != 0)
            continue;
        for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++)
            if (add(bench, job.kernel, 1, batches[i], 0, error) != 0)
                return -1;
        for (size_t i = 0; i < sizeof ks / sizeof ks[0]; i++)
            if (add(bench, job.kernel, ks[i], ALL, 0, error) != 0)
                return -1;
        if (add(bench, job.kernel, 1, ALL, 1, error) != 0)
            return -1;
    }
    return 0;
}
