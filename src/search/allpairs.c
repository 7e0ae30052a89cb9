#include "allpairs.h"

#include <stdlib.h>

#include "allpairs_scan.h"
#include "arith.h"

/* -- threads ------------------------------------------------------------------------------------------------------- */

/* By all threads. */
static void run_strip(struct knn_pass_worker *w, const struct knn_strip *s) {
    struct knn_pass *p = w->pass;
    if (p->kernel->tile != NULL) {
#pragma omp for schedule(static)
        for (size_t panel = 0; panel < s->panels; panel++)
            if (!atomic_load_explicit(&p->stop, memory_order_relaxed))
                knn_pass_pack(w, s, panel);
    }
#pragma omp for schedule(dynamic, 1)
    for (size_t block = 0; block < s->schedule.blocks; block++)
        knn_pass_run(w, s, block);
}

static void run_threads(struct knn_pass *p) {
#pragma omp parallel num_threads(p->team->threads)
    {
        struct knn_binding *own = knn_team_join(p->team);
        struct knn_pass_worker w;
        if (knn_pass_worker_open(&w, p) != 0) {
            atomic_store(&p->no_memory, 1);
            atomic_store(&p->stop, 1);
        }
        for (size_t fold = 1; fold < p->folds->count; fold++)
            for (size_t i = 0; i < knn_pass_strips(p, fold); i++) {
                struct knn_strip s = knn_pass_strip(p, fold, i);
                run_strip(&w, &s);
            }
        knn_pass_worker_close(&w);
        if (!p->stop) {
#pragma omp for schedule(static)
            for (size_t i = 0; i < p->rows->rows; i++)
                knn_pass_sort(p, i);
        }
        knn_team_leave(p->team, own);
    }
}

/* Sizes by the longest strip of each fold, which is its first. */
static void measure(struct knn_pass *p) {
    p->panel_count = p->block_tiles = 1;
    for (size_t fold = 1; fold < p->folds->count; fold++) {
        struct knn_strip s = knn_pass_strip(p, fold, 0);
        p->panel_count = knn_max(p->panel_count, s.panels);
        p->block_tiles = knn_max(p->block_tiles, s.schedule.block_tiles);
        p->pairs += (uint64_t)s.queries * knn_fold_rows(p->folds, fold);
    }
}

/* Finds the room that all threads share. Without memory, -1; to be closed nevertheless. */
static int open_pass(struct knn_pass *p, struct knn_allpairs *found) {
    struct knn_error error;
    size_t rows = p->rows->rows;
    if (knn_matrix_alloc(&found->keys, rows, p->room * sizeof(uint64_t), &error) != 0)
        return -1;
    p->best = malloc(rows * sizeof *p->best);
    p->locks = malloc(p->panel_count * sizeof *p->locks);
    if (p->best == NULL || p->locks == NULL)
        return -1;
    for (size_t i = 0; i < rows; i++)
        p->best[i] = (struct knn_kbest){.keys = (uint64_t *)(void *)knn_matrix_row(&found->keys, p->folds->order[i]),
                                        .bound = UINT64_MAX};
    if (p->kernel->pair != NULL)
        return 0;
    return knn_matrix_alloc(&p->panels, p->panel_count, knn_train_panel_bytes(p->kernel, p->rows->dim), &error);
}

static void close_pass(struct knn_pass *p) {
    knn_matrix_free(&p->panels);
    free(p->locks);
    free(p->best);
}

static void run(struct knn_pass *p, struct knn_allpairs *found) {
    measure(p);
    if (open_pass(p, found) == 0) {
        for (size_t i = 0; i < p->panel_count; i++)
            omp_init_lock(&p->locks[i]);
        run_threads(p);
        for (size_t i = 0; i < p->panel_count; i++)
            omp_destroy_lock(&p->locks[i]);
    } else {
        p->no_memory = 1;
    }
    close_pass(p);
}

/* -- the search ---------------------------------------------------------------------------------------------------- */

static int check(const struct knn_kernel *kernel, const struct knn_matrix *rows, const struct knn_folds *folds,
                 size_t k, struct knn_error *error) {
    size_t least = knn_folds_least_training(folds);
    if (!knn_metrics[kernel->metric].symmetric)
        return knn_fail(error,
                        "metric %s differs between a to b and b to a, but each pair is computed once for both: use l1 "
                        "or l2",
                        knn_metrics[kernel->metric].name);
    if (rows->dim == 0)
        return knn_fail(error, "rows of 0 bytes are all alike: give rows of at least 1 byte");
    if (knn_folds_rows(folds) != rows->rows)
        return knn_fail(error, "folds of %zu rows do not fit %zu rows", knn_folds_rows(folds), rows->rows);
    if (k < 1 || k > KNN_MAX_K)
        return knn_fail(error, "k = %zu: k must be from 1 to %d", k, KNN_MAX_K);
    if (k > least)
        return knn_fail(error, "k = %zu is more than the %zu rows of the smallest training part: use a smaller k", k,
                        least);
    if (rows->dim > (UINT64_MAX >> knn_index_bits(rows->rows)) / (UINT8_MAX * UINT8_MAX))
        return knn_fail(error, "%zu rows of %zu bytes are too many: distance and index exceed 64 bits", rows->rows,
                        rows->dim);
    return 0;
}

/* The kernel itself, or for rows too long for its tiles the fastest pair kernel that needs no more of the CPU. */
static const struct knn_kernel *kernel_for(const struct knn_kernel *kernel, size_t dim) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count), *found = kernel;
    if (kernel->pair != NULL || knn_chunk_bytes(kernel, dim) == dim)
        return kernel;
    for (size_t i = 0; i < count; i++)
        if (kernels[i]->pair != NULL && kernels[i]->metric == kernel->metric &&
            knn_kernel_runs(kernels[i], kernel->features))
            found = kernels[i];
    return found;
}

int knn_allpairs(struct knn_allpairs *found, const struct knn_kernel *kernel, const struct knn_matrix *rows,
                 const struct knn_folds *folds, size_t k, const struct knn_team *team, knn_progress_fn *progress,
                 void *context, struct knn_error *error) {
    enum { LEAST_ROOM = 8 };
    *found = (struct knn_allpairs){.k = k, .index_bits = knn_index_bits(rows->rows)};
    if (check(kernel, rows, folds, k, error) != 0)
        return -1;
    struct knn_pass p = {
        .rows = rows,
        .folds = folds,
        .kernel = kernel_for(kernel, rows->dim),
        .team = team,
        .k = k,
        .room = k + knn_max(k / 2, LEAST_ROOM),
        .index_bits = found->index_bits,
        .progress = progress,
        .context = context,
    };
    run(&p, found);
    if (!p.no_memory && !p.stop)
        return 0;
    knn_allpairs_free(found);
    return p.no_memory ? knn_fail(error, "no memory for the %zu nearest of %zu rows: use a smaller k or fewer rows", k,
                                  rows->rows)
                       : knn_fail(error, "interrupted");
}

void knn_allpairs_row(const struct knn_allpairs *found, size_t row, struct knn_neighbor *neighbors) {
    const uint64_t *keys = (const uint64_t *)(void *)knn_matrix_row(&found->keys, row);
    for (size_t i = 0; i < found->k; i++)
        neighbors[i] = (struct knn_neighbor){.distance = keys[i] >> found->index_bits,
                                             .index = (uint32_t)(keys[i] & (((uint64_t)1 << found->index_bits) - 1))};
}

void knn_allpairs_free(struct knn_allpairs *found) {
    knn_matrix_free(&found->keys);
    *found = (struct knn_allpairs){0};
}
