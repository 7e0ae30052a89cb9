/* The workloads a worker has (protocol.h says what their names mean), over the interfaces of its own tree. */
#ifndef REGRESS_WORKER_H
#define REGRESS_WORKER_H

#include "data.h"
#include "protocol.h"
#include "work.h"

enum { MAX_WORKS = 256 };

struct worker {
    struct regress_data data;
    struct knn_team team;
    struct stock stock;
    struct work works[MAX_WORKS];
    size_t count;

    /* Only for `make regress-selftest`: known changes, which it must find. */
    double extra_work;        /* so many per cent more rows are scanned */
    struct knn_matrix longer; /* the train rows, and the first of them once more */
    struct knn_kernel broken; /* a kernel that gives one distance wrong by 1; name NULL: none */
};

/* `wrong` names the kernel that shall be broken, `without` a benchmark to leave out; both may be NULL. */
int worker_list(struct worker *worker, const char *wrong, const char *without, struct knn_error *error);
void worker_close(struct worker *worker);

#endif
