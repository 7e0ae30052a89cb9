/* `knnmark search`: every output holds the neighbours that the library finds, and what cannot be done is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "cpu.h"
#include "kernel.h"
#include "knnmark.h"

enum { TRAIN = 70, QUERIES = 9, DIM = 5, K = 4, NPY = 128 };

static uint8_t train_bytes[TRAIN * DIM], query_bytes[QUERIES * DIM];
static struct knn_neighbor right[QUERIES * K];

/* -- files --------------------------------------------------------------------------------------------------------- */

static void put32(uint8_t *at, uint32_t number) {
    for (int i = 0; i < 4; i++, number >>= 8)
        at[i] = (uint8_t)number;
}

static uint64_t number_at(const uint8_t *at, size_t bytes) {
    uint64_t number = 0;
    while (bytes-- > 0)
        number = number << 8 | at[bytes];
    return number;
}

/* big-ann's form: two counts, then the bytes. */
static void write_rows(const struct process *p, const char *name, const uint8_t *bytes, uint32_t rows, uint32_t dim) {
    uint8_t file[8 + sizeof train_bytes];
    put32(file, rows);
    put32(file + 4, dim);
    memcpy(file + 8, bytes, (size_t)rows * dim);
    assert_int_equal(process_write(p, name, file, 8 + (size_t)rows * dim), 0);
}

static int enter(void **state) {
    uint32_t random = 7;
    if (command_enter(state) != 0)
        return -1;
    ((struct process *)*state)->directory = ((struct process *)*state)->folder;
    for (size_t i = 0; i < sizeof train_bytes; i++)
        train_bytes[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 29); /* many are equally far */
    for (size_t i = 0; i < sizeof query_bytes; i++)
        query_bytes[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 29);
    write_rows(*state, "train.u8bin", train_bytes, TRAIN, DIM);
    write_rows(*state, "queries.u8bin", query_bytes, QUERIES, DIM);
    return knn_search(&(struct knn_rows){train_bytes, TRAIN, DIM, DIM},
                      &(struct knn_rows){query_bytes, QUERIES, DIM, DIM}, K, right, NULL, NULL);
}

/* Searches with these further arguments; it runs in the folder. */
#define search(process, ...)                                                                                           \
    knnmark(process, "search", "--train", "train.u8bin", "--queries", "queries.u8bin", "--k", "4", __VA_ARGS__)

static size_t read_file(const struct process *p, const char *name, uint8_t *bytes, size_t size) {
    char path[256];
    FILE *file = fopen(process_path(p, name, path, sizeof path), "rb");
    assert_non_null(file);
    size = fread(bytes, 1, size, file);
    fclose(file);
    return size;
}

/* -- outputs ------------------------------------------------------------------------------------------------------- */

static void expect_csv(char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "query,neighbors,distances\n");
    for (size_t q = 0; q < QUERIES; q++) {
        used += (size_t)snprintf(text + used, size - used, "%zu,", q);
        for (size_t i = 0; i < K; i++)
            used += (size_t)snprintf(text + used, size - used, "%s%u", i > 0 ? " " : "", right[q * K + i].id);
        for (size_t i = 0; i < K; i++)
            used +=
                (size_t)snprintf(text + used, size - used, "%c%d", i > 0 ? ' ' : ',', (int)right[q * K + i].distance);
        used += (size_t)snprintf(text + used, size - used, "\n");
    }
}

static void test_csv(void **state) {
    struct process *p = *state;
    static char expected[4096];
    expect_csv(expected, sizeof expected);
    search(p, "--threads", "2");
    assert_success(p);
    assert_string_equal(p->output, expected);
    search(p, "--output", "out.csv");
    assert_success(p);
    assert_holds(p->output, "\nsearch ");
    char *text = text_of(p, "out.csv");
    assert_string_equal(text, expected);
    free(text);
    search(p, "--limit", "1", "--output", "-");
    assert_success(p);
    assert_memory_equal(p->output, expected, strlen(p->output));
    assert_string_equal(strchr(p->output, '\n') + 1 + strcspn(strchr(p->output, '\n') + 1, "\n"), "\n");
}

static void check_npy(const uint8_t *file, size_t bytes, size_t size, int distances) {
    char shape[64];
    snprintf(shape, sizeof shape, "{'descr': '<u%zu', 'fortran_order': False, 'shape': (%d, %d), }", bytes, QUERIES, K);
    assert_int_equal(size, NPY + QUERIES * K * bytes);
    assert_memory_equal(file, "\x93NUMPY\x01\x00\x76\x00", 10);
    assert_memory_equal(file + 10, shape, strlen(shape));
    assert_int_equal(file[NPY - 1], '\n');
    for (size_t i = 0; i < QUERIES * K; i++)
        assert_int_equal(number_at(file + NPY + i * bytes, bytes), distances ? right[i].distance : right[i].id);
}

static void test_npy(void **state) {
    struct process *p = *state;
    uint8_t file[4096];
    search(p, "--output", "out.npy");
    assert_success(p);
    check_npy(file, 4, read_file(p, "out.npy", file, sizeof file), 0);
}

/* Stored, so that both arrays stand in it as they are. */
static void test_npz(void **state) {
    struct process *p = *state;
    uint8_t file[8192];
    size_t parts[2] = {0};
    search(p, "--output", "out.npz");
    assert_success(p);
    size_t size = read_file(p, "out.npz", file, sizeof file), found = 0;
    assert_memory_equal(file, "PK\x03\x04", 4);
    for (size_t i = 0; i + 6 < size && found < 2; i++)
        if (memcmp(file + i, "\x93NUMPY", 6) == 0)
            parts[found++] = i;
    assert_int_equal(found, 2);
    check_npy(file + parts[0], 4, NPY + QUERIES * K * 4, 0);
    check_npy(file + parts[1], 8, NPY + QUERIES * K * 8, 1);
    assert_memory_equal(file + size - 22, "PK\x05\x06", 4); /* the end, and nothing after it */
    const char *argv[] = {"/usr/bin/python3", "-c",
                          "import numpy, sys; a = numpy.load(sys.argv[1]); print(a['ids'].dtype, a['ids'].shape, "
                          "a['distances'].dtype, a['distances'].shape)",
                          NULL, NULL};
    char path[256];
    argv[3] = process_path(p, "out.npz", path, sizeof path);
    if (process_run(p, argv) == 0 && p->status == 0) /* where there is NumPy */
        assert_string_equal(p->output, "uint32 (9, 4) uint64 (9, 4)\n");
}

static void test_ivecs(void **state) {
    struct process *p = *state;
    uint8_t file[4096];
    search(p, "--output", "out.ivecs");
    assert_success(p);
    assert_int_equal(read_file(p, "out.ivecs", file, sizeof file), QUERIES * (K + 1) * 4);
    for (size_t q = 0; q < QUERIES; q++) {
        assert_int_equal(number_at(file + q * (K + 1) * 4, 4), K);
        for (size_t i = 0; i < K; i++)
            assert_int_equal(number_at(file + (q * (K + 1) + 1 + i) * 4, 4), right[q * K + i].id);
    }
}

static void test_bin(void **state) {
    struct process *p = *state;
    uint8_t file[4096];
    search(p, "--output", "out", "--format", "bin");
    assert_success(p);
    assert_int_equal(read_file(p, "out", file, sizeof file), 8 + QUERIES * K * 8);
    assert_int_equal(number_at(file, 4), QUERIES);
    assert_int_equal(number_at(file + 4, 4), K);
    for (size_t i = 0; i < QUERIES * K; i++) {
        uint32_t bits = (uint32_t)number_at(file + 8 + (QUERIES * K + i) * 4, 4);
        float distance;
        memcpy(&distance, &bits, sizeof distance);
        assert_int_equal(number_at(file + 8 + i * 4, 4), right[i].id);
        assert_true(distance == (float)right[i].distance);
    }
}

static void test_json(void **state) {
    struct process *p = *state;
    search(p, "--output", "out.npy", "--json", "--metric", "l1");
    assert_success(p);
    assert_holds(p->output, "\"metric\": \"l1\"");
    assert_holds(p->output, "\"queries_per_s\": ");
}

/* Without --search, bounds are used where they pay: among enough rows that are smooth, and not among few. */
static void test_methods(void **state) {
    enum { MANY = 5000, LENGTH = 64 };
    struct process *p = *state;
    int has_bounds = knn_kernel_default(KNN_L2, knn_cpu_features())->tile != NULL;
    uint8_t *file = calloc(1, 8 + MANY * LENGTH);
    assert_non_null(file);
    put32(file, MANY);
    put32(file + 4, LENGTH);
    for (size_t i = 0; i < MANY; i++)
        memset(file + 8 + i * LENGTH, (int)(i % 256), LENGTH);
    assert_int_equal(process_write(p, "many.u8bin", file, 8 + MANY * LENGTH), 0);
    free(file);
    static const struct {
        const char *rows, *asked, *done;
    } cases[] = {{"many.u8bin", NULL, "bounds"},
                 {"many.u8bin", "auto", "bounds"},
                 {"many.u8bin", "exhaustive", "exhaustive"},
                 {"train.u8bin", NULL, "exhaustive"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char says[64];
        knnmark(p, "search", "--train", cases[i].rows, "--queries", cases[i].rows, "--limit", "2", "--output", "o.npy",
                "--json", cases[i].asked != NULL ? "--search" : "--no-bind", cases[i].asked);
        assert_success(p);
        snprintf(says, sizeof says, "\"search\": \"%s\"", has_bounds ? cases[i].done : "exhaustive");
        assert_holds(p->output, says);
    }
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void test_usage(void **state) {
    struct process *p = *state;
    knnmark(p, "search", "--train", "train.u8bin");
    assert_complaint(p, 2, "search needs --train FILE and --queries FILE, see `knnmark search --help`");
    search(p, "--output", "out.txt");
    assert_complaint(p, 2, "end it in .csv, .npy, .npz, .ivecs or .bin, or give --format");
    search(p, "--format", "parquet");
    assert_complaint(p, 2, "--format parquet: give csv, npy, npz, ivecs or bin");
    search(p, "--json");
    assert_complaint(p, 2, "--json: standard output has the neighbours already: give --output FILE");
}

static void test_data(void **state) {
    struct process *p = *state;
    write_rows(p, "narrow.u8bin", query_bytes, QUERIES, DIM - 1);
    knnmark(p, "search", "--train", "train.u8bin", "--queries", "narrow.u8bin");
    assert_complaint(p, 1, "of 5 bytes");
    assert_complaint(p, 1, "of 4: give rows of one length");
    knnmark(p, "search", "--train", "train.u8bin", "--queries", "queries.u8bin", "--k", "71");
    assert_complaint(p, 1, "k = 71 is more than the 70 training rows: use a smaller k");
    knnmark(p, "search", "--train", "train.u8bin", "--queries", "nowhere.npy", "--output", "out.npy");
    assert_complaint(p, 1, "nowhere.npy");
    char path[256];
    assert_null(fopen(process_path(p, "out.npy", path, sizeof path), "rb"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, command_leave)
        WITH_FOLDER(test_csv),     WITH_FOLDER(test_npy),   WITH_FOLDER(test_npz),
        WITH_FOLDER(test_ivecs),   WITH_FOLDER(test_bin),   WITH_FOLDER(test_json),
        WITH_FOLDER(test_methods), WITH_FOLDER(test_usage), WITH_FOLDER(test_data),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL) != 0;
}
