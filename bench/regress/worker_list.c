#include "worker.h"

#include <stdatomic.h>
#include <string.h>

#include "choose.h"

/* Calls of a kernel in one iteration, and query panels (rows of a pair kernel) used in turn. */
enum { CALLS = 200, TURNS = 4 };

/* -- a kernel that is wrong, for the self-test --------------------------------------------------------------------- */

enum { WRONG_CALL = 5 };

static const struct knn_kernel *right;
static atomic_int wrong_calls;

static uint32_t wrong_tile(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                           uint32_t *out, const uint8_t *ahead) {
    uint32_t hits = right->tile(queries, train, dim, nq, bound, out, ahead);
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

/* -- extra work ---------------------------------------------------------------------------------------------------- */

static size_t with_extra(const struct worker *worker, size_t count) {
    return count + (size_t)((double)count * worker->extra_work / 100 + 0.5);
}

/* The added rows are copies of earlier ones, which win every tie: so the answers stay the same. */
static int lengthen(struct worker *worker, struct knn_error *error) {
    const struct knn_matrix *train = &worker->data.train;
    struct knn_matrix *longer = &worker->longer;
    if (worker->extra_work <= 0)
        return 0;
    if (knn_matrix_alloc(longer, with_extra(worker, train->rows), train->dim, error) != 0)
        return -1;
    for (size_t i = 0; i < longer->rows; i++)
        memcpy(knn_matrix_row(longer, i), knn_matrix_row(train, i % train->rows), train->dim);
    worker->stock.train = *longer;
    return 0;
}

/* -- what there is ------------------------------------------------------------------------------------------------- */

static int add(struct worker *worker, const struct work *work, const char *without, struct knn_error *error) {
    char name[IDENTITY_NAME];
    if (worker->count == MAX_WORKS)
        return knn_fail(error, "there are more than %d benchmarks: raise MAX_WORKS in bench/regress/worker.h",
                        MAX_WORKS);
    identity_name(&work->identity, name);
    if (without == NULL || strcmp(name, without) != 0)
        worker->works[worker->count++] = *work;
    return 0;
}

static int add_kernel(struct worker *worker, const struct knn_kernel *kernel, const char *without,
                      struct knn_error *error) {
    size_t dim = worker->stock.train.dim;
    if (!work_kernel_fits(&worker->stock, kernel, dim))
        return knn_fail(error, "too few images in the data set for a tile of %s", kernel->name);
    struct work work = work_kernel(&worker->stock, kernel, &worker->team, dim, TURNS, 0);
    work.calls = with_extra(worker, CALLS);
    return add(worker, &work, without, error);
}

/* Searches use whichever kernel is the default, so their names do not contain it. */
static int add_searches(struct worker *worker, const struct knn_kernel *kernel, const char *without,
                        struct knn_error *error) {
    static const size_t batches[] = {512, 1};
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        struct work work = work_search(&worker->stock, "search", kernel, &worker->team, 1, batches[i]);
        work.identity.kernel = NULL;
        work.identity.named = NAME_K | NAME_BATCH | NAME_THREADS;
        if (work.batch == batches[i] && add(worker, &work, without, error) != 0)
            return -1;
    }
    return 0;
}

int worker_list(struct worker *worker, const char *wrong, const char *without, struct knn_error *error) {
    unsigned features;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    worker->stock = (struct stock){
        .train = worker->data.train, .queries = worker->data.queries, .team = &worker->team, .keep = STOCK_MOST};
    if (knn_allowed_features(NULL, &features, error) != 0 || lengthen(worker, error) != 0 ||
        (wrong != NULL && break_kernel(worker, wrong, error) != 0))
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *kernel = kernels[i];
        if (!knn_metrics[kernel->metric].timed || !knn_kernel_runs(kernel, features))
            continue;
        int is_default = kernel == knn_kernel_default(kernel->metric, features);
        if (kernel == right)
            kernel = &worker->broken;
        if (add_kernel(worker, kernel, without, error) != 0 ||
            (is_default && add_searches(worker, kernel, without, error) != 0))
            return -1;
    }
    return 0;
}

void worker_close(struct worker *worker) {
    for (size_t i = 0; i < worker->count; i++)
        work_release(&worker->works[i]);
    stock_free(&worker->stock);
    knn_matrix_free(&worker->longer);
    knn_team_close(&worker->team);
    regress_data_unmap(&worker->data);
}
