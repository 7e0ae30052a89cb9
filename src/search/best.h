/* The sinks of a walk (walk.h) that keep the k best: of the queries, or of both sides of every pair.
 *
 * A neighbour of the result is as large as two keys, and a search for the k nearest needs room for 2 k keys (kbest.h):
 * the caller's result serves as that room until its keys are turned into neighbours. */
#ifndef KNN_BEST_H
#define KNN_BEST_H

#include "kbest.h"
#include "walk.h"

/* Where rows of a query's own fold are left out, there may be fewer than k others; the places that stay empty have the
 * largest distance that a key can hold. */
struct knn_best {
    size_t k, queries, ranges;
    unsigned id_bits;
    const uint32_t *ids;        /* of the train rows, by position; NULL: the position */
    uint32_t first_id;          /* what is added to an id in the end */
    const uint32_t *fold;       /* of each train row: a query is not offered rows of its own fold; NULL: all of them */
    const uint32_t *query_fold; /* of each query, where there is `fold` */
    const uint32_t *order;      /* the query at position i is row order[i] of the result; NULL: row i */
    struct knn_kbest *items;    /* [range][position]: a query's best of each range of panels */
    knn_key *further;           /* [range - 1][position]: room for the keys of the other ranges */
};

extern const struct knn_sink knn_best_of_queries;
extern const struct knn_sink knn_best_of_both; /* queries and train rows are the same rows in the same order */

static inline int knn_best_leaves_out(const struct knn_best *best, size_t query, size_t train) {
    return best->fold != NULL && best->fold[train] == best->query_fold[query];
}

/* For a sink whose state begins with a struct knn_best, but which keeps other distances there than the walk's. */
struct knn_kbest *knn_best_item(const struct knn_worker *w, size_t query);
void knn_best_offer(const struct knn_best *best, struct knn_kbest *item, size_t position, uint64_t distance);

/* Allocates items and further; the other members must be set. -1 without memory; close it nevertheless. */
int knn_best_open(struct knn_best *best, struct knn_neighbor *neighbors);
void knn_best_close(struct knn_best *best);

#endif
