/* Data sets: every form that is read, every damage that is refused, and the synthetic one's bytes. All files are made
 * here, in a temporary folder. */
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
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset.h"
#include "pickle.h"

enum { BATCHES = 6, RECORD = 1 + KNN_IMAGE_BYTES, MAX_IMAGES = 3, CAPACITY = MAX_IMAGES * RECORD + 4096 };

static const char *const binary_names[BATCHES] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                  "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};
static const char *const python_names[BATCHES] = {"data_batch_1", "data_batch_2", "data_batch_3",
                                                  "data_batch_4", "data_batch_5", "test_batch"};
static const size_t batch_images[BATCHES] = {2, 1, 3, 1, 2, 3};

struct bytes {
    uint8_t data[CAPACITY];
    size_t size;
};

/* -- making files -----------------------------------------------------------------------------------------------------
 */

static uint8_t pixel(int batch, size_t image, size_t i) {
    return (uint8_t)(batch * 101 + (int)image * 37 + (int)(i * 7 + i / 256));
}

static uint8_t label(int batch, size_t image) {
    return (uint8_t)((batch * 3 + (int)image * 4) % KNN_CLASSES);
}

static void put(struct bytes *to, const void *from, size_t size) {
    assert_true(to->size + size <= CAPACITY);
    memcpy(to->data + to->size, from, size);
    to->size += size;
}

static void put_byte(struct bytes *to, uint8_t byte) {
    put(to, &byte, 1);
}

static void put_pixels(struct bytes *to, int batch, size_t image) {
    for (size_t i = 0; i < KNN_IMAGE_BYTES; i++)
        put_byte(to, pixel(batch, image, i));
}

static struct bytes binary_batch(int batch) {
    struct bytes bytes = {.size = 0};
    for (size_t i = 0; i < batch_images[batch]; i++) {
        put_byte(&bytes, label(batch, i));
        put_pixels(&bytes, batch, i);
    }
    return bytes;
}

/* A string as Python 2 writes it, and remembers it in the memo. */
static void put_string(struct bytes *to, const char *string, uint8_t memo) {
    put_byte(to, 'U');
    put_byte(to, (uint8_t)strlen(string));
    put(to, string, strlen(string));
    put_byte(to, 'q');
    put_byte(to, memo);
}

#define PUT(to, literal) put(to, literal, sizeof literal - 1)

/* What Python 2's cPickle writes at protocol 2 for a batch. */
static struct bytes python_batch(int batch) {
    uint8_t count = (uint8_t)batch_images[batch];
    uint32_t length = count * (uint32_t)KNN_IMAGE_BYTES;
    struct bytes bytes = {.size = 0};
    PUT(&bytes, "\x80\x02}q\x01(");
    put_string(&bytes, "batch_label", 2);
    put_string(&bytes, "training batch 1 of 5", 3);
    put_string(&bytes, "labels", 4);
    PUT(&bytes, "]q\x05(");
    for (uint8_t i = 0; i < count; i++) {
        put_byte(&bytes, 'K');
        put_byte(&bytes, label(batch, i));
    }
    PUT(&bytes, "e");
    put_string(&bytes, "data", 6);
    PUT(&bytes, "cnumpy.core.multiarray\n_reconstruct\nq\x07"
                "cnumpy\nndarray\nq\x08K\0\x85U\1b\x87Rq\x09(K\1K");
    put_byte(&bytes, count);
    PUT(&bytes, "M\0\x0c\x86"
                "cnumpy\ndtype\nq\x0aU\2u1K\0K\1\x87Rq\x0b(K\3U\1|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T");
    for (int i = 0; i < 4; i++)
        put_byte(&bytes, (uint8_t)(length >> 8 * i));
    for (size_t i = 0; i < count; i++)
        put_pixels(&bytes, batch, i);
    PUT(&bytes, "tb");
    put_string(&bytes, "filenames", 12);
    PUT(&bytes, "]q\x0d(");
    for (uint8_t i = 0; i < count; i++)
        put_string(&bytes, "a.png", (uint8_t)(14 + i));
    PUT(&bytes, "eu.");
    return bytes;
}

/* The same as Python 3 writes it at protocol 4, of one image and with text for keys. */
static struct bytes python3_batch(int batch) {
    struct bytes bytes = {.size = 0};
    PUT(&bytes, "\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94(\x8c\x06labels\x94]\x94K");
    put_byte(&bytes, label(batch, 0));
    PUT(&bytes, "aX\4\0\0\0data\x94\x8c\x16numpy._core.multiarray\x94\x8c\x0c_reconstruct\x94\x93\x94"
                "\x8c\5numpy\x94\x8c\7ndarray\x94\x93\x94K\0\x85\x94"
                "C\1b\x94\x87\x94R\x94(K\1\x8a\1\1M\0\x0c\x86\x94h\x06"
                "\x8c\5dtype\x94\x93\x94\x8c\2u1\x94\x89\x88\x87\x94R\x94"
                "B\0\x0c\0\0");
    bytes.size -= 5; /* the bytes go after the type's state */
    PUT(&bytes, "(K\3\x8c\1|\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94"
                "b\x89"
                "B\0\x0c\0\0");
    put_pixels(&bytes, batch, 0);
    PUT(&bytes, "\x94t\x94"
                "bu.");
    return bytes;
}

static void write_file(const char *path, const struct bytes *bytes) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    assert_int_equal(fclose(file), 0);
}

typedef struct bytes batch_fn(int batch);

static void write_folder(const char *folder, const char *const *names, batch_fn *batch) {
    char path[PATH_MAX];
    mkdir(folder, 0777);
    for (int i = 0; i < BATCHES; i++) {
        struct bytes bytes = batch(i);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        write_file(path, &bytes);
    }
}

static void write_entry(struct archive *archive, const char *name, const struct bytes *bytes) {
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

/* A .tar.gz with a file that nobody asked for and the batches of this order, a digit each. */
static void write_archive(const char *path, const char *const *names, batch_fn *batch, const char *order) {
    struct archive *archive = archive_write_new();
    archive_write_set_format_ustar(archive);
    archive_write_add_filter_gzip(archive);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    struct bytes bytes = {.size = 5, .data = "hello"};
    write_entry(archive, "readme.html", &bytes);
    for (; *order != '\0'; order++) {
        bytes = batch(*order - '0');
        write_entry(archive, names[*order - '0'], &bytes);
    }
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

/* -- a temporary folder around each test ------------------------------------------------------------------------------
 */

static int start_folder;

static int enter(void **state) {
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

static int leave(void **state) {
    int result = fchdir(start_folder) != 0 || nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0 ? -1 : 0;
    close(start_folder);
    free(*state);
    return result;
}

/* -- checks -----------------------------------------------------------------------------------------------------------
 */

static void check_image(const struct knn_images *images, size_t row, int batch, size_t image) {
    assert_int_equal(images->labels[row], label(batch, image));
    for (size_t i = 0; i < KNN_IMAGE_BYTES; i++)
        assert_int_equal(knn_matrix_row(&images->pixels, row)[i], pixel(batch, image, i));
}

/* Opens and finds the images of the batches in their order, all or the first of each. */
static void check_good(const char *spec, const char *source, int first_only) {
    struct knn_dataset dataset;
    struct knn_error error = {""};
    if (knn_dataset_open(&dataset, spec, &error) != 0)
        fail_msg("%s", error.message);
    assert_string_equal(dataset.source, source);
    assert_int_equal(dataset.synthetic, 0);
    size_t row = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
        const struct knn_images *images = batch < 5 ? &dataset.train : &dataset.test;
        if (batch == 5) {
            assert_int_equal(dataset.train.pixels.rows, row);
            row = 0;
        }
        for (size_t i = 0; i < (first_only ? 1 : batch_images[batch]); i++)
            check_image(images, row++, batch, i);
    }
    assert_int_equal(dataset.test.pixels.rows, row);
    assert_int_equal(dataset.train.pixels.dim, KNN_IMAGE_BYTES);
    knn_dataset_close(&dataset);
    knn_dataset_close(&dataset);
}

/* Fails with one line that holds both texts, and leaves nothing. */
static void check_bad(const char *spec, const char *name, const char *reason) {
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

/* -- the binary version -----------------------------------------------------------------------------------------------
 */

static void test_binary_good(void **state) {
    (void)state;
    write_folder("set", binary_names, binary_batch);
    check_good("set", "CIFAR-10 binary version in set", 0);
    check_good("set//", "CIFAR-10 binary version in set", 0);
    mkdir("outer", 0777);
    check_bad("outer", "outer", "make data");
    write_archive("outer/cifar-10-binary.tar.gz", binary_names, binary_batch, "203541");
    check_good("outer", "CIFAR-10 binary version in outer/cifar-10-binary.tar.gz", 0);
    check_good("outer/cifar-10-binary.tar.gz", "CIFAR-10 binary version in outer/cifar-10-binary.tar.gz", 0);
    write_folder("outer/cifar-10-batches-bin", binary_names, binary_batch);
    check_good("outer/", "CIFAR-10 binary version in outer/cifar-10-batches-bin", 0);
}

static void test_binary_bad(void **state) {
    (void)state;
    struct bytes bytes = binary_batch(3);
    const size_t size = bytes.size;
    const char *const name = "set/data_batch_4.bin";
    write_folder("set", binary_names, binary_batch);
    static const struct {
        int change;
        const char *reason;
    } sizes[] = {{-1, "not a multiple of 3073"}, {1, "not a multiple of 3073"}, {-3072, "not a multiple of 3073"}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bytes.size = (size_t)((int)size + sizes[i].change);
        write_file(name, &bytes);
        check_bad("set", name, sizes[i].reason);
    }
    bytes.size = 0;
    write_file(name, &bytes);
    check_bad("set", name, "is empty");
    bytes = binary_batch(2);
    bytes.data[2 * RECORD] = 10;
    write_file(name, &bytes);
    check_bad("set", name, "record 2 (of 0 to 2) has label 10");
    if (truncate(name, (off_t)10000001 * RECORD) == 0) /* a file system may refuse it */
        check_bad("set", name, "more than 10000000 images");
    assert_int_equal(remove(name), 0);
    check_bad("set", "set: data_batch_4.bin", "is missing");
    mkdir(name, 0777);
    check_bad("set", name, "not a regular file");
    assert_int_equal(remove(name), 0);
    assert_int_equal(symlink("data_batch_4.bin", name), 0);
    check_bad("set", name, "cannot be opened");
}

static void test_archive_bad(void **state) {
    (void)state;
    const char *const name = "some.tar.gz";
    write_archive(name, binary_names, binary_batch, "01245");
    check_bad(name, "some.tar.gz: data_batch_4.bin", "is missing");
    write_archive(name, binary_names, binary_batch, "01234530");
    check_bad(name, "some.tar.gz: data_batch_4.bin", "is there twice");
    write_archive(name, binary_names, binary_batch, "");
    check_bad(name, name, "holds neither");
    write_archive(name, binary_names, python_batch, "012345");
    check_bad(name, "some.tar.gz: data_batch_1.bin", "not a multiple of 3073");
    write_archive(name, python_names, binary_batch, "012345");
    check_bad(name, "some.tar.gz: data_batch_1", "does not start as a pickle");

    struct stat status;
    write_archive(name, binary_names, binary_batch, "012345");
    assert_int_equal(stat(name, &status), 0);
    for (off_t size = status.st_size - 1; size > 20; size -= 97) {
        assert_int_equal(truncate(name, size), 0);
        check_bad(name, name, "again");
    }
    assert_int_equal(truncate(name, 0), 0);
    check_bad(name, name, "some.tar.gz");
    struct bytes noise = {.size = 2000};
    for (size_t i = 0; i < noise.size; i++)
        noise.data[i] = (uint8_t)(i * i >> 3);
    write_file(name, &noise);
    check_bad(name, name, "archive");
}

/* -- the Python version -----------------------------------------------------------------------------------------------
 */

static void test_python_good(void **state) {
    (void)state;
    write_folder("set", python_names, python_batch);
    check_good("set", "CIFAR-10 Python version in set", 0);
    write_folder("three", python_names, python3_batch);
    check_good("three", "CIFAR-10 Python version in three", 1);
    mkdir("outer", 0777);
    write_archive("outer/cifar-10-python.tar.gz", python_names, python_batch, "413052");
    check_good("outer", "CIFAR-10 Python version in outer/cifar-10-python.tar.gz", 0);
    write_folder("outer/cifar-10-batches-py", python_names, python_batch);
    check_good("outer", "CIFAR-10 Python version in outer/cifar-10-batches-py", 0);
}

/* Replaces the first occurrence of `from` by as many bytes. */
static struct bytes changed(struct bytes bytes, const char *from, const char *to, size_t size) {
    void *place = memmem(bytes.data, bytes.size, from, size);
    assert_non_null(place);
    memcpy(place, to, size);
    return bytes;
}

#define CHECK_CHANGED(from, to, reason)                                                                                \
    do {                                                                                                               \
        struct bytes wrong = changed(good, from, to, sizeof from - 1);                                                 \
        write_file(name, &wrong);                                                                                      \
        check_bad("set", name, reason);                                                                                \
    } while (0)

static void test_python_bad(void **state) {
    (void)state;
    const char *const name = "set/data_batch_2";
    write_folder("set", python_names, python_batch);
    struct bytes good = python_batch(1); /* one image, of label 3 */
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
    write_file(name, &good);
    check_bad("set", name, "bytes follow its end");
    good = (struct bytes){.size = 4, .data = "\x80\2N."};
    write_file(name, &good);
    check_bad("set", name, "not a pickled dictionary");
    good = (struct bytes){.size = 14,
                          .data = "\x80\2\x8a\x09"
                                  "123456789."};
    write_file(name, &good);
    check_bad("set", name, "too large");
    good.size = 0;
    write_file(name, &good);
    check_bad("set", name, "is empty");
    assert_int_equal(remove(name), 0);
    check_bad("set", "set: data_batch_2", "is missing");
}

static void test_pickle_truncated(void **state) {
    (void)state;
    struct knn_pickle pickle;
    struct knn_error error;
    for (int which = 0; which < 2; which++) {
        const struct bytes whole = (which == 0 ? python_batch : python3_batch)(1);
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
    write_folder("set", python_names, python_batch);
    struct knn_dataset dataset;
    struct knn_pickle pickle;
    struct knn_error error;
    struct bytes bytes = python_batch(1);
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
            write_file("set/data_batch_1", &bytes);
            if (knn_dataset_open(&dataset, "set", &error) == 0)
                assert_in_range(dataset.train.labels[0], 0, KNN_CLASSES - 1);
            knn_dataset_close(&dataset);
        }
        bytes.data[at] = good;
    }
}

/* -- specifications ---------------------------------------------------------------------------------------------------
 */

static void test_default(void **state) {
    (void)state;
    assert_string_equal(knn_dataset_spec(NULL), "synthetic");
    mkdir("data", 0777);
    assert_string_equal(knn_dataset_spec(NULL), "synthetic");
    mkdir("data/cifar-10-batches-py", 0777);
    assert_string_equal(knn_dataset_spec(NULL), "synthetic");
    write_folder("data/cifar-10-batches-py", python_names, python_batch);
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
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_bad(bad[i], "synthetic", "seed=N, train=N and test=N");
    check_bad("nowhere", "nowhere", "make data");
    check_bad("nowhere", "nowhere", "--data synthetic");
    check_bad("synthetics", "synthetics", "No such file");
    check_bad("", "data set ", "No such file");
}

/* -- synthetic images
 * -------------------------------------------------------------------------------------------------- */

/* FNV-1a over labels and pixels. */
static uint64_t checksum(const struct knn_images *images, uint64_t hash) {
    for (size_t row = 0; row < images->pixels.rows; row++) {
        hash = (hash ^ images->labels[row]) * 0x100000001b3u;
        for (size_t i = 0; i < KNN_IMAGE_BYTES; i++)
            hash = (hash ^ knn_matrix_row(&images->pixels, row)[i]) * 0x100000001b3u;
    }
    return hash;
}

static void check_balance(const struct knn_images *images) {
    size_t count[KNN_CLASSES] = {0};
    for (size_t i = 0; i < images->pixels.rows; i++)
        count[images->labels[i]]++;
    for (int i = 0; i < KNN_CLASSES; i++)
        assert_int_equal(count[i], images->pixels.rows / KNN_CLASSES);
}

static uint64_t synthetic_checksum(const char *spec, int threads) {
    const int before = omp_get_max_threads();
    struct knn_dataset dataset;
    struct knn_error error;
    omp_set_num_threads(threads);
    assert_int_equal(knn_dataset_open(&dataset, spec, &error), 0);
    omp_set_num_threads(before);
    assert_int_equal(dataset.synthetic, 1);
    assert_non_null(strstr(dataset.source, "not CIFAR-10"));
    assert_int_equal(dataset.train.pixels.rows, 300);
    assert_int_equal(dataset.test.pixels.rows, 100);
    check_balance(&dataset.train);
    check_balance(&dataset.test);
    assert_memory_not_equal(dataset.train.pixels.data, dataset.test.pixels.data, KNN_IMAGE_BYTES);
    uint64_t hash = checksum(&dataset.test, checksum(&dataset.train, 0xcbf29ce484222325u));
    knn_dataset_close(&dataset);
    return hash;
}

/* The same bytes on every machine, whatever the compiler and the threads: a change of them changes all results. */
static void test_synthetic(void **state) {
    (void)state;
    const uint64_t first = synthetic_checksum("synthetic:train=300,test=100", 1);
    assert_int_equal(first, 0x0);
    assert_int_equal(synthetic_checksum("synthetic:test=100,seed=1,train=300", 3), first);
    assert_int_not_equal(synthetic_checksum("synthetic:seed=2,train=300,test=100", 2), first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_binary_good, enter, leave),
        cmocka_unit_test_setup_teardown(test_binary_bad, enter, leave),
        cmocka_unit_test_setup_teardown(test_archive_bad, enter, leave),
        cmocka_unit_test_setup_teardown(test_python_good, enter, leave),
        cmocka_unit_test_setup_teardown(test_python_bad, enter, leave),
        cmocka_unit_test_setup_teardown(test_pickle_truncated, enter, leave),
        cmocka_unit_test_setup_teardown(test_pickle_corrupted, enter, leave),
        cmocka_unit_test_setup_teardown(test_default, enter, leave),
        cmocka_unit_test_setup_teardown(test_specification_bad, enter, leave),
        cmocka_unit_test(test_synthetic),
    };
    return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
