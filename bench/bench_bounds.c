/* bounds/<kernel>/k:K/batch:B/threads:N: the search by bounds (docs/bounds.md) with the default kernels, in batches of
 * B queries, in turn with the exhaustive one, which must give the same answers. bounds/<kernel>/random/...: the same
 * among random bytes, where nothing can be ruled out. Bounds are used only if the library's automatic choice uses them.
 * The time to choose counts; x_exhaustive should be near 1.
 *
 * full_job_s is the whole job, scaled, with the building of the bounds. x_exhaustive is how many times as long the
 * exhaustive search takes for the same batches, with packing. build_s (getting ready), query_s and exhaustive_query_s
 * (each query) are not scaled. share_fine and share_full are the distances of the fine level, and those in full, over
 * all. */
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
};

/* A way to search, and its seconds to get ready, anew each time, and to search in batches. */
struct way {
    struct work work;
    size_t queries; /* the first ones, all or as many as there is time for */
    struct knn_neighbor *found;
    double chosen, ready, search;
};

/* Gets ready and searches once. */
static int search(struct way *way, struct knn_error *error) {
    struct work *work = &way->work;
    size_t batch = work->batch;
    stock_forget(work->stock);
    work_release(work);
    double start = knn_seconds();
    if (work->kind->prepare(work, error) != 0)
        return -1;
    double ready = knn_seconds();
    work->next = 0;
    for (size_t q = 0; q < way->queries; q += batch) {
        work->batch = knn_min(batch, way->queries - q); /* the last one may be shorter */
        if (work->kind->run(work, 1, error) != 0)
            return -1;
        memcpy(way->found + q * work->k, work->stock->found, work->batch * work->k * sizeof *way->found);
    }
    work->batch = batch;
    way->ready += ready - start + way->chosen;
    way->search += knn_seconds() - ready;
    return 0;
}

/* Seconds of the full job, whose other queries take as long as those of a run. */
static double full_job(const struct way *way) {
    double rows = FULL_ROWS / (double)way->work.stock->train.rows;
    return (way->ready + way->search * FULL_QUERIES / (double)way->queries) * rows;
}

static void count(struct gb_state *state, const struct way *way, const struct way *exhaustive, double rounds) {
    double queries = (double)way->queries, seconds = full_job(way) / rounds;
    double all = (double)way->work.stock->train.rows * queries * rounds;
    int by_bounds = way->work.kind != exhaustive->work.kind;
    gb_counter(state, "queries", queries, 0);
    gb_counter(state, "full_job_s", seconds, 0);
    gb_counter(state, "x_exhaustive", full_job(exhaustive) / rounds / seconds, 0);
    gb_counter(state, "build_s", way->ready / rounds, 0);
    gb_counter(state, "query_s", way->search / queries / rounds, 0);
    gb_counter(state, "exhaustive_query_s", exhaustive->search / (double)exhaustive->queries / rounds, 0);
    gb_counter(state, "share_fine", (double)way->work.fine / all, 0);
    gb_counter(state, "share_full", by_bounds ? (double)way->work.full / all : 1, 0);
}

/* Both ways in turn, which must give the same answers. */
static int run_rounds(struct gb_state *state, struct way *way, struct way *exhaustive, struct knn_error *error) {
    size_t k = way->work.k;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double before = way->ready + way->search;
        if (search(exhaustive, error) != 0 || search(way, error) != 0 ||
            verify_neighbors("the search by bounds", way->found, k, exhaustive->found, k, exhaustive->queries, error) !=
                RIGHT)
            return -1;
        gb_set_iteration_time(state, way->ready + way->search - before);
    }
    gb_stop(state);
    count(state, way, exhaustive, (double)iterations);
    return 0;
}

/* Gives the exhaustive search as many of the queries as there is time for: all of them take it equally long. */
static int limit(struct way *exhaustive, struct knn_error *error) {
    enum { SOME = 64 };
    const double allowed = 1;
    struct work some = exhaustive->work;
    double seconds;
    some.batch = knn_min(SOME, exhaustive->queries);
    int failed = some.kind->prepare(&some, error) != 0 || work_time(&some, 1, &seconds, error) != 0;
    if (!failed)
        exhaustive->queries =
            work_fitting(exhaustive->queries, some.batch, some.batch, seconds / (double)some.batch, allowed);
    work_release(&some);
    return failed ? -1 : 0;
}

/* Chooses bounds; among random bytes, what the library itself would choose. */
static void choose(struct way *way, const struct bounds_case *c, struct stock *stock) {
    const struct knn_job job = {.kernel = c->kernel, .team = stock->team};
    double start = knn_seconds();
    int bounds = !c->random || knn_bounds_pay(&job, knn_view(&stock->train), stock->picture);
    way->chosen = c->random ? knn_seconds() - start : 0;
    way->work = (bounds ? work_bounds : work_search)(stock, "bounds", c->kernel, stock->team, c->k, c->batch);
    way->work.loosely = c->random;
}

/* Replaces the rows and queries by as many random bytes. */
static int randomize(struct stock *stock, uint64_t seed, struct knn_matrix *bytes, struct knn_error *error) {
    if (knn_matrix_alloc(bytes, stock->train.rows + stock->queries.rows, stock->train.dim, error) != 0)
        return -1;
    for (size_t i = 0; i < bytes->rows * bytes->stride; i += sizeof seed) { /* a stride is a multiple of 64 */
        uint64_t random = knn_random(&seed);
        memcpy(bytes->data + i, &random, sizeof random);
    }
    struct knn_matrix queries = *bytes;
    queries.data = knn_matrix_row(bytes, stock->train.rows);
    queries.rows = stock->queries.rows;
    stock->train = first_rows(bytes, stock->train.rows);
    stock->queries = queries;
    return 0;
}

static int run(struct gb_state *state, void *context, struct knn_error *error) {
    enum { MOST = 2048, FEW = 32 }; /* queries: of large batches, of single ones */
    const struct bounds_case *c = context;
    struct stock stock = bench_stock(c->bench);
    struct knn_matrix bytes = {0};
    stock.queries = first_rows(&stock.queries, c->batch < FEW ? FEW : c->random ? c->batch : MOST);
    size_t neighbours = stock.queries.rows * c->k;
    struct way way = {.found = malloc(neighbours * sizeof *way.found)};
    struct way exhaustive = {.found = malloc(neighbours * sizeof *way.found)};
    int status = 0;
    if (way.found == NULL || exhaustive.found == NULL)
        status = knn_fail(error, "no memory for %zu neighbours", neighbours);
    else if (c->random)
        status = randomize(&stock, c->bench->dataset.seed, &bytes, error);
    if (status == 0) {
        choose(&way, c, &stock);
        exhaustive.work = work_search(&stock, "bounds", c->kernel, stock.team, c->k, c->batch);
        way.queries = exhaustive.queries = stock.queries.rows;
        status = limit(&exhaustive, error) != 0 ? -1 : run_rounds(state, &way, &exhaustive, error);
    }
    work_release(&way.work);
    stock_free(&stock);
    knn_matrix_free(&bytes);
    free(way.found);
    free(exhaustive.found);
    return status;
}

static int add(struct bench *bench, const struct knn_kernel *kernel, size_t k, size_t batch, int random,
               struct knn_error *error) {
    const struct bounds_case c = {bench, kernel, k, batch, random};
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
    enum { ALL = 2048, RANDOM = 512 };
    static const size_t ks[] = {1, 5, 10, 100}, batches[] = {1, 8, 64, 512};
    for (int metric = 0; metric < KNN_METRICS && !bench->quick; metric++) {
        if (!knn_metrics[metric].timed)
            continue;
        const struct knn_job job = {.kernel = knn_kernel_default((enum knn_metric)metric, bench->features)};
        if (knn_bounds_check(&job, bench->dataset.train.pixels.dim, bench->stock.picture, NULL) != 0)
            continue;
        for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++)
            if (add(bench, job.kernel, 1, batches[i], 0, error) != 0)
                return -1;
        for (size_t i = 0; i < sizeof ks / sizeof ks[0]; i++)
            if (add(bench, job.kernel, ks[i], ALL, 0, error) != 0)
                return -1;
        if (add(bench, job.kernel, 1, RANDOM, 1, error) != 0)
            return -1;
    }
    return 0;
}
