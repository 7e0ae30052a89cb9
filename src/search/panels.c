#include "panels.h"

#include <omp.h>
#include <string.h>

#include "arith.h"

size_t knn_chunk_bytes(const struct knn_kernel *kernel, size_t dim) {
    enum { CHUNK_ALIGN = 64 };
    if (dim < kernel->max_dim)
        return dim;
    return (kernel->max_dim - 1) / CHUNK_ALIGN * CHUNK_ALIGN;
}

void knn_pack_panel(knn_pack_fn *pack, const struct knn_rows *rows, const struct knn_panels *panels,
                    const struct knn_matrix *into, size_t p) {
    for (size_t c = 0; c < panels->chunks; c++)
        pack(rows->data + c * panels->chunk, rows->stride, rows->rows, knn_chunk_dim(rows->dim, panels->chunk, c),
             knn_matrix_row(into, p * panels->chunks + c));
}

/* Panels first to last - 1; a pair kernel's panel is a row. */
static void pack_range(struct knn_panels *panels, const struct knn_rows *all, size_t first, size_t last, int consume) {
    enum { DISCARD_ROWS = 2048 };
    size_t nr = panels->kernel->nr, discarded = first * nr;
    for (size_t p = first; p < last; p++) {
        size_t row = p * nr;
        struct knn_rows rows = *all;
        rows.data += row * rows.stride;
        rows.rows = knn_min(nr, all->rows - row);
        if (panels->kernel->pair != NULL)
            memcpy(knn_matrix_row(&panels->packed, p), rows.data, rows.dim);
        else
            knn_pack_panel(panels->kernel->pack_train, &rows, panels, &panels->packed, p);
        if (consume && (row + rows.rows - discarded >= DISCARD_ROWS || p + 1 == last)) {
            knn_discard(all->data + discarded * all->stride, rows.data + (rows.rows - 1) * all->stride + all->dim);
            discarded = row + rows.rows;
        }
    }
}

static int no_memory(const struct knn_rows *rows, struct knn_error *error) {
    return knn_fail(error, "no memory to pack %zu training rows of %zu bytes: use fewer rows", rows->rows, rows->dim);
}

int knn_panels_alloc(struct knn_panels *panels, const struct knn_kernel *kernel, struct knn_rows rows, size_t count,
                     struct knn_error *error) {
    *panels = (struct knn_panels){0};
    if (rows.dim == 0)
        return knn_fail(error, "training rows of 0 bytes are all alike: give rows of at least 1 byte");
    size_t chunk = knn_chunk_bytes(kernel, rows.dim);
    *panels = (struct knn_panels){
        .kernel = kernel, .rows = rows, .count = count, .chunks = knn_divide_up(rows.dim, chunk), .chunk = chunk};
    if (kernel->pair == NULL &&
        knn_matrix_alloc(&panels->packed, count * panels->chunks, knn_train_panel_bytes(kernel, chunk), NULL) != 0)
        return no_memory(&rows, error);
    return 0;
}

int knn_panels_pack(struct knn_panels *panels, const struct knn_kernel *kernel, struct knn_rows rows, int consume,
                    const struct knn_team *team, struct knn_error *error) {
    if (knn_panels_alloc(panels, kernel, rows, knn_divide_up(rows.rows, kernel->nr), error) != 0)
        return -1;
    if (kernel->pair != NULL) {
        if (knn_matrix_alloc(&panels->packed, rows.rows, rows.dim, NULL) != 0)
            return no_memory(&rows, error);
        panels->rows = knn_view(&panels->packed);
    }
#pragma omp parallel num_threads(team->threads)
    {
        struct knn_binding *own = knn_team_join(team);
        size_t threads = (size_t)omp_get_num_threads(), i = (size_t)omp_get_thread_num();
        pack_range(panels, &rows, panels->count * i / threads, panels->count * (i + 1) / threads, consume);
        knn_team_leave(team, own);
    }
    return 0;
}

void knn_panels_free(struct knn_panels *panels) {
    knn_matrix_free(&panels->packed);
    *panels = (struct knn_panels){0};
}
