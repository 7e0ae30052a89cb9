/* The Python version: pickles as Python 2 and 3 write them, and every damage to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cifar_files.h"
#include "pickle.h"

/* A string as Python 2 writes it, and remembers it in the memo. */
static void put_string(struct cifar_bytes *to, const char *string, uint8_t memo) {
    cifar_put_byte(to, 'U');
    cifar_put_byte(to, (uint8_t)strlen(string));
    cifar_put(to, string, strlen(string));
    cifar_put_byte(to, 'q');
    cifar_put_byte(to, memo);
}

#define PUT(to, literal) cifar_put(to, literal, sizeof literal - 1)

/* What Python 2's cPickle writes at protocol 2 for a batch. */
static struct cifar_bytes python_batch(int batch) {
    uint8_t count = (uint8_t)cifar_batch_images[batch];
    uint32_t length = count * (uint32_t)KNN_IMAGE_BYTES;
    struct cifar_bytes bytes = {.size = 0};
    PUT(&bytes, "\x80\x02}q\x01(");
    put_string(&bytes, "batch_label", 2);
    put_string(&bytes, "training batch 1 of 5", 3);
    put_string(&bytes, "labels", 4);
    PUT(&bytes, "]q\x05(");
    for (uint8_t i = 0; i < count; i++) {
        cifar_put_byte(&bytes, 'K');
        cifar_put_byte(&bytes, cifar_label(batch, i));
    }
    PUT(&bytes, "e");
    put_string(&bytes, "data", 6);
    PUT(&bytes, "cnumpy.core.multiarray\n_reconstruct\nq\x07"
                "cnumpy\nndarray\nq\x08K\0\x85U\1b\x87Rq\x09(K\1K");
    cifar_put_byte(&bytes, count);
    PUT(&bytes, "M\0\x0c\x86"
                "cnumpy\ndtype\nq\x0aU\2u1K\0K\1\x87Rq\x0b(K\3U\1|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T");
    for (int i = 0; i < 4; i++)
        cifar_put_byte(&bytes, (uint8_t)(length >> 8 * i));
    for (size_t i = 0; i < count; i++)
        cifar_put_pixels(&bytes, batch, i);
    PUT(&bytes, "tb");
    put_string(&bytes, "filenames", 12);
    PUT(&bytes, "]q\x0d(");
    for (uint8_t i = 0; i < count; i++)
        put_string(&bytes, "a.png", (uint8_t)(14 + i));
    PUT(&bytes, "eu.");
    return bytes;
}

/* The same as Python 3 writes it at protocol 4, of one image and with text for keys. */
static struct cifar_bytes python3_batch(int batch) {
    struct cifar_bytes bytes = {.size = 0};
    PUT(&bytes, "\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94(\x8c\x06labels\x94]\x94K");
    cifar_put_byte(&bytes, cifar_label(batch, 0));
    PUT(&bytes, "aX\4\0\0\0data\x94\x8c\x16numpy._core.multiarray\x94\x8c\x0c_reconstruct\x94\x93\x94");
    PUT(&bytes, "\x8c\5numpy\x94\x8c\7ndarray\x94\x93\x94K\0\x85\x94"
                "C\1b\x94\x87\x94R\x94");
    PUT(&bytes, "(K\1\x8a\1\1M\0\x0c\x86\x94h\7\x8c\5dtype\x94\x93\x94\x8c\2u1\x94\x89\x88\x87\x94R\x94");
    PUT(&bytes, "(K\3\x8c\1|\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94"
                "b\x89"
                "B\0\x0c\0\0");
    cifar_put_pixels(&bytes, batch, 0);
    PUT(&bytes, "\x94t\x94"
                "bu.");
    return bytes;
}

static void test_python_good(void **state) {
    (void)state;
    cifar_write_folder("set", cifar_python_names, python_batch);
    cifar_check_good("set", "images in CIFAR-10's Python format in set", 0);
    cifar_write_folder("three", cifar_python_names, python3_batch);
    cifar_check_good("three", "images in CIFAR-10's Python format in three", 1);
    mkdir("outer", 0777);
    cifar_write_archive("outer/cifar-10-python.tar.gz", cifar_python_names, python_batch, "413052");
    cifar_check_good("outer", "images in CIFAR-10's Python format in outer/cifar-10-python.tar.gz", 0);
    cifar_write_folder("outer/cifar-10-batches-py", cifar_python_names, python_batch);
    cifar_check_good("outer", "images in CIFAR-10's Python format in outer/cifar-10-batches-py", 0);
}

/* Replaces the first occurrence of `from` by as many bytes. */
static struct cifar_bytes changed(struct cifar_bytes bytes, const char *from, const char *to, size_t size) {
    void *place = memmem(bytes.data, bytes.size, from, size);
    assert_non_null(place);
    memcpy(place, to, size);
    return bytes;
}

#define CHECK_CHANGED(from, to, reason)                                                                                \
    do {                                                                                                               \
        struct cifar_bytes wrong = changed(good, from, to, sizeof from - 1);                                           \
        cifar_write_file(name, &wrong);                                                                                \
        cifar_check_bad("set", name, reason);                                                                          \
    } while (0)

static void test_python_bad(void **state) {
    (void)state;
    const char *const name = "set/data_batch_2";
    cifar_write_archive("some.tar.gz", cifar_binary_names, python_batch, "012345");
    cifar_check_bad("some.tar.gz", "some.tar.gz: data_batch_1.bin", "not a multiple of 3073");
    cifar_write_folder("set", cifar_python_names, python_batch);
    struct cifar_bytes good = python_batch(1); /* one image, of label 3 */
    CHECK_CHANGED("}q\x01(", "]q\x01(", "another kind (opcode 0x75");
    CHECK_CHANGED("labels", "lebals", "no list \"labels\"");
    CHECK_CHANGED("data", "date", "no array \"data\"");
    CHECK_CHANGED("u1", "i1", "no array \"data\"");
    CHECK_CHANGED("M\0\x0c", "M\1\x0c", "no array \"data\"");
    CHECK_CHANGED("(K\1K\1", "(K\1K\2", "no array \"data\"");
    CHECK_CHANGED("tb\x89", "tb\x88", "no array \"data\"");
    CHECK_CHANGED("K\3e",
                  "K\x0a"
                  "e",
                  "label 0 (of 0 to 0) is not");
    CHECK_CHANGED("(K\3e", "(NNe", "2 labels for 1 images");
    CHECK_CHANGED("cnumpy\nndarray", "cposix\nsystem1", "else than numpy's arrays");
    CHECK_CHANGED("NNN", "NIN", "opcode 0x49 at byte");
    CHECK_CHANGED("NNN", "NN0", "opcode 0x30 at byte");
    CHECK_CHANGED("q\x02", "q\x7f", "out of order");
    CHECK_CHANGED("q\x02", "h\x7f", "nothing was remembered");
    CHECK_CHANGED("NNN", "NNb", "another kind");
    CHECK_CHANGED("eu.", "eu(", "ends early");
    CHECK_CHANGED("eu.", "e..", "bytes follow its end");
    CHECK_CHANGED("eu.", "uu.", "(opcode 0x75");
    CHECK_CHANGED("\x80\x02", "\x80\x05", "protocol");
    good.size++;
    cifar_write_file(name, &good);
    cifar_check_bad("set", name, "bytes follow its end");
    good = (struct cifar_bytes){.size = 4, .data = "\x80\2N."};
    cifar_write_file(name, &good);
    cifar_check_bad("set", name, "not a pickled dictionary");
    good = (struct cifar_bytes){.size = 14,
                                .data = "\x80\2\x8a\x09"
                                        "123456789."};
    cifar_write_file(name, &good);
    cifar_check_bad("set", name, "too large");
    good.size = 0;
    cifar_write_file(name, &good);
    cifar_check_bad("set", name, "is empty");
    assert_int_equal(remove(name), 0);
    cifar_check_bad("set", "set: data_batch_2", "is missing");
}

static void test_pickle_truncated(void **state) {
    (void)state;
    struct knn_pickle pickle;
    struct knn_error error;
    for (int which = 0; which < 2; which++) {
        const struct cifar_bytes whole = (which == 0 ? python_batch : python3_batch)(1);
        for (size_t size = 0; size <= whole.size; size++) {
            uint8_t *exact = malloc(size + (size == 0)); /* so that a sanitizer sees what is read behind the end */
            assert_non_null(exact);
            memcpy(exact, whole.data, size);
            assert_int_equal(knn_pickle_read(&pickle, exact, size, "cut", &error), size == whole.size ? 0 : -1);
            knn_pickle_free(&pickle);
            free(exact);
        }
    }
}

/* Any byte of the description replaced by any other: refused or read, but never a crash. */
static void test_pickle_corrupted(void **state) {
    (void)state;
    cifar_write_folder("set", cifar_python_names, python_batch);
    struct knn_dataset dataset;
    struct knn_pickle pickle;
    struct knn_error error;
    struct cifar_bytes bytes = python_batch(1);
    const size_t pixels = (size_t)((uint8_t *)memmem(bytes.data, bytes.size, "tb\x89T", 4) - bytes.data) + 8;
    for (size_t at = 0; at < bytes.size; at += at == pixels ? KNN_IMAGE_BYTES : 1) {
        const uint8_t good = bytes.data[at];
        for (int value = 0; value < 256; value++) {
            bytes.data[at] = (uint8_t)value;
            knn_pickle_read(&pickle, bytes.data, bytes.size, "corrupt", &error);
            knn_pickle_free(&pickle);
        }
        for (int bit = 0; bit < 8; bit += 3) {
            bytes.data[at] = (uint8_t)(good ^ 1 << bit);
            cifar_write_file("set/data_batch_1", &bytes);
            if (knn_dataset_open(&dataset, "set", &error) == 0)
                assert_in_range(dataset.train.labels[0], 0, KNN_CLASSES - 1);
            knn_dataset_close(&dataset);
        }
        bytes.data[at] = good;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_python_good, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_python_bad, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_pickle_truncated, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_pickle_corrupted, cifar_enter, cifar_leave),
    };
    return cmocka_run_group_tests_name("cifar_python", tests, NULL, NULL);
}
