/* The benchmarks a worker has (protocol.h says what their names mean), over the interfaces of its own tree. */
#ifndef REGRESS_WORKER_H
#define REGRESS_WORKER_H

#include <stdint.h>

#include "data.h"
#include "panels.h"
#include "protocol.h"

enum { MAX_JOBS = 256, MAX_PACKED = 16 };

struct job {
    char name[REGRESS_NAME];
    const struct knn_kernel *kernel;
    size_t k, batch; /* 0: the kernel alone */
    /* Of a kernel alone, packed when it is first run; NULL before, and for a pair kernel. */
    uint8_t *queries, *train;
    size_t panels;
};

struct worker {
    struct regress_data data;
    struct knn_team team;
    struct job jobs[MAX_JOBS];
    size_t job_count;
    struct knn_panels packed[MAX_PACKED]; /* of the kernels that searched */
    size_t packed_count;
    struct knn_matrix longer;        /* with extra work: the train rows and the first of them once more */
    uint32_t *expected[KNN_METRICS]; /* the reference's distances of the first rows; NULL: not yet */

    /* Only for `make regress-selftest`, which must know what it looks for. */
    double extra_work;        /* so many per cent more rows are scanned */
    struct knn_kernel broken; /* a kernel that gives one distance wrong by 1; name NULL: none */
};

/* `wrong` names the kernel that shall be broken, `without` a benchmark to leave out; both may be NULL. */
int worker_list(struct worker *worker, const char *wrong, const char *without, struct knn_error *error);
void worker_close(struct worker *worker);

/* -1 with the text of an answer: `wrong ...` or `error ...`. */
int worker_check(struct worker *worker, const struct job *job, char *answer, size_t size);

int worker_run(struct worker *worker, struct job *job, uint64_t iterations, double *seconds, struct knn_error *error);

#endif
