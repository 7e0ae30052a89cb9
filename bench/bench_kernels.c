/* kernel/<name>/dim:D: one kernel on one thread with everything in cache: a tile kernel on one train panel and several
 * query panels in turn, a pair kernel on several rows in turn, as many as BUDGET holds (at least one; `input_bytes`
 * says how much it was), so that nothing learns the bytes by heart. Rows of D bytes are cut from the images as they lie
 * in memory, longer ones from several. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "clock.h"
#include "verify.h"

enum { BUDGET = 512 * 1024, MOST_PANELS = 8, QUICK_DIM = 3072 };

static const size_t dims[] = {128, 784, 3072, 12288};

struct kernel_case {
    struct bench *bench;
    const struct knn_kernel *kernel;
    size_t dim;
    struct knn_matrix query_rows, train_rows; /* views of the images */
    size_t panels;                            /* query panels, or train rows of a pair kernel, used in turn */
    uint8_t *queries, *train;                 /* packed; NULL for a pair kernel */
};

static int64_t run_tiles(struct gb_state *state, const struct kernel_case *c) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE], bound[32] = {0};
    size_t bytes = knn_query_panel_bytes(c->kernel, c->dim), panel = 0;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        uint32_t hits = c->kernel->tile(c->queries + panel * bytes, c->train, c->dim, c->kernel->mr, bound, out);
        gb_do_not_optimize(hits);
        panel = panel + 1 < c->panels ? panel + 1 : 0;
    }
    gb_stop(state);
    return iterations;
}

static int64_t run_pairs(struct gb_state *state, const struct kernel_case *c) {
    size_t row = 0;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        uint32_t distance = c->kernel->pair(c->query_rows.data, knn_matrix_row(&c->train_rows, row), c->dim);
        gb_do_not_optimize(distance);
        row = row + 1 < c->panels ? row + 1 : 0;
    }
    gb_stop(state);
    return iterations;
}

/* The images' bytes as rows of `dim`. */
static struct knn_matrix rows_of(const struct knn_matrix *images, size_t dim) {
    size_t images_each = (dim + images->stride - 1) / images->stride;
    return (struct knn_matrix){
        .data = images->data, .rows = images->rows / images_each, .dim = dim, .stride = images_each * images->stride};
}

/* How many query panels, or rows, the budget holds beside what does not change. */
static size_t panels_in_budget(const struct kernel_case *c) {
    size_t each = c->kernel->tile != NULL ? knn_query_panel_bytes(c->kernel, c->dim) : c->dim;
    size_t fixed = c->kernel->tile != NULL ? knn_train_panel_bytes(c->kernel, c->dim) : c->dim;
    size_t fit = fixed + each < BUDGET ? (BUDGET - fixed) / each : 1;
    size_t there = c->kernel->tile != NULL ? c->query_rows.rows / c->kernel->mr : c->train_rows.rows;
    size_t most = there < MOST_PANELS ? there : MOST_PANELS;
    return fit < most ? fit : most;
}

static size_t input_bytes(const struct kernel_case *c) {
    if (c->kernel->tile == NULL)
        return (1 + c->panels) * c->dim;
    return c->panels * knn_query_panel_bytes(c->kernel, c->dim) + knn_train_panel_bytes(c->kernel, c->dim);
}

static int pack(struct kernel_case *c, struct knn_error *error) {
    const struct knn_kernel *kernel = c->kernel;
    const struct knn_matrix *queries = &c->query_rows, *train = &c->train_rows;
    c->query_rows = rows_of(&c->bench->dataset.test.pixels, c->dim);
    c->train_rows = rows_of(&c->bench->dataset.train.pixels, c->dim);
    if (verify_kernel(kernel, queries, train, error) != 0)
        return -1;
    c->panels = panels_in_budget(c);
    if (kernel->pair != NULL)
        return 0;
    size_t bytes = knn_query_panel_bytes(kernel, c->dim);
    c->queries = aligned_alloc(KNN_PANEL_ALIGN, c->panels * bytes);
    c->train = aligned_alloc(KNN_PANEL_ALIGN, knn_train_panel_bytes(kernel, c->dim));
    if (c->queries == NULL || c->train == NULL)
        return knn_fail(error, "no memory for the panels of %s", kernel->name);
    for (size_t i = 0; i < c->panels; i++)
        kernel->pack_queries(knn_matrix_row(queries, i * kernel->mr), queries->stride, kernel->mr, c->dim,
                             c->queries + i * bytes);
    kernel->pack_train(train->data, train->stride, kernel->nr, c->dim, c->train);
    return 0;
}

static void measure(struct gb_state *state, struct kernel_case *c) {
    const struct knn_team *team = &c->bench->teams[0];
    const struct ceiling *ceiling = bench_ceiling(c->bench, 0, c->kernel);
    double limit = ceiling != NULL ? bench_ceiling_rate(team, ceiling, 0.03) : 0;
    knn_topology_bind(team->topology, 0, team->threads); /* the core whose ceiling and clock are measured */
    double clock = clock_rate(0.005) / 2;
    double start = knn_seconds();
    int64_t iterations = c->kernel->tile != NULL ? run_tiles(state, c) : run_pairs(state, c);
    double elapsed = knn_seconds() - start;
    gb_set_iteration_time(state, elapsed);
    clock += clock_rate(0.005) / 2;
    double pairs = (double)iterations * c->kernel->mr * c->kernel->nr * (double)c->dim;
    gb_counter(state, "byte_pairs_per_s", pairs / elapsed, 0);
    gb_counter(state, "input_bytes", (double)input_bytes(c), 0);
    if (clock > 0)
        gb_counter(state, "byte_pairs_per_cycle", pairs / elapsed / clock, 0);
    if (limit > 0)
        gb_counter(state, "of_ceiling", pairs / elapsed / limit, 0);
}

static void run(struct gb_state *state, void *context) {
    struct kernel_case c = *(struct kernel_case *)context;
    struct knn_error error;
    if (pack(&c, &error) == 0)
        measure(state, &c);
    else
        gb_skip_with_error(state, "%s", error.message);
    free(c.queries);
    free(c.train);
}

/* 1 if the images make enough rows for a tile. */
static int fits(const struct bench *bench, const struct knn_kernel *kernel, size_t dim) {
    return rows_of(&bench->dataset.test.pixels, dim).rows >= kernel->mr &&
           rows_of(&bench->dataset.train.pixels, dim).rows >= kernel->nr;
}

static int add(struct bench *bench, const struct knn_kernel *kernel, size_t dim, struct knn_error *error) {
    const struct kernel_case c = {.bench = bench, .kernel = kernel, .dim = dim};
    struct identity identity = identity_of("kernel", kernel);
    identity.dim = dim;
    identity.threads = 1;
    identity.named = NAME_DIM;
    return bench_add(bench, &identity, run, GB_NS, &c, sizeof c, error);
}

int register_kernels(struct bench *bench, struct knn_error *error) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++)
            if ((!bench->quick || dims[d] == QUICK_DIM) && knn_metrics[kernels[i]->metric].timed &&
                knn_kernel_runs(kernels[i], bench->features) && fits(bench, kernels[i], dims[d]) &&
                add(bench, kernels[i], dims[d], error) != 0)
                return -1;
    return 0;
}
