#include "verify.h"

#include <stdlib.h>

#include "arith.h"

enum verified verify_neighbors(const char *name, const struct knn_neighbor *found, size_t k,
                               const struct knn_neighbor *expected, size_t stride, size_t queries,
                               struct knn_error *error) {
    for (size_t i = 0; i < queries * k; i++) {
        const struct knn_neighbor *right = &expected[i / k * stride + i % k];
        if (found[i].distance == right->distance && found[i].id == right->id)
            continue;
        knn_fail(error, "%s differs from the reference: query %zu, neighbour %zu: row %u at %llu, not %u at %llu", name,
                 i / k, i % k, found[i].id, (unsigned long long)found[i].distance, right->id,
                 (unsigned long long)right->distance);
        return WRONG;
    }
    return RIGHT;
}

/* Some queries and rows that meet in one call. */
struct meeting {
    const struct knn_kernel *kernel;
    const struct knn_matrix *queries, *train;
    size_t query, nq, row, nr;
    uint8_t *query_panel, *train_panel; /* NULL for a pair kernel */
};

static uint32_t compute(const struct meeting *m, const uint32_t *bound, uint32_t *out) {
    const struct knn_kernel *kernel = m->kernel;
    const uint8_t *query = knn_matrix_row(m->queries, m->query), *row = knn_matrix_row(m->train, m->row);
    if (m->query_panel == NULL) {
        out[0] = kernel->pair(query, row, m->train->dim);
        return out[0] < bound[0];
    }
    kernel->pack_queries(query, m->queries->stride, m->nq, m->queries->dim, m->query_panel);
    kernel->pack_train(row, m->train->stride, m->nr, m->train->dim, m->train_panel);
    return kernel->tile(m->query_panel, m->train_panel, m->train->dim, (unsigned)m->nq, bound, out, m->train_panel);
}

static enum verified verify_meeting(const struct meeting *m, struct knn_error *error) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t right[KNN_MAX_TILE], out[KNN_MAX_TILE] = {0}, bound[32] = {0};
    const struct knn_kernel *kernel = m->kernel, *reference = knn_kernel_reference(kernel->metric);
    for (size_t i = 0; i < m->nq; i++)
        for (size_t j = 0; j < m->nr; j++)
            right[i * kernel->nr + j] = reference->pair(knn_matrix_row(m->queries, m->query + i),
                                                        knn_matrix_row(m->train, m->row + j), m->train->dim);
    for (size_t i = 1; i < m->nq; i += 2) /* every other query has a row that is near enough */
        bound[i] = right[i * kernel->nr] + 1;
    uint32_t mask = compute(m, bound, out), expected = 0;
    for (size_t i = 0; i < m->nq; i++)
        for (size_t j = 0; j < m->nr; j++)
            if (out[i * kernel->nr + j] != right[i * kernel->nr + j]) {
                knn_fail(error, "%s differs from the reference: query %zu, row %zu: %u, not %u", kernel->name,
                         m->query + i, m->row + j, out[i * kernel->nr + j], right[i * kernel->nr + j]);
                return WRONG;
            }
    for (size_t i = 0; i < m->nq; i++) /* what stands beyond the rows counts, too: callers sort it out */
        for (size_t j = 0; j < kernel->nr; j++)
            expected |= (uint32_t)(out[i * kernel->nr + j] < bound[i]) << i;
    if (mask == expected)
        return RIGHT;
    knn_fail(error, "%s differs from the reference: queries from %zu, rows from %zu: mask %x, not %x", kernel->name,
             m->query, m->row, mask, expected);
    return WRONG;
}

enum verified verify_kernel(const struct knn_kernel *kernel, const struct knn_matrix *queries,
                            const struct knn_matrix *train, struct knn_error *error) {
    struct meeting m = {.kernel = kernel, .queries = queries, .train = train};
    if (kernel->tile != NULL) {
        m.query_panel = aligned_alloc(KNN_PANEL_ALIGN, knn_query_panel_bytes(kernel, train->dim));
        m.train_panel = aligned_alloc(KNN_PANEL_ALIGN, knn_train_panel_bytes(kernel, train->dim));
    }
    int status = RIGHT;
    if (kernel->tile != NULL && (m.query_panel == NULL || m.train_panel == NULL))
        status = knn_fail(error, "no memory to verify %s", kernel->name);
    for (m.query = 0; status == RIGHT && m.query < queries->rows; m.query += kernel->mr)
        for (m.row = 0; status == RIGHT && m.row < train->rows; m.row += kernel->nr) {
            m.nq = knn_min(kernel->mr, queries->rows - m.query);
            m.nr = knn_min(kernel->nr, train->rows - m.row);
            status = verify_meeting(&m, error);
        }
    free(m.query_panel);
    free(m.train_panel);
    return status;
}
