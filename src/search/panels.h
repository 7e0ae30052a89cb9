/* Train rows as one kernel wants to read them: packed into panels for a tile kernel, row by row for a pair kernel.
 *
 * Rows longer than a kernel's 32-bit results allow are cut into chunks; a chunk of a panel is a panel of its own. */
#ifndef KNN_PANELS_H
#define KNN_PANELS_H

#include "kernel.h"
#include "matrix.h"
#include "team.h"

struct knn_panels {
    const struct knn_kernel *kernel;
    struct knn_rows rows;     /* the caller's, whose bytes nobody reads again; a pair kernel's: those in `packed` */
    struct knn_matrix packed; /* panel p, chunk c: row p * chunks + c; a pair kernel's: the rows as they are */
    size_t count;             /* panels: ceil(rows / nr) */
    size_t chunks;            /* 1 unless dim is large */
    size_t chunk;             /* bytes of a row in every chunk but the last */
};

/* Chunk sizes keep every sum strictly below UINT32_MAX, so that this value can stand for "no bound yet". */
size_t knn_chunk_bytes(const struct knn_kernel *kernel, size_t dim);

/* Bytes of a row in chunk c, of rows of dim bytes. */
static inline size_t knn_chunk_dim(size_t dim, size_t chunk, size_t c) {
    return dim - c * chunk < chunk ? dim - c * chunk : chunk;
}

/* Room for `count` panels of rows of this length, none of them packed yet; for a pair kernel none. Fails on rows of 0
 * bytes and without memory. */
int knn_panels_alloc(struct knn_panels *panels, const struct knn_kernel *kernel, struct knn_rows rows, size_t count,
                     struct knn_error *error);

/* Packs n <= nr (mr) rows chunk by chunk, as panel p of `into`; chunks are as in `panels`. */
void knn_pack_panel(knn_pack_fn *pack, const struct knn_rows *rows, const struct knn_panels *panels,
                    const struct knn_matrix *into, size_t p);

/* Packs all rows on all threads of the team, each touching first what it packs, or copies them for a pair kernel. Fails
 * on rows of 0 bytes and without memory. With `consume`, pages of `rows` are given back to the system as they are
 * packed, so that the peak is one copy; what was in them is then lost. */
int knn_panels_pack(struct knn_panels *panels, const struct knn_kernel *kernel, struct knn_rows rows, int consume,
                    const struct knn_team *team, struct knn_error *error);
void knn_panels_free(struct knn_panels *panels);

/* The distance by a pair kernel, of rows of any length. */
static inline uint64_t knn_pair_distance(const struct knn_kernel *kernel, const uint8_t *a, const uint8_t *b,
                                         size_t dim, size_t chunk) {
    uint64_t distance = 0;
    for (size_t done = 0; done < dim; done += chunk)
        distance += kernel->pair(a + done, b + done, dim - done < chunk ? dim - done : chunk);
    return distance;
}

static inline const uint8_t *knn_panel(const struct knn_panels *panels, size_t p, size_t c) {
    return knn_matrix_row(&panels->packed, p * panels->chunks + c);
}

#endif
