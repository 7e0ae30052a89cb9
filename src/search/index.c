/* The public calls (knnmark.h) that search. */
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "setup.h"

struct knn_index {
    struct knn_setup setup;
    struct knn_panels panels;
};

/* -- an index ------------------------------------------------------------------------------------------------------ */

static int create(struct knn_index **index, const struct knn_rows *train, int consume,
                  const struct knn_options *options, struct knn_error *error) {
    struct knn_index *own = *index = calloc(1, sizeof *own);
    if (own == NULL)
        return knn_fail(error, "no memory for an index");
    if (knn_setup_open(&own->setup, options, train->rows, error) == 0 &&
        knn_check_train(&own->setup.job, *train, error) == 0 &&
        knn_panels_pack(&own->panels, own->setup.job.kernel, *train, consume, &own->setup.team, error) == 0)
        return 0;
    knn_index_free(own);
    *index = NULL;
    return -1;
}

int knn_index_create(struct knn_index **index, const struct knn_rows *train, const struct knn_options *options,
                     struct knn_error *error) {
    return create(index, train, 0, options, error);
}

int knn_index_consume(struct knn_index **index, struct knn_rows *train, const struct knn_options *options,
                      struct knn_error *error) {
    return create(index, train, 1, options, error);
}

int knn_index_search(const struct knn_index *index, const struct knn_rows *queries, size_t k,
                     struct knn_neighbor *neighbors, struct knn_error *error) {
    return knn_search_panels(&index->setup.job, &index->panels, *queries, k, neighbors, error);
}

const char *knn_index_kernel(const struct knn_index *index) {
    return index->setup.job.kernel->name;
}

unsigned knn_index_threads(const struct knn_index *index) {
    return index->setup.team.threads;
}

const struct knn_options *knn_index_options(const struct knn_index *index) {
    return &index->setup.options;
}

void knn_index_free(struct knn_index *index) {
    if (index == NULL)
        return;
    knn_panels_free(&index->panels);
    knn_setup_close(&index->setup);
    free(index);
}

/* -- without one --------------------------------------------------------------------------------------------------- */

int knn_search(const struct knn_rows *train, const struct knn_rows *queries, size_t k, struct knn_neighbor *neighbors,
               const struct knn_options *options, struct knn_error *error) {
    struct knn_setup setup;
    if (knn_setup_open(&setup, options, train->rows, error) != 0)
        return -1;
    int status = knn_search_rows(&setup.job, *train, *queries, k, neighbors, error);
    knn_setup_close(&setup);
    return status;
}

int knn_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                     struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct knn_setup setup;
    if (knn_setup_open(&setup, options, rows->rows, error) != 0)
        return -1;
    int status = knn_search_other_folds(&setup.job, *rows, fold, folds, k, neighbors, error);
    knn_setup_close(&setup);
    return status;
}

static int distances_of(const struct knn_rows *train, const struct knn_rows *queries, void *distances, size_t bytes,
                        size_t stride, const struct knn_options *options, struct knn_error *error) {
    struct knn_setup setup;
    if (knn_setup_open(&setup, options, train->rows, error) != 0)
        return -1;
    int status = knn_all_distances(&setup.job, *train, *queries, distances, bytes, stride, error);
    knn_setup_close(&setup);
    return status;
}

int knn_distances(const struct knn_rows *train, const struct knn_rows *queries, uint32_t *distances, size_t stride,
                  const struct knn_options *options, struct knn_error *error) {
    return distances_of(train, queries, distances, sizeof *distances, stride, options, error);
}

int knn_distances64(const struct knn_rows *train, const struct knn_rows *queries, uint64_t *distances, size_t stride,
                    const struct knn_options *options, struct knn_error *error) {
    return distances_of(train, queries, distances, sizeof *distances, stride, options, error);
}

/* -- what there is ------------------------------------------------------------------------------------------------- */

const char *knn_version(void) {
    return KNN_VERSION;
}

const char *knn_metric_name(enum knn_metric metric) {
    return (unsigned)metric < KNN_METRICS ? knn_metrics[metric].name : NULL;
}

int knn_kernel_describe(size_t i, struct knn_kernel_info *info, size_t size) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    if (i >= count)
        return -1;
    unsigned features = knn_cpu_features();
    const struct knn_kernel_info all = {
        .name = kernels[i]->name,
        .summary = kernels[i]->summary,
        .metric = kernels[i]->metric,
        .mr = kernels[i]->mr,
        .nr = kernels[i]->nr,
        .runs = knn_kernel_runs(kernels[i], features),
        .is_default = kernels[i] == knn_kernel_default(kernels[i]->metric, features),
    };
    memset(info, 0, size);
    memcpy(info, &all, size < sizeof all ? size : sizeof all);
    return 0;
}
