#include "cifar_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const cifar_binary_names[CIFAR_BATCHES] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                       "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};
const char *const cifar_python_names[CIFAR_BATCHES] = {"data_batch_1", "data_batch_2", "data_batch_3",
                                                       "data_batch_4", "data_batch_5", "test_batch"};
const size_t cifar_batch_images[CIFAR_BATCHES] = {2, 1, 3, 1, 2, 3};

static uint8_t pixel(int batch, size_t image, size_t i) {
    return (uint8_t)(batch * 101 + (int)image * 37 + (int)(i * 7 + i / 256));
}

uint8_t cifar_label(int batch, size_t image) {
    return (uint8_t)((batch * 3 + (int)image * 4) % KNN_CIFAR10_CLASSES);
}

void cifar_put(struct cifar_bytes *to, const void *from, size_t size) {
    assert_true(to->size + size <= CIFAR_CAPACITY);
    memcpy(to->data + to->size, from, size);
    to->size += size;
}

void cifar_put_byte(struct cifar_bytes *to, uint8_t byte) {
    cifar_put(to, &byte, 1);
}

void cifar_put_pixels(struct cifar_bytes *to, int batch, size_t image) {
    for (size_t i = 0; i < KNN_CIFAR_BYTES; i++)
        cifar_put_byte(to, pixel(batch, image, i));
}

struct cifar_bytes cifar_binary_batch(int batch) {
    struct cifar_bytes bytes = {.size = 0};
    for (size_t i = 0; i < cifar_batch_images[batch]; i++) {
        cifar_put_byte(&bytes, cifar_label(batch, i));
        cifar_put_pixels(&bytes, batch, i);
    }
    return bytes;
}

void cifar_write_file(const char *path, const struct cifar_bytes *bytes) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    assert_int_equal(fclose(file), 0);
}

void cifar_write_folder(const char *folder, const char *const *names, cifar_batch_fn *batch) {
    char path[PATH_MAX];
    mkdir(folder, 0777);
    for (int i = 0; i < CIFAR_BATCHES; i++) {
        struct cifar_bytes bytes = batch(i);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        cifar_write_file(path, &bytes);
    }
}

static void write_entry(struct archive *archive, const char *name, const struct cifar_bytes *bytes) {
    struct archive_entry *entry = archive_entry_new();
    char path[PATH_MAX];
    snprintf(path, sizeof path, "some-folder/%s", name);
    archive_entry_set_pathname(entry, path);
    archive_entry_set_size(entry, (la_int64_t)bytes->size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(archive, bytes->data, bytes->size), bytes->size);
    archive_entry_free(entry);
}

void cifar_write_archive(const char *path, const char *const *names, cifar_batch_fn *batch, const char *order) {
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format_filter_by_ext(archive, path), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    struct cifar_bytes bytes = {.size = 5, .data = "hello"};
    write_entry(archive, "readme.html", &bytes);
    for (; *order != '\0'; order++) {
        bytes = batch(*order - '0');
        write_entry(archive, names[*order - '0'], &bytes);
    }
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

static int start_folder;

int cifar_enter(void **state) {
    char *folder = strdup("/tmp/knnmark-test-XXXXXX");
    *state = folder;
    unsetenv("KNNMARK_DATA");
    start_folder = open(".", O_RDONLY | O_DIRECTORY);
    return folder == NULL || mkdtemp(folder) == NULL || start_folder < 0 ? -1 : chdir(folder);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int cifar_leave(void **state) {
    int result = fchdir(start_folder) != 0 || nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0 ? -1 : 0;
    close(start_folder);
    free(*state);
    return result;
}

static void check_image(const struct knn_images *images, size_t row, int batch, size_t image) {
    assert_int_equal(images->labels[row], cifar_label(batch, image));
    for (size_t i = 0; i < KNN_CIFAR_BYTES; i++)
        assert_int_equal(knn_matrix_row(&images->pixels, row)[i], pixel(batch, image, i));
}

void cifar_check_good(const char *spec, const char *source, int first_only) {
    struct knn_dataset dataset;
    struct knn_error error = {""};
    if (knn_dataset_open(&dataset, spec, &error) != 0)
        fail_msg("%s", error.message);
    assert_string_equal(dataset.source, source);
    assert_int_equal(dataset.synthetic, 0);
    size_t row = 0;
    for (int batch = 0; batch < CIFAR_BATCHES; batch++) {
        const struct knn_images *images = batch < 5 ? &dataset.train : &dataset.test;
        if (batch == 5) {
            assert_int_equal(dataset.train.pixels.rows, row);
            row = 0;
        }
        for (size_t i = 0; i < (first_only ? 1 : cifar_batch_images[batch]); i++)
            check_image(images, row++, batch, i);
    }
    assert_int_equal(dataset.test.pixels.rows, row);
    assert_int_equal(dataset.train.pixels.dim, KNN_CIFAR_BYTES);
    knn_dataset_close(&dataset);
    knn_dataset_close(&dataset);
}

void cifar_check_bad(const char *spec, const char *name, const char *reason) {
    struct knn_dataset dataset;
    struct knn_error error = {""};
    assert_int_equal(knn_dataset_open(&dataset, spec, &error), -1);
    if (strstr(error.message, name) == NULL || strstr(error.message, reason) == NULL ||
        strchr(error.message, '\n') != NULL)
        fail_msg("\"%s\" should name \"%s\" and say \"%s\"", error.message, name, reason);
    assert_null(dataset.train.pixels.data);
    assert_null(dataset.train.labels);
    assert_null(dataset.test.pixels.data);
    assert_null(dataset.test.labels);
}
