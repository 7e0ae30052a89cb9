/* search/<metric>_f32<isa>/k:1/threads:N: the job in float32, on as many queries as fit a second, scaled; `x_bytes` is
 * how many times longer it takes than the default byte kernel on the same queries, timed before and after. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "clock.h"

struct f32_case {
    struct bench *bench;
    enum knn_metric metric;
    size_t queries; /* 0: not chosen yet */
};

static const struct knn_team *team_of(const struct bench *bench) {
    return &bench->teams[bench->team_count - 1];
}

/* Rounding may exchange rows that are nearly as near: the exact distances must still agree to a thousandth. */
static int verify(const struct f32_case *c, const uint32_t *nearest, struct knn_error *error) {
    const struct knn_matrix *queries = &c->bench->dataset.test.pixels, *train = &c->bench->dataset.train.pixels;
    const struct knn_kernel *reference = knn_kernel_reference(c->metric);
    size_t count = queries->rows < VERIFIED_QUERIES ? queries->rows : VERIFIED_QUERIES;
    for (size_t q = 0; q < count; q++) {
        double found = reference->pair(knn_matrix_row(queries, q), knn_matrix_row(train, nearest[q]), train->dim);
        double exact = (double)c->bench->expected[c->metric][q].distance;
        if (found > exact * 1.001)
            return knn_fail(error, "float32 %s: query %zu's nearest row is at %.0f, not at %.0f",
                            knn_metrics[c->metric].name, q, exact, found);
    }
    return 0;
}

static int search(const struct f32_case *c, size_t queries, double *seconds, struct knn_error *error) {
    struct knn_matrix view = bench_view(&c->bench->dataset.test.pixels, queries);
    uint32_t *nearest = malloc(view.rows * sizeof *nearest);
    if (nearest == NULL)
        return knn_fail(error, "no memory for the neighbours of %zu queries", view.rows);
    double start = knn_seconds();
    int status = f32_search(&c->bench->f32, &view, c->metric, nearest, team_of(c->bench), error);
    *seconds = knn_seconds() - start;
    if (status == 0 && queries >= VERIFIED_QUERIES)
        status = verify(c, nearest, error);
    free(nearest);
    return status;
}

static int search_bytes(const struct f32_case *c, double *seconds, struct knn_error *error) {
    struct knn_matrix view = bench_view(&c->bench->dataset.test.pixels, c->queries);
    struct knn_neighbor *found = malloc(view.rows * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for the neighbours of %zu queries", view.rows);
    double start = knn_seconds();
    const struct knn_job job = {.team = team_of(c->bench), .progress = bench_stopping};
    int status = knn_search_panels(&job, &c->bench->panels, knn_view(&view), 1, found, error);
    *seconds = knn_seconds() - start;
    free(found);
    return status;
}

static int prepare(struct f32_case *c, struct knn_error *error) {
    struct bench *bench = c->bench;
    const double allowed = bench->quick ? 0.12 : 1.0;
    double seconds;
    if (bench_prepare(bench, knn_kernel_default(c->metric, bench->features), error) != 0)
        return -1;
    const struct f32_kernel *kernel = f32_kernel(bench->features);
    if (kernel == NULL)
        return knn_fail(error, "no float32 kernel for this CPU");
    if (bench->f32.kernel == NULL &&
        f32_pack(&bench->f32, kernel, &bench->dataset.train.pixels, team_of(bench), error) != 0)
        return -1;
    if (c->queries > 0)
        return 0;
    size_t unit = (size_t)F32_BLOCK_TILES * kernel->mr * team_of(bench)->threads;
    size_t all = bench->dataset.test.pixels.rows;
    if (search(c, unit, &seconds, error) != 0)
        return -1;
    double fit = fmax(1, allowed / seconds) * (double)unit;
    c->queries = fit >= (double)all ? all : (size_t)fit / unit * unit;
    return 0;
}

static void run(struct gb_state *state, void *context) {
    struct f32_case *c = context;
    struct knn_error error;
    double seconds = 0, before = 0, after = 0;
    if (prepare(c, &error) != 0 || search_bytes(c, &before, &error) != 0) {
        gb_skip_with_error(state, "%s", error.message);
        return;
    }
    int64_t iterations = gb_start(state);
    double sum = 0;
    for (int64_t i = 0; i < iterations; i++, sum += seconds) {
        if (search(c, c->queries, &seconds, &error) != 0) {
            gb_skip_with_error(state, "%s", error.message);
            return;
        }
        gb_set_iteration_time(state, seconds);
    }
    gb_stop(state);
    if (search_bytes(c, &after, &error) != 0) {
        gb_skip_with_error(state, "%s", error.message);
        return;
    }
    const struct knn_matrix *train = &c->bench->dataset.train.pixels;
    double each = sum / (double)iterations, distances = (double)c->queries * (double)train->rows / each;
    gb_counter(state, "queries", (double)c->queries, 0);
    gb_counter(state, "full_job_s", (double)FULL_QUERIES * FULL_ROWS / distances, 0);
    gb_counter(state, "distances_per_s", distances, 0);
    gb_counter(state, "x_bytes", each / ((before + after) / 2), 0);
    gb_counter(state, "x_scalar",
               distances * (double)train->dim / bench_scalar_rate(c->bench, c->bench->team_count - 1, c->metric), 0);
}

int register_f32(struct bench *bench, struct knn_error *error) {
    const struct f32_kernel *kernel = bench->quick ? NULL : f32_kernel(bench->features); /* packing takes seconds */
    for (unsigned metric = 0; kernel != NULL && metric < KNN_METRICS && knn_metrics[metric].timed; metric++) {
        const struct f32_case c = {.bench = bench, .metric = metric};
        char name[64];
        snprintf(name, sizeof name, "%s_f32%s", knn_metrics[metric].name, kernel->isa);
        struct identity identity =
            bench_search_identity(bench, "search", knn_kernel_reference(metric), team_of(bench)->threads);
        identity.kernel = name;
        identity.isa = kernel->isa;
        identity.code = "compiler";
        identity.type = "float32";
        identity.named = NAME_K | NAME_THREADS;
        if (bench_add(bench, &identity, run, GB_MS, &c, sizeof c, error) != 0)
            return -1;
    }
    return 0;
}
