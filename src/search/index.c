/* The public calls (knnmark.h) that search. */
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "index.h"
#include "setup.h"

struct knn_index {
    struct knn_setup setup;
    struct knn_panels panels; /* for the setup's kernel; with bounds, the rows as they are, for a pair kernel */
    struct knn_bounds bounds; /* without rows: every search is exhaustive */
};

/* -- an index ------------------------------------------------------------------------------------------------------ */

static struct knn_picture picture_of(const struct knn_options *options) {
    return (struct knn_picture){.width = options->width, .height = options->height};
}

enum taking { COPY, CONSUME, BORROW };

/* The rows must have been checked. */
static int wants_bounds(const struct knn_setup *setup, struct knn_rows train) {
    return setup->options.method == KNN_BOUNDS ||
           (setup->options.method == KNN_AUTO && knn_bounds_pay(&setup->job, train, picture_of(&setup->options)));
}

/* The rows as they are: a copy, or the caller's own. */
static int keep_rows(struct knn_index *index, struct knn_rows train, enum taking taking, struct knn_error *error) {
    const struct knn_kernel *pair = knn_bounds_pair(index->setup.job.kernel);
    if (taking != BORROW)
        return knn_panels_pack(&index->panels, pair, train, taking == CONSUME, &index->setup.team, error);
    index->panels = (struct knn_panels){.kernel = pair, .rows = train};
    return 0;
}

/* Without memory for bounds, automatic ones are left out, and the search is exhaustive among the rows as they are. */
static int pack(struct knn_index *index, struct knn_rows train, enum taking taking, struct knn_error *error) {
    const struct knn_setup *setup = &index->setup;
    struct knn_picture picture = picture_of(&setup->options);
    int strictly = setup->options.method == KNN_BOUNDS;
    if (!wants_bounds(setup, train))
        return knn_panels_pack(&index->panels, setup->job.kernel, train, taking == CONSUME, &setup->team, error);
    if (knn_bounds_check(&setup->job, train.dim, picture, error) != 0 || keep_rows(index, train, taking, error) != 0)
        return -1;
    return knn_bounds_build(&index->bounds, &setup->job, index->panels.rows, picture, error) != 0 && strictly ? -1 : 0;
}

static int create(struct knn_index **index, const struct knn_rows *train, enum taking taking,
                  const struct knn_options *options, struct knn_error *error) {
    struct knn_index *own = *index = calloc(1, sizeof *own);
    if (own == NULL)
        return knn_fail(error, "no memory for an index");
    if (knn_setup_open(&own->setup, options, train->rows, error) == 0 &&
        knn_check_train(&own->setup.job, *train, error) == 0 && pack(own, *train, taking, error) == 0)
        return 0;
    knn_index_free(own);
    *index = NULL;
    return -1;
}

int knn_index_create(struct knn_index **index, const struct knn_rows *train, const struct knn_options *options,
                     struct knn_error *error) {
    return create(index, train, COPY, options, error);
}

int knn_index_consume(struct knn_index **index, struct knn_rows *train, const struct knn_options *options,
                      struct knn_error *error) {
    return create(index, train, CONSUME, options, error);
}

int knn_index_borrow(struct knn_index **index, const struct knn_rows *train, const struct knn_options *options,
                     struct knn_error *error) {
    return create(index, train, BORROW, options, error);
}

int knn_index_search(const struct knn_index *index, const struct knn_rows *queries, size_t k,
                     struct knn_neighbor *neighbors, struct knn_error *error) {
    const struct knn_job *job = &index->setup.job;
    struct knn_bounds_work work;
    if (index->bounds.rows.rows == 0)
        return index->panels.kernel == job->kernel
                   ? knn_search_panels(job, &index->panels, *queries, k, neighbors, error)
                   : knn_search_rows(job, index->panels.rows, *queries, k, neighbors, error);
    return knn_search_bounds(job, &index->bounds, *queries, k, index->setup.options.method == KNN_BOUNDS, neighbors,
                             &work, error);
}

const char *knn_index_kernel(const struct knn_index *index) {
    return index->setup.job.kernel->name;
}

unsigned knn_index_threads(const struct knn_index *index) {
    return index->setup.team.threads;
}

enum knn_method knn_index_method(const struct knn_index *index) {
    return index->bounds.rows.rows > 0 ? KNN_BOUNDS : KNN_EXHAUSTIVE;
}

const struct knn_options *knn_index_options(const struct knn_index *index) {
    return &index->setup.options;
}

void knn_index_free(struct knn_index *index) {
    if (index == NULL)
        return;
    knn_bounds_free(&index->bounds);
    knn_panels_free(&index->panels);
    knn_setup_close(&index->setup);
    free(index);
}

/* -- without one --------------------------------------------------------------------------------------------------- */

/* Builds bounds for a search of so many queries if they are wanted. Fails without memory only if they are a must. */
static int open_bounds(struct knn_bounds *bounds, const struct knn_setup *setup, struct knn_rows train, size_t queries,
                       struct knn_error *error) {
    enum { FEW = 512 }; /* queries that are not worth building bounds for */
    int strictly = setup->options.method == KNN_BOUNDS;
    *bounds = (struct knn_bounds){0};
    if (!strictly && (queries < FEW || !wants_bounds(setup, train)))
        return 0;
    return knn_bounds_build(bounds, &setup->job, train, picture_of(&setup->options), error) != 0 && strictly ? -1 : 0;
}

int knn_search(const struct knn_rows *train, const struct knn_rows *queries, size_t k, struct knn_neighbor *neighbors,
               const struct knn_options *options, struct knn_error *error) {
    struct knn_setup setup;
    struct knn_bounds bounds = {0};
    struct knn_bounds_work work;
    if (knn_setup_open(&setup, options, train->rows, error) != 0)
        return -1;
    const struct knn_job *job = &setup.job;
    int status = knn_check_search(job, *train, *queries, k, error);
    if (status == 0)
        status = open_bounds(&bounds, &setup, *train, queries->rows, error);
    if (status == 0)
        status = bounds.rows.rows > 0 ? knn_search_bounds(job, &bounds, *queries, k, setup.options.method == KNN_BOUNDS,
                                                          neighbors, &work, error)
                                      : knn_search_rows(job, *train, *queries, k, neighbors, error);
    knn_bounds_free(&bounds);
    knn_setup_close(&setup);
    return status;
}

int knn_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                     struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct knn_setup setup;
    struct knn_bounds bounds = {0};
    if (knn_setup_open(&setup, options, rows->rows, error) != 0)
        return -1;
    const struct knn_job *job = &setup.job;
    int status = knn_check_folds(job, *rows, fold, folds, k, error);
    if (status == 0)
        status = open_bounds(&bounds, &setup, *rows, rows->rows, error);
    if (status == 0)
        status = bounds.rows.rows > 0 ? knn_search_folds_by_bounds(job, &bounds, fold, folds, k,
                                                                   setup.options.method == KNN_BOUNDS, neighbors, error)
                                      : knn_search_other_folds(job, *rows, fold, folds, k, neighbors, error);
    knn_bounds_free(&bounds);
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
