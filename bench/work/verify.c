#include "verify.h"

#include <stdlib.h>

int verify_search(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
                  const struct knn_neighbor *expected, const struct knn_team *team, struct knn_error *error) {
    struct knn_neighbor *found = malloc(queries->rows * k * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory to verify %s", panels->kernel->name);
    int status = knn_search_panels(&(struct knn_job){.team = team}, panels, knn_view(queries), k, found, error);
    for (size_t i = 0; status == 0 && i < queries->rows * k; i++)
        if (found[i].distance != expected[i].distance || found[i].id != expected[i].id)
            status = knn_fail(error,
                              "%s differs from the reference: query %zu, neighbour %zu: row %u at %llu, not %u at %llu",
                              panels->kernel->name, i / k, i % k, found[i].id, (unsigned long long)found[i].distance,
                              expected[i].id, (unsigned long long)expected[i].distance);
    free(found);
    return status;
}

static int compare_tile(const struct knn_kernel *kernel, const struct knn_matrix *queries,
                        const struct knn_matrix *train, const uint32_t *out, struct knn_error *error) {
    const struct knn_kernel *reference = knn_kernel_reference(kernel->metric);
    for (size_t i = 0; i < kernel->mr; i++)
        for (size_t j = 0; j < kernel->nr; j++) {
            uint32_t right = reference->pair(knn_matrix_row(queries, i), knn_matrix_row(train, j), train->dim);
            if (out[i * kernel->nr + j] != right)
                return knn_fail(error, "%s differs from the reference: query %zu, row %zu: %u, not %u", kernel->name, i,
                                j, out[i * kernel->nr + j], right);
        }
    return 0;
}

int verify_kernel(const struct knn_kernel *kernel, const struct knn_matrix *queries, const struct knn_matrix *train,
                  struct knn_error *error) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE], bound[32] = {0};
    if (kernel->pair != NULL) {
        out[0] = kernel->pair(queries->data, train->data, train->dim);
        return compare_tile(kernel, queries, train, out, error);
    }
    void *query_panel = aligned_alloc(KNN_PANEL_ALIGN, knn_query_panel_bytes(kernel, train->dim));
    void *train_panel = aligned_alloc(KNN_PANEL_ALIGN, knn_train_panel_bytes(kernel, train->dim));
    int status;
    if (query_panel == NULL || train_panel == NULL) {
        status = knn_fail(error, "no memory to verify %s", kernel->name);
    } else {
        kernel->pack_queries(queries->data, queries->stride, kernel->mr, queries->dim, query_panel);
        kernel->pack_train(train->data, train->stride, kernel->nr, train->dim, train_panel);
        uint32_t hits = kernel->tile(query_panel, train_panel, train->dim, kernel->mr, bound, out);
        status = compare_tile(kernel, queries, train, out, error);
        if (status == 0 && hits != 0)
            status = knn_fail(error, "%s differs from the reference: finds distances below 0", kernel->name);
    }
    free(query_panel);
    free(train_panel);
    return status;
}
