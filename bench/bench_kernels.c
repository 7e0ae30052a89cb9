/* kernel/<name>/dim:3072: one kernel on one thread with everything in cache: a tile kernel on one train panel and a few
 * query panels, a pair kernel on a few rows. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "verify.h"

enum { QUERY_PANELS = 8, PAIR_ROWS = 8 };

struct kernel_case {
    struct bench *bench;
    const struct knn_kernel *kernel;
    uint8_t *queries, *train; /* packed; NULL for a pair kernel */
};

/* A place for a case that lives as long as the program, as its registration does; NULL when there are more than
 * planned. */
static struct kernel_case *next_case(void) {
    static struct kernel_case cases[MAX_CASES];
    static size_t count_of_cases;
    return count_of_cases < MAX_CASES ? &cases[count_of_cases++] : NULL;
}

static int64_t run_tiles(struct gb_state *state, const struct kernel_case *c, size_t dim) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE], bound[32] = {0};
    size_t bytes = knn_query_panel_bytes(c->kernel, dim);
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        uint32_t hits =
            c->kernel->tile(c->queries + (size_t)i % QUERY_PANELS * bytes, c->train, dim, c->kernel->mr, bound, out);
        gb_do_not_optimize(hits);
    }
    gb_stop(state);
    return iterations;
}

static int64_t run_pairs(struct gb_state *state, const struct kernel_case *c, size_t dim) {
    const struct knn_matrix *queries = &c->bench->dataset.test.pixels, *train = &c->bench->dataset.train.pixels;
    size_t rows = train->rows < PAIR_ROWS ? train->rows : PAIR_ROWS;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        uint32_t distance = c->kernel->pair(queries->data, knn_matrix_row(train, (size_t)i % rows), dim);
        gb_do_not_optimize(distance);
    }
    gb_stop(state);
    return iterations;
}

static int pack(struct kernel_case *c, struct knn_error *error) {
    const struct knn_kernel *kernel = c->kernel;
    const struct knn_matrix *queries = &c->bench->dataset.test.pixels, *train = &c->bench->dataset.train.pixels;
    if (queries->rows < kernel->mr || train->rows < kernel->nr)
        return knn_fail(error, "the data set has fewer images than a tile of %s", kernel->name);
    if (verify_kernel(kernel, queries, train, error) != 0)
        return -1;
    if (kernel->pair != NULL)
        return 0;
    size_t bytes = knn_query_panel_bytes(kernel, train->dim);
    c->queries = aligned_alloc(KNN_PANEL_ALIGN, QUERY_PANELS * bytes);
    c->train = aligned_alloc(KNN_PANEL_ALIGN, knn_train_panel_bytes(kernel, train->dim));
    if (c->queries == NULL || c->train == NULL)
        return knn_fail(error, "no memory for the panels of %s", kernel->name);
    for (size_t i = 0; i < QUERY_PANELS; i++)
        kernel->pack_queries(queries->data, queries->stride, kernel->mr, queries->dim, c->queries + i * bytes);
    kernel->pack_train(train->data, train->stride, kernel->nr, train->dim, c->train);
    return 0;
}

static void run(struct gb_state *state, void *context) {
    struct kernel_case c = *(struct kernel_case *)context;
    struct knn_error error;
    const struct knn_team *team = &c.bench->teams[0];
    size_t dim = c.bench->dataset.train.pixels.dim;
    if (pack(&c, &error) == 0) {
        const struct ceiling *ceiling = bench_ceiling(c.bench, 0, c.kernel);
        double limit = ceiling != NULL ? bench_ceiling_rate(team, ceiling, 0.03) : 0;
        knn_topology_bind(team->topology, 0, team->threads); /* the core whose ceiling and clock are measured */
        double clock = clock_rate(0.005) / 2;
        double start = bench_seconds();
        int64_t iterations = c.kernel->tile != NULL ? run_tiles(state, &c, dim) : run_pairs(state, &c, dim);
        double elapsed = bench_seconds() - start;
        clock += clock_rate(0.005) / 2;
        double pairs = (double)iterations * c.kernel->mr * c.kernel->nr * (double)dim;
        gb_counter(state, "byte_pairs_per_s", pairs / elapsed, 0);
        if (clock > 0)
            gb_counter(state, "byte_pairs_per_cycle", pairs / elapsed / clock, 0);
        if (limit > 0)
            gb_counter(state, "of_ceiling", pairs / elapsed / limit, 0);
    } else {
        gb_skip_with_error(state, "%s", error.message);
    }
    free(c.queries);
    free(c.train);
}

int register_kernels(struct bench *bench) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        if (!knn_kernel_runs(kernels[i], bench->features))
            continue;
        struct kernel_case *c = next_case();
        if (c == NULL)
            return -1;
        *c = (struct kernel_case){.bench = bench, .kernel = kernels[i]};
        char name[96];
        snprintf(name, sizeof name, "kernel/%s/dim:%zu", kernels[i]->name, bench->dataset.train.pixels.dim);
        if (gb_register(&(struct gb_benchmark){
                .name = name, .function = run, .context = c, .unit = GB_NS, .clock = GB_REAL_TIME}) == NULL)
            return -1;
    }
    return 0;
}
