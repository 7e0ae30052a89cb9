/* A workload: what is timed, as data and a few functions. Google Benchmark's driver (bench/), the paired worker of
 * `make regress`, `make versus` and the contest with other libraries only say when it runs. */
#ifndef WORK_H
#define WORK_H

#include <stdint.h>

#include "identity.h"
#include "stock.h"
#include "verify.h"

struct work;

struct work_kind {
    /* Does what is not timed. Call it before a run; it is cheap if nothing is missing. */
    int (*prepare)(struct work *work, struct knn_error *error);
    /* Does the work n times, n >= 1. */
    int (*run)(struct work *work, uint64_t n, struct knn_error *error);
    /* Checks a few of its answers; after prepare. */
    enum verified (*verify)(struct work *work, struct knn_error *error);
    /* How often one run compares a byte of a query with a byte of a train row. */
    double (*byte_pairs)(const struct work *work);
    /* Only for a search by knnmark: finds the neighbours of these queries, and leaves them in stock->found. */
    int (*search)(struct work *work, struct knn_rows queries, struct knn_error *error);
};

struct work {
    const struct work_kind *kind;
    struct identity identity;
    struct stock *stock;
    const struct knn_kernel *kernel;
    struct knn_team team;
    int verified;

    /* Of a search. */
    struct knn_policy policy;
    size_t batch, k;             /* queries of a run; 0 of a kernel alone */
    size_t next;                 /* the first query of the next run; after the stock's last batch, 0 again */
    size_t rows;                 /* train rows, the first so many; 0: all */
    struct f32_rows *float_rows; /* only of a search in float32 */
    int loosely;                 /* bounds that do not pay give way to the exhaustive search */
    uint64_t fine, full;         /* distances that bounds left to compute: by their fine level, and in full */
    struct knn_bounds *bounds;   /* only of a search by them; NULL: not made yet */

    /* Of a kernel alone, everything in cache: a tile on one train panel and several query panels in turn, a pair kernel
     * on several rows in turn. */
    size_t calls;                             /* in one run */
    size_t turns;                             /* query panels, or rows, used in turn at most */
    size_t budget;                            /* most bytes of all inputs, unless one turn has more; 0: any */
    struct knn_matrix query_rows, train_rows; /* views of the images */
    uint8_t *queries, *train;                 /* packed; NULL before, and for a pair kernel */
};

/* A search by batches of this many queries, or of all if there are fewer. Its answers are in stock->found. */
struct work work_search(struct stock *stock, const char *group, const struct knn_kernel *kernel,
                        const struct knn_team *team, size_t k, size_t batch);

/* The same by bounds, which are made when it is prepared. */
struct work work_bounds(struct stock *stock, const char *group, const struct knn_kernel *kernel,
                        const struct knn_team *team, size_t k, size_t batch);

/* Ways to cut a search and spread it over threads. */
struct work_policy {
    const char *name;
    struct knn_policy policy;
    int bound;      /* 0: on unbound threads */
    size_t largest; /* the largest batch with which `make bench` times it */
};

enum { WORK_POLICIES = 8 };
extern const struct work_policy work_policies[WORK_POLICIES];

/* The same in float32, k = 1. *rows are packed when it is prepared, unless they are already. */
struct work work_float(struct stock *stock, const char *group, enum knn_metric metric, const struct knn_team *team,
                       struct f32_rows *rows);

/* Rows of `dim` bytes are cut from the images as they lie in memory, longer ones from several. */
struct work work_kernel(struct stock *stock, const struct knn_kernel *kernel, const struct knn_team *team, size_t dim,
                        size_t turns, size_t budget);

/* 1 if the images make enough rows for a tile. */
int work_kernel_fits(const struct stock *stock, const struct knn_kernel *kernel, size_t dim);

/* Bytes that a kernel alone works on. */
size_t work_kernel_bytes(const struct work *work);

/* Prepares it, and verifies it the first time. */
int work_ready(struct work *work, struct knn_error *error);

/* The wall time of n runs. */
int work_time(struct work *work, uint64_t n, double *seconds, struct knn_error *error);

/* Runs a part of n runs, so that caches hold what they need: one in `part`, at least a query or a run. */
int work_warm_up(struct work *work, uint64_t n, unsigned part, struct knn_error *error);

/* How many of `all` queries take `allowed` seconds if each takes `each`: all, or whole blocks; where there are fewer
 * than two blocks, whole units, one at least. */
size_t work_fitting(size_t all, size_t unit, size_t block, double each, double allowed);

/* Sets the batch of a prepared search to what fits, by the time of one unit. */
int work_fit(struct work *work, size_t unit, size_t block, double allowed, struct knn_error *error);

/* For searches: what their kinds have in common. */
int work_run_searches(struct work *work, uint64_t n, struct knn_error *error);
enum verified work_verify_searches(struct work *work, struct knn_error *error);
double work_search_pairs(const struct work *work);

/* Frees what a kernel alone has packed, and bounds. */
void work_release(struct work *work);

#endif
