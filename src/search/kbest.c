#include "kbest.h"

enum { FEW = 16 };

static void insertion_sort(knn_key *keys, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t hole = i;
        for (; hole > 0 && keys[hole - 1] > key; hole--)
            keys[hole] = keys[hole - 1];
        keys[hole] = key;
    }
}

static void swap(knn_key *a, knn_key *b) {
    uint64_t t = *a;
    *a = *b;
    *b = t;
}

/* Splits count > FEW keys by the median of three of them (Hoare's partition): keys before the returned index are at
 * most the median, the others at least. Neither side is empty. */
static size_t split(knn_key *keys, size_t count) {
    knn_key *first = keys, *middle = keys + count / 2, *last = keys + count - 1;
    if (*middle < *first)
        swap(middle, first);
    if (*last < *middle)
        swap(last, middle);
    if (*middle < *first)
        swap(middle, first);
    uint64_t pivot = *middle;
    for (;;) {
        do
            first++;
        while (*first < pivot);
        do
            last--;
        while (*last > pivot);
        if (first >= last)
            return (size_t)(first - keys);
        swap(first, last);
    }
}

void knn_select_keys(knn_key *keys, size_t count, size_t k) {
    while (k < count && count > FEW) {
        size_t left = split(keys, count);
        if (k <= left) {
            count = left;
        } else {
            keys += left;
            count -= left;
            k -= left;
        }
    }
    if (k < count)
        insertion_sort(keys, count);
}

void knn_sort_keys(knn_key *keys, size_t count) {
    while (count > FEW) {
        size_t left = split(keys, count);
        knn_sort_keys(keys, left);
        keys += left;
        count -= left;
    }
    insertion_sort(keys, count);
}

void knn_kbest_select(struct knn_kbest *best, size_t k) {
    if (best->filled < k)
        return;
    knn_select_keys(best->keys, best->filled, k);
    best->filled = k;
    best->bound = best->keys[0];
    for (size_t i = 1; i < k; i++)
        if (best->keys[i] > best->bound)
            best->bound = best->keys[i];
}
