/* Rows without labels: the same bytes out of every format, and the damages of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "array_files.h"
#include "rows.h"

static struct cifar_bytes u8bin(void) {
    struct cifar_bytes bytes = {.size = 0};
    cifar_put(&bytes, (const uint8_t[]){6, 0, 0, 0, ARRAY_DIM, 0, 0, 0}, 8);
    for (size_t i = 0; i < array_counts[0]; i++)
        for (size_t at = 0; at < ARRAY_DIM; at++)
            cifar_put_byte(&bytes, array_byte(0, i, at));
    return bytes;
}

static struct cifar_bytes bvecs(void) {
    struct cifar_bytes bytes = {.size = 0};
    for (size_t i = 0; i < array_counts[0]; i++) {
        cifar_put(&bytes, (const uint8_t[]){ARRAY_DIM, 0, 0, 0}, 4);
        for (size_t at = 0; at < ARRAY_DIM; at++)
            cifar_put_byte(&bytes, array_byte(0, i, at));
    }
    return bytes;
}

static void check_good(const char *path) {
    struct knn_matrix rows;
    struct knn_error error = {""};
    if (knn_rows_open(&rows, path, &error) != 0)
        fail_msg("%s", error.message);
    assert_true(rows.rows == array_counts[0] && rows.dim == ARRAY_DIM);
    for (size_t i = 0; i < rows.rows; i++)
        for (size_t at = 0; at < rows.dim; at++)
            assert_int_equal(knn_matrix_row(&rows, i)[at], array_byte(0, i, at));
    knn_matrix_free(&rows);
}

static void check_bad(const char *path, const char *reason) {
    struct knn_matrix rows;
    struct knn_error error = {""};
    assert_int_equal(knn_rows_open(&rows, path, &error), -1);
    if (strstr(error.message, path) == NULL || strstr(error.message, reason) == NULL ||
        strchr(error.message, '\n') != NULL)
        fail_msg("\"%s\" should name \"%s\" and say \"%s\"", error.message, path, reason);
    assert_null(rows.data);
}

static void test_good(void **state) {
    (void)state;
    const struct {
        const char *path;
        struct cifar_bytes bytes;
    } files[] = {{"rows.npy", array_npy(0)},
                 {"rows.u8bin", u8bin()},
                 {"train-images-idx3-ubyte", array_idx(0)},
                 {"train-images.idx3-ubyte", array_idx(0)},
                 {"rows.bvecs", bvecs()}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[64];
        cifar_write_file(files[i].path, &files[i].bytes);
        check_good(files[i].path);
        snprintf(path, sizeof path, "%s.gz", files[i].path);
        array_write_gz(path, &files[i].bytes);
        if (strstr(path, ".bvecs") == NULL)
            check_good(path);
        else
            check_bad(path, "unpack it");
    }
}

/* The planes of an image stay where they are: rows are the array's. */
static void test_dimensions(void **state) {
    (void)state;
    struct cifar_bytes bytes = array_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (6, 2, 2, 3), }");
    for (size_t i = 0; i < array_counts[0]; i++)
        for (size_t at = 0; at < ARRAY_DIM; at++)
            cifar_put_byte(&bytes, array_byte(0, i, at));
    cifar_write_file("rows.npy", &bytes);
    check_good("rows.npy");
}

static void test_u8bin_bad(void **state) {
    (void)state;
    static const struct {
        const char *header, *reason;
    } cases[] = {{"\7\0\0\0\x0c\0\0\0", "its header promises 92 bytes, more than the 80"},
                 {"\5\0\0\0\x0c\0\0\0", "its 80 bytes are more than the 68"},
                 {"\0\0\0\0\x0c\0\0\0", "there must be some"},
                 {"\6\0\0\0\0\0\0\0", "there must be some"},
                 {"\xff\xff\xff\xff\1\0\0\0", "its header promises 4294967303 bytes"},
                 {"\xff\xff\xff\xff\xff\xff\xff\xff", "at most 256 GiB"}};
    struct cifar_bytes bytes = u8bin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(bytes.data, cases[i].header, 8);
        cifar_write_file("rows.u8bin", &bytes);
        check_bad("rows.u8bin", cases[i].reason);
    }
    for (bytes.size = 0; bytes.size < 8; bytes.size++) {
        cifar_write_file("rows.u8bin", &bytes);
        check_bad("rows.u8bin", "ends before");
    }
}

static void test_bvecs_bad(void **state) {
    (void)state;
    static const struct {
        size_t at;
        const char *size, *reason;
    } cases[] = {{0, "\x0b\0\0\0", "its 96 bytes are more than the 90"},
                 {0, "\0\0\0\0", "there must be some"},
                 {0, "\xff\xff\xff\xff", "its header promises 4294967299 bytes, more than the 96"},
                 {0, "\x64\0\0\0", "its header promises 104 bytes"},
                 {16, "\x0b\0\0\0", "row 1 has 11 bytes, but row 0 has 12"},
                 {80, "\xff\xff\xff\xff", "row 5 has 4294967295 bytes"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cifar_bytes bytes = bvecs();
        memcpy(bytes.data + cases[i].at, cases[i].size, 4);
        cifar_write_file("rows.bvecs", &bytes);
        check_bad("rows.bvecs", cases[i].reason);
    }
    struct cifar_bytes bytes = bvecs();
    for (bytes.size = 0; bytes.size < 4; bytes.size++) {
        cifar_write_file("rows.bvecs", &bytes);
        check_bad("rows.bvecs", "ends before");
    }
}

static void test_files_bad(void **state) {
    (void)state;
    struct cifar_bytes bytes = array_npy_header("{'descr': '<f4', 'fortran_order': False, 'shape': (6, 3), }");
    cifar_write_file("floats.npy", &bytes);
    check_bad("floats.npy", "save x.astype(\"uint8\")");
    check_bad("nowhere.npy", "No such file");
    check_bad("rows.fvecs", "give a file whose name ends in .npy, .u8bin, .bvecs or idx3-ubyte");
    check_bad("", "give a file whose name ends in");
    mkdir("folder.npy", 0777);
    check_bad("folder.npy", "not a regular file");
    assert_int_equal(mkfifo("pipe.npy", 0600), 0);
    check_bad("pipe.npy", "not a regular file");
    bytes = array_idx(1);
    cifar_write_file("labels-idx3-ubyte", &bytes);
    check_bad("labels-idx3-ubyte", "has 1 sizes where images have 3");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, cifar_enter, cifar_leave)

int main(void) {
    const struct CMUnitTest tests[] = {IN_FOLDER(test_good), IN_FOLDER(test_dimensions), IN_FOLDER(test_u8bin_bad),
                                       IN_FOLDER(test_bvecs_bad), IN_FOLDER(test_files_bad)};
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
