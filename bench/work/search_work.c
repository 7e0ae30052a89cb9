/* The exhaustive search, selection included. */
#include "arith.h"
#include "work.h"

const struct work_policy work_policies[WORK_POLICIES] = {
    {"dynamic-auto", {0}, 1, SIZE_MAX},
    {"static-auto", {.loop = KNN_LOOP_STATIC}, 1, SIZE_MAX},
    {"guided-auto", {.loop = KNN_LOOP_GUIDED}, 1, 512},
    {"tasks-auto", {.loop = KNN_LOOP_TASKS}, 1, 512},
    {"dynamic-queries", {.split = KNN_SPLIT_QUERIES}, 1, SIZE_MAX},
    {"dynamic-rows", {.split = KNN_SPLIT_ROWS}, 1, SIZE_MAX},
    {"dynamic-both", {.split = KNN_SPLIT_BOTH}, 1, 4096},
    {"free", {0}, 0, 4096},
};

static int prepare(struct work *work, struct knn_error *error) {
    return stock_panels(work->stock, work->kernel, error) != NULL &&
                   stock_reserve(work->stock, work->stock->queries.rows * work->k, error) == 0
               ? 0
               : -1;
}

/* The panels of the train rows that it searches. */
static struct knn_panels panels_of(const struct work *work, const struct knn_panels *all) {
    struct knn_panels part = *all;
    if (work->rows == 0 || work->rows >= all->rows.rows)
        return part;
    part.rows.rows = work->rows;
    part.count = (work->rows + work->kernel->nr - 1) / work->kernel->nr;
    return part;
}

static struct knn_rows next_batch(struct work *work) {
    const struct knn_matrix *queries = &work->stock->queries;
    if (work->next + work->batch > queries->rows)
        work->next = 0;
    struct knn_matrix view = first_rows(queries, work->batch);
    view.data = knn_matrix_row(queries, work->next);
    work->next += work->batch;
    return knn_view(&view);
}

static int search(struct work *work, struct knn_rows queries, struct knn_error *error) {
    const struct knn_job job = {.team = &work->team, .policy = work->policy, .progress = work->stock->progress};
    const struct knn_panels *all = stock_panels(work->stock, work->kernel, error);
    if (all == NULL)
        return -1;
    const struct knn_panels panels = panels_of(work, all);
    return knn_search_panels(&job, &panels, queries, work->k, work->stock->found, error);
}

int work_run_searches(struct work *work, uint64_t n, struct knn_error *error) {
    int status = 0;
    for (uint64_t i = 0; i < n && status == 0; i++)
        status = work->kind->search(work, next_batch(work), error);
    return status;
}

/* Verifies batches as they are timed: a short one has other panels than a long one. Bounds have none. */
enum verified work_verify_searches(struct work *work, struct knn_error *error) {
    size_t stride, k = work->k,
                   count = work->bounds != NULL ? VERIFIED_QUERIES : knn_min(work->batch, VERIFIED_QUERIES);
    const struct knn_neighbor *expected = stock_expected(work->stock, work->kernel->metric, &stride, error);
    struct knn_matrix queries = first_rows(&work->stock->queries, count);
    if (expected == NULL)
        return FAILED;
    work->k = knn_min(k, stride);
    enum verified verified = FAILED;
    if (work->kind->search(work, knn_view(&queries), error) == 0)
        verified =
            verify_neighbors(work->kernel->name, work->stock->found, work->k, expected, stride, queries.rows, error);
    work->k = k;
    return verified;
}

double work_search_pairs(const struct work *work) {
    size_t rows = work->rows > 0 ? work->rows : work->stock->train.rows;
    return (double)work->batch * (double)rows * (double)work->stock->train.dim;
}

struct work work_search(struct stock *stock, const char *group, const struct knn_kernel *kernel,
                        const struct knn_team *team, size_t k, size_t batch) {
    static const struct work_kind kind = {prepare, work_run_searches, work_verify_searches, work_search_pairs, search};
    struct work work = {.kind = &kind, .stock = stock, .kernel = kernel, .team = *team, .k = k};
    work.batch = knn_min(batch, stock->queries.rows);
    work.identity = identity_of(group, kernel);
    work.identity.search = "exhaustive";
    work.identity.k = k;
    work.identity.dim = stock->train.dim;
    work.identity.batch = work.batch;
    work.identity.threads = team->threads;
    return work;
}
