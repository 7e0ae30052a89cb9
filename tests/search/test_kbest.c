/* The k best of a stream. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"
#include "kbest.h"

static uint64_t seed, stream;

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

enum { MOST = 3000, MOST_K = 1000 };

static int ascending(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* n keys for rows 0 ... n - 1, distances below `distances`, in an order of chance. */
static void make_keys(uint64_t *keys, size_t n, uint64_t distances, unsigned index_bits) {
    for (size_t i = 0; i < n; i++) {
        size_t other = pick(i + 1); /* a shuffle from the inside out */
        keys[i] = keys[other];
        keys[other] = (palette_random(&stream) % distances) << index_bits | i;
    }
}

static void must_be(const uint64_t *is, const uint64_t *right, size_t count, const char *what, size_t n, size_t k) {
    for (size_t i = 0; i < count; i++)
        if (is[i] != right[i])
            fail_msg("%s: entry %zu of the %zu best of %zu is %" PRIx64 ", not %" PRIx64 " (seed %" PRIu64 ")", what, i,
                     k, n, is[i], right[i], seed);
}

/* Offers n keys; checks the room, the bound and the result. */
static void check_best(size_t n, size_t k, uint64_t distances) {
    static uint64_t offered[MOST], sorted[MOST], room[2 * MOST_K + 16];
    size_t capacity = knn_kbest_room(k);
    struct knn_kbest best = {.keys = room, .bound = UINT64_MAX};
    make_keys(offered, n, distances, knn_id_bits(MOST - 1));
    memcpy(sorted, offered, sizeof sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    room[capacity] = 0xa5a5a5a5;
    for (size_t i = 0; i < n; i++) {
        knn_kbest_offer(&best, k, offered[i]);
        assert_in_range(best.filled, 0, capacity - 1);
        assert_true(best.bound >= sorted[k <= n ? k - 1 : n - 1]);
    }
    assert_int_equal(room[capacity], 0xa5a5a5a5);
    knn_kbest_select(&best, k);
    assert_int_equal(best.filled, k < n ? k : n);
    if (n >= k)
        assert_int_equal(best.bound, sorted[k - 1]);
    knn_sort_keys(best.keys, best.filled);
    must_be(best.keys, sorted, best.filled, "a stream", n, k);
}

static void test_best(void **state) {
    (void)state;
    static const uint64_t distances[] = {1, 2, 5, 1000, UINT64_C(1) << 33, UINT64_C(1) << 50};
    for (size_t d = 0; d < sizeof distances / sizeof distances[0]; d++) {
        for (size_t n = 1; n <= 60; n++) /* fewer than k, as many, more */
            for (size_t k = 1; k <= 20; k++)
                check_best(n, k, distances[d]);
        for (unsigned round = 0; round < 20; round++)
            check_best(1 + pick(MOST), 1 + pick(MOST_K), distances[d]);
        check_best(MOST, MOST_K, distances[d]);
        check_best(MOST_K - 1, MOST_K, distances[d]);
    }
}

/* Arrays that are hard on a partition: sorted, reversed, all equal, padded. */
static void fill_hard(uint64_t *keys, size_t n, unsigned pattern) {
    for (size_t i = 0; i < n; i++)
        keys[i] = pattern == 0   ? i
                  : pattern == 1 ? n - i
                  : pattern == 2 ? 7
                  : pattern == 3 ? (i % 3 ? UINT64_MAX : i)
                  : pattern == 4 ? (i < n / 2 ? i : n - i)
                                 : palette_random(&stream) % 4;
}

static void test_hard_arrays(void **state) {
    (void)state;
    static uint64_t keys[MOST], sorted[MOST], selected[MOST];
    for (unsigned pattern = 0; pattern <= 5; pattern++)
        for (size_t n = 0; n <= 200; n = n < 40 ? n + 1 : n + 37) {
            fill_hard(keys, n, pattern);
            memcpy(sorted, keys, sizeof keys);
            knn_sort_keys(sorted, n);
            memcpy(selected, keys, sizeof keys);
            qsort(selected, n, sizeof *selected, ascending);
            must_be(sorted, selected, n, "sorting", n, n);
            for (size_t k = 0; k <= n; k++) {
                memcpy(selected, keys, sizeof keys);
                knn_select_keys(selected, n, k);
                qsort(selected, k, sizeof *selected, ascending);
                must_be(selected, sorted, k, "selecting", n, k);
            }
        }
}

static void test_index_bits(void **state) {
    (void)state;
    static const size_t rows[] = {1, 2, 3, 4, 5, 50000, 65536, 65537, UINT32_MAX};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned bits = knn_id_bits(rows[i] - 1);
        assert_true(rows[i] - 1 < (uint64_t)1 << bits);
        assert_true(bits == 1 || rows[i] - 1 >= (uint64_t)1 << (bits - 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best),
        cmocka_unit_test(test_hard_arrays),
        cmocka_unit_test(test_index_bits),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    stream = seed;
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    return cmocka_run_group_tests_name("the k best", tests, NULL, NULL) != 0;
}
