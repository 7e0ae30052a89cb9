/* Which way of searching is taken: what was measured decides, whatever order it came in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ways.h"

enum { ALL = (1 << KNN_WAYS) - 1, LEVELS = (1 << KNN_IN_FULL) - 1 };

static void test_kinds(void **state) {
    static const size_t ks[] = {1, 4, 5, 32, 33, 1000}, queries[] = {1, 2, 3, 32, 33, 256, 257, 1000000};
    int seen[KNN_WAYS_KINDS] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof ks / sizeof ks[0]; i++)
        for (size_t j = 0; j < sizeof queries / sizeof queries[0]; j++) {
            size_t kind = knn_ways_kind(ks[i], queries[j]);
            assert_in_range(kind, 0, KNN_WAYS_KINDS - 1);
            seen[kind]++;
        }
    for (size_t kind = 0; kind < KNN_WAYS_KINDS; kind++)
        assert_int_equal(seen[kind], 4); /* each range of k, and of queries, is there by two values */
}

/* The first group does not count; then each level is tried, and the faster one is kept. */
static void test_levels_first(void **state) {
    struct knn_ways ways = {0};
    (void)state;
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
    knn_ways_note(&ways, KNN_COARSE, 9);
    assert_false(knn_ways_known(&ways, KNN_COARSE));
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
    knn_ways_note(&ways, KNN_COARSE, 2);
    assert_true(knn_ways_known(&ways, KNN_COARSE));
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_FINE);
    assert_int_equal(knn_ways_best(&ways, 1 << KNN_COARSE), KNN_COARSE);
    knn_ways_note(&ways, KNN_FINE, 1);
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_FINE);
}

/* A level is not tried if even the least that it may take is more than what another one took. */
static void test_hopeless_level(void **state) {
    (void)state;
    for (int hopeless = 0; hopeless <= 1; hopeless++) {
        struct knn_ways ways = {0};
        knn_ways_note(&ways, KNN_COARSE, 9);
        knn_ways_guess(&ways, KNN_FINE, hopeless ? 2.5 : 1.5);
        assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
        knn_ways_note(&ways, KNN_COARSE, 2);
        assert_int_equal(knn_ways_best(&ways, ALL), hopeless ? KNN_COARSE : KNN_FINE);
    }
}

static void learn_levels(struct knn_ways *ways, double coarse, double fine) {
    knn_ways_note(ways, KNN_COARSE, 1);
    knn_ways_note(ways, KNN_COARSE, coarse);
    knn_ways_note(ways, KNN_FINE, fine);
}

/* The exhaustive way is taken if its guess is better than the levels, kept if that was right, and left if not. */
static void test_in_full(void **state) {
    (void)state;
    for (int right = 0; right <= 1; right++) {
        struct knn_ways ways = {0};
        learn_levels(&ways, 2, 3);
        assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
        knn_ways_guess(&ways, KNN_IN_FULL, 2.5);
        assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
        knn_ways_guess(&ways, KNN_IN_FULL, 1.5);
        assert_int_equal(knn_ways_best(&ways, ALL), KNN_IN_FULL);
        assert_int_equal(knn_ways_best(&ways, LEVELS), KNN_COARSE);
        knn_ways_note(&ways, KNN_IN_FULL, right ? 1.6 : 2.2);
        knn_ways_guess(&ways, KNN_IN_FULL, 0.1); /* what was measured stays */
        assert_int_equal(knn_ways_best(&ways, ALL), right ? KNN_IN_FULL : KNN_COARSE);
    }
}

/* One disturbed group changes nothing if its way was twice as fast; a way that stays slow is left. */
static void test_disturbed(void **state) {
    struct knn_ways ways = {0};
    (void)state;
    learn_levels(&ways, 1, 2);
    knn_ways_note(&ways, KNN_COARSE, 50);
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
    for (int i = 0; i < 4; i++)
        knn_ways_note(&ways, KNN_COARSE, 50);
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_FINE);
}

/* A way that was disturbed when it was tried first has another chance in the end, and not soon. */
static void test_second_chance(void **state) {
    struct knn_ways ways = {0};
    size_t groups = 0;
    (void)state;
    learn_levels(&ways, 10, 1);
    for (; knn_ways_best(&ways, ALL) == KNN_FINE && groups < 10000; groups++)
        knn_ways_note(&ways, KNN_FINE, 1);
    assert_in_range(groups, 500, 2000);
    knn_ways_note(&ways, KNN_COARSE, 0.5);
    assert_int_equal(knn_ways_best(&ways, ALL), KNN_COARSE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),   cmocka_unit_test(test_levels_first), cmocka_unit_test(test_hopeless_level),
        cmocka_unit_test(test_in_full), cmocka_unit_test(test_disturbed),    cmocka_unit_test(test_second_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
