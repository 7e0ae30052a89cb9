/* `knnmark cv`: its accuracies are those of plain loops over the same folds, in all the forms it writes them; what it
 * refuses, and what it leaves behind. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cifar.h"
#include "command.h"
#include "cpu.h"
#include "folds.h"
#include "kernel.h"
#include "vote.h"

enum { TRAIN = 211, PATH = 256, KS = 4, MOST_FOLDS = 7 };
#define DATA   "synthetic:seed=3,train=211,test=2"
#define K_LIST "1,3,10,60"

static const size_t ks[KS] = {1, 3, 10, 60};

/* -- plain loops --------------------------------------------------------------------------------------------------- */

static uint64_t distance(enum knn_metric metric, const uint8_t *a, const uint8_t *b) {
    uint64_t sum = 0;
    for (size_t i = 0; i < KNN_CIFAR_BYTES; i++) {
        int difference = a[i] - b[i];
        sum += (uint64_t)(metric == KNN_L1 ? abs(difference) : difference * difference);
    }
    return sum;
}

static int nearer(const void *left, const void *right) {
    const struct knn_neighbor *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* right[k][fold] */
static void solve(const struct knn_dataset *dataset, const struct knn_folds *folds, enum knn_metric metric,
                  enum knn_weights weights, size_t right[KS][MOST_FOLDS]) {
    struct knn_neighbor list[TRAIN];
    size_t rows = 0;
    for (size_t f = 0; f < folds->count; f++)
        rows += folds->rows[f];
    memset(right, 0, KS * sizeof *right);
    for (size_t row = 0; row < rows; row++) {
        size_t n = 0;
        for (size_t i = 0; i < rows; i++)
            if (folds->of[i] != folds->of[row]) {
                list[n].id = (uint32_t)i;
                list[n++].distance = distance(metric, knn_matrix_row(&dataset->train.pixels, row),
                                              knn_matrix_row(&dataset->train.pixels, i));
            }
        qsort(list, n, sizeof *list, nearer);
        for (size_t j = 0; j < KS; j++)
            right[j][folds->of[row]] +=
                knn_vote(list, ks[j], dataset->train.labels, metric, weights, NULL, 0) == dataset->train.labels[row];
    }
}

/* -- what it writes ------------------------------------------------------------------------------------------------ */

/* Reads the next line of the CSV and compares it. */
static void must_write(FILE *csv, enum knn_metric metric, size_t k, size_t fold, size_t right, size_t images) {
    char line[128], start[128];
    double accuracy;
    assert_non_null(fgets(line, sizeof line, csv));
    snprintf(start, sizeof start, "%s,%zu,%zu,%zu,%zu,", knn_metrics[metric].name, k, fold + 1, right, images);
    if (strncmp(line, start, strlen(start)) != 0)
        fail_msg("not %s... but %s", start, line);
    assert_int_equal(sscanf(line + strlen(start), "%lf\n", &accuracy), 1);
    assert_true(fabs(accuracy - (double)right / (double)images) < 1e-8);
}

/* The line of the table: mean, deviation, every fold. */
static void must_print(const char *text, enum knn_metric metric, size_t k, const struct knn_folds *folds,
                       const size_t *right) {
    char start[64];
    double mean = 0, squares = 0, shown[2], accuracy[MOST_FOLDS];
    for (size_t f = 0; f < folds->count; f++) {
        accuracy[f] = 100 * (double)right[f] / (double)folds->rows[f];
        mean += accuracy[f] / (double)folds->count;
    }
    for (size_t f = 0; f < folds->count; f++)
        squares += (accuracy[f] - mean) * (accuracy[f] - mean) / (double)folds->count;
    snprintf(start, sizeof start, "\n  %-7s %4zu ", knn_metrics[metric].name, k);
    assert_holds(text, start);
    const char *numbers = strstr(text, start) + strlen(start);
    assert_int_equal(sscanf(numbers, "%lf %% %lf", &shown[0], &shown[1]), 2);
    assert_true(fabs(shown[0] - mean) < 0.006 && fabs(shown[1] - sqrt(squares)) < 0.006);
    numbers += strcspn(numbers, "%") + 1;
    strtod(numbers, (char **)(uintptr_t)&numbers);
    for (size_t f = 0; f < folds->count; f++)
        assert_true(fabs(strtod(numbers, (char **)(uintptr_t)&numbers) - accuracy[f]) < 0.006);
}

struct run {
    const char *folds, *limit, *weights, *seed, *search;
    enum knn_fold_split split;
};

static void check_run(struct process *p, const struct knn_dataset *dataset, struct run run) {
    char path[PATH], line[128];
    struct knn_error error;
    struct knn_folds folds;
    size_t right[KS][MOST_FOLDS];
    assert_int_equal(knn_folds_make(&folds, run.split, (size_t)atoi(run.folds), dataset->train.labels,
                                    (size_t)atoi(run.limit), (uint64_t)atoi(run.seed), &error),
                     0);
    knnmark(p, "cv", "--data", DATA, "--folds", run.folds, "--limit", run.limit, "--weights", run.weights, "--seed",
            run.seed, "--search", knn_kernel_default(KNN_L2, knn_cpu_features())->tile != NULL ? run.search : "auto",
            "--split", knn_fold_split_name(run.split), "--k", K_LIST, "--output",
            process_path(p, "cv.csv", path, sizeof path));
    assert_success(p);
    FILE *csv = fopen(path, "r");
    assert_non_null(csv);
    assert_non_null(fgets(line, sizeof line, csv));
    assert_string_equal(line, "metric,k,fold,right,images,accuracy\n");
    for (enum knn_metric metric = KNN_L1; metric <= KNN_L2; metric++) {
        solve(dataset, &folds, metric, strcmp(run.weights, "distance") == 0 ? KNN_DISTANCE : KNN_UNIFORM, right);
        for (size_t j = 0; j < KS; j++) {
            for (size_t f = 0; f < folds.count; f++)
                must_write(csv, metric, ks[j], f, right[j][f], folds.rows[f]);
            must_print(p->output, metric, ks[j], &folds, right[j]);
        }
    }
    assert_int_equal(fgetc(csv), EOF);
    fclose(csv);
    knn_folds_free(&folds);
}

static void test_accuracies(void **state) {
    static const struct run runs[] = {
        {"5", "211", "uniform", "1", "auto", KNN_STRATIFIED},
        {"3", "200", "distance", "1", "bounds", KNN_CONTIGUOUS},
        {"7", "150", "uniform", "8", "exhaustive", KNN_SHUFFLED},
        {"2", "211", "distance", "9", "bounds", KNN_SHUFFLED},
    };
    struct knn_dataset dataset;
    struct knn_error error;
    if (knn_dataset_open(&dataset, DATA, &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        check_run(*state, &dataset, runs[i]);
    knn_dataset_close(&dataset);
}

static const char *value_of(const char *json, const char *key) {
    char text[64];
    snprintf(text, sizeof text, "\"%s\":", key);
    const char *found = strstr(json, text);
    if (found == NULL)
        fail_msg("no key %s in %s", key, json);
    return found + strlen(text) + strspn(found + strlen(text), " ");
}

static void test_defaults(void **state) {
    struct process *p = *state;
    knnmark(p, "cv", "--data", DATA, "--threads", "2", "--no-bind");
    assert_success(p);
    assert_null(strchr(p->output, '\r'));
    assert_holds(p->output, "data      synthetic images (seed 3), not CIFAR-10\n");
    assert_holds(p->output, "folds     5 of 42 to 43 images, stratified; 211 of 211 training images taken\n");
    assert_holds(p->output, "method    a vote each, 2 threads, not bound, kernel l1_");
    static const char *const all[] = {"1", "3", "5", "8", "10", "12", "15", "20", "50", "100"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "\n  l1      %4s ", all[i]);
        assert_holds(p->output, line);
        line[4] = '2';
        assert_holds(p->output, line);
    }
    const char *best = strstr(p->output, "  <- best\n");
    assert_true(best != NULL && strstr(best + 1, "  <- best\n") == NULL);
    assert_holds(p->output, "\nbest      k = ");
    assert_holds(p->output, "divided by 5 as numpy.std does\n");
}

static void test_json(void **state) {
    struct process *p = *state;
    double accuracies[2], mean, deviation;
    knnmark(p, "cv", "--data", DATA, "--k", "5,2", "--metric", "l2", "--folds", "2", "--split", "shuffled", "--seed",
            "4", "--json");
    assert_success(p);
    const char *json = p->output;
    assert_true(json[0] == '{' && strcmp(json + strlen(json) - 2, "}\n") == 0);
    assert_int_equal(strncmp(value_of(json, "split"), "\"shuffled\"", 10), 0);
    assert_int_equal(atoi(value_of(json, "seed")), 4);
    assert_int_equal(atoi(value_of(json, "folds")), 2);
    assert_int_equal(atoi(value_of(json, "images")), TRAIN);
    assert_int_equal(sscanf(value_of(json, "fold_images"), "[ %lf , %lf ]", &accuracies[0], &accuracies[1]), 2);
    assert_true(accuracies[0] == 106 && accuracies[1] == 105);
    assert_int_equal(strncmp(value_of(json, "deviation_of"), "\"population\"", 12), 0);
    const char *settings = value_of(json, "settings");
    assert_int_equal(atoi(value_of(settings, "k")), 2);
    mean = atof(value_of(settings, "mean"));
    deviation = atof(value_of(settings, "deviation"));
    assert_int_equal(sscanf(value_of(settings, "accuracies"), "[ %lf , %lf ]", &accuracies[0], &accuracies[1]), 2);
    assert_true(fabs(mean - (accuracies[0] + accuracies[1]) / 2) < 1e-7);
    assert_true(fabs(deviation - fabs(accuracies[0] - accuracies[1]) / 2) < 1e-7);
    assert_int_equal(*value_of(json, "best"), '{');
}

/* Of equally good settings the smallest k is chosen. These means are equal, but the sums of the folds' accuracies in
 * floating point are not, and would choose a larger one. */
static void test_ties(void **state) {
    enum { KS_TRIED = 10 };
    static const struct {
        const char *data, *folds;
        size_t best;
    } ties[] = {{"synthetic:train=57,test=1,seed=1", "5", 5}, {"synthetic:train=56,test=1,seed=2", "5", 7}};
    struct process *p = *state;
    char path[PATH], line[128];
    for (size_t i = 0; i < sizeof ties / sizeof *ties; i++) {
        size_t sums[KS_TRIED + 1] = {0}, right, images, k, largest = 0, best = 0, times = 0;
        knnmark(p, "cv", "--data", ties[i].data, "--folds", ties[i].folds, "--metric", "l2", "--k",
                "1,2,3,4,5,6,7,8,9,10", "--json", "--output", process_path(p, "cv.csv", path, sizeof path));
        assert_success(p);
        FILE *csv = fopen(path, "r");
        assert_non_null(csv);
        assert_non_null(fgets(line, sizeof line, csv));
        while (fscanf(csv, "l2,%zu,%*u,%zu,%zu,%*s\n", &k, &right, &images) == 3)
            sums[k] += right * (11 * 12 / images); /* all folds have 11 or 12 images */
        fclose(csv);
        for (k = 1; k <= KS_TRIED; k++)
            if (sums[k] > largest) {
                largest = sums[k];
                best = k;
            }
        for (k = 1; k <= KS_TRIED; k++)
            times += sums[k] == largest;
        assert_true(times > 1);
        assert_int_equal(best, ties[i].best);
        assert_int_equal(atoi(value_of(value_of(p->output, "best"), "k")), best);
    }
}

static void test_plot(void **state) {
    if (emulated() || system("gnuplot -e 'set terminal svg' >/dev/null 2>&1") != 0)
        skip();
    struct process *p = *state;
    char path[PATH], start[6] = "";
    knnmark(p, "cv", "--data", DATA, "--k", K_LIST, "--plot", process_path(p, "cv.svg", path, sizeof path));
    assert_success(p);
    FILE *svg = fopen(path, "r");
    assert_non_null(svg);
    assert_int_equal(fread(start, 5, 1, svg), 1);
    assert_string_equal(start, "<?xml");
    fclose(svg);
    assert_int_equal(process_files(p), 1);
    knnmark(p, "cv", "--data", DATA, "--k", "3", "--metric", "l1", "--plot", path);
    assert_success(p);
}

static void test_no_gnuplot(void **state) {
    if (emulated())
        skip();
    struct process *p = *state;
    char path[PATH];
    process_path(p, "cv.svg", path, sizeof path);
    p->environment[0] = "PATH=/nowhere";
    knnmark(p, "cv", "--data", DATA, "--plot", path);
    assert_complaint(p, 1, "--plot needs gnuplot with its svg terminal, which is not here: install gnuplot\n");
    assert_int_equal(process_files(p), 0);
}

/* -- what it refuses ----------------------------------------------------------------------------------------------- */

static void test_bad_options(void **state) {
    struct process *p = *state;
    static const struct {
        const char *option, *value, *complaint;
    } cases[] = {
        {"--folds", "1", "--folds 1: give a whole number from 2 to 1000\n"},
        {"--folds", "0", "--folds 0: give a whole number from 2 to 1000\n"},
        {"--folds", "five", "--folds five: give a whole number from 2 to 1000\n"},
        {"--split", "first", "--split first: give stratified, contiguous or shuffled\n"},
        {"--k", "0", "--k 0: give a whole number from 1 to 1000\n"},
        {"--k", "1,,5", "--k : give a whole number from 1 to 1000\n"},
        {"--metric", "l3", "--metric l3: give "},
        {"--metric", "l1,l1wrap",
         "--metric l1wrap: it differs between a to b and b to a, but cv computes each pair "
         "once for both: give l1 or l2\n"},
        {"--weights", "equal", "--weights equal: give uniform or distance\n"},
        {"--seed", "-1", "--seed -1: give a whole number from "},
        {"--validation", "5", "cv takes no --validation, see `knnmark cv --help`\n"},
        {"--isa", "z80", "--isa=z80: no such instruction set"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        knnmark(p, "cv", "--data", DATA, cases[i].option, cases[i].value);
        assert_complaint(p, 2, cases[i].complaint);
    }
}

static void test_bad_jobs(void **state) {
    struct process *p = *state;
    knnmark(p, "cv", "--data", DATA, "--k", "1,169");
    assert_complaint(p, 1, "k = 169 is more than the 168 rows of the smallest training part: use a smaller k\n");
    knnmark(p, "cv", "--data", DATA, "--limit", "20", "--folds", "21", "--k", "1", "--split", "contiguous");
    assert_complaint(p, 1, "21 folds of 20 rows would leave a fold empty: use fewer folds\n");
    knnmark(p, "cv", "--data", DATA, "--folds", "30", "--k", "1");
    assert_complaint(p, 1, "rows, too few for 30 stratified folds: use fewer folds, more rows or another split\n");
    knnmark(p, "cv", "--data", DATA, "--limit", "1", "--k", "1");
    assert_complaint(p, 1, "all training images (1) are of class ");
    knnmark(p, "cv", "--data", "nowhere");
    assert_complaint(p, 1, "data set nowhere: ");
    knnmark(p, "cv", "--data", DATA, "--k", "168");
    assert_success(p);
}

static void test_output(void **state) {
    struct process *p = *state;
    char path[PATH];
    knnmark(p, "cv", "--data", DATA, "--output", process_path(p, "none/cv.csv", path, sizeof path));
    assert_complaint(p, 1, path);
    knnmark(p, "cv", "--data", DATA, "--plot", process_path(p, "none/cv.svg", path, sizeof path));
    assert_int_equal(p->status, 1);
    process_path(p, "cv.csv", path, sizeof path);
    knnmark(p, "cv", "--data", DATA, "--k", "300", "--output", path);
    assert_complaint(p, 1, "k = 300 is more than");
    assert_int_equal(process_files(p), 0);
    if (access("/dev/full", W_OK) == 0) {
        knnmark(p, "cv", "--data", DATA, "--output", "/dev/full");
        assert_late_complaint(p, 1, "/dev/full", "mean");
    }
}

/* A job of half a minute, interrupted when it has begun. */
static void test_interrupt(void **state) {
    if (emulated())
        skip();
    struct process *p = *state;
    char path[PATH];
    knnmark_start(p, "cv", "--data", "synthetic:train=9000,test=1", "--isa", "baseline", "--output",
                  process_path(p, "cv.csv", path, sizeof path));
    command_await(p, SIGINT);
    assert_int_equal(kill(p->id, SIGINT), 0);
    command_finish(p);
    assert_complaint(p, 130, "knnmark: interrupted\n");
    assert_int_equal(process_files(p), 0);
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_accuracies),  WITH_FOLDER(test_defaults), WITH_FOLDER(test_json),
        WITH_FOLDER(test_ties),        WITH_FOLDER(test_plot),     WITH_FOLDER(test_no_gnuplot),
        WITH_FOLDER(test_bad_options), WITH_FOLDER(test_bad_jobs), WITH_FOLDER(test_output),
        WITH_FOLDER(test_interrupt),
    };
    return cmocka_run_group_tests_name("cv", tests, NULL, NULL);
}
