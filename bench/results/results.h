/* A result file: what its benchmarks measured, and what it says of the machine. */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include <jansson.h>
#include <stddef.h>

#include "fail.h"
#include "kernel.h"

enum { MAX_RUNS = 2048 };

/* The repetitions of one benchmark, and what it is. */
struct run {
    char name[128]; /* for people */
    char group[24];
    char subject[64];              /* its kernel, policy, instruction mix or peer */
    unsigned metric;               /* 1 + its enum knn_metric; 0: none */
    double k, dim, batch, threads; /* 0: does not apply */
    int random;                    /* among random bytes instead of the data */
    int by_hand;                   /* a kernel that is neither the scalar one, nor the compiler's, nor on floats */
    int scalar;
    json_t **repetitions; /* of the file */
    size_t count;
};

struct results {
    json_t *file;
    const char *name;
    struct run *runs; /* in the order of the file */
    size_t count;
    struct run *failed; /* those that reported an error instead of a time, each once */
    size_t failed_count;
    const struct results *peers; /* of a file of their own: their runs are among these, unless ... */
    char left_out[512];          /* ... this says why they are not */
};

struct run_list {
    const struct run *items[MAX_RUNS]; /* the first is NULL where there is none */
    size_t count;
};

/* A counter over the repetitions; all 0 where it was not counted. */
struct spread {
    size_t n;
    double median, lowest, highest;
};

/* Sets *results to a file's; `path` is kept. On failure results_free is still due. */
int results_load(struct results *results, const char *path, struct knn_error *error);

/* The same for results that are no file yet; takes over the reference to `file`. */
int results_take(struct results *results, json_t *file, const char *name, struct knn_error *error);
void results_free(struct results *results);

/* The runs of a group that have this counter; 0 stands for any metric or number. */
struct wanted {
    const char *group, *counter;
    unsigned metric;
    double k, threads; /* threads may be MOST_THREADS, the most that any run of the group has */
    int largest;       /* only those of the largest batch */
    int random;
};
enum { MOST_THREADS = -1 };
struct run_list results_select(const struct results *results, struct wanted wanted);
#define select_runs(results, ...) results_select(results, (struct wanted){__VA_ARGS__})

/* The most threads of any run of the group; 0 without such a group. */
double results_most_threads(const struct results *results, const char *group);

struct spread run_spread(const struct run *run, const char *counter);
double run_median(const struct run *run, const char *counter); /* 0 for NULL, too */

/* The counter in one repetition; 0 where it is missing or no positive number. */
double run_value(const struct run *run, size_t repetition, const char *counter);

/* The benchmark's label, "" if it has none; why it failed. */
const char *run_label(const struct run *run);
const char *run_error(const struct run *run);

/* Sorts by the median of a counter, smallest first. */
void run_list_sort(struct run_list *list, const char *counter);

/* A member of the file by its path, "knnmark.cpu.name", or else by that of earlier files (either may be NULL); NULL
 * where it is missing. */
const json_t *results_fact(const struct results *results, const char *path, const char *earlier);

/* The same as text; NULL where it is missing or no text. */
const char *results_text(const struct results *results, const char *path, const char *earlier);

/* The number of all threads it was measured on; 0 where it does not tell. */
double results_threads(const struct results *results);

/* Bytes of a row. */
double results_dim(const struct results *results);

/* "L1", "L2"; "other" for 0. */
const char *metric_title(unsigned metric);

#endif
