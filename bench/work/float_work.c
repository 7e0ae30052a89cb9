/* The search in float32, to show what staying in bytes gains. */
#include <stdio.h>

#include "arith.h"
#include "f32.h"
#include "work.h"

static int prepare(struct work *work, struct knn_error *error) {
    struct f32_rows *rows = work->float_rows;
    if (stock_reserve(work->stock, work->stock->queries.rows, error) != 0)
        return -1;
    return rows->panels.data != NULL ? 0 : f32_pack(rows, rows->kernel, &work->stock->train, &work->team, error);
}

/* The indices use the room for neighbours, which are larger. */
static uint32_t *nearest_of(const struct work *work) {
    return (uint32_t *)(void *)work->stock->found;
}

static int run(struct work *work, uint64_t n, struct knn_error *error) {
    struct knn_matrix queries = first_rows(&work->stock->queries, work->batch);
    int status = 0;
    for (uint64_t i = 0; i < n && status == 0; i++)
        status = f32_search(work->float_rows, &queries, work->kernel->metric, nearest_of(work), &work->team, error);
    return status;
}

/* Rounding may exchange rows that are nearly as near: the exact distances must still agree to a thousandth. */
static enum verified verify(struct work *work, struct knn_error *error) {
    const struct knn_matrix *train = &work->stock->train;
    struct knn_matrix queries = first_rows(&work->stock->queries, VERIFIED_QUERIES);
    size_t stride;
    const struct knn_neighbor *expected = stock_expected(work->stock, work->kernel->metric, &stride, error);
    if (expected == NULL ||
        f32_search(work->float_rows, &queries, work->kernel->metric, nearest_of(work), &work->team, error) != 0)
        return FAILED;
    for (size_t q = 0; q < queries.rows; q++) {
        double found =
            work->kernel->pair(knn_matrix_row(&queries, q), knn_matrix_row(train, nearest_of(work)[q]), train->dim);
        double exact = (double)expected[q * stride].distance;
        if (found > exact * 1.001) {
            knn_fail(error, "float32 %s: query %zu's nearest row is at %.0f, not at %.0f", work->identity.metric, q,
                     found, exact);
            return WRONG;
        }
    }
    return RIGHT;
}

struct work work_float(struct stock *stock, const char *group, enum knn_metric metric, const struct knn_team *team,
                       struct f32_rows *rows) {
    static const struct work_kind kind = {prepare, run, verify, work_search_pairs, NULL};
    struct work work = work_search(stock, group, knn_kernel_reference(metric), team, 1, stock->queries.rows);
    work.kind = &kind;
    work.float_rows = rows;
    work.identity.kernel = rows->kernel->names[metric];
    work.identity.isa = rows->kernel->isa;
    work.identity.code = "compiler";
    work.identity.type = "float32";
    return work;
}
