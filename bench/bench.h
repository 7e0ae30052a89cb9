/* What the benchmarks of one run share: the data, the teams of threads, the measured ceilings, the collected results.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>

#include "ceilings.h"
#include "choose.h"
#include "dataset.h"
#include "engine.h"
#include "f32.h"
#include "gbench.h"
#include "identity.h"

enum {
    FULL_QUERIES = 10000, /* the full job is 10000 queries against 50000 train rows ... */
    FULL_ROWS = 50000,
    VERIFIED_QUERIES = KNN_MAX_MR + 1, /* more than any tile's mr and no multiple of it */
    TEAMS = 2,                         /* one thread, and all */
    MAX_CEILINGS = 32,
};

struct bench {
    struct knn_dataset dataset;
    unsigned features; /* the CPU features that may be used */
    int quick;
    struct knn_team teams[TEAMS]; /* the second only if it has more threads */
    size_t team_count;
    double ceiling_rates[TEAMS][MAX_CEILINGS];  /* 0: not measured yet */
    double scalar_rates[TEAMS][KNN_METRICS];    /* byte pairs per second; 0: not measured yet */
    double read_rates[TEAMS];                   /* bytes per second; 0: not measured yet */
    struct knn_neighbor *expected[KNN_METRICS]; /* the reference's answers, k = 1, to VERIFIED_QUERIES; NULL: not yet */
    struct knn_panels panels;                   /* the last kernel's, kept while it is benchmarked */
    struct f32_rows f32;                        /* kernel NULL: not packed yet */
    struct bench_case *cases;                   /* what the registered benchmarks are called with */
};

/* Data and threads from the command line's words; NULL and 0 are the defaults. */
int bench_open(struct bench *bench, const char *data, const char *isa, unsigned threads, int quick,
               struct knn_error *error);
void bench_close(struct bench *bench);

/* The fastest mix a kernel could have used on this team: the best rate among the metric's ceilings that need no feature
 * the kernel does not need. NULL where there is none. */
const struct ceiling *bench_ceiling(struct bench *bench, size_t team, const struct knn_kernel *kernel);

/* Measures a ceiling anew on a team for about `seconds`: byte pairs per second. */
double bench_ceiling_rate(const struct knn_team *team, const struct ceiling *ceiling, double seconds);

/* Bytes per second at which a team reads the train rows. */
double bench_read_rate(const struct bench *bench, size_t team, unsigned repeats);

/* Byte pairs per second of the scalar search. */
double bench_scalar_rate(struct bench *bench, size_t team, enum knn_metric metric);

/* Registers a benchmark by its identity. Its function gets a copy of these bytes that lives as long as the bench. */
int bench_add(struct bench *bench, const struct identity *identity, gb_fn *function, enum gb_unit unit,
              const void *context, size_t size, struct knn_error *error);

/* Of an exhaustive search for the nearest, k = 1, of all test images. */
struct identity bench_search_identity(const struct bench *bench, const char *group, const struct knn_kernel *kernel,
                                      unsigned threads);

/* Sees to it that bench->panels are this kernel's and that its answers are the reference's. */
int bench_prepare(struct bench *bench, const struct knn_kernel *kernel, struct knn_error *error);

/* The first `rows` rows of a matrix. */
struct knn_matrix bench_view(const struct knn_matrix *matrix, size_t rows);

/* For knn_search: stops it when the run is to end. */
int bench_stopping(double done, void *context);

/* -- the groups of benchmarks -------------------------------------------------------------------------------------- */

int register_ceilings(struct bench *bench, struct knn_error *error);
int register_kernels(struct bench *bench, struct knn_error *error);
int register_searches(struct bench *bench, struct knn_error *error);
int register_f32(struct bench *bench, struct knn_error *error);
int register_bounds(struct bench *bench, struct knn_error *error);
int register_schedules(struct bench *bench, struct knn_error *error);

/* Tells the result file about the machine, the build and the data. */
void describe_run(const struct bench *bench);

#endif
