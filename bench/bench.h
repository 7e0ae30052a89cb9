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
#include "work.h"

enum {
    FULL_QUERIES = 10000, /* the full job is 10000 queries against 50000 train rows ... */
    FULL_ROWS = 50000,
    TEAMS = 2, /* one thread, and all */
    MAX_CEILINGS = 32,
    PROBE = 64,
};

/* What is noted before a run. */
struct before {
    double load[3];
    char data_sha256[65];
};

struct bench {
    struct knn_dataset dataset;
    unsigned features; /* the CPU features that may be used */
    int quick;
    struct knn_team teams[TEAMS]; /* the second only if it has more threads */
    size_t team_count;
    double ceiling_rates[TEAMS][MAX_CEILINGS]; /* 0: not measured yet */
    double scalar_rates[TEAMS][KNN_METRICS];   /* byte pairs per second; 0: not measured yet */
    double probes[KNN_METRICS][PROBE + 1];     /* seconds of a query, by batch size; 0: not measured yet */
    struct stock stock;                        /* keeps the last kernel's panels, while it is benchmarked */
    struct f32_rows f32;                       /* kernel NULL: this CPU has none */
    struct knn_binding *at_start;              /* what the main thread could run on before anything was bound */
    struct before before;                      /* of provenance.c */
    struct bench_case *cases;                  /* what the registered benchmarks are called with */
};

/* Data and threads from the command line's words; NULL and 0 are the defaults. */
int bench_open(struct bench *bench, const char *data, const char *isa, unsigned threads, int quick,
               struct knn_error *error);
void bench_close(struct bench *bench);

/* The fastest mix a kernel could have used on this team: the best rate among the metric's ceilings that need only
 * features which the kernel needs, too. NULL if there is none. */
const struct ceiling *bench_ceiling(struct bench *bench, size_t team, const struct knn_kernel *kernel);

/* Measures a ceiling anew on a team for about `seconds`: byte pairs per second. */
double bench_ceiling_rate(const struct knn_team *team, const struct ceiling *ceiling, double seconds);

/* Bytes per second at which a team reads the train rows. */
double bench_read_rate(const struct bench *bench, size_t team, unsigned repeats);

/* Byte pairs per second of the scalar search. */
double bench_scalar_rate(struct bench *bench, size_t team, enum knn_metric metric);

/* Registers a benchmark. Its function gets a copy of these bytes that lives as long as the bench; if it fails, its
 * error is the benchmark's. */
typedef int bench_fn(struct gb_state *state, void *context, struct knn_error *error);
int bench_add(struct bench *bench, const struct identity *identity, bench_fn *function, enum gb_unit unit,
              const void *context, size_t size, struct knn_error *error);

/* Runs prepared work as often as Google Benchmark wants. *each: the seconds of one run. */
int bench_measure(struct gb_state *state, struct work *work, double *each, struct knn_error *error);

/* The team of all threads. */
const struct knn_team *bench_team(const struct bench *bench);

/* Lets threads run where they could at the start: ceilings leave them bound. */
void bench_unbind(struct bench *bench, const struct knn_team *team);

/* A stock of all rows, with nothing packed yet. */
struct stock bench_stock(const struct bench *bench);

/* For knn_search: stops it when the run is to end. */
int bench_stopping(double done, void *context);

/* -- the groups of benchmarks -------------------------------------------------------------------------------------- */

int register_ceilings(struct bench *bench, struct knn_error *error);
int register_kernels(struct bench *bench, struct knn_error *error);
int register_searches(struct bench *bench, struct knn_error *error);
int register_bounds(struct bench *bench, struct knn_error *error);
int register_schedules(struct bench *bench, struct knn_error *error);

/* What the console and a result file's context say first: machine, build, data in a few words. */
void describe_run(const struct bench *bench);

#endif
