/* One kernel on one thread with everything in cache: several panels or rows in turn, so that no predictor of the CPU
 * learns the bytes. */
#include <stdlib.h>

#include "arith.h"
#include "work.h"

/* The images' bytes as rows of `dim`. */
static struct knn_matrix rows_of(const struct knn_matrix *images, size_t dim) {
    size_t images_each = (dim + images->stride - 1) / images->stride;
    return (struct knn_matrix){
        .data = images->data, .rows = images->rows / images_each, .dim = dim, .stride = images_each * images->stride};
}

int work_kernel_fits(const struct stock *stock, const struct knn_kernel *kernel, size_t dim) {
    return rows_of(&stock->queries, dim).rows >= kernel->mr && rows_of(&stock->train, dim).rows >= kernel->nr;
}

static size_t query_bytes(const struct work *work) {
    return work->kernel->tile != NULL ? knn_query_panel_bytes(work->kernel, work->identity.dim) : work->identity.dim;
}

/* Bytes of what does not change: the train panel, or the query of a pair kernel. */
static size_t fixed_bytes(const struct work *work) {
    return work->kernel->tile != NULL ? knn_train_panel_bytes(work->kernel, work->identity.dim) : work->identity.dim;
}

size_t work_kernel_bytes(const struct work *work) {
    return fixed_bytes(work) + work->turns * query_bytes(work);
}

static void limit_turns(struct work *work) {
    size_t there = work->kernel->tile != NULL ? work->query_rows.rows / work->kernel->mr : work->train_rows.rows;
    work->turns = knn_min(work->turns, there);
    while (work->budget > 0 && work->turns > 1 && work_kernel_bytes(work) > work->budget)
        work->turns--;
}

static int prepare(struct work *work, struct knn_error *error) {
    const struct knn_kernel *kernel = work->kernel;
    size_t dim = work->identity.dim, bytes = query_bytes(work);
    knn_topology_bind(work->team.topology, 0, work->team.threads);
    if (kernel->tile == NULL || work->train != NULL)
        return 0;
    work->queries = aligned_alloc(KNN_PANEL_ALIGN, work->turns * bytes);
    work->train = aligned_alloc(KNN_PANEL_ALIGN, fixed_bytes(work));
    if (work->queries == NULL || work->train == NULL)
        return knn_fail(error, "no memory for the panels of %s", kernel->name);
    for (size_t i = 0; i < work->turns; i++)
        kernel->pack_queries(knn_matrix_row(&work->query_rows, i * kernel->mr), work->query_rows.stride, kernel->mr,
                             dim, work->queries + i * bytes);
    kernel->pack_train(work->train_rows.data, work->train_rows.stride, kernel->nr, dim, work->train);
    return 0;
}

static uint32_t run_tiles(const struct work *work, uint64_t calls) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE], bound[32] = {0}, hits = 0;
    const struct knn_kernel *kernel = work->kernel;
    size_t dim = work->identity.dim, bytes = query_bytes(work), at = 0;
    for (uint64_t i = 0; i < calls; i++) {
        hits |= kernel->tile(work->queries + at * bytes, work->train, dim, kernel->mr, bound, out, work->train);
        at = at + 1 < work->turns ? at + 1 : 0;
    }
    return hits;
}

static uint32_t run_pairs(const struct work *work, uint64_t calls) {
    size_t dim = work->identity.dim, at = 0;
    uint32_t sum = 0;
    for (uint64_t i = 0; i < calls; i++) {
        sum += work->kernel->pair(work->query_rows.data, knn_matrix_row(&work->train_rows, at), dim);
        at = at + 1 < work->turns ? at + 1 : 0;
    }
    return sum;
}

static int run(struct work *work, uint64_t n, struct knn_error *error) {
    (void)error;
    uint32_t seen = (work->kernel->tile != NULL ? run_tiles : run_pairs)(work, n * work->calls);
    gb_do_not_optimize(seen);
    return 0;
}

/* One tile. */
static enum verified verify(struct work *work, struct knn_error *error) {
    struct knn_matrix queries = first_rows(&work->query_rows, work->kernel->mr);
    struct knn_matrix train = first_rows(&work->train_rows, work->kernel->nr);
    return verify_kernel(work->kernel, &queries, &train, error);
}

static double byte_pairs(const struct work *work) {
    return (double)work->calls * work->kernel->mr * work->kernel->nr * (double)work->identity.dim;
}

struct work work_kernel(struct stock *stock, const struct knn_kernel *kernel, const struct knn_team *team, size_t dim,
                        size_t turns, size_t budget) {
    static const struct work_kind kind = {prepare, run, verify, byte_pairs, NULL};
    struct work work = {.kind = &kind, .stock = stock, .kernel = kernel, .team = *team, .calls = 1};
    work.turns = turns;
    work.budget = budget;
    work.identity = identity_of("kernel", kernel);
    work.identity.dim = dim;
    work.identity.threads = 1;
    work.identity.named = NAME_DIM;
    work.query_rows = rows_of(&stock->queries, dim);
    work.train_rows = rows_of(&stock->train, dim);
    limit_turns(&work);
    return work;
}
