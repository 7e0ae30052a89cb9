/* Other libraries on knnmark's own job: the nearest train row of every query, all rows and queries the same.
 *
 * Whatever a library can do before it sees a query is done by `open` and `choose` and not timed: converting, packing,
 * norms. The queries come in the library's own type, too. Only knnmark itself packs its queries while the clock runs.
 */
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
    int exact;              /* 1: what it adds are integers that its type holds; 0: it rounds */
    size_t trial;           /* queries a thread that tell a good setting from a bad one */
    size_t settings;        /* to be tried, >= 1 */
    int (*open)(void **state, const struct peer_job *job, struct knn_error *error); /* on failure nothing is left */
    int (*choose)(void *state, size_t setting, struct knn_error *error);            /* before the first search */
    int (*search)(void *state, size_t count, uint32_t *nearest, struct knn_error *error); /* test rows 0 ... count-1 */
    void (*describe)(const void *state, char *text, size_t size); /* version and chosen setting, for people */
    void (*close)(void *state);
};

/* Those this build has, knnmark's own of every metric first. */
const struct peer *const *peers(size_t *count);

/* What the build left out and what it needs, for people; "" where it has all. */
const char *peers_absent(void);

extern const struct peer peer_knnmark_l1, peer_knnmark_l2;
extern const struct peer peer_faiss_l1, peer_faiss_l2, peer_faiss_bytes_l2;
extern const struct peer peer_openblas_l2, peer_onednn_l2;

/* All rows as floats, one behind the other; to be freed. NULL with an error without memory. */
float *peer_floats(const struct knn_matrix *matrix, struct knn_error *error);

/* 64-byte aligned, to be freed; NULL with an error without memory. */
void *peer_alloc(size_t bytes, struct knn_error *error);

#endif
