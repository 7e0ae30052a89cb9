#include "schedule.h"

#include "arith.h"

/* Tiles of queries that fit beside two train panels, the one in use and the one arriving. The rest has a tenth. */
static size_t tiles_in_cache(const struct knn_kernel *kernel, size_t dim, size_t cache) {
    size_t tile = kernel->pair != NULL ? kernel->mr * dim : knn_query_panel_bytes(kernel, dim);
    size_t panel = kernel->pair != NULL ? kernel->nr * dim : knn_train_panel_bytes(kernel, dim);
    size_t room = cache - cache / 10;
    return room > 2 * panel + tile ? (room - 2 * panel) / tile : 1;
}

/* The smallest number whose square is at least n. */
static size_t root_up(size_t n) {
    size_t root = 1;
    while (root * root < n)
        root++;
    return root;
}

struct knn_schedule knn_schedule(const struct knn_kernel *kernel, enum knn_split split, size_t queries, size_t panels,
                                 size_t dim, unsigned threads, size_t cache) {
    enum {
        TASKS_PER_THREAD = 8, /* threads wait for the last task for at most about an eighth of the time */
        FEW_TILES = 32        /* blocks of more tiles can be cut without reading the train rows much more often */
    };
    size_t wanted = threads > 1 ? TASKS_PER_THREAD * (size_t)threads : 1;
    struct knn_schedule s = {.tiles = knn_max(1, knn_divide_up(queries, kernel->mr)), .ranges = 1};
    s.blocks = knn_max(1, knn_divide_up(s.tiles, tiles_in_cache(kernel, dim, cache)));
    switch (split) {
    case KNN_SPLIT_AUTO:
        s.blocks = knn_max(s.blocks, knn_min(wanted, s.tiles / FEW_TILES));
        s.ranges = knn_min(knn_divide_up(wanted, s.blocks), panels);
        s.blocks = knn_min(knn_max(s.blocks, knn_divide_up(wanted, s.ranges)),
                           s.tiles); /* more only if the panels are too few */
        break;
    case KNN_SPLIT_QUERIES:
        s.blocks = knn_max(s.blocks, wanted);
        break;
    case KNN_SPLIT_ROWS:
        s.ranges = wanted;
        break;
    case KNN_SPLIT_BOTH:
        s.blocks = knn_min(knn_max(s.blocks, root_up(wanted)), s.tiles);
        s.ranges = knn_max(root_up(wanted), knn_divide_up(wanted, s.blocks));
        break;
    }
    if (s.ranges == 1) /* whole rounds of blocks, so that the last one leaves no thread idle */
        s.blocks = knn_min(knn_divide_up(s.blocks, threads) * threads, s.tiles);
    s.ranges = knn_min(s.ranges, panels);
    s.block_tiles = knn_divide_up(s.tiles, s.blocks);
    return s;
}
