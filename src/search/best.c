#include "best.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct knn_neighbor) == 2 * sizeof(uint64_t), "a neighbour is not as large as two keys");

int knn_best_open(struct knn_best *best, struct knn_neighbor *neighbors) {
    size_t room = knn_kbest_room(best->k), further = (best->ranges - 1) * best->queries * room;
    best->items = malloc(best->ranges * best->queries * sizeof *best->items);
    best->further = further > 0 ? malloc(further * sizeof *best->further) : NULL;
    if (best->items == NULL || (further > 0 && best->further == NULL))
        return -1;
    for (size_t i = 0; i < best->ranges * best->queries; i++) {
        size_t row = i < best->queries && best->order != NULL ? best->order[i] : i;
        knn_key *keys = i < best->queries ? (knn_key *)(void *)(neighbors + row * best->k)
                                          : best->further + (i - best->queries) * room;
        best->items[i] = (struct knn_kbest){.keys = keys, .bound = UINT64_MAX};
    }
    return 0;
}

void knn_best_close(struct knn_best *best) {
    free(best->items);
    free(best->further);
}

/* -- selection ----------------------------------------------------------------------------------------------------- */

struct knn_kbest *knn_best_item(const struct knn_worker *w, size_t query) {
    const struct knn_best *best = w->walk->state;
    return &best->items[w->range * best->queries + query];
}

/* Only distances below it matter. Where ids are in no order, a row as far as the k-th may still win by its id, hence
 * the 1. A tile's distances are below UINT32_MAX (panels.h), so the sum does not overflow. */
static uint32_t bound_of(const struct knn_best *best, const struct knn_kbest *item) {
    return item->bound == UINT64_MAX ? UINT32_MAX : (uint32_t)(item->bound >> best->id_bits) + (best->ids != NULL);
}

static uint32_t bound(const struct knn_worker *w, size_t query) {
    return bound_of(w->walk->state, knn_best_item(w, query));
}

void knn_best_offer(const struct knn_best *best, struct knn_kbest *item, size_t position, uint64_t distance) {
    uint32_t id = best->ids != NULL ? best->ids[position] : (uint32_t)position;
    knn_kbest_offer(item, best->k, distance << best->id_bits | id);
}

/* Offers a query those of the n train rows from position `train` on that are nearer than its bound. */
static void offer_row(struct knn_worker *w, size_t query, size_t train, size_t n, const uint32_t *distances,
                      uint32_t *own_bound) {
    const struct knn_best *best = w->walk->state;
    struct knn_kbest *item = knn_best_item(w, query);
    for (size_t j = 0; j < n; j++)
        if (distances[j] < *own_bound && !knn_best_leaves_out(best, query, train + j)) {
            knn_best_offer(best, item, train + j, distances[j]);
            *own_bound = bound_of(best, item);
        }
}

static void offer_tile(struct knn_worker *w, size_t query, size_t nq, size_t train, size_t n, const uint32_t *distances,
                       uint32_t hits, uint32_t *bounds) {
    (void)nq;
    for (; hits != 0; hits &= hits - 1) {
        size_t i = (size_t)__builtin_ctz(hits);
        offer_row(w, query + i, train, n, distances + i * w->walk->kernel->nr, &bounds[i]);
    }
}

static void offer_one(struct knn_worker *w, size_t query, size_t train, uint64_t distance) {
    const struct knn_best *best = w->walk->state;
    if (!knn_best_leaves_out(best, query, train))
        knn_best_offer(best, knn_best_item(w, query), train, distance);
}

/* -- both sides ---------------------------------------------------------------------------------------------------- */

static void open_panel(struct knn_worker *w, size_t train, size_t n) {
    for (size_t j = 0; j < n; j++)
        w->panel_bounds[j] = bound(w, train + j);
}

/* Without a branch, so that compilers vectorize it. */
static int any_below(const uint32_t *distances, const uint32_t *bounds, size_t n) {
    unsigned any = 0;
    for (size_t j = 0; j < n; j++)
        any |= distances[j] < bounds[j];
    return any != 0;
}

/* Offers the query to the train rows. */
static void offer_columns(struct knn_worker *w, size_t query, size_t train, size_t n, const uint32_t *distances) {
    for (size_t j = 0; j < n; j++)
        if (distances[j] < w->panel_bounds[j]) {
            offer_one(w, train + j, query, distances[j]);
            w->panel_bounds[j] = bound(w, train + j);
        }
}

static void offer_tile_both(struct knn_worker *w, size_t query, size_t nq, size_t train, size_t n,
                            const uint32_t *distances, uint32_t hits, uint32_t *bounds) {
    offer_tile(w, query, nq, train, n, distances, hits, bounds);
    for (size_t i = 0; i < nq; i++, distances += w->walk->kernel->nr)
        if (any_below(distances, w->panel_bounds, n))
            offer_columns(w, query + i, train, n, distances);
}

static void offer_one_both(struct knn_worker *w, size_t query, size_t train, uint64_t distance) {
    offer_one(w, query, train, distance);
    offer_one(w, train, query, distance);
}

/* -- the result ---------------------------------------------------------------------------------------------------- */

/* Turns the k sorted keys into neighbours in the same memory, the last one first: neighbour i overwrites keys 2 i and 2
 * i + 1, which have been read by then. */
static void decode(const struct knn_best *best, knn_key *keys) {
    for (size_t i = best->k; i-- > 0;) {
        uint64_t key = keys[i];
        struct knn_neighbor neighbor;
        memset(&neighbor, 0, sizeof neighbor); /* its padding, too */
        neighbor.distance = key >> best->id_bits;
        neighbor.id = best->first_id + (uint32_t)(key & (((uint64_t)1 << best->id_bits) - 1));
        memcpy(keys + 2 * i, &neighbor, sizeof neighbor);
    }
}

static void finish(const void *state, size_t query) {
    const struct knn_best *best = state;
    struct knn_kbest *all = &best->items[query];
    for (size_t range = 1; range < best->ranges; range++) {
        const struct knn_kbest *item = &best->items[range * best->queries + query];
        for (size_t i = 0; i < item->filled; i++)
            knn_kbest_offer(all, best->k, item->keys[i]);
    }
    knn_kbest_select(all, best->k);
    while (all->filled < best->k)
        all->keys[all->filled++] = UINT64_MAX;
    knn_sort_keys(all->keys, best->k);
    decode(best, all->keys);
}

const struct knn_sink knn_best_of_queries = {.bound = bound, .tile = offer_tile, .one = offer_one, .finish = finish};

const struct knn_sink knn_best_of_both = {.exclusive = 1,
                                          .bound = bound,
                                          .open_panel = open_panel,
                                          .tile = offer_tile_both,
                                          .one = offer_one_both,
                                          .finish = finish};
