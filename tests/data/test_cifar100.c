/* CIFAR-100's binary version: its fine and its coarse labels, their names, and its damages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "array_files.h"

enum { RECORD = 2 + KNN_CIFAR_BYTES, TRAIN = 3, TEST = 2 };

static const char *const names[] = {"train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt"};

/* Images of the sets 0 and 1, then names; the labels of image i are (7 + i) % 20 and 99 - i. */
static struct cifar_bytes content(int which) {
    struct cifar_bytes bytes = {.size = 0};
    char line[32];
    for (size_t i = 0; which < 2 && i < (which == 0 ? TRAIN : TEST); i++) {
        cifar_put_byte(&bytes, (uint8_t)((7 + i) % 20));
        cifar_put_byte(&bytes, (uint8_t)(99 - i));
        cifar_put_pixels(&bytes, which, i);
    }
    for (int c = 0; which >= 2 && c < (which == 2 ? 100 : 20); c++) {
        snprintf(line, sizeof line, "%s_%d\n", which == 2 ? "fine" : "coarse", c);
        cifar_put(&bytes, line, strlen(line));
    }
    if (which == 2)
        cifar_put(&bytes, "\n", 1);
    return bytes;
}

static void write_files(const char *folder, int count) {
    char path[128];
    mkdir(folder, 0777);
    for (int i = 0; i < count; i++) {
        const struct cifar_bytes bytes = content(i);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        cifar_write_file(path, &bytes);
    }
}

static void check_good(const char *spec, const char *kind, const char *last_name) {
    struct knn_dataset dataset;
    struct knn_error error = {""};
    int fine = strcmp(kind, "fine") == 0;
    if (knn_dataset_open(&dataset, spec, &error) != 0)
        fail_msg("%s: %s", spec, error.message);
    assert_non_null(strstr(dataset.source, "CIFAR-100"));
    assert_non_null(strstr(dataset.source, kind));
    assert_int_equal(dataset.classes, fine ? 100 : 20);
    assert_string_equal(dataset.class_names[dataset.classes - 1], last_name);
    assert_true(dataset.shape.height == 32 && dataset.shape.width == 32 && dataset.shape.planes == 3);
    for (int set = 0; set < 2; set++) {
        const struct knn_images *images = set == 0 ? &dataset.train : &dataset.test;
        const struct cifar_bytes right = content(set);
        assert_int_equal(images->pixels.rows, set == 0 ? TRAIN : TEST);
        for (size_t i = 0; i < images->pixels.rows; i++) {
            assert_int_equal(images->labels[i], right.data[i * RECORD + (size_t)fine]);
            assert_memory_equal(knn_matrix_row(&images->pixels, i), right.data + i * RECORD + 2, KNN_CIFAR_BYTES);
        }
    }
    knn_dataset_close(&dataset);
}

static void test_good(void **state) {
    (void)state;
    struct cifar_bytes files[4];
    write_files("set", 2);
    check_good("set", "fine", "99");
    check_good("set:coarse", "coarse", "19");
    write_files("set", 4);
    check_good("set", "fine", "fine_99");
    check_good("set:fine", "fine", "fine_99");
    check_good("set/:coarse", "coarse", "coarse_19");
    mkdir("outer", 0777);
    write_files("outer/cifar-100-binary", 4);
    check_good("outer:coarse", "coarse", "coarse_19");
    for (int i = 0; i < 4; i++)
        files[i] = content(i);
    array_write_zip("some.zip", names, files, "3120", 1);
    check_good("some.zip", "fine", "fine_99");
    check_good("some.zip:coarse", "coarse", "coarse_19");
    write_files("set:coarse", 4); /* a path as it stands goes first */
    check_good("set:coarse", "fine", "fine_99");
}

static void test_bad(void **state) {
    (void)state;
    struct cifar_bytes bytes = content(0);
    write_files("set", 4);
    bytes.size--;
    cifar_write_file("set/train.bin", &bytes);
    cifar_check_bad("set", "set/train.bin", "not a multiple of 3074");
    bytes = content(0);
    bytes.data[RECORD] = 20;
    cifar_write_file("set/train.bin", &bytes);
    cifar_check_bad("set", "set/train.bin", "record 1 (of 0 to 2) has label 20, not 0 to 19");
    bytes = content(0);
    bytes.data[2 * RECORD + 1] = 100;
    cifar_write_file("set/train.bin", &bytes);
    cifar_check_bad("set:coarse", "set/train.bin", "record 2 (of 0 to 2) has label 100, not 0 to 99");
    bytes.size = 0;
    cifar_write_file("set/train.bin", &bytes);
    cifar_check_bad("set", "set/train.bin", "is empty");
    assert_int_equal(remove("set/train.bin"), 0);
    cifar_check_bad("set", "set: train.bin", "is missing");
    cifar_write_folder("ten", cifar_binary_names, cifar_binary_batch);
    cifar_check_bad("ten:coarse", "ten:coarse", "has no labels called coarse");
    cifar_check_bad("nowhere:coarse", "nowhere", "No such file");
    cifar_check_bad("set:rough", "set:rough", "No such file");
}

static void test_names_bad(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {{"a\nb\n", "has 2 names for 20 classes"},
                 {"", "has 0 names for 20 classes"},
                 {"a,b\n", "line 1 of coarse_label_names.txt is no name"},
                 {"a\n\nb\n", "line 2 of coarse_label_names.txt is no name"},
                 {"a\n\"b\"\n", "line 2 of coarse_label_names.txt is no name"},
                 {"a\n\x7f\n", "line 2 of coarse_label_names.txt is no name"}};
    write_files("set", 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cifar_bytes bytes = {.size = 0};
        cifar_put(&bytes, cases[i].text, strlen(cases[i].text));
        cifar_write_file("set/coarse_label_names.txt", &bytes);
        cifar_check_bad("set:coarse", "set", cases[i].reason);
        check_good("set", "fine", "fine_99");
    }
    struct cifar_bytes bytes = content(2);
    cifar_write_file("set/coarse_label_names.txt", &bytes);
    cifar_check_bad("set:coarse", "set", "line 21 of coarse_label_names.txt");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, cifar_enter, cifar_leave)

int main(void) {
    const struct CMUnitTest tests[] = {IN_FOLDER(test_good), IN_FOLDER(test_bad), IN_FOLDER(test_names_bad)};
    return cmocka_run_group_tests_name("cifar100", tests, NULL, NULL);
}
