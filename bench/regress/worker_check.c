/* Correctness before timing: a benchmark's kernel beside the scalar reference on the data file's first rows. */
#include <stdio.h>
#include <stdlib.h>

#include "engine.h"
#include "kernel.h"
#include "worker.h"

enum { CHECKED_QUERIES = 2 * KNN_MAX_MR, CHECKED_ROWS = 512, SEARCHED_QUERIES = KNN_MAX_MR + 1 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The reference's distances, queries by rows, computed once; NULL without memory. */
static const uint32_t *expected_of(struct worker *worker, enum knn_metric metric) {
    const struct knn_matrix *queries = &worker->data.queries, *train = &worker->data.train;
    const struct knn_kernel *reference = knn_kernel_reference(metric);
    uint32_t **expected = &worker->expected[metric];
    if (*expected != NULL || (*expected = calloc(CHECKED_QUERIES * CHECKED_ROWS, sizeof **expected)) == NULL)
        return *expected;
    for (size_t i = 0; i < least(queries->rows, CHECKED_QUERIES); i++)
        for (size_t j = 0; j < least(train->rows, CHECKED_ROWS); j++)
            (*expected)[i * CHECKED_ROWS + j] =
                reference->pair(knn_matrix_row(queries, i), knn_matrix_row(train, j), train->dim);
    return *expected;
}

/* The first `nq` queries from `query` on against `nr` rows from `row` on; `panels` is room for both panels. The tile's
 * mask, or 0. */
static uint32_t compute(const struct worker *worker, const struct knn_kernel *kernel, size_t query, size_t nq,
                        size_t row, size_t nr, uint8_t *panels, const uint32_t *bound, uint32_t *out) {
    const struct knn_matrix *queries = &worker->data.queries, *train = &worker->data.train;
    if (kernel->pair != NULL) {
        out[0] = kernel->pair(knn_matrix_row(queries, query), knn_matrix_row(train, row), train->dim);
        return 0;
    }
    uint8_t *train_panel = panels + knn_query_panel_bytes(kernel, train->dim);
    kernel->pack_queries(knn_matrix_row(queries, query), queries->stride, nq, train->dim, panels);
    kernel->pack_train(knn_matrix_row(train, row), train->stride, nr, train->dim, train_panel);
    return kernel->tile(panels, train_panel, train->dim, (unsigned)nq, bound, out);
}

/* The mask that belongs to these distances. */
static uint32_t mask_of(const struct knn_kernel *kernel, size_t nq, const uint32_t *bound, const uint32_t *out) {
    uint32_t mask = 0;
    for (size_t i = 0; kernel->tile != NULL && i < nq; i++)
        for (size_t j = 0; j < kernel->nr; j++)
            mask |= (uint32_t)(out[i * kernel->nr + j] < bound[i]) << i;
    return mask;
}

static int check_tile(struct worker *worker, const struct knn_kernel *kernel, size_t query, size_t row, uint8_t *panels,
                      const uint32_t *expected, char *answer, size_t size) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE] = {0}, bound[KNN_MAX_MR] = {0};
    size_t nq = least(least(worker->data.queries.rows, CHECKED_QUERIES) - query, kernel->mr);
    size_t nr = least(least(worker->data.train.rows, CHECKED_ROWS) - row, kernel->nr);
    for (size_t i = 1; i < nq; i += 2) /* every other query has a row that is near enough */
        bound[i] = expected[(query + i) * CHECKED_ROWS + row] + 1;
    uint32_t mask = compute(worker, kernel, query, nq, row, nr, panels, bound, out);
    for (size_t i = 0; i < nq; i++)
        for (size_t j = 0; j < nr; j++) {
            uint32_t right = expected[(query + i) * CHECKED_ROWS + row + j], found = out[i * kernel->nr + j];
            if (found != right) {
                snprintf(answer, size, "wrong %s: query %zu, row %zu: %u, not %u", kernel->name, query + i, row + j,
                         found, right);
                return -1;
            }
        }
    if (mask == mask_of(kernel, nq, bound, out))
        return 0;
    snprintf(answer, size, "wrong %s: queries from %zu, rows from %zu: mask %x, not %x", kernel->name, query, row, mask,
             mask_of(kernel, nq, bound, out));
    return -1;
}

static int check_kernel(struct worker *worker, const struct knn_kernel *kernel, char *answer, size_t size) {
    size_t dim = worker->data.train.dim;
    const uint32_t *expected = expected_of(worker, kernel->metric);
    uint8_t *panels = NULL;
    if (kernel->tile != NULL)
        panels =
            aligned_alloc(KNN_PANEL_ALIGN, knn_query_panel_bytes(kernel, dim) + knn_train_panel_bytes(kernel, dim));
    int status = 0;
    if (expected == NULL || (kernel->tile != NULL && panels == NULL)) {
        snprintf(answer, size, "error no memory to check %s", kernel->name);
        status = -1;
    }
    for (size_t i = 0; status == 0 && i < least(worker->data.queries.rows, CHECKED_QUERIES); i += kernel->mr)
        for (size_t j = 0; status == 0 && j < least(worker->data.train.rows, CHECKED_ROWS); j += kernel->nr)
            status = check_tile(worker, kernel, i, j, panels, expected, answer, size);
    free(panels);
    return status;
}

/* The answers of a search, against the reference's own search: by batches as they are timed, for a short one has other
 * panels than a long one. */
static int compare_search(struct worker *worker, const struct job *job, char *answer, size_t size) {
    struct knn_matrix queries = worker->data.queries;
    queries.rows = least(queries.rows, least(job->batch, SEARCHED_QUERIES));
    struct {
        const struct knn_kernel *kernel;
        struct knn_neighbor *found;
    } both[2] = {{.kernel = knn_kernel_reference(job->kernel->metric)}, {.kernel = job->kernel}};
    struct knn_error error = {""};
    int status = 0;
    for (size_t s = 0; s < 2 && status == 0; s++) {
        struct knn_panels panels;
        both[s].found = calloc(queries.rows * job->k + 1, sizeof *both[s].found);
        if (both[s].found == NULL) {
            knn_fail(&error, "no memory to check %s", job->name);
            status = -1;
        } else if ((status = knn_panels_pack(&panels, both[s].kernel, knn_view(&worker->data.train), 0, &worker->team,
                                             &error)) == 0) {
            const struct knn_job how = {.team = &worker->team};
            status = knn_search_panels(&how, &panels, knn_view(&queries), job->k, both[s].found, &error);
            knn_panels_free(&panels);
        }
    }
    if (status != 0)
        snprintf(answer, size, "error %s", error.message);
    for (size_t i = 0; status == 0 && both[0].found != NULL && both[1].found != NULL && i < queries.rows * job->k;
         i++) {
        const struct knn_neighbor *right = &both[0].found[i], *found = &both[1].found[i];
        if (found->distance != right->distance || found->id != right->id) {
            snprintf(answer, size, "wrong %s: query %zu: row %u at %llu, not %u at %llu", job->kernel->name, i / job->k,
                     found->id, (unsigned long long)found->distance, right->id, (unsigned long long)right->distance);
            status = -1;
        }
    }
    free(both[0].found);
    free(both[1].found);
    return status;
}

int worker_check(struct worker *worker, const struct job *job, char *answer, size_t size) {
    return check_kernel(worker, job->kernel, answer, size) != 0 ||
                   (job->k > 0 && compare_search(worker, job, answer, size) != 0)
               ? -1
               : 0;
}
