#include "peer.h"

#include <stdlib.h>

static const struct peer *const all[] = {
    &peer_knnmark_l1,  &peer_knnmark_l2,
#ifdef KNN_PEER_onednn
    &peer_onednn_l2,
#endif
#ifdef KNN_PEER_openblas
    &peer_openblas_l2,
#endif
#ifdef KNN_PEER_faiss
    &peer_faiss_l2,    &peer_faiss_bytes_l2, &peer_faiss_l1,
#endif
};

const struct peer *const *peers(size_t *count) {
    *count = sizeof all / sizeof all[0];
    return all;
}

const char *peers_absent(void) {
    return ""
#ifndef KNN_PEER_onednn
           " oneDNN (libdnnl-dev)"
#endif
#ifndef KNN_PEER_openblas
           " OpenBLAS (libopenblas-dev)"
#endif
#ifndef KNN_PEER_faiss
           " FAISS (libfaiss-dev and libopenblas-dev)"
#endif
        ;
}

void *peer_alloc(size_t bytes, struct knn_error *error) {
    enum { ALIGN = 64 };
    void *memory = aligned_alloc(ALIGN, (bytes + ALIGN - 1) / ALIGN * ALIGN);
    if (memory == NULL)
        knn_fail(error, "no memory for %zu bytes; the peers need some 3 GB for the full job, --quick a tenth", bytes);
    return memory;
}

float *peer_floats(const struct knn_matrix *matrix, struct knn_error *error) {
    float *floats = peer_alloc(matrix->rows * matrix->dim * sizeof *floats, error);
    if (floats == NULL)
        return NULL;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < matrix->rows; i++) {
        const uint8_t *row = knn_matrix_row(matrix, i);
        for (size_t j = 0; j < matrix->dim; j++)
            floats[i * matrix->dim + j] = row[j];
    }
    return floats;
}
