/* What the threads of one pass over all pairs do: cut the folds into strips, pack a strip's panels, take a block of
 * queries and meet the panels with it, keep the k best of both sides. Who does which when is allpairs.c's affair. */
#ifndef KNN_ALLPAIRS_SCAN_H
#define KNN_ALLPAIRS_SCAN_H

#include <omp.h>
#include <stdatomic.h>

#include "engine.h"
#include "folds.h"
#include "schedule.h"

/* What all threads share. A position is a row's place in folds->order. */
struct knn_pass {
    const struct knn_matrix *rows;
    const struct knn_folds *folds;
    const struct knn_kernel *kernel;
    const struct knn_team *team;
    size_t k, room;
    unsigned index_bits;
    struct knn_kbest *best;   /* [position] */
    struct knn_matrix panels; /* of one strip; empty for a pair kernel, whose panels are single rows in their place */
    omp_lock_t *locks;        /* one a panel of the longest strip */
    size_t panel_count;       /* panels of the longest strip */
    size_t block_tiles;       /* tiles of the largest block */
    uint64_t pairs;           /* of all folds */
    _Atomic uint64_t pairs_done;
    atomic_int stop, no_memory;
    knn_progress_fn *progress;
    void *context;
    double last_report;
};

/* A part of a fold's rows, as train rows of all rows before that fold. */
struct knn_strip {
    size_t first, last; /* positions */
    size_t queries;     /* positions 0 to queries - 1 */
    size_t panels;
    struct knn_schedule schedule; /* one range: a block of queries is one thread's */
};

/* What one thread works with. */
struct knn_pass_worker {
    struct knn_pass *pass;
    struct knn_matrix gathered; /* rows on their way into a panel */
    struct knn_matrix block;    /* query panels */
    uint32_t *bounds;           /* of the block's queries, [tile][KNN_MAX_MR] */
    size_t first, count;        /* positions of the block's queries */
    uint32_t *panels;           /* of the strip, that the block has not met yet */
};

size_t knn_pass_strips(const struct knn_pass *pass, size_t fold);

/* Strip i of a fold. The first is none of the shorter ones. */
struct knn_strip knn_pass_strip(const struct knn_pass *pass, size_t fold, size_t i);

/* Called by the thread that the worker is for. Without memory, -1; to be closed nevertheless. */
int knn_pass_worker_open(struct knn_pass_worker *w, struct knn_pass *pass);
void knn_pass_worker_close(struct knn_pass_worker *w);

/* Packs one panel of the strip, for a tile kernel. */
void knn_pass_pack(const struct knn_pass_worker *w, const struct knn_strip *strip, size_t panel);

/* Block t of the strip's queries against all its panels. Does nothing once the pass is to stop. */
void knn_pass_run(struct knn_pass_worker *w, const struct knn_strip *strip, size_t block);

/* After all strips: sorts the k best of the row at a position, smallest first. */
void knn_pass_sort(const struct knn_pass *pass, size_t position);

#endif
