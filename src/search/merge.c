/* The public call (knnmark.h) that merges lists of neighbours. */
#include <stdlib.h>

#include "engine.h"

static int is_nearer(const struct knn_neighbor *a, const struct knn_neighbor *b) {
    return a->distance != b->distance ? a->distance < b->distance : a->id < b->id;
}

/* at[l] is where the rest of list l begins. */
static void merge_lists(const struct knn_neighbor *const *found, const size_t *counts, size_t lists, size_t *at,
                        size_t query, size_t k, struct knn_neighbor *neighbors) {
    for (size_t l = 0; l < lists; l++)
        at[l] = query * counts[l];
    for (size_t i = 0; i < k; i++) {
        size_t best = lists;
        for (size_t l = 0; l < lists; l++)
            if (at[l] < (query + 1) * counts[l] &&
                (best == lists || is_nearer(&found[l][at[l]], &found[best][at[best]])))
                best = l;
        neighbors[i] = found[best][at[best]++];
    }
}

static int check(const size_t *counts, size_t lists, size_t k, struct knn_error *error) {
    size_t all = 0;
    if (knn_check_k(k, error) != 0)
        return -1;
    for (size_t l = 0; l < lists; l++) {
        if (counts[l] > k)
            return knn_fail(error, "list %zu has %zu neighbours, more than k = %zu", l, counts[l], k);
        all += counts[l];
    }
    if (all < k)
        return knn_fail(error, "k = %zu is more than the %zu neighbours of all lists: use a smaller k", k, all);
    return 0;
}

int knn_merge(const struct knn_neighbor *const *found, const size_t *counts, size_t lists, size_t queries, size_t k,
              struct knn_neighbor *neighbors, struct knn_error *error) {
    if (check(counts, lists, k, error) != 0)
        return -1;
    size_t *at = calloc(lists, sizeof *at);
    if (at == NULL)
        return knn_fail(error, "no memory to merge %zu lists", lists);
    for (size_t q = 0; q < queries; q++)
        merge_lists(found, counts, lists, at, q, k, neighbors + q * k);
    free(at);
    return 0;
}
