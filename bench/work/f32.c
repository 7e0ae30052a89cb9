#include "f32.h"

#include <float.h>
#include <stdlib.h>

#include "arith.h"

extern const struct f32_kernel f32_avx512bw, f32_avx2, f32_neon;

/* Those of this build, widest first. */
static const struct f32_kernel *const kernels[] = {
#if KNN_BUILD_avx512bw
    &f32_avx512bw,
#endif
#if KNN_BUILD_avx2
    &f32_avx2,
#endif
#if KNN_BUILD_neon
    &f32_neon,
#endif
    NULL,
};

static int has_fma(void) {
#ifdef __x86_64__
    return __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}

const struct f32_kernel *f32_kernel(unsigned features) {
    for (size_t i = 0; kernels[i] != NULL && has_fma(); i++)
        if ((kernels[i]->features & ~features) == 0)
            return kernels[i];
    return NULL;
}

/* `n` of `width` rows as a panel, and zeros for those that are missing. */
static void pack(const struct knn_matrix *rows, size_t first, size_t n, size_t width, float *panel) {
    for (size_t r = 0; r < width; r++)
        for (size_t d = 0; d < rows->dim; d++)
            panel[d * width + r] = r < n ? knn_matrix_row(rows, first + r)[d] : 0;
}

static float squares(const uint8_t *row, size_t dim) {
    float sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += (float)(row[i] * row[i]);
    return sum;
}

int f32_pack(struct f32_rows *rows, const struct f32_kernel *kernel, const struct knn_matrix *train,
             const struct knn_team *team, struct knn_error *error) {
    size_t count = (train->rows + kernel->nr - 1) / kernel->nr;
    *rows = (struct f32_rows){.kernel = kernel, .rows = train->rows, .dim = train->dim};
    if (knn_matrix_alloc(&rows->panels, count, kernel->nr * train->dim * sizeof(float), error) != 0)
        return -1;
    rows->squares = malloc(train->rows * sizeof *rows->squares);
    if (rows->squares == NULL) {
        f32_free(rows);
        return knn_fail(error, "no memory for %zu training rows as float32", train->rows);
    }
#pragma omp parallel num_threads(team->threads)
    {
        struct knn_binding *own = knn_team_join(team);
#pragma omp for schedule(static)
        for (size_t p = 0; p < count; p++)
            pack(train, p * kernel->nr, knn_min(kernel->nr, train->rows - p * kernel->nr), kernel->nr,
                 (float *)(void *)knn_matrix_row(&rows->panels, p));
#pragma omp for schedule(static)
        for (size_t i = 0; i < train->rows; i++)
            rows->squares[i] = squares(knn_matrix_row(train, i), train->dim);
        knn_team_leave(team, own);
    }
    return 0;
}

void f32_free(struct f32_rows *rows) {
    knn_matrix_free(&rows->panels);
    free(rows->squares);
    *rows = (struct f32_rows){0};
}

struct best {
    float distance;
    uint32_t index;
};

/* A query's squares are the same in all its distances, so they are left out. */
static void select_nearest(const struct f32_rows *rows, const float *sums, size_t panel, enum knn_metric metric,
                           struct best *best, size_t n) {
    size_t nr = rows->kernel->nr, first = panel * nr, count = knn_min(nr, rows->rows - first);
    for (size_t q = 0; q < n; q++)
        for (size_t j = 0; j < count; j++) {
            float sum = sums[q * nr + j], distance = metric == KNN_L1 ? sum : rows->squares[first + j] - 2 * sum;
            if (distance < best[q].distance)
                best[q] = (struct best){distance, (uint32_t)(first + j)};
        }
}

/* A block of queries against all train panels. `packed` has room for F32_BLOCK_TILES query panels. */
static void search_block(const struct f32_rows *rows, const struct knn_matrix *queries, size_t first,
                         enum knn_metric metric, uint32_t *nearest, float *packed) {
    const struct f32_kernel *kernel = rows->kernel;
    size_t mr = kernel->mr, n = knn_min(F32_BLOCK_TILES * mr, queries->rows - first), tiles = (n + mr - 1) / mr;
    struct best best[F32_BLOCK_TILES * F32_MAX_MR];
    _Alignas(KNN_PANEL_ALIGN) float sums[F32_MAX_TILE];
    for (size_t q = 0; q < n; q++)
        best[q] = (struct best){FLT_MAX, 0};
    for (size_t t = 0; t < tiles; t++)
        pack(queries, first + t * mr, knn_min(mr, n - t * mr), mr, packed + t * mr * rows->dim);
    for (size_t p = 0; p < rows->panels.rows; p++)
        for (size_t t = 0; t < tiles; t++) {
            kernel->tile[metric](packed + t * mr * rows->dim,
                                 (const float *)(const void *)knn_matrix_row(&rows->panels, p), rows->dim, sums);
            select_nearest(rows, sums, p, metric, best + t * mr, knn_min(mr, n - t * mr));
        }
    for (size_t q = 0; q < n; q++)
        nearest[first + q] = best[q].index;
}

int f32_search(const struct f32_rows *rows, const struct knn_matrix *queries, enum knn_metric metric, uint32_t *nearest,
               const struct knn_team *team, struct knn_error *error) {
    size_t block = F32_BLOCK_TILES * rows->kernel->mr;
    int no_memory = 0;
#pragma omp parallel num_threads(team->threads) reduction(| : no_memory)
    {
        struct knn_binding *own = knn_team_join(team);
        struct knn_matrix packed;
        struct knn_error ignored;
        no_memory = knn_matrix_alloc(&packed, 1, block * rows->dim * sizeof(float), &ignored) != 0;
#pragma omp for schedule(dynamic, 1)
        for (size_t first = 0; first < queries->rows; first += block)
            if (!no_memory)
                search_block(rows, queries, first, metric, nearest, (float *)(void *)packed.data);
        knn_matrix_free(&packed);
        knn_team_leave(team, own);
    }
    return no_memory ? knn_fail(error, "no memory for a block of queries as float32") : 0;
}
