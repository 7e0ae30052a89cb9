/* Other libraries do knnmark's own job, with the same rows and queries: find the nearest train row of every query.
 *
 * What a library can do before it sees a query (converting, packing, norms) is done by `open` and `choose`, and is not
 * timed. The queries come in the library's own type. Only knnmark itself packs its queries while the clock runs. */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "kernel.h"
#include "matrix.h"
#include "team.h"

struct bench;

struct peer_job {
    const struct knn_matrix *train, *test;
    const struct knn_team *team; /* its threads are what every contestant gets */
    struct bench *bench;         /* knnmark's own panels come from here */
};

struct peer {
    const char *name;       /* <library> or <library>_<index> */
    enum knn_metric metric; /* with the name: the benchmark's name */
    int exact;              /* 1: it adds integers that its type holds exactly; 0: it rounds */
    size_t trial;           /* queries per thread, enough to tell good settings from bad */
    size_t settings;        /* to be tried, >= 1 */
    int (*open)(void **state, const struct peer_job *job, struct knn_error *error); /* on failure nothing is left */
    int (*choose)(void *state, size_t setting, struct knn_error *error);            /* before the first search */
    int (*search)(void *state, size_t count, uint32_t *nearest, struct knn_error *error); /* test rows 0 ... count-1 */
    void (*describe)(const void *state, char *text, size_t size); /* version and chosen setting, for people */
    void (*close)(void *state);
};

/* The peers of this build, knnmark's own first, one for every metric. */
const struct peer *const *peers(size_t *count);

/* The peers that this build lacks, with their packages, for people; "" if it has all. */
const char *peers_absent(void);

extern const struct peer peer_knnmark_l1, peer_knnmark_l2;
extern const struct peer peer_faiss_l1, peer_faiss_l2, peer_faiss_bytes_l2;
extern const struct peer peer_openblas_l2, peer_onednn_l2;

/* All rows as floats, one behind the other; to be freed. NULL with an error without memory. */
float *peer_floats(const struct knn_matrix *matrix, struct knn_error *error);

/* 64-byte aligned, to be freed; NULL with an error without memory. */
void *peer_alloc(size_t bytes, struct knn_error *error);

#endif
