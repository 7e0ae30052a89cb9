/* The k nearest of one query so far, by (distance, id).
 *
 * A neighbour is one 64-bit key, distance << id bits | id, so that one comparison orders neighbours and all keys
 * differ. Candidates nearer than the bound are appended; when the room is full, a selection keeps the k smallest and
 * sets the bound anew. That is some k log2(n / k) appends, and a selection for every k of them: beyond a few neighbours
 * less work than a heap, and it hardly delays the kernels. */
#ifndef KNN_KBEST_H
#define KNN_KBEST_H

#include <stddef.h>
#include <stdint.h>

/* Keys may lie in memory that is declared as neighbours (best.c), hence may_alias. */
typedef uint64_t __attribute__((may_alias)) knn_key;

struct knn_kbest {
    knn_key *keys;  /* room for knn_kbest_room(k) */
    uint64_t bound; /* the largest of the k smallest keys when last selected; UINT64_MAX before that */
    size_t filled;
};

/* Bits of a key that ids up to `largest` take. Distances have the others: enough for every matrix of up to 2^48 bytes,
 * if ids are row numbers. */
static inline unsigned knn_id_bits(size_t largest) {
    return largest > 0 ? 64 - (unsigned)__builtin_clzll(largest) : 1;
}

/* Keys that a struct knn_kbest for k neighbours has room for: as many bytes as the neighbours take in the end. */
static inline size_t knn_kbest_room(size_t k) {
    return 2 * k;
}

/* Keeps the k smallest keys, in no order, and sets the bound if there are k. */
void knn_kbest_select(struct knn_kbest *best, size_t k);

static inline void knn_kbest_offer(struct knn_kbest *best, size_t k, uint64_t key) {
    if (key >= best->bound)
        return;
    best->keys[best->filled++] = key;
    if (best->filled == knn_kbest_room(k))
        knn_kbest_select(best, k);
}

/* Moves the k smallest of count keys to the front, in no order. */
void knn_select_keys(knn_key *keys, size_t count, size_t k);

/* Sorts keys, smallest first. */
void knn_sort_keys(knn_key *keys, size_t count);

#endif
