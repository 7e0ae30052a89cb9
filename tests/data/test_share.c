/* Shares of a file's rows: those of all parts, one after another, are the whole, in every format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array_files.h"
#include "rows.h"

static const size_t parts[] = {1, 2, 3, 4, 7, 30}; /* more than there are rows, too */
enum { PARTS = sizeof parts / sizeof parts[0] };

/* -- labelled images ----------------------------------------------------------------------------------------------- */

static void compare(const struct knn_images *part, const struct knn_images *whole, size_t *next, size_t taken) {
    assert_int_equal(part->span.all, whole->span.all);
    assert_int_equal(part->span.count, part->pixels.rows);
    assert_int_equal(part->pixels.dim, whole->pixels.dim);
    assert_true(part->span.count == 0 || part->span.first == *next);
    for (size_t i = 0; i < part->span.count; i++, (*next)++) {
        assert_true(*next < taken);
        assert_memory_equal(knn_matrix_row(&part->pixels, i), knn_matrix_row(&whole->pixels, *next), part->pixels.dim);
        assert_int_equal(part->labels[*next], whole->labels[*next]);
    }
}

static void check_parts(const char *spec, size_t count, size_t limit) {
    struct knn_dataset whole, part;
    struct knn_error error = {""};
    if (knn_dataset_open(&whole, spec, &error) != 0)
        fail_msg("%s", error.message);
    size_t train = 0, test = 0, taken = limit > 0 ? knn_min(limit, whole.test.pixels.rows) : whole.test.pixels.rows;
    for (size_t i = 0; i < count; i++) {
        struct knn_share share = {.part = i, .parts = count}, queries = {i, count, limit};
        if (knn_dataset_open_part(&part, spec, share, queries, &error) != 0)
            fail_msg("%s: %s", spec, error.message);
        assert_string_equal(part.source, whole.source);
        assert_int_equal(part.classes, whole.classes);
        assert_memory_equal(&part.shape, &whole.shape, sizeof part.shape);
        compare(&part.train, &whole.train, &train, whole.train.pixels.rows);
        compare(&part.test, &whole.test, &test, taken);
        knn_dataset_close(&part);
    }
    assert_int_equal(train, whole.train.pixels.rows);
    assert_int_equal(test, taken);
    knn_dataset_close(&whole);
}

static struct cifar_bytes cifar100_file(const char *name) {
    struct cifar_bytes bytes = {.size = 0};
    for (int i = 0; i < (strcmp(name, "train.bin") == 0 ? 3 : 2); i++) {
        cifar_put_byte(&bytes, (uint8_t)i);
        cifar_put_byte(&bytes, (uint8_t)(5 * i));
        cifar_put_pixels(&bytes, i, (size_t)i);
    }
    return bytes;
}

static void write_cifar100(void) {
    const char *const names[] = {"train.bin", "test.bin"};
    mkdir("hundred", 0777);
    for (int i = 0; i < 2; i++) {
        char path[64];
        struct cifar_bytes bytes = cifar100_file(names[i]);
        snprintf(path, sizeof path, "hundred/%s", names[i]);
        cifar_write_file(path, &bytes);
    }
}

static void test_images(void **state) {
    (void)state;
    struct cifar_bytes arrays[ARRAYS];
    for (int i = 0; i < ARRAYS; i++)
        arrays[i] = array_npy(i);
    cifar_write_folder("binary", cifar_binary_names, cifar_binary_batch);
    cifar_write_archive("binary.tar.gz", cifar_binary_names, cifar_binary_batch, "503412");
    cifar_write_folder("python", cifar_python_names, cifar_python_batch);
    write_cifar100();
    array_write_folder("idx", array_idx_names, array_idx);
    array_write_folder("npy", array_npy_names, array_npy);
    array_write_zip("zipped.npz", array_npy_names, arrays, "0123", 1);
    const char *const specs[] = {"binary", "binary.tar.gz", "python",     "hundred",
                                 "idx",    "npy",           "zipped.npz", "synthetic:train=29,test=8,seed=3,dim=9"};
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        for (size_t p = 0; p < PARTS; p++) {
            check_parts(specs[i], parts[p], 0);
            check_parts(specs[i], parts[p], 2);
        }
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

static struct cifar_bytes fortran(void) {
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary, "{'descr': '|u1', 'fortran_order': True, 'shape': (%zu, %d), }\n",
             array_counts[0], ARRAY_DIM);
    struct cifar_bytes bytes = array_npy_header(dictionary);
    for (size_t at = 0; at < ARRAY_DIM; at++)
        for (size_t i = 0; i < array_counts[0]; i++)
            cifar_put_byte(&bytes, array_byte(0, i, at));
    return bytes;
}

static struct cifar_bytes vectors(int each) {
    struct cifar_bytes bytes = {.size = 0};
    if (!each)
        cifar_put(&bytes, (const uint8_t[]){(uint8_t)array_counts[0], 0, 0, 0, ARRAY_DIM, 0, 0, 0}, 8);
    for (size_t i = 0; i < array_counts[0]; i++) {
        if (each)
            cifar_put(&bytes, (const uint8_t[]){ARRAY_DIM, 0, 0, 0}, 4);
        for (size_t at = 0; at < ARRAY_DIM; at++)
            cifar_put_byte(&bytes, array_byte(0, i, at));
    }
    return bytes;
}

static void check_rows(const char *path, size_t count, size_t limit) {
    size_t next = 0, taken = limit > 0 ? limit : array_counts[0];
    for (size_t i = 0; i < count; i++) {
        struct knn_matrix rows;
        struct knn_span span;
        struct knn_error error = {""};
        if (knn_rows_open_part(&rows, &span, (struct knn_share){i, count, limit}, path, &error) != 0)
            fail_msg("%s", error.message);
        assert_true(span.all == array_counts[0] && span.count == rows.rows && rows.dim == ARRAY_DIM);
        assert_true(span.count == 0 || span.first == next);
        for (size_t row = 0; row < span.count; row++, next++)
            for (size_t at = 0; at < rows.dim; at++)
                assert_int_equal(knn_matrix_row(&rows, row)[at], array_byte(0, next, at));
        knn_matrix_free(&rows);
    }
    assert_int_equal(next, taken);
}

static void test_rows(void **state) {
    (void)state;
    const struct {
        const char *path;
        struct cifar_bytes bytes;
    } files[] = {{"rows.u8bin", vectors(0)},
                 {"rows.bvecs", vectors(1)},
                 {"rows.npy", array_npy(0)},
                 {"columns.npy", fortran()},
                 {"train-images-idx3-ubyte", array_idx(0)}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char zipped[64];
        cifar_write_file(files[i].path, &files[i].bytes);
        snprintf(zipped, sizeof zipped, "%s.gz", files[i].path);
        array_write_gz(zipped, &files[i].bytes);
        for (size_t p = 0; p < PARTS; p++) {
            check_rows(files[i].path, parts[p], 0);
            check_rows(files[i].path, parts[p], 4);
            if (strcmp(files[i].path, "rows.bvecs") != 0)
                check_rows(zipped, parts[p], 0);
        }
    }
}

/* Bytes of other parts' rows are not looked at. */
static void test_untouched(void **state) {
    (void)state;
    struct cifar_bytes bytes = vectors(1);
    struct knn_matrix rows;
    struct knn_span span;
    struct knn_error error;
    bytes.data[5 * (4 + ARRAY_DIM)]++; /* the length of row 5, the last */
    cifar_write_file("damaged.bvecs", &bytes);
    assert_int_equal(knn_rows_open_part(&rows, &span, (struct knn_share){0, 2, 0}, "damaged.bvecs", &error), 0);
    knn_matrix_free(&rows);
    assert_int_equal(knn_rows_open_part(&rows, &span, (struct knn_share){1, 2, 0}, "damaged.bvecs", &error), -1);
    assert_non_null(strstr(error.message, "row 5 has 13 bytes"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, cifar_enter, cifar_leave)

int main(void) {
    const struct CMUnitTest tests[] = {IN_FOLDER(test_images), IN_FOLDER(test_rows), IN_FOLDER(test_untouched)};
    return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
