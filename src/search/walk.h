/* The one walk over all pairs of queries and train rows. Blocks of queries, packed and small enough to stay in cache,
 * meet train panels that stream past (schedule.h); a sink decides what becomes of the distances.
 *
 * The train rows come in strips, one after the other. If all rows are packed already (panels.h), one strip has them
 * all; else each strip is packed when its turn comes, and the rows stay where they are. */
#ifndef KNN_WALK_H
#define KNN_WALK_H

#include <omp.h>
#include <stdatomic.h>

#include "panels.h"
#include "schedule.h"

/* Rows in an order: position i is row order[i], or row i where there is none. */
struct knn_source {
    struct knn_rows rows;
    const uint32_t *order;
};

struct knn_strip {
    size_t first, last; /* positions of its train rows */
    size_t queries;     /* positions 0 to queries - 1 meet them */
    size_t panels;
    struct knn_schedule schedule;
};

struct knn_worker;

/* What is done with distances; functions that are NULL have nothing to do. Queries and train rows go by position. */
struct knn_sink {
    int exclusive; /* 1: it writes to train rows, too, so a panel has one thread at a time, and there is one range */

    /* A query's bound in this range of panels: only smaller distances matter. NULL: all do. */
    uint32_t (*bound)(const struct knn_worker *w, size_t query);

    /* Before a block meets the n train rows of a panel. */
    void (*open_panel)(struct knn_worker *w, size_t train, size_t n);

    /* After it has met them. */
    void (*close_panel)(struct knn_worker *w);

    /* distances[i * nr + j], query i < nq, train row j < n. Bit i of hits is set if query i has one below its bound,
     * bounds[i], which the sink may lower. */
    void (*tile)(struct knn_worker *w, size_t query, size_t nq, size_t train, size_t n, const uint32_t *distances,
                 uint32_t hits, uint32_t *bounds);

    /* One distance that 32 bits may not hold: of a pair kernel, or of rows in chunks. */
    void (*one)(struct knn_worker *w, size_t query, size_t train, uint64_t distance);

    /* Once all distances of a query are known. */
    void (*finish)(const void *state, size_t query);
};

struct knn_walk {
    const struct knn_kernel *kernel;
    const struct knn_team *team;
    struct knn_source queries, train;
    const struct knn_panels *packed; /* all train rows, without an order; NULL: strips are packed as they come */
    const struct knn_strip *strips;
    size_t strip_count;
    enum knn_loop loop;
    size_t most_ranges; /* of panels in a strip, each of which has its own k best of a query */
    const struct knn_sink *sink;
    void *state; /* the sink's */
    knn_progress_fn *progress;
    void *context;

    /* The walk's own. */
    struct knn_panels panels; /* of the present strip; or *packed */
    size_t most_panels, block_tiles;
    omp_lock_t *locks; /* one a panel, for an exclusive sink */
    uint64_t pairs;
    _Atomic uint64_t pairs_done;
    atomic_int stop, no_memory;
    double last_report;
};

/* What one thread works with. */
struct knn_worker {
    _Alignas(KNN_PANEL_ALIGN) struct knn_walk *walk; /* workers share no cache line */
    const struct knn_strip *strip;
    size_t range;                        /* of panels, within the strip */
    size_t packed_block;                 /* the block in `block`, or SIZE_MAX */
    size_t first, count;                 /* positions of its queries */
    struct knn_matrix block;             /* query panels: tile i, chunk c is row i * chunks + c */
    struct knn_matrix gathered;          /* rows in an order, on their way into a panel */
    uint32_t *bounds;                    /* [tile][KNN_MAX_MR] */
    uint32_t *waiting;                   /* panels that the block has not met yet, for an exclusive sink */
    uint32_t panel_bounds[KNN_MAX_TILE]; /* of the present panel's train rows, for a sink that wants them */
    size_t panels_since, pairs_since;    /* the last report */
};

/* The bound that tiles compare a query's distances with. */
static inline uint32_t *knn_worker_bound(const struct knn_worker *w, size_t query) {
    size_t i = query - w->first, mr = w->walk->kernel->mr;
    return &w->bounds[i / mr * KNN_MAX_MR + i % mr];
}

/* A strip of train positions first to last - 1 for the first `queries` queries. */
struct knn_strip knn_strip_of(const struct knn_walk *walk, size_t first, size_t last, size_t queries,
                              enum knn_split split);

/* The most ranges of any strip: so many threads may work on one query at once. */
size_t knn_walk_ranges(const struct knn_walk *walk);

/* Fails without memory, and when progress stops it. */
int knn_walk_run(struct knn_walk *walk, struct knn_error *error);

#endif
