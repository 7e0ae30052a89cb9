/* What the threads of one search do: take a task (schedule.h), pack its block of queries, visit the panels of its
 * range, keep the k best. Who takes which task when is search.c's affair. */
#ifndef KNN_SCAN_H
#define KNN_SCAN_H

#include <stdatomic.h>

#include "engine.h"
#include "schedule.h"

/* What all threads share. */
struct knn_scan {
    const struct knn_panels *panels;
    const struct knn_matrix *queries;
    const struct knn_kernel *kernel;
    struct knn_schedule schedule;
    size_t k;
    unsigned index_bits;
    struct knn_neighbor *neighbors; /* the caller's [query][k] */
    uint64_t *partial;              /* [query][range][k] keys, padded with UINT64_MAX; NULL if there is one range */
    atomic_size_t panels_done;      /* over all blocks */
    atomic_int stop, no_memory;
    knn_progress_fn *progress;
    void *context;
    double last_report;
};

/* What one thread works with: a packed block of queries and their k best. */
struct knn_worker {
    _Alignas(KNN_PANEL_ALIGN) struct knn_scan *scan; /* workers share no cache line */
    size_t packed_block;                             /* the block in `block`, or SIZE_MAX */
    struct knn_matrix block;                         /* query panels: tile i, chunk c is row i * chunks + c */
    uint32_t *bounds;                                /* [tile][KNN_MAX_MR]: distances below these are worth a look */
    struct knn_kbest *best;                          /* [query] */
    uint64_t *keys;                                  /* the room of all of them */
    size_t first, count;                             /* queries of the present task */
};

/* Called by the thread that the worker is for. Without memory, -1; to be closed nevertheless. */
int knn_worker_open(struct knn_worker *w, struct knn_scan *scan);
void knn_worker_close(struct knn_worker *w);

/* Task t is block t / ranges against range t % ranges. Does nothing once the scan is to stop. */
void knn_worker_run(struct knn_worker *w, size_t task);

/* After all tasks, where there are several ranges: the k nearest of query q out of those of all ranges. */
void knn_scan_collect(const struct knn_scan *scan, size_t q);

#endif
