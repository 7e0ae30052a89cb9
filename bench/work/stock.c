#include "stock.h"

#include <stdlib.h>
#include <string.h>

#include "arith.h"

struct knn_matrix first_rows(const struct knn_matrix *matrix, size_t rows) {
    struct knn_matrix view = *matrix;
    view.rows = knn_min(rows, matrix->rows);
    return view;
}

const struct knn_panels *stock_panels(struct stock *stock, const struct knn_kernel *kernel, struct knn_error *error) {
    for (size_t i = 0; i < stock->count; i++)
        if (stock->panels[i].kernel == kernel)
            return &stock->panels[i];
    if (stock->count == stock->keep) { /* the oldest goes */
        knn_panels_free(&stock->panels[0]);
        memmove(stock->panels, stock->panels + 1, --stock->count * sizeof *stock->panels);
    }
    struct knn_panels *panels = &stock->panels[stock->count];
    if (knn_panels_pack(panels, kernel, knn_view(&stock->train), 0, stock->team, error) != 0)
        return NULL;
    stock->count++;
    return panels;
}

const struct knn_neighbor *stock_expected(struct stock *stock, enum knn_metric metric, size_t *k,
                                          struct knn_error *error) {
    struct knn_neighbor **expected = &stock->expected[metric];
    struct knn_matrix queries = first_rows(&stock->queries, VERIFIED_QUERIES);
    const struct knn_job job = {
        .kernel = knn_kernel_reference(metric), .team = stock->team, .progress = stock->progress};
    *k = knn_min(VERIFIED_K, stock->train.rows);
    if (*expected != NULL)
        return *expected;
    *expected = malloc(queries.rows * *k * sizeof **expected);
    if (*expected == NULL)
        knn_fail(error, "no memory for the reference's answers");
    else if (knn_search_rows(&job, knn_view(&stock->train), knn_view(&queries), *k, *expected, error) != 0) {
        free(*expected);
        *expected = NULL;
    }
    return *expected;
}

int stock_reserve(struct stock *stock, size_t neighbours, struct knn_error *error) {
    if (neighbours <= stock->room)
        return 0;
    struct knn_neighbor *found = realloc(stock->found, neighbours * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for %zu neighbours", neighbours);
    stock->found = found;
    stock->room = neighbours;
    return 0;
}

void stock_forget(struct stock *stock) {
    while (stock->count > 0)
        knn_panels_free(&stock->panels[--stock->count]);
}

void stock_free(struct stock *stock) {
    stock_forget(stock);
    for (size_t i = 0; i < KNN_METRICS; i++)
        free(stock->expected[i]);
    free(stock->found);
    *stock = (struct stock){0};
}
