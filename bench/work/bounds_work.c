/* The search by bounds (docs/bounds.md). Making the bounds is not timed. */
#include <stdlib.h>

#include "bounds.h"
#include "work.h"

static struct knn_job job_of(const struct work *work) {
    return (struct knn_job){.kernel = work->kernel, .team = &work->team, .progress = work->stock->progress};
}

static int prepare(struct work *work, struct knn_error *error) {
    const struct knn_job job = job_of(work);
    if (stock_reserve(work->stock, work->stock->queries.rows * work->k, error) != 0)
        return -1;
    if (work->bounds != NULL)
        return 0;
    if ((work->bounds = malloc(sizeof *work->bounds)) == NULL)
        return knn_fail(error, "no memory for bounds");
    if (knn_bounds_build(work->bounds, &job, knn_view(&work->stock->train), work->stock->picture, error) == 0)
        return 0;
    free(work->bounds);
    work->bounds = NULL;
    return -1;
}

static int search(struct work *work, struct knn_rows queries, struct knn_error *error) {
    const struct knn_job job = job_of(work);
    struct knn_bounds_work counted;
    int status =
        knn_search_bounds(&job, work->bounds, queries, work->k, !work->loosely, work->stock->found, &counted, error);
    work->fine += status == 0 ? counted.fine : 0;
    work->full += status == 0 ? counted.full : 0;
    return status;
}

struct work work_bounds(struct stock *stock, const char *group, const struct knn_kernel *kernel,
                        const struct knn_team *team, size_t k, size_t batch) {
    static const struct work_kind kind = {prepare, work_run_searches, work_verify_searches, work_search_pairs, search};
    struct work work = work_search(stock, group, kernel, team, k, batch);
    work.kind = &kind;
    work.identity.search = "bounds";
    return work;
}
