/* search/<kernel>/k:K/threads:N: the main job, selection included.
 *
 * The default kernels take all test images if that fits FULL_SECONDS; the others take as many as fit OTHER_SECONDS,
 * in whole blocks, and their time is scaled to the full job: the work of a query does not depend on the others. The
 * ceiling is measured directly before and after every search, on the same threads: machines change their clocks.
 *
 * latency/<kernel>/k:1/threads:N: one query at a time, beside the rate at which the same threads just read memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "clock.h"

static const double FULL_SECONDS = 9, OTHER_SECONDS = 1.0, QUICK_SECONDS = 0.12;

struct search_case {
    struct bench *bench;
    const struct knn_kernel *kernel;
    size_t team, k;
    size_t queries; /* 0: not chosen yet */
};

static double byte_pairs(const struct bench *bench, size_t queries) {
    const struct knn_matrix *train = &bench->dataset.train.pixels;
    return (double)queries * (double)train->rows * (double)train->dim;
}

static int timed_search(const struct search_case *c, size_t queries, double *seconds, struct knn_error *error) {
    struct knn_matrix view = bench_view(&c->bench->dataset.test.pixels, queries);
    struct knn_neighbor *found = malloc(view.rows * c->k * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for the neighbours of %zu queries", view.rows);
    double start = knn_seconds();
    const struct knn_job job = {.team = &c->bench->teams[c->team], .progress = bench_stopping};
    int status = knn_search_panels(&job, &c->bench->panels, knn_view(&view), c->k, found, error);
    *seconds = knn_seconds() - start;
    free(found);
    return status;
}

/* As many queries as the time allows, from the time that a few take. */
static int choose_queries(struct search_case *c, struct knn_error *error) {
    enum { BLOCK = 240 };
    int is_default = c->kernel == knn_kernel_default(c->kernel->metric, c->bench->features);
    double allowed = c->bench->quick ? QUICK_SECONDS : is_default ? FULL_SECONDS : OTHER_SECONDS;
    size_t all = c->bench->dataset.test.pixels.rows, unit = (size_t)c->kernel->mr * c->bench->teams[c->team].threads;
    double seconds = 0;
    if (timed_search(c, unit, &seconds, error) != 0)
        return -1;
    double fit = allowed / seconds * (double)unit;
    size_t block = fit >= 2 * BLOCK ? BLOCK : unit;
    c->queries = fit >= (double)all ? all : (size_t)fmax(1, fit / (double)block) * block;
    return 0;
}

static void count(struct gb_state *state, const struct search_case *c, double seconds, double ceiling) {
    double rate = byte_pairs(c->bench, c->queries) / seconds;
    double dim = (double)c->bench->dataset.train.pixels.dim;
    gb_counter(state, "queries", (double)c->queries, 0);
    gb_counter(state, "full_job_s", (double)FULL_QUERIES * FULL_ROWS * dim / rate, 0);
    gb_counter(state, "distances_per_s", rate / dim, 0);
    gb_counter(state, "x_scalar", rate / bench_scalar_rate(c->bench, c->team, c->kernel->metric), 0);
    if (ceiling > 0)
        gb_counter(state, "of_ceiling", rate / ceiling, 0);
}

static double ceiling_now(const struct search_case *c, const struct ceiling *ceiling) {
    double seconds = c->bench->quick ? 0.02 : 0.06;
    return ceiling != NULL ? bench_ceiling_rate(&c->bench->teams[c->team], ceiling, seconds) : 0;
}

static void run_search(struct gb_state *state, void *context) {
    struct search_case *c = context;
    struct knn_error error;
    if (bench_prepare(c->bench, c->kernel, &error) != 0 || (c->queries == 0 && choose_queries(c, &error) != 0)) {
        gb_skip_with_error(state, "%s", error.message);
        return;
    }
    const struct ceiling *ceiling = bench_ceiling(c->bench, c->team, c->kernel);
    double sum = 0, before = ceiling_now(c, ceiling);
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double seconds = 0;
        if (timed_search(c, c->queries, &seconds, &error) != 0) {
            gb_skip_with_error(state, "%s", error.message);
            return;
        }
        gb_set_iteration_time(state, seconds);
        sum += seconds;
    }
    gb_stop(state);
    double after = ceiling_now(c, ceiling);
    count(state, c, sum / (double)iterations, (before + after) / 2);
}

static void run_latency(struct gb_state *state, void *context) {
    enum { READS = 5 };
    struct search_case *c = context;
    struct knn_error error;
    if (bench_prepare(c->bench, c->kernel, &error) != 0) {
        gb_skip_with_error(state, "%s", error.message);
        return;
    }
    c->queries = 1;
    double sum = 0, before = bench_read_rate(c->bench, c->team, READS);
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double seconds = 0;
        if (timed_search(c, 1, &seconds, &error) != 0) {
            gb_skip_with_error(state, "%s", error.message);
            return;
        }
        gb_set_iteration_time(state, seconds);
        sum += seconds;
    }
    gb_stop(state);
    double read = (before + bench_read_rate(c->bench, c->team, READS)) / 2;
    double seconds = sum / (double)iterations;
    gb_counter(state, "query_ms", 1e3 * seconds, 0);
    if (read > 0)
        gb_counter(state, "of_read_ceiling", byte_pairs(c->bench, 1) / seconds / read, 0);
}

static int add(struct bench *bench, const struct knn_kernel *kernel, size_t k, size_t team, const char *group,
               gb_fn *function, struct knn_error *error) {
    const struct search_case c = {.bench = bench, .kernel = kernel, .team = team, .k = k};
    struct identity identity = bench_search_identity(bench, group, kernel, bench->teams[team].threads);
    identity.k = k;
    if (function == run_latency)
        identity.batch = 1;
    identity.named = NAME_K | NAME_THREADS;
    return bench_add(bench, &identity, function, GB_MS, &c, sizeof c, error);
}

static int add_kernel(struct bench *bench, const struct knn_kernel *kernel, struct knn_error *error) {
    static const size_t more_k[] = {5, 100};
    size_t last = bench->team_count - 1;
    for (size_t team = 0; team <= last; team++)
        if (add(bench, kernel, 1, team, "search", run_search, error) != 0)
            return -1;
    if (kernel != knn_kernel_default(kernel->metric, bench->features))
        return 0;
    for (size_t i = 0; i < sizeof more_k / sizeof more_k[0]; i++)
        if (more_k[i] <= bench->dataset.train.pixels.rows &&
            add(bench, kernel, more_k[i], last, "search", run_search, error) != 0)
            return -1;
    return add(bench, kernel, 1, last, "latency", run_latency, error);
}

int register_searches(struct bench *bench, struct knn_error *error) {
    size_t count_of;
    const struct knn_kernel *const *kernels = knn_kernels(&count_of);
    for (size_t i = 0; i < count_of; i++)
        if (knn_metrics[kernels[i]->metric].timed && knn_kernel_runs(kernels[i], bench->features) &&
            add_kernel(bench, kernels[i], error) != 0)
            return -1;
    return 0;
}
