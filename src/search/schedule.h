/* How a search is cut into tasks, and in what way the threads take them.
 *
 * A task is a block of queries against a range of train panels. A block meets every panel of its range while the panels
 * stream past, so it should fill the cache that a thread has to itself. The default is one rule for all batches:
 *
 *   Cut the queries into as few blocks as the cache allows; cut many queries into more, for 8 tasks a thread. If there
 *   are fewer tasks, cut the train rows into ranges until there are 8 a thread; else every block meets all rows. A
 *   thread that ends a task takes the next.
 *
 * If there are too few panels for that, each is a range, and the queries are cut into more blocks to make up for it. So
 * one query is split by rows and reads memory on all cores; some hundred are split both ways; thousands by queries,
 * whose k best then need no merging. A thread that loses its core to other work takes fewer tasks.
 *
 * `make bench` compares policies (schedule/...). Median rates, divided by the default's, on two cores of a Zen 5
 * (results/reference.json): by queries alone 0.51, 0.54, 0.54 and 0.78 at batches of 1, 8, 64 and 512; by rows alone
 * 1.00 at 512, then 0.97 at 4096 and 0.94 at 10000, both with a part of the train rows; both ways 0.72 at 64 and 1.00
 * at 512. From batches of 64 on, the other loops came to 0.95 to 1.01 and unbound threads to 0.99 to 1.01; smaller
 * batches take milliseconds, and vary by a tenth. */
#ifndef KNN_SCHEDULE_H
#define KNN_SCHEDULE_H

#include <stddef.h>

#include "arith.h"
#include "kernel.h"

enum knn_split { KNN_SPLIT_AUTO, KNN_SPLIT_QUERIES, KNN_SPLIT_ROWS, KNN_SPLIT_BOTH };
enum knn_loop { KNN_LOOP_DYNAMIC, KNN_LOOP_STATIC, KNN_LOOP_GUIDED, KNN_LOOP_TASKS }; /* as OpenMP has them */

/* No policy changes an answer, only the time it takes; all zeros is the default. */
struct knn_policy {
    enum knn_split split;
    enum knn_loop loop;
};

struct knn_schedule {
    size_t tiles;       /* query tiles of mr queries in all */
    size_t blocks;      /* blocks of query tiles, sizes differing by at most one tile */
    size_t ranges;      /* ranges of train panels */
    size_t block_tiles; /* tiles of the largest block */
};

/* For `queries` rows against `panels` panels, rows of `dim` bytes, each at least 1, on `threads` threads that have
 * `cache` bytes each. */
struct knn_schedule knn_schedule(const struct knn_kernel *kernel, enum knn_split split, size_t queries, size_t panels,
                                 size_t dim, unsigned threads, size_t cache);

#endif
