/* The public call (knnmark.h) that merges lists of neighbours. */
#include <stdlib.h>

#include "fail.h"

static int is_nearer(const struct knn_neighbor *a, const struct knn_neighbor *b) {
    return a->distance != b->distance ? a->distance < b->distance : a->id < b->id;
}

/* Of a query; at[l] counts what has been taken of list l. */
static void merge_lists(const struct knn_neighbor *const *found, const size_t *counts, size_t lists, size_t *at,
                        size_t k, struct knn_neighbor *neighbors) {
    for (size_t l = 0; l < lists; l++)
        at[l] = 0;
    for (size_t i = 0; i < k; i++) {
        size_t best = lists;
        for (size_t l = 0; l < lists; l++)
            if (at[l] < counts[l] && (best == lists || is_nearer(&found[l][at[l]], &found[best][at[best]])))
                best = l;
        neighbors[i] = found[best][at[best]++];
    }
}

static int check(const size_t *counts, size_t lists, size_t k, struct knn_error *error) {
    size_t all = 0;
    for (size_t l = 0; l < lists; l++) {
        if (counts[l] > k)
            return knn_fail(error, "list %zu has %zu neighbours, more than k = %zu", l, counts[l], k);
        all += counts[l];
    }
    if (k < 1 || k > KNN_MAX_K)
        return knn_fail(error, "k = %zu: k must be from 1 to %d", k, KNN_MAX_K);
    if (all < k)
        return knn_fail(error, "k = %zu is more than the %zu neighbours of all lists: use a smaller k", k, all);
    return 0;
}

int knn_merge(const struct knn_neighbor *const *found, const size_t *counts, size_t lists, size_t queries, size_t k,
              struct knn_neighbor *neighbors, struct knn_error *error) {
    if (check(counts, lists, k, error) != 0)
        return -1;
    size_t *at = malloc(lists * sizeof *at);
    const struct knn_neighbor **own = malloc(lists * sizeof *own);
    int status = at == NULL || own == NULL ? knn_fail(error, "no memory to merge %zu lists", lists) : 0;
    for (size_t q = 0; q < queries && status == 0; q++) {
        for (size_t l = 0; l < lists; l++)
            own[l] = found[l] + q * k;
        merge_lists(own, counts, lists, at, k, neighbors + q * k);
    }
    free(own);
    free(at);
    return status;
}
