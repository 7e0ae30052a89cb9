/* The k nearest of one query so far: a binary heap with the farthest at its root, in the caller's own array.
 *
 * Neighbours are ordered by (distance, index), so a set of k nearest is unique whatever the order of arrival. */
#ifndef KNN_KBEST_H
#define KNN_KBEST_H

#include <stddef.h>
#include <stdint.h>

struct knn_neighbor {
    uint64_t distance; /* L1, or squared L2 */
    uint32_t index;    /* the train row */
};

static inline int knn_nearer(struct knn_neighbor a, struct knn_neighbor b) {
    return a.distance < b.distance || (a.distance == b.distance && a.index < b.index);
}

/* Offers a neighbour to a heap of `*filled` <= k entries; keeps the k nearest. */
void knn_kbest_offer(struct knn_neighbor *heap, size_t *filled, size_t k, struct knn_neighbor candidate);

/* Turns the heap into a list, nearest first. */
void knn_kbest_sort(struct knn_neighbor *heap, size_t filled);

#endif
