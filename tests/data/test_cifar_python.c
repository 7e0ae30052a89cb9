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

static void test_python_good(void **state) {
    (void)state;
    cifar_write_folder("set", cifar_python_names, cifar_python_batch);
    cifar_check_good("set", "images in CIFAR-10's Python format in set", 0);
    cifar_write_folder("three", cifar_python_names, cifar_python3_batch);
    cifar_check_good("three", "images in CIFAR-10's Python format in three", 1);
    mkdir("outer", 0777);
    cifar_write_archive("outer/cifar-10-python.tar.gz", cifar_python_names, cifar_python_batch, "413052");
    cifar_check_good("outer", "images in CIFAR-10's Python format in outer/cifar-10-python.tar.gz", 0);
    cifar_write_folder("outer/cifar-10-batches-py", cifar_python_names, cifar_python_batch);
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
    cifar_write_archive("some.tar.gz", cifar_binary_names, cifar_python_batch, "012345");
    cifar_check_bad("some.tar.gz", "some.tar.gz: data_batch_1.bin", "not a multiple of 3073");
    cifar_write_folder("set", cifar_python_names, cifar_python_batch);
    struct cifar_bytes good = cifar_python_batch(1); /* one image, of label 3 */
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
        const struct cifar_bytes whole = (which == 0 ? cifar_python_batch : cifar_python3_batch)(1);
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
    cifar_write_folder("set", cifar_python_names, cifar_python_batch);
    struct knn_dataset dataset;
    struct knn_pickle pickle;
    struct knn_error error;
    struct cifar_bytes bytes = cifar_python_batch(1);
    const size_t pixels = (size_t)((uint8_t *)memmem(bytes.data, bytes.size, "tb\x89T", 4) - bytes.data) + 8;
    for (size_t at = 0; at < bytes.size; at += at == pixels ? KNN_CIFAR_BYTES : 1) {
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
                assert_in_range(dataset.train.labels[0], 0, KNN_CIFAR10_CLASSES - 1);
            knn_dataset_close(&dataset);
        }
        bytes.data[at] = good;
    }
}

/* What the file says and what is asked of it need not go together. */
static void test_pickle_kinds(void **state) {
    (void)state;
    static const uint8_t dict_in_tuple[] = "\x80\x02}U\x04"
                                           "dataK\x07s\x85.";
    struct knn_pickle pickle;
    struct knn_error error;
    assert_int_equal(knn_pickle_read(&pickle, dict_in_tuple, sizeof dict_in_tuple - 1, "kinds", &error), 0);
    const struct knn_pickle_value *root = &pickle.values[pickle.root];
    const struct knn_pickle_value *dict = knn_pickle_item(&pickle, root, 0, KNN_PICKLE_DICT);
    const struct knn_pickle_value *number = knn_pickle_get(&pickle, dict, "data", KNN_PICKLE_INTEGER);
    assert_non_null(number);
    assert_int_equal(number->integer, 7);
    assert_null(knn_pickle_get(&pickle, dict, "data", KNN_PICKLE_LIST));
    assert_null(knn_pickle_get(&pickle, dict, "dat", KNN_PICKLE_INTEGER));
    assert_null(knn_pickle_get(&pickle, root, "data", KNN_PICKLE_INTEGER));
    assert_null(knn_pickle_get(&pickle, number, "data", KNN_PICKLE_INTEGER));
    assert_null(knn_pickle_get(&pickle, NULL, "data", KNN_PICKLE_INTEGER));
    assert_null(knn_pickle_item(&pickle, root, 1, KNN_PICKLE_DICT));
    assert_null(knn_pickle_item(&pickle, root, 0, KNN_PICKLE_LIST));
    knn_pickle_free(&pickle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_python_good, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_python_bad, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_pickle_truncated, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_pickle_corrupted, cifar_enter, cifar_leave),
        cmocka_unit_test(test_pickle_kinds),
    };
    return cmocka_run_group_tests_name("cifar_python", tests, NULL, NULL);
}
