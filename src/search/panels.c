#include "panels.h"

#include <omp.h>

size_t knn_chunk_bytes(const struct knn_kernel *kernel, size_t dim) {
    enum { CHUNK_ALIGN = 64 };
    if (dim < kernel->max_dim)
        return dim;
    return (kernel->max_dim - 1) / CHUNK_ALIGN * CHUNK_ALIGN;
}

static void pack_range(struct knn_panels *panels, size_t first, size_t last, int consume) {
    enum { DISCARD_ROWS = 2048 };
    const struct knn_kernel *kernel = panels->kernel;
    const struct knn_matrix *rows = &panels->rows;
    size_t discarded = first * kernel->nr;
    for (size_t p = first; p < last; p++) {
        size_t row = p * kernel->nr, n = rows->rows - row < kernel->nr ? rows->rows - row : kernel->nr;
        for (size_t c = 0; c < panels->chunks; c++)
            kernel->pack_train(knn_matrix_row(rows, row) + c * panels->chunk, rows->stride, n,
                               knn_chunk_dim(rows->dim, panels->chunk, c),
                               knn_matrix_row(&panels->packed, p * panels->chunks + c));
        if (consume && (row + n - discarded >= DISCARD_ROWS || p + 1 == last)) {
            knn_matrix_discard(rows, discarded, row + n - discarded);
            discarded = row + n;
        }
    }
}

int knn_panels_pack(struct knn_panels *panels, const struct knn_kernel *kernel, const struct knn_matrix *rows,
                    int consume, const struct knn_team *team, struct knn_error *error) {
    *panels = (struct knn_panels){0};
    if (rows->dim == 0)
        return knn_fail(error, "training rows of 0 bytes are all alike: give rows of at least 1 byte");
    size_t chunk = knn_chunk_bytes(kernel, rows->dim);
    *panels = (struct knn_panels){
        .kernel = kernel,
        .rows = *rows,
        .count = (rows->rows + kernel->nr - 1) / kernel->nr,
        .chunks = (rows->dim + chunk - 1) / chunk,
        .chunk = chunk,
    };
    if (kernel->pair != NULL)
        return 0;
    if (knn_matrix_alloc(&panels->packed, panels->count * panels->chunks, knn_train_panel_bytes(kernel, chunk),
                         error) != 0)
        return -1;
#pragma omp parallel num_threads(team->threads)
    {
        struct knn_binding *own = knn_team_join(team);
        size_t threads = (size_t)omp_get_num_threads(), i = (size_t)omp_get_thread_num();
        pack_range(panels, panels->count * i / threads, panels->count * (i + 1) / threads, consume);
        knn_team_leave(team, own);
    }
    return 0;
}

void knn_panels_free(struct knn_panels *panels) {
    knn_matrix_free(&panels->packed);
    *panels = (struct knn_panels){0};
}
