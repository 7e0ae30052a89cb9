/* Folds against what scikit-learn 1.2.1 dealt out, and against the definitions in folds.h done by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folds.h"
#include "palette.h"

enum { MOST = 600 };

static uint64_t stream = 1;

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

static void make(struct knn_folds *folds, enum knn_fold_split split, size_t count, const uint16_t *labels, size_t rows,
                 uint64_t seed) {
    struct knn_error error;
    if (knn_folds_make(folds, split, count, labels, rows, seed, &error) != 0)
        fail_msg("%s", error.message);
}

/* Every row is in a fold, and none of them empty; fold_of[i] becomes that of row i. */
static void check(const struct knn_folds *folds, size_t count, size_t rows, unsigned *fold_of) {
    size_t counted[MOST] = {0};
    assert_int_equal(folds->count, count);
    for (size_t i = 0; i < rows; i++) {
        assert_true(folds->of[i] < count);
        counted[folds->of[i]]++;
        fold_of[i] = folds->of[i];
    }
    for (size_t f = 0; f < count; f++)
        assert_true(folds->rows[f] > 0 && folds->rows[f] == counted[f]);
}

static void test_contiguous(void **state) {
    (void)state;
    for (size_t rows = 2; rows < 40; rows++)
        for (size_t count = 2; count <= rows; count++) {
            struct knn_folds folds;
            unsigned fold_of[MOST];
            make(&folds, KNN_CONTIGUOUS, count, NULL, rows, 0);
            check(&folds, count, rows, fold_of);
            for (size_t f = 0; f < count; f++)
                assert_int_equal(folds.rows[f], rows / count + (f < rows % count));
            for (size_t i = 1; i < rows; i++)
                assert_true(fold_of[i] >= fold_of[i - 1]);
            knn_folds_free(&folds);
        }
}

static void test_shuffled(void **state) {
    (void)state;
    enum { ROWS = 503, FOLDS = 7, SEEDS = 20 };
    static unsigned fold_of[SEEDS][ROWS], again[ROWS];
    size_t together = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct knn_folds folds;
        make(&folds, KNN_SHUFFLED, FOLDS, NULL, ROWS, seed);
        check(&folds, FOLDS, ROWS, fold_of[seed]);
        for (size_t f = 0; f < FOLDS; f++)
            assert_int_equal(folds.rows[f], ROWS / FOLDS + (f < ROWS % FOLDS));
        knn_folds_free(&folds);
        make(&folds, KNN_SHUFFLED, FOLDS, NULL, ROWS, seed);
        check(&folds, FOLDS, ROWS, again);
        assert_memory_equal(fold_of[seed], again, sizeof again);
        knn_folds_free(&folds);
        for (size_t i = 1; i < ROWS; i++)
            together += fold_of[seed][i - 1] == fold_of[seed][i];
        for (uint64_t other = 0; other < seed; other++)
            assert_memory_not_equal(fold_of[seed], fold_of[other], sizeof again);
    }
    /* neighbours share a fold as often as chance has it: 1435 times, give or take 35 */
    assert_in_range(together, 1250, 1620);
}

/* The same on every machine: Fisher and Yates by SplitMix64, worked out by another program. */
static void test_shuffle_by_seed(void **state) {
    (void)state;
    static const uint32_t right[] = {0, 2, 2, 2, 1, 0, 1, 1, 0, 0};
    struct knn_folds folds;
    make(&folds, KNN_SHUFFLED, 3, NULL, 10, 42);
    assert_memory_equal(folds.of, right, sizeof right);
    knn_folds_free(&folds);
}

/* -- stratified ---------------------------------------------------------------------------------------------------- */

static void test_scikit_learn(void **state) {
    (void)state;
    static const struct {
        size_t folds, rows;
        uint16_t labels[18];
        unsigned fold_of[18];
    } cases[] = {
        {3,
         17,
         {2, 0, 1, 1, 0, 2, 2, 0, 1, 0, 0, 1, 2, 2, 0, 0, 0},
         {0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 2, 1, 2, 2, 2, 2}},
        {4,
         18,
         {7, 7, 7, 1, 7, 1, 1, 1, 1, 7, 7, 3, 3, 3, 3, 7, 7, 7},
         {0, 0, 0, 0, 1, 1, 1, 2, 3, 1, 2, 0, 1, 2, 3, 2, 3, 3}},
        {2, 11, {5, 9, 9, 5, 9, 9, 9, 9, 5, 5, 9}, {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct knn_folds folds;
        unsigned fold_of[MOST];
        make(&folds, KNN_STRATIFIED, cases[c].folds, cases[c].labels, cases[c].rows, 0);
        check(&folds, cases[c].folds, cases[c].rows, fold_of);
        assert_memory_equal(fold_of, cases[c].fold_of, cases[c].rows * sizeof *fold_of);
        knn_folds_free(&folds);
    }
}

/* Rows sorted by class, classes by first row, and dealt out in turn: how many of a class does a fold get? */
static void deal(const uint16_t *labels, size_t rows, size_t folds, unsigned *fold_of) {
    int done[UINT8_MAX + 1] = {0};
    for (size_t first = 0, place = 0; first < rows; first++) {
        size_t gets[MOST] = {0}, fold = 0;
        if (done[labels[first]])
            continue;
        done[labels[first]] = 1;
        for (size_t i = first; i < rows; i++)
            if (labels[i] == labels[first])
                gets[place++ % folds]++;
        for (size_t i = first; i < rows; i++) {
            if (labels[i] != labels[first])
                continue;
            while (gets[fold] == 0)
                fold++;
            gets[fold]--;
            fold_of[i] = (unsigned)fold;
        }
    }
}

static void test_stratified(void **state) {
    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        size_t classes = 2 + pick(round % 2 ? 10 : 3), count = 2 + pick(9), rows = classes * count;
        rows += pick(MOST - rows);
        uint16_t labels[MOST];
        uint8_t base = (uint8_t)pick(UINT8_MAX - classes);
        unsigned fold_of[MOST], right[MOST];
        for (size_t i = 0; i < rows; i++) /* `count` of each class, and the rest unevenly */
            labels[i] = (uint8_t)(base + (i < classes * count ? i % classes : pick(1 + pick(classes))));
        for (size_t i = rows; i > 1; i--) {
            size_t j = pick(i);
            uint16_t label = labels[j];
            labels[j] = labels[i - 1];
            labels[i - 1] = label;
        }
        struct knn_folds folds;
        make(&folds, KNN_STRATIFIED, count, labels, rows, round);
        check(&folds, count, rows, fold_of);
        deal(labels, rows, count, right);
        assert_memory_equal(fold_of, right, rows * sizeof *right);
        knn_folds_free(&folds);
    }
}

/* -- what there cannot be ------------------------------------------------------------------------------------------ */

static void must_refuse(enum knn_fold_split split, size_t count, const uint16_t *labels, size_t rows,
                        const char *message) {
    struct knn_folds folds;
    struct knn_error error;
    memset(&folds, 0xa5, sizeof folds);
    assert_int_equal(knn_folds_make(&folds, split, count, labels, rows, 0, &error), -1);
    assert_string_equal(error.message, message);
    assert_null(folds.of);
    assert_null(folds.rows);
    knn_folds_free(&folds);
}

static void test_errors(void **state) {
    (void)state;
    static const uint16_t ones[] = {1, 1, 1, 1, 1, 1}, rare[] = {4, 1, 1, 4, 1, 1, 1, 1};
    for (unsigned split = 0; split < KNN_FOLD_SPLITS; split++) {
        must_refuse(split, 0, ones, 6, "folds = 0: use at least 2");
        must_refuse(split, 1, ones, 6, "folds = 1: use at least 2");
        must_refuse(split, 7, ones, 6, "7 folds of 6 rows would leave a fold empty: use fewer folds");
        must_refuse(split, 2, ones, 0, "2 folds of 0 rows would leave a fold empty: use fewer folds");
    }
    must_refuse(KNN_STRATIFIED, 2, ones, 6,
                "all 6 rows are of class 1: stratified folds need two classes, use more rows");
    must_refuse(KNN_STRATIFIED, 3, rare, 8,
                "class 4 has 2 rows, too few for 3 stratified folds: use fewer folds, more rows or another split");
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(knn_fold_split_name(KNN_STRATIFIED), "stratified");
    assert_string_equal(knn_fold_split_name(KNN_CONTIGUOUS), "contiguous");
    assert_string_equal(knn_fold_split_name(KNN_SHUFFLED), "shuffled");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contiguous),   cmocka_unit_test(test_shuffled),   cmocka_unit_test(test_shuffle_by_seed),
        cmocka_unit_test(test_scikit_learn), cmocka_unit_test(test_stratified), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("folds", tests, NULL, NULL);
}
