/* One process does all of the work. */
#include "ranks.h"
#include "rows.h"

int ranks_is_first(void) {
    return 1;
}

int ranks_agree(int status, struct knn_error *error) {
    (void)error;
    return status;
}

void ranks_place(struct knn_options *options) {
    (void)options;
}

int ranks_open_rows(struct ranks_rows *train, const char *train_path, struct ranks_rows *queries,
                    const char *queries_path, size_t limit, struct knn_error *error) {
    const struct knn_share all = {0}, some = {.limit = limit};
    return knn_rows_open_part(&train->rows, &train->span, all, train_path, error) != 0 ||
                   knn_rows_open_part(&queries->rows, &queries->span, some, queries_path, error) != 0
               ? -1
               : 0;
}

int ranks_open_dataset(struct knn_dataset *dataset, const char *spec, size_t limit, struct knn_error *error) {
    if (knn_dataset_open(dataset, spec, error) != 0)
        return -1;
    struct knn_images *test = &dataset->test;
    test->span = knn_span_of((struct knn_share){.limit = limit}, test->span.all);
    test->pixels.rows = test->span.count;
    return 0;
}

int ranks_open_whole(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    return knn_dataset_open(dataset, spec, error);
}

int ranks_index(struct knn_index **index, const struct knn_matrix *train, struct knn_span span,
                const struct knn_options *options, struct knn_error *error) {
    struct knn_rows rows = knn_view(train);
    (void)span;
    return knn_index_consume(index, &rows, options, error);
}

int ranks_search(const struct knn_index *index, struct knn_span train, const struct knn_matrix *queries,
                 struct knn_span span, size_t k, struct knn_neighbor *neighbors, struct progress *progress,
                 struct knn_error *error) {
    struct knn_rows rows = knn_view(queries);
    (void)train, (void)span, (void)progress;
    return knn_index_search(index, &rows, k, neighbors, error);
}

int ranks_search_whole(const struct knn_rows *train, const struct knn_rows *queries, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    return knn_search(train, queries, k, neighbors, options, error);
}

int ranks_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    return knn_search_folds(rows, fold, folds, k, neighbors, options, error);
}

void ranks_print(void) {
}

json_t *ranks_json(void) {
    return NULL;
}
