/* Accuracy, its interval, classes and confusion, against what is computed by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "evaluate.h"

/* From Wilson's formula in 40 decimal digits. */
static void test_wilson(void **state) {
    (void)state;
    static const struct {
        size_t right, all;
        double low, high;
    } cases[] = {
        {0, 10, 0, 0.277532799863},
        {1, 10, 0.017876213095, 0.404150026795},
        {5, 10, 0.236593090513, 0.763406909487},
        {10, 10, 0.722467200137, 1},
        {386, 1000, 0.356317362995, 0.416555137940},
        {1, 1, 0.206549314377, 1},
        {9999, 10000, 0.999433731103, 0.999982347326},
        {0, 0, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct knn_interval found = knn_wilson(cases[i].right, cases[i].all);
        if (fabs(found.low - cases[i].low) > 1e-11 || fabs(found.high - cases[i].high) > 1e-11)
            fail_msg("%zu of %zu: %.12f to %.12f", cases[i].right, cases[i].all, found.low, found.high);
        assert_true(found.low >= 0 && found.high <= 1);
    }
}

enum { COUNT = 7, CLASSES = 10 };

static const char *const names[CLASSES] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                           "dog",      "frog",       "horse", "ship", "truck"};

static const uint16_t labels[COUNT] = {0, 0, 0, 3, 3, 9, 9}, predicted[COUNT] = {0, 3, 3, 3, 3, 9, 1};

static struct knn_evaluation evaluate(void) {
    struct knn_evaluation evaluation;
    struct knn_error error;
    if (knn_evaluate(&evaluation, labels, predicted, COUNT, names, CLASSES, &error) != 0)
        fail_msg("%s", error.message);
    return evaluation;
}

static void test_counts(void **state) {
    (void)state;
    struct knn_evaluation e = evaluate();
    size_t sum = 0;
    assert_true(e.images == COUNT && e.right == 4);
    assert_true(e.classes == CLASSES && e.names == names);
    assert_true(knn_class_images(&e, 0) == 3 && knn_class_images(&e, 3) == 2 && knn_class_images(&e, 1) == 0);
    assert_true(knn_class_right(&e, 0) == 1 && knn_class_right(&e, 3) == 2 && knn_class_right(&e, 9) == 1);
    assert_true(knn_confusion_row(&e, 0)[0] == 1 && knn_confusion_row(&e, 0)[3] == 2);
    assert_true(knn_confusion_row(&e, 9)[9] == 1 && knn_confusion_row(&e, 9)[1] == 1);
    for (size_t c = 0; c < CLASSES; c++)
        for (size_t p = 0; p < CLASSES; p++)
            sum += knn_confusion_row(&e, c)[p];
    assert_int_equal(sum, COUNT);
    assert_true(knn_share(1, 4) == 0.25 && knn_share(0, 0) == 0);
    knn_evaluation_free(&e);
    knn_evaluation_free(&e);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void must_say(const struct knn_error *error, const char *text) {
    if (strstr(error->message, text) == NULL || strchr(error->message, '\n') != NULL)
        fail_msg("not one line with \"%s\": %s", text, error->message);
}

static void test_unknown_labels(void **state) {
    (void)state;
    const uint16_t wrong[] = {1, 10, 2}, right[] = {1, 2, 2};
    struct knn_evaluation e;
    struct knn_error error;
    assert_int_equal(knn_evaluate(&e, wrong, right, 3, names, CLASSES, &error), -1);
    must_say(&error, "the label of image 1 is 10, which the class list does not have: use labels 0 to 9");
    assert_int_equal(knn_evaluate(&e, right, wrong, 3, names, CLASSES, &error), -1);
    must_say(&error, "the prediction of image 1 is 10, which the class list does not have");
    assert_int_equal(knn_check_classes(wrong, 3, names, CLASSES, &error), -1);
    must_say(&error, "the label of image 1 is 10, which the class list does not have");
}

static void test_one_class(void **state) {
    (void)state;
    const uint16_t cats[] = {3, 3, 3, 5};
    struct knn_error error;
    assert_int_equal(knn_check_classes(cats, 3, names, CLASSES, &error), -1);
    must_say(&error, "all training images (3) are of class cat: use images of two classes or more");
    assert_int_equal(knn_check_classes(cats, 4, names, CLASSES, &error), 0);
    assert_int_equal(knn_check_classes(cats, 0, names, CLASSES, &error), -1);
    must_say(&error, "no image to train on");
}

/* -- what is written ----------------------------------------------------------------------------------------------- */

static const char *written_by(void (*write)(const struct knn_evaluation *evaluation, FILE *stream)) {
    static char text[4096];
    struct knn_evaluation e = evaluate();
    FILE *stream = fmemopen(text, sizeof text, "w");
    assert_non_null(stream);
    write(&e, stream);
    assert_int_equal(fclose(stream), 0);
    knn_evaluation_free(&e);
    return text;
}

static void test_text(void **state) {
    (void)state;
    assert_string_equal(written_by(knn_evaluation_print),
                        "accuracy  57.14 % (4 of 7; guessing gives 10 %), 95 % interval 25.05 to 84.18 %\n"
                        "  airplane      33.33 % (1 of 3), 6.15 to 79.23 %\n"
                        "  cat          100.00 % (2 of 2), 34.24 to 100.00 %\n"
                        "  truck         50.00 % (1 of 2), 9.45 to 90.55 %\n"
                        "confusion (a row a label, a column a prediction)\n"
                        "               airpl autom  bird   cat  deer   dog  frog horse  ship truck\n"
                        "  airplane         1     0     0     2     0     0     0     0     0     0\n"
                        "  automobile       0     0     0     0     0     0     0     0     0     0\n"
                        "  bird             0     0     0     0     0     0     0     0     0     0\n"
                        "  cat              0     0     0     2     0     0     0     0     0     0\n"
                        "  deer             0     0     0     0     0     0     0     0     0     0\n"
                        "  dog              0     0     0     0     0     0     0     0     0     0\n"
                        "  frog             0     0     0     0     0     0     0     0     0     0\n"
                        "  horse            0     0     0     0     0     0     0     0     0     0\n"
                        "  ship             0     0     0     0     0     0     0     0     0     0\n"
                        "  truck            0     1     0     0     0     0     0     0     0     1\n");
}

static void test_csv(void **state) {
    (void)state;
    assert_string_equal(written_by(knn_confusion_csv),
                        "label,airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck\n"
                        "airplane,1,0,0,2,0,0,0,0,0,0\nautomobile,0,0,0,0,0,0,0,0,0,0\nbird,0,0,0,0,0,0,0,0,0,0\n"
                        "cat,0,0,0,2,0,0,0,0,0,0\ndeer,0,0,0,0,0,0,0,0,0,0\ndog,0,0,0,0,0,0,0,0,0,0\n"
                        "frog,0,0,0,0,0,0,0,0,0,0\nhorse,0,0,0,0,0,0,0,0,0,0\nship,0,0,0,0,0,0,0,0,0,0\n"
                        "truck,0,1,0,0,0,0,0,0,0,1\n");
}

/* More classes than a page has room for: what is left out is said, and the file has them all. */
static void test_many_classes(void **state) {
    (void)state;
    enum { MANY = UINT16_MAX + 1, LARGEST = MANY - 1 };
    static const char *many[MANY];
    const uint16_t right[] = {0, LARGEST, LARGEST}, answers[] = {0, LARGEST, 7};
    struct knn_evaluation e;
    struct knn_error error;
    char text[4096];
    for (size_t c = 0; c < MANY; c++)
        many[c] = "x";
    assert_int_equal(knn_evaluate(&e, right, answers, 3, many, MANY, &error), 0);
    assert_true(e.right == 2 && knn_class_images(&e, LARGEST) == 2 && knn_class_right(&e, LARGEST) == 1);
    assert_true(knn_confusion_row(&e, LARGEST)[7] == 1 && knn_confusion_row(&e, LARGEST)[LARGEST] == 1);
    FILE *stream = fmemopen(text, sizeof text, "w");
    assert_non_null(stream);
    knn_evaluation_print(&e, stream);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, "accuracy  66.67 % (2 of 3; guessing gives 0.00153 %), 95 % interval 20.77 to 93.85 %\n"
                              "  65536 classes are too many for a page: --json has them\n"
                              "confusion 65536 x 65536 classes: too many for a page, --confusion FILE writes them\n");
    knn_evaluation_free(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson),       cmocka_unit_test(test_counts), cmocka_unit_test(test_unknown_labels),
        cmocka_unit_test(test_one_class),    cmocka_unit_test(test_text),   cmocka_unit_test(test_csv),
        cmocka_unit_test(test_many_classes),
    };
    return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
