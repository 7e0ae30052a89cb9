/* Data sets of arrays: MNIST's idx files and NumPy's, the same bytes out of every form; and the damages of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array_files.h"

static const struct knn_shape grey = {ARRAY_HEIGHT, ARRAY_WIDTH, 1}, none = {0, 0, 0};

static void all_npy(struct cifar_bytes files[ARRAYS]) {
    for (int i = 0; i < ARRAYS; i++)
        files[i] = array_npy(i);
}

static void put_images(struct cifar_bytes *to, int set) {
    for (size_t i = 0; i < array_counts[set]; i++)
        for (size_t at = 0; at < ARRAY_DIM; at++)
            cifar_put_byte(to, array_byte(set, i, at));
}

static void write_file(const char *path, struct cifar_bytes bytes) {
    cifar_write_file(path, &bytes);
}

/* -- the same bytes ------------------------------------------------------------------------------------------------ */

static void test_idx(void **state) {
    (void)state;
    static const char *const pointed[] = {"train-images.idx3-ubyte", "train-labels.idx1-ubyte",
                                          "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"};
    static const char *const letters[] = {
        "emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte",
        "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte"};
    char path[128];
    array_write_folder("plain", array_idx_names, array_idx);
    array_check_good("plain", grey);
    array_check_good("plain/t10k-labels-idx1-ubyte", grey);
    assert_int_equal(chdir("plain"), 0);
    array_check_good(".", grey);
    array_check_good("train-images-idx3-ubyte", grey);
    assert_int_equal(chdir(".."), 0);
    array_write_folder("pointed", pointed, array_idx);
    array_check_good("pointed", grey);
    mkdir("outer", 0777);
    mkdir("outer/MNIST", 0777);
    array_write_folder("outer/MNIST/raw", array_idx_names, array_idx);
    array_check_good("outer", grey);
    mkdir("zipped", 0777);
    for (int i = 0; i < ARRAYS; i++) {
        const struct cifar_bytes bytes = array_idx(i);
        snprintf(path, sizeof path, "zipped/%s.gz", array_idx_names[i]);
        array_write_gz(path, &bytes);
    }
    array_check_good("zipped", grey);
    array_check_good("zipped/train-images-idx3-ubyte.gz", grey);
    write_file("zipped/t10k-labels-idx1-ubyte", array_idx(3)); /* beside the zipped one */
    array_check_good("zipped", grey);
    array_write_folder("zipped", letters, array_idx);
    cifar_check_bad("zipped", "zipped", "holds two sets");
    array_check_good("zipped/emnist-letters-train-images-idx3-ubyte", grey);
    array_check_good("zipped/train-images-idx3-ubyte.gz", grey);
}

static void test_numpy(void **state) {
    (void)state;
    struct cifar_bytes files[ARRAYS];
    all_npy(files);
    array_write_folder("folder", array_npy_names, array_npy);
    array_check_good("folder", grey);
    array_write_zip("deflated.npz", array_npy_names, files, "0123", 1);
    array_check_good("deflated.npz", grey);
    array_write_zip("stored.npz", array_npy_names, files, "3102", 0);
    array_check_good("stored.npz", grey);
    files[0] = array_npy_header("{'shape': (6, 4, 3, 1), \"fortran_order\": False, 'descr': '|u1'}");
    put_images(&files[0], 0);
    files[2] = array_npy_header("{'descr': '=u1','fortran_order':False,'shape':(3L,4,3,1)}");
    put_images(&files[2], 1);
    array_write_zip("planes.npz", array_npy_names, files, "0123", 1);
    array_check_good("planes.npz", grey);
    files[0] = array_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (6, 12), }");
    put_images(&files[0], 0);
    files[2] = array_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 12), }");
    put_images(&files[2], 1);
    array_write_zip("flat.npz", array_npy_names, files, "0123", 1);
    array_check_good("flat.npz", none);
}

/* Versions 2 and 3 have lengths of four bytes. */
static void test_versions(void **state) {
    (void)state;
    array_write_folder("folder", array_npy_names, array_npy);
    for (uint8_t version = 2; version <= 3; version++) {
        struct cifar_bytes old = array_npy(0), bytes = {.size = 0};
        cifar_put(&bytes, old.data, 10);
        cifar_put(&bytes, "\0\0", 2);
        cifar_put(&bytes, old.data + 10, old.size - 10);
        bytes.data[6] = version;
        cifar_write_file("folder/x_train.npy", &bytes);
        array_check_good("folder", grey);
    }
}

/* The first index runs fastest. */
static void test_fortran(void **state) {
    (void)state;
    array_write_folder("folder", array_npy_names, array_npy);
    struct cifar_bytes bytes = array_npy_header("{'descr': '|u1', 'fortran_order': True, 'shape': (6, 4, 3), }");
    for (size_t x = 0; x < ARRAY_WIDTH; x++)
        for (size_t y = 0; y < ARRAY_HEIGHT; y++)
            for (size_t i = 0; i < array_counts[0]; i++)
                cifar_put_byte(&bytes, array_byte(0, i, y * ARRAY_WIDTH + x));
    cifar_write_file("folder/x_train.npy", &bytes);
    array_check_good("folder", grey);
}

/* N x height x width x planes in either order, and N x planes x height x width: 6 and 3 images of 2 x 2 in colour. */
static void test_colours(void **state) {
    (void)state;
    enum { C, FORTRAN, FIRST, ORDERS };
    static const char *const shapes[ORDERS] = {"False, 'shape': (%zu, 2, 2, 3)}", "True, 'shape': (%zu, 2, 2, 3)}",
                                               "False, 'shape': (%zu, 3, 2, 2)}"};
    mkdir("folder", 0777);
    for (int order = 0; order < ORDERS; order++) {
        for (int which = 0; which < ARRAYS; which++) {
            struct cifar_bytes bytes = array_npy(which);
            size_t count = array_counts[which / 2];
            char dictionary[128] = "{'descr': '|u1', 'fortran_order': ", path[64];
            size_t used = strlen(dictionary);
            snprintf(dictionary + used, sizeof dictionary - used, shapes[order], count);
            if (which % 2 == 0)
                bytes = array_npy_header(dictionary);
            for (size_t n = 0; which % 2 == 0 && n < count * ARRAY_DIM; n++) {
                size_t image = order == FORTRAN ? n % count : n / ARRAY_DIM;
                size_t rest = order == FORTRAN ? n / count : n % ARRAY_DIM; /* what follows counts y, x, plane */
                size_t plane = order == FORTRAN ? rest / 4 : rest % 3;
                size_t pixel = order == FORTRAN ? rest % 2 * 2 + rest / 2 % 2 : rest / 3;
                cifar_put_byte(&bytes, array_byte(which / 2, image, order == FIRST ? rest : plane * 4 + pixel));
            }
            snprintf(path, sizeof path, "folder/%s", array_npy_names[which]);
            cifar_write_file(path, &bytes);
        }
        array_check_good("folder", (struct knn_shape){2, 2, 3});
    }
}

static void test_label_types(void **state) {
    (void)state;
    static const struct {
        const char *type, *shape;
        size_t size;
        int swapped;
    } types[] = {{"|u1", "6,", 1, 0}, {"|i1", "6, 1", 1, 0}, {"<u2", "6,", 2, 0}, {">i2", "6,1", 2, 1},
                 {"<i4", "6,", 4, 0}, {">u4", "6,", 4, 1},   {"<i8", "6,", 8, 0}, {">i8", "6, 1", 8, 1}};
    array_write_folder("folder", array_npy_names, array_npy);
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        char dictionary[128];
        snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", types[t].type,
                 t % 2 ? "True" : "False", types[t].shape);
        struct cifar_bytes bytes = array_npy_header(dictionary);
        for (size_t i = 0; i < array_counts[0]; i++)
            for (size_t b = 0; b < types[t].size; b++)
                cifar_put_byte(&bytes, b == (types[t].swapped ? types[t].size - 1 : 0) ? array_label(0, i) : 0);
        cifar_write_file("folder/y_train.npy", &bytes);
        array_check_good("folder", grey);
    }
}

/* More classes than a byte can tell apart. */
static void test_many_classes(void **state) {
    (void)state;
    struct knn_dataset dataset;
    struct knn_error error;
    array_write_folder("folder", array_npy_names, array_npy);
    struct cifar_bytes bytes = array_npy_header("{'descr': '<u2', 'fortran_order': False, 'shape': (6,), }");
    cifar_put(&bytes, "\0\0\1\0\2\0\xff\xff\0\1\4\0", 12);
    cifar_write_file("folder/y_train.npy", &bytes);
    assert_int_equal(knn_dataset_open(&dataset, "folder", &error), 0);
    assert_int_equal(dataset.classes, 65536);
    assert_int_equal(dataset.train.labels[3], 65535);
    assert_int_equal(dataset.train.labels[4], 256);
    assert_string_equal(dataset.class_names[65535], "65535");
    knn_dataset_close(&dataset);
}

/* -- damages ------------------------------------------------------------------------------------------------------- */

/* Every file is refused by its name when it is cut off anywhere, and when it is a byte longer. */
static void check_lengths(const char *folder, const char *const *names, struct cifar_bytes (*file)(int which)) {
    for (int which = 0; which < ARRAYS; which++) {
        struct cifar_bytes bytes = file(which);
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[which]);
        for (size_t size = bytes.size; bytes.size-- > 0; bytes.size -= bytes.size > 3 ? 2 : 0) {
            cifar_write_file(path, &bytes);
            cifar_check_bad(folder, names[which], "again");
            assert_true(bytes.size < size);
        }
        bytes = file(which);
        cifar_put_byte(&bytes, 0);
        cifar_write_file(path, &bytes);
        cifar_check_bad(folder, names[which], "more than the");
        write_file(path, file(which));
    }
    array_check_good(folder, grey);
}

static void test_lengths(void **state) {
    (void)state;
    array_write_folder("idx", array_idx_names, array_idx);
    check_lengths("idx", array_idx_names, array_idx);
    array_write_folder("npy", array_npy_names, array_npy);
    check_lengths("npy", array_npy_names, array_npy);
}

static void test_idx_bad(void **state) {
    (void)state;
    static const struct {
        size_t at;
        const char *bytes, *reason; /* four bytes */
    } cases[] = {
        {0, "\0\1\x8\3", "does not start as an idx file"},
        {0, "\0\0\xd\3", "type 0x0d, not unsigned bytes"},
        {0, "\0\0\x8\1", "has 1 sizes where images have 3"},
        {4, "\0\0\0\0", "there must be some"},
        {8, "\0\0\0\0", "there must be some"},
        {4, "\0\0\0\7", "its header promises 100 bytes, more than the 88 it can have"},
        {4, "\0\0\0\5", "its 88 bytes are more than the 76 its header promises"},
        {4, "\xff\xff\xff\xff", "more than the 88"},
        {8, "\xff\xff\xff\xff", "more than the 88"},
    };
    array_write_folder("set", array_idx_names, array_idx);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cifar_bytes bytes = array_idx(0);
        memcpy(bytes.data + cases[i].at, cases[i].bytes, 4);
        cifar_write_file("set/train-images-idx3-ubyte", &bytes);
        cifar_check_bad("set", "set/train-images-idx3-ubyte", cases[i].reason);
    }
    struct cifar_bytes bytes = array_idx(0);
    memset(bytes.data + 4, 0xff, 12);
    cifar_write_file("set/train-images-idx3-ubyte", &bytes);
    cifar_check_bad("set", "set/train-images-idx3-ubyte", "at most 256 GiB");
    write_file("set/train-images-idx3-ubyte", array_idx(0));
    write_file("set/train-labels-idx1-ubyte", array_idx(0));
    cifar_check_bad("set", "set/train-labels-idx1-ubyte", "has 3 sizes where labels have 1");
    struct cifar_bytes files[] = {array_idx(0)};
    array_write_zip("some.zip", array_idx_names, files, "0", 1);
    cifar_check_bad("some.zip", "some.zip", "unpack it");
}

static void test_headers_bad(void **state) {
    (void)state;
    static const struct {
        const char *dictionary, *reason;
    } cases[] = {
        {"", "no dictionary"},
        {"{}", "damaged header"},
        {"{'descr': '|u1', 'fortran_order': False}", "damaged header"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4, 3)", "damaged header"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4, 3)} x", "damaged header"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4, 3), 'shape': (6, 4, 3)}", "damaged header"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4, 3), 'more': 1}", "damaged header"},
        {"{'descr\": '|u1', 'fortran_order': False, 'shape': (6, 4, 3)}", "damaged header"},
        {"{'descr': '|u1', 'fortran_order': 1, 'shape': (6, 4, 3)}", "neither True nor False"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': 6}", "no tuple"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6 4)}", "damaged shape"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, -4, 3)}", "not of whole numbers"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4.5)}", "damaged shape"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (18446744073709551616, 4)}", "too large"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4294967296, 4294967296)}", "too large"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (18446744073709551615, 2)}", "at most 256 GiB"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (100000, 100000)}", "more than the"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 0)}", "there must be some"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (0, 12)}", "there must be some"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (72,)}", "1 dimensions"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': ()}", "0 dimensions"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,72)}", "too many dimensions"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (6, 4, 3)}", "never unpickled"},
        {"{'descr': '|b1', 'fortran_order': False, 'shape': (6, 4, 3)}", "type b1, not unsigned bytes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (6, 4, 3)}", "save x.astype(\"uint8\")"},
        {"{'descr': '<u2', 'fortran_order': False, 'shape': (6, 2, 3)}", "type u2, not unsigned bytes"},
        {"{'descr': [('r', '|u1')], 'fortran_order': False, 'shape': (6, 4, 3)}", "several fields"},
        {"{'descr': '|u', 'fortran_order': False, 'shape': (6, 4, 3)}", "type that is not read"},
        {"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (6, 4, 3)}", "type that is not read"},
        {"{'descr': '?u1', 'fortran_order': False, 'shape': (6, 4, 3)}", "unknown type"},
        {"{'descr': '', 'fortran_order': False, 'shape': (6, 4, 3)}", "unknown type"},
    };
    array_write_folder("set", array_npy_names, array_npy);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cifar_bytes bytes = array_npy_header(cases[i].dictionary);
        put_images(&bytes, 0);
        cifar_write_file("set/x_train.npy", &bytes);
        cifar_check_bad("set", "set/x_train.npy", cases[i].reason);
    }
    for (size_t at = 0; at < 7; at++) {
        struct cifar_bytes bytes = array_npy(0);
        bytes.data[at] = 9;
        cifar_write_file("set/x_train.npy", &bytes);
        cifar_check_bad("set", "set/x_train.npy", "version 1, 2 or 3");
    }
    struct cifar_bytes bytes = array_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (6, 4, 3)}");
    bytes.data[6] = 2; /* and the first four bytes of the dictionary are its length */
    cifar_write_file("set/x_train.npy", &bytes);
    cifar_check_bad("set", "set/x_train.npy", "too long");
}

static void test_labels_bad(void **state) {
    (void)state;
    static const struct {
        const char *dictionary, *bytes; /* and six times these, of the size */
        size_t size;
        const char *reason;
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", "\0\0\0\0", 4, "save y.astype(\"int64\")"},
        {"{'descr': '|b1', 'fortran_order': False, 'shape': (6,)}", "\0", 1, "type b1, not integers"},
        {"{'descr': '<U1', 'fortran_order': False, 'shape': (6,)}", "\0\0\0\0", 4, "type U1, not integers"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (6,)}", "\0", 1, "never unpickled"},
        {"{'descr': '|i1', 'fortran_order': False, 'shape': (6,)}", "\xff", 1, "label 0 (of 0 to 5) is -1"},
        {"{'descr': '>i2', 'fortran_order': False, 'shape': (6,)}", "\x80\0", 2, "is -32768: use 0 to 65535"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (6,)}", "\0\0\1\0", 4, "is 65536: use 0 to 65535"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6, 2)}", "\0\0", 2, "has 2 dimensions"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': ()}", "\0", 1, "has 0 dimensions"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (0,)}", "\0", 1, "there must be some"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (99,)}", "\0", 1, "its header promises"},
        {"{'descr': '<u8', 'fortran_order': False, 'shape': (2305843009213693952,)}", "\0", 1, "at most 256 GiB"},
    };
    array_write_folder("set", array_npy_names, array_npy);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cifar_bytes bytes = array_npy_header(cases[i].dictionary);
        for (int n = 0; n < 6; n++)
            cifar_put(&bytes, cases[i].bytes, cases[i].size);
        cifar_write_file("set/y_train.npy", &bytes);
        cifar_check_bad("set", "set/y_train.npy", cases[i].reason);
    }
}

/* -- parts that do not go together --------------------------------------------------------------------------------- */

static void test_parts_bad(void **state) {
    (void)state;
    static const struct {
        int which;
        const char *dictionary;
        size_t bytes; /* all 4 */
        const char *name, *reason;
    } cases[] = {
        {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (5,)}", 5, "y_train", "5 labels for the 6 images"},
        {3, "{'descr': '|u1', 'fortran_order': False, 'shape': (4,)}", 4, "y_test", "4 labels for the 3 images"},
        {2, "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4, 2)}", 24, "x_test", "rows of 8 bytes"},
        {2, "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 3, 4)}", 36, "x_test", "another shape"},
        {2, "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 12)}", 36, "x_test", "another shape"},
        {1, "{'descr': '|i1', 'fortran_order': False, 'shape': (6,)}", 0, "y_test",
         "label 0 (of 0 to 2) is 1, but those to train on go to 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[64];
        struct cifar_bytes bytes = array_npy_header(cases[i].dictionary);
        for (size_t n = 0; n < cases[i].bytes; n++)
            cifar_put_byte(&bytes, 4);
        if (cases[i].bytes == 0)
            cifar_put(&bytes, "\0\0\0\0\0\0", 6);
        array_write_folder("set", array_npy_names, array_npy);
        snprintf(path, sizeof path, "set/%s", array_npy_names[cases[i].which]);
        cifar_write_file(path, &bytes);
        cifar_check_bad("set", cases[i].name, cases[i].reason);
    }
    array_write_folder("set", array_npy_names, array_npy);
    for (int i = 0; i < ARRAYS; i++) {
        char path[64];
        snprintf(path, sizeof path, "set/%s", array_npy_names[i]);
        assert_int_equal(remove(path), 0);
        cifar_check_bad("set", array_npy_names[i], "is missing");
        write_file(path, array_npy(i));
    }
    struct cifar_bytes files[ARRAYS];
    all_npy(files);
    array_write_zip("twice.npz", array_npy_names, files, "01231", 1);
    cifar_check_bad("twice.npz", "twice.npz: y_train.npy", "is there twice");
    array_write_folder("idx", array_idx_names, array_idx);
    assert_int_equal(remove("idx/t10k-images-idx3-ubyte"), 0);
    cifar_check_bad("idx", "idx: t10k-images-idx3-ubyte", "is missing");
}

/* -- bombs --------------------------------------------------------------------------------------------------------- */

/* What a header promises decides how much is read: no more than that, and nothing of what cannot be there. */
static void test_bombs(void **state) {
    (void)state;
    enum { MORE = 64 << 20 };
    struct cifar_bytes bytes = array_npy(0);
    struct stat status;
    array_write_bomb("long.npz", "x_train.npy", &bytes, MORE);
    assert_int_equal(stat("long.npz", &status), 0);
    assert_true(status.st_size < MORE / 500);
    cifar_check_bad("long.npz", "long.npz: x_train.npy", "are more than the");
    bytes = array_npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (100000, 1000000)}");
    array_write_bomb("wide.npz", "x_train.npy", &bytes, MORE);
    cifar_check_bad("wide.npz", "wide.npz: x_train.npy", "its header promises 100000000078 bytes");
    array_write_folder("idx", array_idx_names, array_idx);
    assert_int_equal(remove("idx/train-images-idx3-ubyte"), 0);
    bytes = array_idx(0);
    array_write_bomb("idx/train-images-idx3-ubyte.gz", "raw", &bytes, MORE);
    cifar_check_bad("idx", "idx/train-images-idx3-ubyte.gz", "longer than its header says");
    memcpy(bytes.data + 4, "\0\1\0\0\0\0\4\0\0\0\4\0", 12);
    array_write_gz("idx/train-images-idx3-ubyte.gz", &bytes);
    cifar_check_bad("idx", "idx/train-images-idx3-ubyte.gz", "its header promises 68719476752 bytes");
    memcpy(bytes.data + 4, "\0\0\0\7\0\0\0\4\0\0\0\3", 12);
    array_write_gz("idx/train-images-idx3-ubyte.gz", &bytes);
    cifar_check_bad("idx", "idx/train-images-idx3-ubyte.gz", "ends before what its header promises");
}

/* Whatever byte is damaged or cut off, in a .gz or a .npz file: refused or read, but never a crash. */
static void test_damaged_archives(void **state) {
    (void)state;
    struct cifar_bytes files[ARRAYS];
    static const char *const names[] = {"some.npz", "idx/train-images-idx3-ubyte.gz"};
    all_npy(files);
    array_write_folder("idx", array_idx_names, array_idx);
    assert_int_equal(remove("idx/train-images-idx3-ubyte"), 0);
    for (int kind = 0; kind < 2; kind++) {
        const struct cifar_bytes images = array_idx(0);
        if (kind == 0)
            array_write_zip(names[0], array_npy_names, files, "0123", 1);
        else
            array_write_gz(names[1], &images);
        struct cifar_bytes good = {.size = 0};
        FILE *file = fopen(names[kind], "rb");
        assert_non_null(file);
        good.size = fread(good.data, 1, sizeof good.data, file);
        assert_int_equal(fclose(file), 0);
        assert_true(good.size > 50 && good.size < sizeof good.data);
        for (size_t at = 0; at < 2 * good.size; at++) {
            struct cifar_bytes bytes = good;
            struct knn_dataset dataset;
            struct knn_error error;
            if (at < good.size)
                bytes.data[at] ^= (uint8_t)(1 + at % 255);
            else
                bytes.size = at - good.size;
            cifar_write_file(names[kind], &bytes);
            if (knn_dataset_open(&dataset, kind == 0 ? "some.npz" : "idx", &error) == 0)
                assert_in_range(dataset.train.labels[0], 0, dataset.classes - 1);
            else
                assert_null(strchr(error.message, '\n'));
            knn_dataset_close(&dataset);
        }
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, cifar_enter, cifar_leave)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_idx),          IN_FOLDER(test_numpy),
        IN_FOLDER(test_versions),     IN_FOLDER(test_fortran),
        IN_FOLDER(test_colours),      IN_FOLDER(test_label_types),
        IN_FOLDER(test_many_classes), IN_FOLDER(test_lengths),
        IN_FOLDER(test_idx_bad),      IN_FOLDER(test_headers_bad),
        IN_FOLDER(test_labels_bad),   IN_FOLDER(test_parts_bad),
        IN_FOLDER(test_bombs),        IN_FOLDER(test_damaged_archives),
    };
    return cmocka_run_group_tests_name("arrays", tests, NULL, NULL);
}
