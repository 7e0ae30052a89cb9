/* The full job by each kernel on all threads, and by the peers where a file has them. */
#ifndef RESULTS_JOBS_H
#define RESULTS_JOBS_H

#include "results.h"

struct job {
    const struct run *run;
    double seconds, x_scalar, x_peer; /* 0: unknown */
    struct spread share;              /* of the ceiling */
};

struct jobs {
    struct job *items; /* fastest first */
    size_t count;
    int with_peers;
};

/* To be freed by jobs_free; empty without memory. */
struct jobs jobs_of(const struct results *results, unsigned metric);
void jobs_free(struct jobs *jobs);

/* The fastest of ours; NULL: none. */
const struct job *jobs_best(const struct jobs *jobs);

/* Ours by this kernel; NULL: none. */
const struct job *jobs_find(const struct jobs *jobs, const char *kernel);

/* Whether even the best peer is slower than scalar code. */
int peers_are_slow(const struct jobs *jobs);

/* Whether the kernel that a CPU gets by default is its fastest. */
struct choice {
    const struct job *chosen, *fastest; /* of the full job; NULL: unknown */
    double longer;                      /* the chosen one's time over the fastest one's */
    int beyond;                         /* by more than their repetitions vary */
};
struct choice choice_of(const struct results *results, const struct jobs *jobs, unsigned metric);

/* Whether it is another library, and not knnmark, which runs beside them for comparison. */
int run_is_peer(const struct run *run);

/* Whether jobs_of has the run. */
int run_is_full_job(const struct results *results, const struct run *run);

/* Distances per second. */
double job_rate(const struct job *job);

/* The scalar search's time, for k = 1 on the same threads, over these seconds; if the file has none, the run's
 * x_scalar, from a scalar search of a few queries. */
double over_scalar(const struct results *results, const struct run *run, double seconds);

#endif
