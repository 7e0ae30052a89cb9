/* knnmark's default kernels: panels packed beforehand, queries packed while the clock runs. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "peer.h"

static int open_metric(void **state, const struct peer_job *job, enum knn_metric metric, struct knn_error *error) {
    struct bench *bench = job->bench;
    struct work *work = malloc(sizeof *work);
    if (work == NULL)
        return knn_fail(error, "no memory for knnmark's search");
    *work = work_search(&bench->stock, "peer", knn_kernel_default(metric, bench->features), job->team, 1, SIZE_MAX);
    if (work_ready(work, error) != 0) {
        free(work);
        return -1;
    }
    *state = work;
    return 0;
}

static int open_l1(void **state, const struct peer_job *job, struct knn_error *error) {
    return open_metric(state, job, KNN_L1, error);
}

static int open_l2(void **state, const struct peer_job *job, struct knn_error *error) {
    return open_metric(state, job, KNN_L2, error);
}

static int choose(void *state, size_t setting, struct knn_error *error) {
    (void)state, (void)setting, (void)error;
    return 0;
}

static int search(void *state, size_t count, uint32_t *nearest, struct knn_error *error) {
    struct work *work = state;
    work->batch = count;
    work->next = 0;
    if (work->kind->run(work, 1, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        nearest[i] = work->stock->found[i].id;
    return 0;
}

static void describe(const void *state, char *text, size_t size) {
    const struct work *work = state;
    snprintf(text, size, "knnmark %s %s, packed train rows", KNN_VERSION, work->kernel->name);
}

enum { TRIAL = 512 };

const struct peer peer_knnmark_l1 = {"knnmark", KNN_L1, 1, TRIAL, 1, open_l1, choose, search, describe, free};
const struct peer peer_knnmark_l2 = {"knnmark", KNN_L2, 1, TRIAL, 1, open_l2, choose, search, describe, free};
