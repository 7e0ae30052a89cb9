/* The answers of `knnmark classify --output`: right, the same whatever computes them, and whole or not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cifar.h"
#include "command.h"
#include "kernel.h"
#include "l1wrap.h"
#include "output.h"

enum { TRAIN = 300, TEST = 31, K = 5, MAX_CSV = 1 << 16 };
#define DATA   "synthetic:train=300,test=31"
#define HEADER "index,label,predicted,neighbors,distances\n"

/* -- the answers --------------------------------------------------------------------------------------------------- */

struct csv {
    size_t size;
    char text[MAX_CSV];
};

static void read_csv(const struct process *p, const char *name, struct csv *csv) {
    char path[256];
    FILE *file = fopen(process_path(p, name, path, sizeof path), "r");
    if (file == NULL)
        fail_msg("%s was not written", path);
    csv->size = fread(csv->text, 1, sizeof csv->text - 1, file);
    csv->text[csv->size] = '\0';
    fclose(file);
}

/* Runs classify with two more options and reads its CSV; no other file is left behind. */
static void classify_to_csv(struct process *p, const char *metric, const char *option, const char *value,
                            struct csv *csv) {
    char path[256];
    knnmark(p, "classify", "--data", DATA, "--metric", metric, "--k", "5", "--output",
            process_path(p, "answers.csv", path, sizeof path), option, value);
    assert_success(p);
    assert_int_equal(process_files(p), 1);
    read_csv(p, "answers.csv", csv);
}

/* Reads n numbers, each followed by the separator or, the last one, by `end`. */
static const char *read_numbers(const char *text, unsigned long long *numbers, size_t n, char end) {
    for (size_t i = 0; i < n; i++) {
        char *after;
        assert_true(text[0] >= '0' && text[0] <= '9');
        numbers[i] = strtoull(text, &after, 10);
        assert_int_equal(*after, i < n - 1 ? ' ' : end);
        text = after + 1;
    }
    return text;
}

/* The neighbours of query q are the nearest, in order, and the vote is theirs. */
static void check_row(const struct knn_dataset *data, const struct knn_kernel *reference, size_t q,
                      const unsigned long long *neighbors, const unsigned long long *distances, size_t predicted) {
    size_t votes[KNN_CIFAR10_CLASSES] = {0}, nearer = 0, winner = 0;
    for (size_t i = 0; i < K; i++) {
        assert_true(neighbors[i] < TRAIN);
        votes[data->train.labels[neighbors[i]]]++;
        assert_true(i == 0 || distances[i] > distances[i - 1] ||
                    (distances[i] == distances[i - 1] && neighbors[i] > neighbors[i - 1]));
    }
    for (size_t row = 0; row < TRAIN; row++) {
        uint32_t distance = reference->pair(knn_matrix_row(&data->test.pixels, q),
                                            knn_matrix_row(&data->train.pixels, row), KNN_CIFAR_BYTES);
        for (size_t i = 0; i < K; i++)
            if (neighbors[i] == row)
                assert_int_equal(distances[i], distance);
        nearer += distance < distances[K - 1] || (distance == distances[K - 1] && row <= neighbors[K - 1]);
    }
    assert_int_equal(nearer, K);
    for (size_t c = 1; c < KNN_CIFAR10_CLASSES; c++)
        if (votes[c] > votes[winner])
            winner = c;
    assert_int_equal(predicted, winner);
}

static void check_csv(struct process *p, enum knn_metric metric) {
    static struct csv csv;
    struct knn_dataset data;
    struct knn_error error;
    classify_to_csv(p, knn_metrics[metric].name, NULL, NULL, &csv);
    assert_int_equal(knn_dataset_open(&data, DATA, &error), 0);
    assert_int_equal(strncmp(csv.text, HEADER, strlen(HEADER)), 0);
    const char *row = csv.text + strlen(HEADER);
    for (size_t q = 0; q < TEST; q++) {
        unsigned long long index, label, predicted, neighbors[K], distances[K];
        row = read_numbers(row, &index, 1, ',');
        row = read_numbers(row, &label, 1, ',');
        row = read_numbers(row, &predicted, 1, ',');
        row = read_numbers(row, neighbors, K, ',');
        row = read_numbers(row, distances, K, '\n');
        assert_int_equal(index, q);
        assert_int_equal(label, data.test.labels[q]);
        check_row(&data, metric == KNN_L1WRAP ? &knn_l1wrap : knn_kernel_reference(metric), q, neighbors, distances,
                  (size_t)predicted);
    }
    assert_string_equal(row, "");
    knn_dataset_close(&data);
}

static void test_csv(void **state) {
    for (unsigned metric = 0; metric < KNN_METRICS; metric++)
        check_csv(*state, metric);
}

/* Every way to the answers leads to the same bytes. */
static void check_same(struct process *p, const char *metric, const struct csv *expected) {
    static struct csv csv;
    static const char *const others[][2] = {{"--threads", "1"}, {"--threads", "2"}, {"--threads", "3"},
                                            {"--no-bind"},      {"--json"},         {"--isa", "baseline"}};
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(knn_metrics[kernels[i]->metric].name, metric) != 0 ||
            !knn_kernel_runs(kernels[i], knn_cpu_features()))
            continue;
        classify_to_csv(p, metric, "--kernel", kernels[i]->name, &csv);
        if (strcmp(csv.text, expected->text) != 0)
            fail_msg("%s gives other answers", kernels[i]->name);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        classify_to_csv(p, metric, others[i][0], others[i][1], &csv);
        if (strcmp(csv.text, expected->text) != 0)
            fail_msg("%s gives other answers", others[i][0]);
    }
    classify_to_csv(p, metric, "--limit", "7", &csv);
    assert_true(csv.size < expected->size);
    assert_memory_equal(csv.text, expected->text, csv.size);
}

static void test_same_answers(void **state) {
    static struct csv expected;
    classify_to_csv(*state, "l1", "--kernel", "l1_scalar", &expected);
    check_same(*state, "l1", &expected);
    classify_to_csv(*state, "l2", "--kernel", "l2_scalar", &expected);
    check_same(*state, "l2", &expected);
    classify_to_csv(*state, "l1wrap", "--threads", "4", &expected);
    check_same(*state, "l1wrap", &expected);
}

/* -- what is left behind ------------------------------------------------------------------------------------------- */

static void test_bad_output(void **state) {
    struct process *p = *state;
    char path[256];
    knnmark(p, "classify", "--data", DATA, "--output", process_path(p, "missing/answers.csv", path, sizeof path));
    assert_complaint(p, 1, path);
    knnmark(p, "classify", "--data", DATA, "--output", p->folder);
    assert_complaint(p, 1, p->folder);
    p->directory = p->folder;
    knnmark(p, "classify", "--data", DATA, "--output", "");
    assert_complaint(p, 1, "cannot write");
    assert_int_equal(process_files(p), 0);
}

static void test_full_output(void **state) {
    if (access("/dev/full", W_OK) != 0)
        skip();
    struct process *p = *state;
    char path[256];
    struct stat status;
    knnmark(p, "classify", "--data", DATA, "--output", "/dev/full");
    assert_late_complaint(p, 1, "cannot write /dev/full: No space left on device", "accuracy");
    knnmark(p, "classify", "--data", DATA, "--json", "--output", "/dev/full", "--confusion",
            process_path(p, "confusion.csv", path, sizeof path));
    assert_late_complaint(p, 1, "cannot write /dev/full: No space left on device", "\"accuracy\"");
    assert_int_equal(stat(path, &status), 0); /* the other file is there */
    assert_true(status.st_size > 0);
}

/* A file that may not grow as far as needed cannot be written. */
static void test_file_size_limit(void **state) {
    struct process *p = *state;
    struct rlimit before, limit;
    char csv[256], png[256];
    process_path(p, "answers.csv", csv, sizeof csv);
    process_path(p, "figure.png", png, sizeof png);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 3000; /* the text that is printed is less */
    const char *const jobs[][8] = {{"classify", "--data", DATA, "--k", "300", "--output", csv, NULL},
                                   {"draw", "regions", "--output", png, NULL}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        command_start(p, jobs[i]);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        command_finish(p);
        assert_late_complaint(p, 1, ": File too large; name a file in a folder with room", "");
        assert_int_equal(process_files(p), 0);
    }
}

/* The same for standard output. */
static void test_output_size_limit(void **state) {
    struct process *p = *state;
    struct rlimit before, limit;
    char path[256];
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 1000; /* enough for the complaint, and for an emulator's */
    p->out = process_path(p, "kernels.txt", path, sizeof path);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    knnmark_start(p, "kernels");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    command_finish(p);
    assert_complaint(p, 1, "cannot write standard output: File too large");
}

static void test_one_name_twice(void **state) {
    static struct csv csv;
    struct process *p = *state;
    char path[256];
    assert_int_equal(process_write(p, "answers.csv", "precious", 8), 0);
    process_path(p, "answers.csv", path, sizeof path);
    knnmark(p, "classify", "--data", DATA, "--output", path, "--confusion", path);
    assert_complaint(p, 1, "give every output a name of its own");
    read_csv(p, "answers.csv", &csv);
    assert_string_equal(csv.text, "precious");
    assert_int_equal(process_files(p), 1);
}

static void test_earlier_output(void **state) {
    static struct csv csv;
    struct process *p = *state;
    char path[256];
    assert_int_equal(process_write(p, "answers.csv", "precious", 8), 0);
    knnmark(p, "classify", "--data", DATA, "--k", "301", "--output", process_path(p, "answers.csv", path, sizeof path));
    assert_complaint(p, 1, "301");
    read_csv(p, "answers.csv", &csv);
    assert_string_equal(csv.text, "precious");
    assert_int_equal(process_files(p), 1);
    classify_to_csv(p, "l2", NULL, NULL, &csv);
    assert_int_equal(strncmp(csv.text, HEADER, strlen(HEADER)), 0);
}

/* What a link names is written, and the link stays. */
static void test_output_by_link(void **state) {
    static struct csv csv;
    struct process *p = *state;
    char link[256];
    struct stat status;
    assert_int_equal(process_write(p, "answers.csv", "precious", 8), 0);
    assert_int_equal(symlink("answers.csv", process_path(p, "link", link, sizeof link)), 0);
    knnmark(p, "classify", "--data", DATA, "--k", "301", "--output", link);
    assert_complaint(p, 1, "301");
    read_csv(p, "answers.csv", &csv);
    assert_string_equal(csv.text, "precious");
    knnmark(p, "classify", "--data", DATA, "--output", link);
    assert_success(p);
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    read_csv(p, "answers.csv", &csv);
    assert_int_equal(strncmp(csv.text, HEADER, strlen(HEADER)), 0);
    assert_int_equal(process_files(p), 2);
}

/* A file that standard output goes to is continued, not replaced. */
static void test_output_to_stdout(void **state) {
    static struct csv csv;
    struct process *p = *state;
    char path[256];
    p->out = process_path(p, "all.txt", path, sizeof path);
    knnmark(p, "classify", "--data", DATA, "--output", "/dev/stdout");
    assert_int_equal(p->status, 0);
    read_csv(p, "all.txt", &csv);
    assert_int_equal(strncmp(csv.text, HEADER, strlen(HEADER)), 0);
    assert_holds(csv.text, "\naccuracy");
    assert_int_equal(process_files(p), 1);
}

/* Nor is a file replaced that was removed and has no name any more: it is written as it is. */
static void test_output_without_name(void **state) {
    struct process *p = *state;
    char link[256], target[64], text[16] = "";
    struct knn_output output;
    struct knn_error error;
    struct stat status;
    FILE *removed = tmpfile();
    assert_non_null(removed);
    snprintf(target, sizeof target, "/proc/self/fd/%d", fileno(removed));
    if (access(target, F_OK) != 0)
        skip();
    assert_int_equal(symlink(target, process_path(p, "link", link, sizeof link)), 0);
    assert_int_equal(knn_output_open(&output, link, &error), 0);
    fputs("answers", output.stream);
    assert_int_equal(knn_output_commit(&output, &error), 0);
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(fread(text, 1, sizeof text - 1, removed), strlen("answers"));
    assert_string_equal(text, "answers");
    assert_int_equal(process_files(p), 1);
    fclose(removed);
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_csv),
        WITH_FOLDER(test_same_answers),
        WITH_FOLDER(test_bad_output),
        WITH_FOLDER(test_full_output),
        WITH_FOLDER(test_earlier_output),
        WITH_FOLDER(test_output_by_link),
        WITH_FOLDER(test_file_size_limit),
        WITH_FOLDER(test_output_size_limit),
        WITH_FOLDER(test_one_name_twice),
        WITH_FOLDER(test_output_to_stdout),
        WITH_FOLDER(test_output_without_name),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
