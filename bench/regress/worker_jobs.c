#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "choose.h"
#include "engine.h"
#include "worker.h"

/* Calls of a kernel in one iteration, and query panels (rows of a pair kernel) used in turn. */
enum { CALLS = 200, TURNS = 4 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* -- a kernel that is wrong, for the self-test --------------------------------------------------------------------- */

enum { WRONG_CALL = 5 };

static const struct knn_kernel *right;
static atomic_int wrong_calls;

static uint32_t wrong_tile(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                           uint32_t *out) {
    uint32_t hits = right->tile(queries, train, dim, nq, bound, out);
    out[nq * right->nr - 1] += atomic_fetch_add(&wrong_calls, 1) == WRONG_CALL;
    return hits;
}

static uint32_t wrong_pair(const uint8_t *a, const uint8_t *b, size_t dim) {
    return right->pair(a, b, dim) + (atomic_fetch_add(&wrong_calls, 1) == WRONG_CALL);
}

static int break_kernel(struct worker *worker, const char *name, struct knn_error *error) {
    right = knn_kernel_find(name);
    if (right == NULL)
        return knn_fail(error, "--wrong-distance=%s: no such kernel", name);
    worker->broken = *right;
    if (right->tile != NULL)
        worker->broken.tile = wrong_tile;
    else
        worker->broken.pair = wrong_pair;
    return 0;
}

/* -- what there is ------------------------------------------------------------------------------------------------- */

static int add(struct worker *worker, const struct knn_kernel *kernel, size_t k, size_t batch, const char *without,
               struct knn_error *error) {
    if (worker->job_count == MAX_JOBS)
        return knn_fail(error, "there are more than %d benchmarks: raise MAX_JOBS in bench/regress/worker.h", MAX_JOBS);
    struct job *job = &worker->jobs[worker->job_count];
    *job = (struct job){.kernel = kernel, .k = k, .batch = batch};
    if (k == 0)
        snprintf(job->name, sizeof job->name, "kernel/%s/dim:%zu", kernel->name, worker->data.train.dim);
    else
        snprintf(job->name, sizeof job->name, "search/%s/k:%zu/batch:%zu/threads:%u", knn_metrics[kernel->metric].name,
                 k, batch, worker->team.threads);
    if (without == NULL || strcmp(job->name, without) != 0)
        worker->job_count++;
    return 0;
}

static int add_searches(struct worker *worker, const struct knn_kernel *kernel, const char *without,
                        struct knn_error *error) {
    static const size_t batches[] = {512, 1};
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++)
        if (batches[i] <= worker->data.queries.rows && add(worker, kernel, 1, batches[i], without, error) != 0)
            return -1;
    return 0;
}

int worker_list(struct worker *worker, const char *wrong, const char *without, struct knn_error *error) {
    unsigned features;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    if (knn_allowed_features(NULL, &features, error) != 0 || (wrong != NULL && break_kernel(worker, wrong, error) != 0))
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *kernel = kernels[i];
        if (kernel->metric > KNN_L2 || !knn_kernel_runs(kernel, features))
            continue; /* metrics after L2 are for demonstration */
        int is_default = kernel == knn_kernel_default(kernel->metric, features);
        if (kernel == right)
            kernel = &worker->broken;
        if (add(worker, kernel, 0, 0, without, error) != 0 ||
            (is_default && add_searches(worker, kernel, without, error) != 0))
            return -1;
    }
    return 0;
}

void worker_close(struct worker *worker) {
    for (size_t i = 0; i < worker->job_count; i++) {
        free(worker->jobs[i].queries);
        free(worker->jobs[i].train);
    }
    for (size_t i = 0; i < worker->packed_count; i++)
        knn_panels_free(&worker->packed[i]);
    for (size_t i = 0; i < KNN_METRICS; i++)
        free(worker->expected[i]);
    knn_matrix_free(&worker->longer);
    knn_team_close(&worker->team);
    regress_data_unmap(&worker->data);
}

/* -- preparing ----------------------------------------------------------------------------------------------------- */

static size_t with_extra(const struct worker *worker, size_t count) {
    return count + (size_t)((double)count * worker->extra_work / 100 + 0.5);
}

/* The train rows of a search. Those that extra work adds are copies of earlier ones, which come first in every answer
 * they tie in. */
static int rows_of(struct worker *worker, const struct knn_matrix **rows, struct knn_error *error) {
    const struct knn_matrix *train = &worker->data.train;
    *rows = worker->extra_work > 0 ? &worker->longer : train;
    if (*rows == train || worker->longer.data != NULL)
        return 0;
    if (knn_matrix_alloc(&worker->longer, with_extra(worker, train->rows), train->dim, error) != 0)
        return -1;
    for (size_t i = 0; i < worker->longer.rows; i++)
        memcpy(knn_matrix_row(&worker->longer, i), knn_matrix_row(train, i % train->rows), train->dim);
    return 0;
}

static const struct knn_panels *panels_of(struct worker *worker, const struct knn_kernel *kernel,
                                          struct knn_error *error) {
    const struct knn_matrix *rows;
    struct knn_panels *panels = worker->packed;
    for (; panels < worker->packed + worker->packed_count; panels++)
        if (panels->kernel == kernel)
            return panels;
    if (worker->packed_count == MAX_PACKED) {
        knn_fail(error, "more than %d kernels search: raise MAX_PACKED in bench/regress/worker.h", MAX_PACKED);
        return NULL;
    }
    if (rows_of(worker, &rows, error) != 0 ||
        knn_panels_pack(panels, kernel, knn_view(rows), 0, &worker->team, error) != 0)
        return NULL;
    worker->packed_count++;
    return panels;
}

/* A train panel and a few query panels. */
static int pack_tiles(const struct worker *worker, struct job *job, struct knn_error *error) {
    const struct knn_kernel *kernel = job->kernel;
    const struct knn_matrix *queries = &worker->data.queries, *train = &worker->data.train;
    size_t bytes = knn_query_panel_bytes(kernel, queries->dim);
    if (job->train != NULL)
        return 0;
    job->panels = queries->rows / kernel->mr < TURNS ? queries->rows / kernel->mr : TURNS;
    if (job->panels == 0 || train->rows < kernel->nr)
        return knn_fail(error, "too few images in the data set for a tile of %s", kernel->name);
    job->queries = aligned_alloc(KNN_PANEL_ALIGN, job->panels * bytes);
    job->train = aligned_alloc(KNN_PANEL_ALIGN, knn_train_panel_bytes(kernel, train->dim));
    if (job->queries == NULL || job->train == NULL)
        return knn_fail(error, "no memory for the panels of %s", kernel->name);
    for (size_t i = 0; i < job->panels; i++)
        kernel->pack_queries(knn_matrix_row(queries, i * kernel->mr), queries->stride, kernel->mr, queries->dim,
                             job->queries + i * bytes);
    kernel->pack_train(train->data, train->stride, kernel->nr, train->dim, job->train);
    return 0;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static uint32_t call_tiles(const struct worker *worker, const struct job *job, size_t calls) {
    _Alignas(KNN_PANEL_ALIGN) uint32_t out[KNN_MAX_TILE], bound[32] = {0};
    const struct knn_kernel *kernel = job->kernel;
    size_t dim = worker->data.train.dim, bytes = knn_query_panel_bytes(kernel, dim);
    uint32_t hits = 0;
    for (size_t i = 0; i < calls; i++)
        hits |= kernel->tile(job->queries + i % job->panels * bytes, job->train, dim, kernel->mr, bound, out);
    return hits;
}

static uint32_t call_pairs(const struct worker *worker, const struct job *job, size_t calls) {
    const struct knn_matrix *train = &worker->data.train;
    uint32_t sum = 0;
    for (size_t i = 0; i < calls; i++)
        sum += job->kernel->pair(worker->data.queries.data, knn_matrix_row(train, i % TURNS % train->rows), train->dim);
    return sum;
}

static void run_kernel(const struct worker *worker, const struct job *job, uint64_t iterations) {
    volatile uint32_t result;
    for (uint64_t i = 0; i < iterations; i++)
        result = job->kernel->tile != NULL ? call_tiles(worker, job, with_extra(worker, CALLS))
                                           : call_pairs(worker, job, with_extra(worker, CALLS));
    (void)result;
}

/* So many queries in batches, the last of which may be a shorter one. */
static int run_searches(const struct worker *worker, const struct job *job, const struct knn_panels *panels,
                        uint64_t searched, struct knn_neighbor *found, struct knn_error *error) {
    struct knn_matrix view = worker->data.queries;
    const struct knn_job how = {.team = &worker->team};
    size_t turns = view.rows / job->batch;
    for (uint64_t i = 0; searched > 0; i++) {
        view.data = knn_matrix_row(&worker->data.queries, (size_t)(i % turns) * job->batch);
        view.rows = searched < job->batch ? (size_t)searched : job->batch;
        searched -= view.rows;
        if (knn_search_panels(&how, panels, knn_view(&view), job->k, found, error) != 0)
            return -1;
    }
    return 0;
}

static int run_search(struct worker *worker, const struct job *job, uint64_t iterations, double *seconds,
                      struct knn_error *error) {
    const struct knn_panels *panels = panels_of(worker, job->kernel, error);
    struct knn_neighbor *found = panels != NULL ? malloc(job->batch * job->k * sizeof *found) : NULL;
    if (found == NULL)
        return panels != NULL ? knn_fail(error, "no memory for the neighbours") : -1;
    uint64_t queries = iterations * job->batch;
    int status = run_searches(worker, job, panels, (queries + REGRESS_WARM_UP - 1) / REGRESS_WARM_UP, found, error);
    double start = now();
    if (status == 0)
        status = run_searches(worker, job, panels, queries, found, error);
    *seconds = now() - start;
    free(found);
    return status;
}

int worker_run(struct worker *worker, struct job *job, uint64_t iterations, double *seconds, struct knn_error *error) {
    if (job->k > 0)
        return run_search(worker, job, iterations, seconds, error);
    if (job->kernel->tile != NULL && pack_tiles(worker, job, error) != 0)
        return -1;
    knn_topology_bind(worker->team.topology, 0, worker->team.threads);
    run_kernel(worker, job, (iterations + REGRESS_WARM_UP - 1) / REGRESS_WARM_UP);
    double start = now();
    run_kernel(worker, job, iterations);
    *seconds = now() - start;
    return 0;
}
