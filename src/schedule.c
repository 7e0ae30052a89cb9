#include "schedule.h"

static size_t max(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t divide_up(size_t a, size_t b) {
    return (a + b - 1) / b;
}

/* Tiles of queries that fit beside two train panels: the one in use and the one arriving. A tenth is left to the rest.
 */
static size_t tiles_in_cache(const struct knn_kernel *kernel, size_t dim, size_t cache) {
    size_t tile = kernel->pair != NULL ? kernel->mr * dim : knn_query_panel_bytes(kernel, dim);
    size_t panel = kernel->pair != NULL ? kernel->nr * dim : knn_train_panel_bytes(kernel, dim);
    size_t room = cache - cache / 10;
    return room > 2 * panel + tile ? (room - 2 * panel) / tile : 1;
}

struct knn_schedule knn_schedule(const struct knn_kernel *kernel, size_t queries, size_t panels, size_t dim,
                                 unsigned threads, size_t cache) {
    enum { TASKS_PER_THREAD = 8 }; /* the last task to end keeps the others waiting for at most about an eighth */
    struct knn_schedule s = {.tiles = divide_up(queries, kernel->mr), .ranges = 1};
    s.blocks = divide_up(s.tiles, tiles_in_cache(kernel, dim, cache));
    if (s.blocks >= TASKS_PER_THREAD * (size_t)threads)
        s.blocks = min(divide_up(s.blocks, threads) * threads, s.tiles);
    else if (threads > 1)
        s.ranges = max(1, min(panels, divide_up(TASKS_PER_THREAD * (size_t)threads, s.blocks)));
    s.block_tiles = divide_up(s.tiles, s.blocks);
    return s;
}
