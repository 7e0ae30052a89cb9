/* Data sets: the binary version and its damages, archives, specifications, and the bytes of the synthetic images. The
 * Python version is in test_cifar_python.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cifar_files.h"
#include "utf8.h"

static void test_binary_good(void **state) {
    (void)state;
    cifar_write_folder("set", cifar_binary_names, cifar_binary_batch);
    cifar_check_good("set", "images in CIFAR-10's binary format in set", 0);
    cifar_check_good("set//", "images in CIFAR-10's binary format in set", 0);
    mkdir("outer", 0777);
    cifar_check_bad("outer", "outer", "make data");
    cifar_write_archive("outer/cifar-10-binary.tar.gz", cifar_binary_names, cifar_binary_batch, "203541");
    cifar_check_good("outer", "images in CIFAR-10's binary format in outer/cifar-10-binary.tar.gz", 0);
    cifar_check_good("outer/cifar-10-binary.tar.gz",
                     "images in CIFAR-10's binary format in outer/cifar-10-binary.tar.gz", 0);
    cifar_write_folder("outer/cifar-10-batches-bin", cifar_binary_names, cifar_binary_batch);
    cifar_check_good("outer/", "images in CIFAR-10's binary format in outer/cifar-10-batches-bin", 0);
}

static void test_binary_bad(void **state) {
    (void)state;
    struct cifar_bytes bytes = cifar_binary_batch(3);
    const size_t size = bytes.size;
    const char *const name = "set/data_batch_4.bin";
    cifar_write_folder("set", cifar_binary_names, cifar_binary_batch);
    static const struct {
        int change;
        const char *reason;
    } sizes[] = {{-1, "not a multiple of 3073"}, {1, "not a multiple of 3073"}, {-3072, "not a multiple of 3073"}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bytes.size = (size_t)((int)size + sizes[i].change);
        cifar_write_file(name, &bytes);
        cifar_check_bad("set", name, sizes[i].reason);
    }
    bytes.size = 0;
    cifar_write_file(name, &bytes);
    cifar_check_bad("set", name, "is empty");
    bytes = cifar_binary_batch(2);
    bytes.data[2 * CIFAR_RECORD] = 10;
    cifar_write_file(name, &bytes);
    cifar_check_bad("set", name, "record 2 (of 0 to 2) has label 10");
    if (truncate(name, (off_t)10000001 * CIFAR_RECORD) == 0) /* a file system may refuse it */
        cifar_check_bad("set", name, "more than 10000000 images");
    assert_int_equal(remove(name), 0);
    cifar_check_bad("set", "set: data_batch_4.bin", "is missing");
    mkdir(name, 0777);
    cifar_check_bad("set", name, "not a regular file");
    assert_int_equal(remove(name), 0);
    assert_int_equal(symlink("data_batch_4.bin", name), 0);
    cifar_check_bad("set", name, "cannot be opened");
}

static void test_archive_bad(void **state) {
    (void)state;
    const char *const name = "some.tar.gz";
    cifar_write_archive(name, cifar_binary_names, cifar_binary_batch, "01245");
    cifar_check_bad(name, "some.tar.gz: data_batch_4.bin", "is missing");
    cifar_write_archive(name, cifar_binary_names, cifar_binary_batch, "01234530");
    cifar_check_bad(name, "some.tar.gz: data_batch_4.bin", "is there twice");
    cifar_write_archive(name, cifar_binary_names, cifar_binary_batch, "");
    cifar_check_bad(name, name, "is an archive without CIFAR-10");
    cifar_write_archive(name, cifar_python_names, cifar_binary_batch, "012345");
    cifar_check_bad(name, "some.tar.gz: data_batch_1", "does not start as a pickle");

    struct stat status;
    cifar_write_archive(name, cifar_binary_names, cifar_binary_batch, "012345");
    assert_int_equal(stat(name, &status), 0);
    for (off_t size = status.st_size - 1; size > 20; size -= 97) {
        assert_int_equal(truncate(name, size), 0);
        cifar_check_bad(name, name, "again");
    }
    assert_int_equal(truncate(name, 0), 0);
    cifar_check_bad(name, name, "some.tar.gz");
    struct cifar_bytes noise = {.size = 2000};
    for (size_t i = 0; i < noise.size; i++)
        noise.data[i] = (uint8_t)(i * i >> 3);
    cifar_write_file(name, &noise);
    cifar_check_bad(name, name, "archive");
}

/* The error says why a file cannot be opened, and nothing waits for a pipe. */
static void test_unopened(void **state) {
    (void)state;
    struct rlimit before, few;
    const char *const name = "set/data_batch_4.bin";
    cifar_write_folder("set", cifar_binary_names, cifar_binary_batch);
    assert_int_equal(remove(name), 0);
    assert_int_equal(mkfifo(name, 0600), 0);
    cifar_check_bad("set", name, "not a regular file");
    cifar_check_bad(name, name, "not a regular file");
    assert_int_equal(remove(name), 0);
    assert_int_equal(symlink("data_batch_4.bin", name), 0);
    cifar_check_bad("set", name, "a link leads back to itself");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    cifar_check_bad("set", "set", "close other files");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    uid_t user = geteuid(); /* permissions are nothing to root */
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(chmod("set", 0), 0);
    assert_int_equal(mkdir("outer", 0755), 0);
    assert_int_equal(mkdir("outer/cifar-10-batches-py", 0), 0);
    if (user == 0)
        assert_int_equal(seteuid(65534), 0);
    cifar_check_bad("set", "set", "Permission denied): check its permissions");
    cifar_check_bad("outer", "outer/cifar-10-batches-py", "Permission denied): check its permissions");
    if (user == 0)
        assert_int_equal(seteuid(user), 0);
    assert_int_equal(chmod("set", 0700), 0);
    assert_int_equal(chmod("outer/cifar-10-batches-py", 0700), 0);
}

/* The error for an unknown format lists the formats that are read. */
static void test_unknown(void **state) {
    (void)state;
    struct cifar_bytes bytes = {.data = "hello", .size = 5};
    static const char *const read[] = {"CIFAR-10, ", "CIFAR-100 (binary)", "MNIST's idx files", " or NumPy's x_train"};
    mkdir("empty", 0777);
    cifar_write_file("some.txt", &bytes);
    cifar_write_archive("some.tar", cifar_binary_names, cifar_binary_batch, "");
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
        cifar_check_bad("nowhere", "nowhere", read[i]);
        cifar_check_bad("empty", "empty", read[i]);
        cifar_check_bad("some.txt", "some.txt", read[i]);
        cifar_check_bad("some.tar", "some.tar", read[i]);
    }
}

static void test_default(void **state) {
    (void)state;
    assert_string_equal(knn_dataset_spec(NULL), "synthetic");
    mkdir("data", 0777);
    assert_string_equal(knn_dataset_spec(NULL), "synthetic");
    mkdir("data/cifar-10-batches-py", 0777);
    assert_string_equal(knn_dataset_spec(NULL), "synthetic");
    cifar_write_folder("data/cifar-10-batches-py", cifar_python_names, cifar_binary_batch);
    assert_string_equal(knn_dataset_spec(NULL), "data");
    setenv("KNNMARK_DATA", "elsewhere", 1);
    assert_string_equal(knn_dataset_spec(NULL), "elsewhere");
    assert_string_equal(knn_dataset_spec("given"), "given");
    setenv("KNNMARK_DATA", "", 1);
    assert_string_equal(knn_dataset_spec(NULL), "data");
}

static void test_specification_bad(void **state) {
    (void)state;
    static const char *const bad[] = {
        "synthetic:",        "synthetic:train=0",        "synthetic:test=10000001",
        "synthetic:foo=1",   "synthetic:seed=",          "synthetic:seed=99999999999999999999",
        "synthetic:train",   "synthetic:train=5,",       "synthetic:train=5,train=5",
        "synthetic:test=-1", "synthetic:test=1x,seed=2", "synthetic:seed= 1",
        "synthetic:dim=0",   "synthetic:classes=1001",   "synthetic:dim=4294967296",
        "synthetic:classes", "synthetic:dim=5,dim=5",    "synthetic:classes=0",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cifar_check_bad(bad[i], "synthetic", "seed=N, train=N, test=N, dim=N and classes=N");
    cifar_check_bad("nowhere", "nowhere", "make data");
    cifar_check_bad("nowhere", "nowhere", "--data synthetic");
    cifar_check_bad("synthetics", "synthetics", "No such file");
    cifar_check_bad("", "data set ", "No such file");
}

/* FNV-1a over labels and pixels. */
static uint64_t checksum(const struct knn_images *images, uint64_t hash) {
    for (size_t row = 0; row < images->pixels.rows; row++) {
        hash = (hash ^ images->labels[row]) * 0x100000001b3u;
        for (size_t i = 0; i < KNN_CIFAR_BYTES; i++)
            hash = (hash ^ knn_matrix_row(&images->pixels, row)[i]) * 0x100000001b3u;
    }
    return hash;
}

static void check_balance(const struct knn_images *images) {
    size_t count[KNN_CIFAR10_CLASSES] = {0};
    for (size_t i = 0; i < images->pixels.rows; i++)
        count[images->labels[i]]++;
    for (int i = 0; i < KNN_CIFAR10_CLASSES; i++)
        assert_int_equal(count[i], images->pixels.rows / KNN_CIFAR10_CLASSES);
}

static uint64_t synthetic_checksum(const char *spec, int threads) {
    const int before = omp_get_max_threads();
    struct knn_dataset dataset;
    struct knn_error error;
    omp_set_num_threads(threads);
    assert_int_equal(knn_dataset_open(&dataset, spec, &error), 0);
    omp_set_num_threads(before);
    assert_int_equal(dataset.synthetic, 1);
    assert_true(dataset.seed == (strstr(spec, "seed=2") != NULL ? 2 : 1));
    assert_non_null(strstr(dataset.source, "not CIFAR-10"));
    assert_int_equal(dataset.train.pixels.rows, 300);
    assert_int_equal(dataset.test.pixels.rows, 100);
    check_balance(&dataset.train);
    check_balance(&dataset.test);
    assert_memory_not_equal(dataset.train.pixels.data, dataset.test.pixels.data, KNN_CIFAR_BYTES);
    uint64_t hash = checksum(&dataset.test, checksum(&dataset.train, 0xcbf29ce484222325u));
    knn_dataset_close(&dataset);
    return hash;
}

/* The same bytes on every machine, whatever the compiler and the threads: a change of them changes all results. */
static void test_synthetic(void **state) {
    (void)state;
    const uint64_t first = synthetic_checksum("synthetic:train=300,test=100", 1);
    assert_int_equal(first, 0x52bb33fa7419f126u);
    assert_int_equal(synthetic_checksum("synthetic:test=100,seed=1,train=300", 3), first);
    assert_int_equal(synthetic_checksum("synthetic:train=300,test=100,dim=3072,classes=10", 2), first);
    assert_int_equal(synthetic_checksum("synthetic:train=300,test=100", 100000), first); /* no system has so many */
    assert_int_not_equal(synthetic_checksum("synthetic:seed=2,train=300,test=100", 2), first);
}

/* Rows of any length begin like the images of the same seed, and there are as many classes as asked for. */
static void test_synthetic_rows(void **state) {
    (void)state;
    static const size_t dims[] = {1, 784, 3072, 7000};
    struct knn_dataset images, rows;
    struct knn_error error;
    assert_int_equal(knn_dataset_open(&images, "synthetic:train=40,test=20,classes=17", &error), 0);
    assert_int_equal(images.shape.planes, 3);
    for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
        char spec[96], name[8];
        snprintf(spec, sizeof spec, "synthetic:classes=17,dim=%zu,train=40,test=20", dims[d]);
        assert_int_equal(knn_dataset_open(&rows, spec, &error), 0);
        assert_int_equal(rows.classes, 17);
        assert_string_equal(rows.class_names[16], "16");
        assert_int_equal(rows.shape.planes, dims[d] == 3072 ? 3 : 0);
        for (size_t i = 0; i < 40; i++) {
            size_t same = dims[d] < 3072 ? dims[d] : 3072;
            snprintf(name, sizeof name, "%d", rows.train.labels[i]);
            assert_string_equal(rows.class_names[rows.train.labels[i]], name);
            assert_int_equal(rows.train.labels[i], images.train.labels[i]);
            assert_memory_equal(knn_matrix_row(&rows.train.pixels, i), knn_matrix_row(&images.train.pixels, i), same);
        }
        assert_true(dims[d] < 6144 || memcmp(rows.test.pixels.data, rows.test.pixels.data + 3072, 3072) != 0);
        assert_string_equal(rows.source + strlen(rows.source) - 8, "(seed 1)");
        knn_dataset_close(&rows);
    }
    knn_dataset_close(&images);
}

static void test_largest_seed(void **state) {
    (void)state;
    struct knn_dataset dataset;
    struct knn_error error;
    assert_int_equal(knn_dataset_open(&dataset, "synthetic:seed=18446744073709551615,train=1,test=1", &error), 0);
    assert_true(dataset.synthetic && dataset.seed == UINT64_MAX);
    assert_string_equal(dataset.source, "synthetic images (seed 18446744073709551615), not CIFAR-10");
    knn_dataset_close(&dataset);
}

/* -- paths of any bytes -------------------------------------------------------------------------------------------- */

static void test_clean_text(void **state) {
    (void)state;
    static const struct {
        const char *text, *clean;
    } cases[] = {
        {"", ""},
        {"plain ~", "plain ~"},
        {"a\tb\nc\x7f", "a?b?c?"},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
        {"caf\xe9", "caf?"},
        {"caf\xe9!", "caf?!"},
        {"\x80\xbf", "??"},
        {"\xc0\x80\xc1\xbf", "????"},                  /* two bytes where one would do */
        {"\xe0\x9f\xbf \xf0\x8f\xbf\xbf", "??? ????"}, /* three, four */
        {"\xed\xa0\x80", "???"},                       /* a surrogate */
        {"\xf4\x90\x80\x80\xf5\x80\x80\x80", "????????"},
        {"\xe2\x82", "??"}, /* cut off */
        {"\xf0\x9f\x98", "???"},
        {"\xe2\xc3\xa9", "?\xc3\xa9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", cases[i].text);
        knn_utf8_clean(text);
        assert_string_equal(text, cases[i].clean);
    }
}

static void test_any_path(void **state) {
    (void)state;
    struct knn_error error;
    struct knn_dataset dataset;
    cifar_write_folder("caf\xe9", cifar_binary_names, cifar_binary_batch);
    cifar_check_good("caf\xe9", "images in CIFAR-10's binary format in caf?", 0);
    cifar_write_folder("caf\xc3\xa9", cifar_binary_names, cifar_binary_batch);
    cifar_check_good("caf\xc3\xa9", "images in CIFAR-10's binary format in caf\xc3\xa9", 0);
    assert_int_equal(knn_dataset_open(&dataset, "caf\xe9/nowhere", &error), -1);
    assert_int_equal(strncmp(error.message, "data set caf?/nowhere: ", 23), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_binary_good, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_binary_bad, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_archive_bad, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_unopened, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_unknown, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_default, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_specification_bad, cifar_enter, cifar_leave),
        cmocka_unit_test_setup_teardown(test_any_path, cifar_enter, cifar_leave),
        cmocka_unit_test(test_synthetic),
        cmocka_unit_test(test_synthetic_rows),
        cmocka_unit_test(test_largest_seed),
        cmocka_unit_test(test_clean_text),
    };
    return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
