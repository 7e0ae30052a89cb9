/* knnmark's default kernels: panels packed beforehand, queries packed while the clock runs. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "peer.h"

struct knnmark {
    struct peer_job job;
    struct knn_panels panels;
};

static int open_metric(void **state, const struct peer_job *job, enum knn_metric metric, struct knn_error *error) {
    struct knnmark *k = calloc(1, sizeof *k);
    if (k == NULL)
        return knn_fail(error, "no memory for knnmark's search");
    k->job = *job;
    if (bench_prepare(job->bench, knn_kernel_default(metric, job->bench->features), error) != 0) {
        free(k);
        return -1;
    }
    k->panels = job->bench->panels; /* two metrics, two sets of panels: they are ours from here on */
    job->bench->panels = (struct knn_panels){0};
    *state = k;
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
    struct knnmark *k = state;
    struct knn_matrix queries = bench_view(k->job.test, count);
    struct knn_neighbor *found = malloc(count * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for the neighbours of %zu queries", count);
    const struct knn_job job = {.team = k->job.team};
    int status = knn_search_panels(&job, &k->panels, knn_view(&queries), 1, found, error);
    for (size_t i = 0; status == 0 && i < count; i++)
        nearest[i] = found[i].id;
    free(found);
    return status;
}

static void describe(const void *state, char *text, size_t size) {
    const struct knnmark *k = state;
    snprintf(text, size, "knnmark %s %s, packed train rows", KNN_VERSION, k->panels.kernel->name);
}

static void close_panels(void *state) {
    struct knnmark *k = state;
    knn_panels_free(&k->panels);
    free(k);
}

enum { TRIAL = 512 };

const struct peer peer_knnmark_l1 = {"knnmark", KNN_L1, 1, TRIAL, 1, open_l1, choose, search, describe, close_panels};
const struct peer peer_knnmark_l2 = {"knnmark", KNN_L2, 1, TRIAL, 1, open_l2, choose, search, describe, close_panels};
