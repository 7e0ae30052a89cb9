#include "kbest.h"

/* Lets `item` sink from the root into the place where no child is farther. */
static void sink(struct knn_neighbor *heap, size_t count, struct knn_neighbor item) {
    size_t hole = 0;
    for (size_t child; (child = 2 * hole + 1) < count; hole = child) {
        if (child + 1 < count && knn_nearer(heap[child], heap[child + 1]))
            child++;
        if (!knn_nearer(item, heap[child]))
            break;
        heap[hole] = heap[child];
    }
    heap[hole] = item;
}

void knn_kbest_offer(struct knn_neighbor *heap, size_t *filled, size_t k, struct knn_neighbor candidate) {
    if (*filled == k) {
        if (knn_nearer(candidate, heap[0]))
            sink(heap, k, candidate);
        return;
    }
    size_t hole = (*filled)++;
    while (hole > 0 && knn_nearer(heap[(hole - 1) / 2], candidate)) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = candidate;
}

void knn_kbest_sort(struct knn_neighbor *heap, size_t filled) {
    while (filled > 1) {
        struct knn_neighbor last = heap[--filled];
        heap[filled] = heap[0];
        sink(heap, filled, last);
    }
}
