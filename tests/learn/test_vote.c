/* Votes of neighbours, worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vote.h"

enum { MOST = 8, LABELS = UINT16_MAX + 1 };

/* A list of neighbours, nearest first: neighbour i is training row i. */
struct list {
    size_t count;
    uint64_t distances[MOST];
    uint16_t labels[MOST];
};

static uint16_t vote(const struct list *list, size_t k, enum knn_metric metric, enum knn_weights weights,
                     double *shares) {
    struct knn_neighbor neighbors[MOST];
    for (size_t i = 0; i < list->count; i++)
        neighbors[i] = (struct knn_neighbor){.distance = list->distances[i], .id = (uint32_t)i};
    return knn_vote(neighbors, k, list->labels, metric, weights, shares, LABELS);
}

static void assert_near(double found, double expected) {
    if (!(fabs(found - expected) < 1e-15))
        fail_msg("%.17g, not %.17g", found, expected);
}

/* One list serves every k. */
static void test_every_k(void **state) {
    (void)state;
    const struct list list = {7, {1, 2, 3, 4, 5, 6, 7}, {5, 3, 3, 5, 9, 9, 9}};
    const uint16_t winners[] = {5, 3, 3, 3, 3, 3, 9};
    for (size_t k = 1; k <= list.count; k++)
        assert_int_equal(vote(&list, k, KNN_L1, KNN_UNIFORM, NULL), winners[k - 1]);
}

static void test_ties(void **state) {
    (void)state;
    const struct list list = {4, {2, 2, 6, 6}, {255, 4, 4, 255}};
    for (enum knn_weights weights = 0; weights <= KNN_DISTANCE; weights++)
        for (size_t k = 2; k <= 4; k += 2)
            assert_int_equal(vote(&list, k, KNN_L2, weights, NULL), 4);
}

/* 1 / 3 + 1 / 7 + 1 / 11 in the neighbours' order for both labels: equal to the last bit. */
static void test_tie_of_sums(void **state) {
    (void)state;
    const struct list list = {6, {3, 3, 7, 7, 11, 11}, {8, 2, 8, 2, 2, 8}};
    static double shares[LABELS];
    assert_int_equal(vote(&list, 6, KNN_L1, KNN_DISTANCE, shares), 2);
    assert_true(shares[2] == shares[8]);
}

static void test_weights(void **state) {
    (void)state;
    const struct list near = {3, {1, 2, 4}, {5, 3, 3}}, squares = {3, {1, 4, 16}, {5, 3, 3}};
    const struct list two = {3, {4, 9, 9}, {5, 3, 3}}; /* by L2 1/2 against 2/3; by L1 1/4 against 2/9 */
    static double shares[LABELS];
    assert_int_equal(vote(&near, 3, KNN_L1, KNN_UNIFORM, shares), 3);
    assert_near(shares[3], 2.0 / 3);
    assert_int_equal(vote(&near, 3, KNN_L1, KNN_DISTANCE, shares), 5);
    assert_near(shares[5], 4.0 / 7);
    assert_near(shares[3], 3.0 / 7);
    assert_int_equal(vote(&squares, 3, KNN_L2, KNN_DISTANCE, shares), 5);
    assert_near(shares[5], 4.0 / 7);
    assert_int_equal(vote(&two, 3, KNN_L1, KNN_DISTANCE, NULL), 5);
    assert_int_equal(vote(&two, 3, KNN_L2, KNN_DISTANCE, NULL), 3);
}

/* Those at distance 0 vote alone, one vote each. */
static void test_at_distance_zero(void **state) {
    (void)state;
    const struct list list = {6, {0, 0, 1, 1, 1, 1}, {7, 2, 3, 3, 3, 3}};
    static double shares[LABELS];
    assert_int_equal(vote(&list, 6, KNN_L1, KNN_UNIFORM, NULL), 3);
    assert_int_equal(vote(&list, 1, KNN_L1, KNN_DISTANCE, shares), 7);
    assert_near(shares[7], 1);
    for (size_t k = 2; k <= 6; k++) {
        assert_int_equal(vote(&list, k, KNN_L2, KNN_DISTANCE, shares), 2);
        assert_near(shares[2], 0.5);
        assert_near(shares[7], 0.5);
        assert_near(shares[3], 0);
    }
}

static void test_shares(void **state) {
    (void)state;
    const struct list list = {8, {1, 1, 2, 3, 5, 8, 13, 21}, {0, 255, 1, 255, 2, 255, 3, 0}};
    for (enum knn_weights weights = 0; weights <= KNN_DISTANCE; weights++)
        for (size_t k = 1; k <= list.count; k++) {
            static double shares[LABELS];
            double sum = 0;
            uint16_t winner = vote(&list, k, KNN_L1, weights, shares);
            for (size_t label = 0; label < LABELS; label++) {
                sum += shares[label];
                assert_true(label < winner ? shares[label] < shares[winner] : shares[label] <= shares[winner]);
            }
            assert_near(sum, 1);
        }
}

/* Long lists against one counter a label, their labels few or many, together or far apart. */
static void test_long_lists(void **state) {
    (void)state;
    static struct knn_neighbor neighbors[KNN_MAX_K];
    static uint16_t labels[KNN_MAX_K];
    static double shares[LABELS], votes[LABELS];
    for (unsigned round = 0; round < 64; round++) {
        size_t k = 1 + round * 7919 % KNN_MAX_K;
        unsigned step = 1u << round % 12, count = 1 + round * 31 % 300;
        double all = 0;
        memset(votes, 0, sizeof votes);
        for (size_t i = 0; i < k; i++) {
            neighbors[i] = (struct knn_neighbor){.distance = 3 + i / 4, .id = (uint32_t)i};
            labels[i] = (uint16_t)(i * i % count * step);
            votes[labels[i]] += 1 / (double)neighbors[i].distance;
            all += 1 / (double)neighbors[i].distance;
        }
        size_t winner = 0;
        uint16_t found = knn_vote(neighbors, k, labels, KNN_L1, KNN_DISTANCE, shares, LABELS);
        for (size_t label = 0; label < LABELS; label++) {
            winner = votes[label] > votes[winner] ? label : winner;
            assert_true(shares[label] == votes[label] / all);
        }
        assert_int_equal(found, winner);
    }
}

static void test_root(void **state) {
    (void)state;
    assert_true(knn_distance_root(KNN_L2, 49) == 7);
    assert_true(knn_distance_root(KNN_L1, 49) == 49);
    assert_string_equal(knn_weights_name(KNN_UNIFORM), "uniform");
    assert_string_equal(knn_weights_name(KNN_DISTANCE), "distance");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_k),          cmocka_unit_test(test_ties),
        cmocka_unit_test(test_tie_of_sums),      cmocka_unit_test(test_weights),
        cmocka_unit_test(test_at_distance_zero), cmocka_unit_test(test_shares),
        cmocka_unit_test(test_long_lists),       cmocka_unit_test(test_root),
    };
    return cmocka_run_group_tests_name("vote", tests, NULL, NULL);
}
