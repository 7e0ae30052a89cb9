#include "work.h"

#include <math.h>
#include <stdlib.h>

#include "arith.h"
#include "bounds.h"
#include "clock.h"

int work_ready(struct work *work, struct knn_error *error) {
    if (work->kind->prepare(work, error) != 0 || (!work->verified && work->kind->verify(work, error) != RIGHT))
        return -1;
    work->verified = 1;
    return 0;
}

int work_time(struct work *work, uint64_t n, double *seconds, struct knn_error *error) {
    double start = knn_seconds();
    int status = work->kind->run(work, n, error);
    *seconds = knn_seconds() - start;
    return status;
}

int work_warm_up(struct work *work, uint64_t n, unsigned part, struct knn_error *error) {
    size_t batch = work->batch;
    if (batch == 0)
        return work->kind->run(work, (n + part - 1) / part, error);
    uint64_t queries = (n * batch + part - 1) / part;
    if (queries >= batch && work->kind->run(work, queries / batch, error) != 0)
        return -1;
    work->batch = (size_t)(queries % batch);
    int status = work->batch > 0 ? work->kind->run(work, 1, error) : 0;
    work->batch = batch;
    return status;
}

size_t work_fitting(size_t all, size_t unit, size_t block, double each, double allowed) {
    double fit = allowed / each, step = (double)(fit >= 2 * (double)block ? block : unit);
    if (fit >= (double)all)
        return all;
    return knn_min(all, (size_t)fmax(1, floor(fit / step)) * (size_t)step);
}

int work_fit(struct work *work, size_t unit, size_t block, double allowed, struct knn_error *error) {
    double seconds = 0;
    size_t all = work->stock->queries.rows;
    work->batch = knn_min(unit, all);
    if (work_time(work, 1, &seconds, error) != 0)
        return -1;
    work->batch = work_fitting(all, unit, block, seconds / (double)work->batch, allowed);
    return 0;
}

void work_release(struct work *work) {
    free(work->queries);
    free(work->train);
    work->queries = work->train = NULL;
    if (work->bounds != NULL)
        knn_bounds_free(work->bounds);
    free(work->bounds);
    work->bounds = NULL;
}
