/* How a search is cut into tasks: blocks of queries that stay in a core's cache, times ranges of train panels.
 *
 * A block meets every panel of its range while the panels stream past, so the block should fill the cache that a thread
 * has to itself, and there should be enough tasks for all threads. A large batch has enough blocks and each meets all
 * panels; a small one is also cut along the train rows, and the k best of its ranges are merged. */
#ifndef KNN_SCHEDULE_H
#define KNN_SCHEDULE_H

#include <stddef.h>

#include "kernel.h"

struct knn_schedule {
    size_t tiles;       /* query tiles of mr queries in all */
    size_t blocks;      /* blocks of query tiles, sizes differing by at most one tile */
    size_t ranges;      /* ranges of train panels */
    size_t block_tiles; /* tiles of the largest block */
};

/* For `queries` rows against `panels` panels, rows of `dim` bytes, on `threads` threads that have `cache` bytes each.
 */
struct knn_schedule knn_schedule(const struct knn_kernel *kernel, size_t queries, size_t panels, size_t dim,
                                 unsigned threads, size_t cache);

/* Start of part i of `count` things cut into `parts` parts as equal as can be. */
static inline size_t knn_part(size_t count, size_t parts, size_t i) {
    return count / parts * i + (count % parts < i ? count % parts : i);
}

#endif
