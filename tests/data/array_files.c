#include "array_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const array_idx_names[ARRAYS] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                             "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
const char *const array_npy_names[ARRAYS] = {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"};
const size_t array_counts[2] = {6, 3};

uint8_t array_byte(int set, size_t image, size_t at) {
    return (uint8_t)(set * 113 + (int)image * 29 + (int)at * 7 + 5);
}

uint8_t array_label(int set, size_t image) {
    return (uint8_t)((image * 2 + (size_t)set) % ARRAY_CLASSES);
}

/* -- bytes --------------------------------------------------------------------------------------------------------- */

static void put_content(struct cifar_bytes *to, int which) {
    int set = which / 2;
    for (size_t i = 0; i < array_counts[set]; i++)
        for (size_t at = 0; at < (which % 2 == 0 ? ARRAY_DIM : 1); at++)
            cifar_put_byte(to, which % 2 == 0 ? array_byte(set, i, at) : array_label(set, i));
}

struct cifar_bytes array_idx(int which) {
    struct cifar_bytes bytes = {.size = 0};
    const size_t sizes[] = {array_counts[which / 2], ARRAY_HEIGHT, ARRAY_WIDTH};
    const uint8_t count = which % 2 == 0 ? 3 : 1;
    cifar_put(&bytes, (const uint8_t[]){0, 0, 8, count}, 4);
    for (size_t i = 0; i < count; i++)
        cifar_put(&bytes, (const uint8_t[]){0, 0, 0, (uint8_t)sizes[i]}, 4);
    put_content(&bytes, which);
    return bytes;
}

struct cifar_bytes array_npy_header(const char *dictionary) {
    struct cifar_bytes bytes = {.size = 0};
    size_t length = strlen(dictionary);
    cifar_put(&bytes, "\x93NUMPY\1\0", 8);
    cifar_put(&bytes, (const uint8_t[]){(uint8_t)(length & 255), (uint8_t)(length >> 8)}, 2);
    cifar_put(&bytes, dictionary, length);
    return bytes;
}

struct cifar_bytes array_npy(int which) {
    char dictionary[128], sizes[32] = "";
    if (which % 2 == 0)
        snprintf(sizes, sizeof sizes, " %d, %d", ARRAY_HEIGHT, ARRAY_WIDTH);
    snprintf(dictionary, sizeof dictionary, "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu,%s), }\n",
             array_counts[which / 2], sizes);
    struct cifar_bytes bytes = array_npy_header(dictionary);
    put_content(&bytes, which);
    return bytes;
}

/* -- files --------------------------------------------------------------------------------------------------------- */

void array_write_folder(const char *folder, const char *const *names, struct cifar_bytes (*file)(int which)) {
    char path[PATH_MAX];
    mkdir(folder, 0777);
    for (int i = 0; i < ARRAYS; i++) {
        struct cifar_bytes bytes = file(i);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        cifar_write_file(path, &bytes);
    }
}

static void write_entry(struct archive *archive, const char *name, const struct cifar_bytes *bytes, size_t more) {
    static const uint8_t zeros[1 << 16];
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)(bytes->size + more));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(archive, bytes->data, bytes->size), bytes->size);
    while (more > 0) {
        size_t some = more < sizeof zeros ? more : sizeof zeros;
        assert_int_equal(archive_write_data(archive, zeros, some), some);
        more -= some;
    }
    archive_entry_free(entry);
}

static void close_archive(struct archive *archive) {
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

void array_write_zip(const char *path, const char *const *names, const struct cifar_bytes *files, const char *order,
                     int deflate) {
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    (deflate ? archive_write_zip_set_compression_deflate : archive_write_zip_set_compression_store)(archive);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    for (; *order != '\0'; order++)
        write_entry(archive, names[*order - '0'], &files[*order - '0'], 0);
    close_archive(archive);
}

/* A .gz file by itself, else a zip file. */
void array_write_bomb(const char *path, const char *name, const struct cifar_bytes *bytes, size_t more) {
    struct archive *archive = archive_write_new();
    if (strstr(path, ".gz") != NULL) {
        assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
        assert_int_equal(archive_write_add_filter_gzip(archive), ARCHIVE_OK);
    } else {
        assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    }
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    write_entry(archive, name, bytes, more);
    close_archive(archive);
}

void array_write_gz(const char *path, const struct cifar_bytes *bytes) {
    array_write_bomb(path, "raw", bytes, 0);
}

/* -- what must come of them ---------------------------------------------------------------------------------------- */

void array_check_good(const char *spec, struct knn_shape shape) {
    struct knn_dataset dataset;
    struct knn_error error = {""};
    if (knn_dataset_open(&dataset, spec, &error) != 0)
        fail_msg("%s: %s", spec, error.message);
    assert_true(dataset.shape.height == shape.height && dataset.shape.width == shape.width &&
                dataset.shape.planes == shape.planes);
    assert_int_equal(dataset.classes, ARRAY_CLASSES);
    assert_string_equal(dataset.class_names[ARRAY_CLASSES - 1], "4");
    for (int set = 0; set < 2; set++) {
        const struct knn_images *images = set == 0 ? &dataset.train : &dataset.test;
        assert_int_equal(images->pixels.rows, array_counts[set]);
        assert_int_equal(images->pixels.dim, ARRAY_DIM);
        for (size_t i = 0; i < array_counts[set]; i++) {
            assert_int_equal(images->labels[i], array_label(set, i));
            for (size_t at = 0; at < ARRAY_DIM; at++)
                assert_int_equal(knn_matrix_row(&images->pixels, i)[at], array_byte(set, i, at));
        }
    }
    knn_dataset_close(&dataset);
}
