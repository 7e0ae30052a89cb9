/* `knnmark tune`: each of its settings is a run of classify on the same split, the choice is the best of them, --final
 * is classify on all training images; what it refuses, and what it leaves behind. */
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

#include "cifar_files.h"
#include "command.h"
#include "images.h"
#include "split.h"

enum { TRAIN = 120, HELD_OUT = 30, TEST = 40, PATH = 256 };

/* -- data ---------------------------------------------------------------------------------------------------------- */

static struct knn_images make_images(size_t count, uint32_t seed) {
    struct knn_images images;
    struct knn_error error;
    if (knn_images_alloc(&images, count, KNN_CIFAR_BYTES, &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < KNN_CIFAR_BYTES; j++) {
            seed = seed * 1664525 + 1013904223;
            images.labels[i] = j == 0 ? (uint8_t)(seed >> 8) % KNN_CIFAR10_CLASSES : images.labels[i];
            knn_matrix_row(&images.pixels, i)[j] = (uint8_t)((seed >> 24) + images.labels[i] * (j % 8) / 8);
        }
    return images;
}

static void write_batch(const char *folder, int batch, const struct knn_images *images, size_t first, size_t last) {
    char path[2 * PATH];
    snprintf(path, sizeof path, "%s/%s", folder, cifar_binary_names[batch]);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = first; i < last; i++) {
        assert_int_equal(fputc(images->labels[i], file), images->labels[i]);
        assert_int_equal(fwrite(knn_matrix_row(&images->pixels, i), KNN_CIFAR_BYTES, 1, file), 1);
    }
    assert_int_equal(fclose(file), 0);
}

/* A folder of these training images, from `first` on, and the first `tests` test images. */
static void write_folder(const char *folder, const struct knn_images *train, size_t first,
                         const struct knn_images *test, size_t tests) {
    size_t count = train->pixels.rows - first;
    mkdir(folder, 0777);
    for (int batch = 0; batch < 5; batch++)
        write_batch(folder, batch, train, first + count * (size_t)batch / 5, first + count * ((size_t)batch + 1) / 5);
    write_batch(folder, 5, test, 0, tests);
}

static void write_all(const struct process *p, char *folder) {
    struct knn_images train = make_images(TRAIN, 1), test = make_images(TEST, 2);
    write_folder(process_path(p, "all", folder, PATH), &train, 0, &test, TEST);
    knn_images_free(&train);
    knn_images_free(&test);
}

/* The number after "key": that follows `after`. */
static size_t number_in(const char *json, const char *after, const char *key) {
    char text[64];
    size_t number = 0;
    snprintf(text, sizeof text, "\"%s\":", key);
    json = strstr(json, after);
    if (json == NULL || (json = strstr(json, text)) == NULL || sscanf(json + strlen(text), "%zu", &number) != 1)
        fail_msg("no number \"%s\" after %s", key, after);
    return number;
}

/* -- the same as classify ------------------------------------------------------------------------------------------ */

struct row {
    char metric[16], k[16];
    size_t right, images;
    double accuracy, low, high;
};

enum { ROWS = 12 };

static void read_rows(const char *path, struct row *rows) {
    char line[256];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "metric,k,right,images,accuracy,low,high\n");
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(fscanf(file, "%15[^,],%15[^,],%zu,%zu,%lf,%lf,%lf\n", rows[i].metric, rows[i].k,
                                &rows[i].right, &rows[i].images, &rows[i].accuracy, &rows[i].low, &rows[i].high),
                         7);
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
}

/* Every setting of tune on `all` is classify of the images held out by the others. */
static void check_settings(struct process *p, const char *weights, const char *split, const char *seed) {
    struct knn_images train = make_images(TRAIN, 1), test = make_images(TEST, 2);
    static uint32_t swaps[HELD_OUT];
    char all[PATH], rest[PATH], csv[PATH];
    struct row rows[ROWS], *best = rows;
    write_folder(process_path(p, "all", all, sizeof all), &train, 0, &test, TEST);
    if (strcmp(split, "shuffled") == 0)
        knn_draw(&train, HELD_OUT, strtoull(seed, NULL, 10), swaps);
    write_folder(process_path(p, "rest", rest, sizeof rest), &train, HELD_OUT, &train, HELD_OUT);
    knn_images_free(&train);
    knn_images_free(&test);
    process_path(p, "tune.csv", csv, sizeof csv);
    knnmark(p, "tune", "--data", all, "--validation", "30", "--split", split, "--seed", seed, "--weights", weights,
            "--k", "90,1,2,3,7,20,7", "--metric", "l2,l1", "--output", csv, "--final", "--json");
    assert_success(p);
    read_rows(csv, rows);
    size_t k = number_in(p->output, "\"chosen\"", "k"), right = number_in(p->output, "\"chosen\"", "right");
    size_t final = number_in(p->output, "\"final\"", "right");
    assert_int_equal(number_in(p->output, "\"final\"", "images"), TEST);
    for (size_t i = 0; i < ROWS; i++) {
        static const char *const ks[ROWS / 2] = {"1", "2", "3", "7", "20", "90"};
        assert_string_equal(rows[i].metric, i < ROWS / 2 ? "l2" : "l1");
        assert_string_equal(rows[i].k, ks[i % (ROWS / 2)]);
        knnmark(p, "classify", "--data", rest, "--metric", rows[i].metric, "--k", rows[i].k, "--weights", weights,
                "--json");
        assert_success(p);
        assert_int_equal(rows[i].right, number_in(p->output, "{", "right"));
        assert_true(rows[i].images == HELD_OUT && rows[i].low < rows[i].accuracy && rows[i].accuracy < rows[i].high);
        if (rows[i].right > best->right || (rows[i].right == best->right && atoi(rows[i].k) < atoi(best->k)))
            best = &rows[i];
    }
    assert_true(k == (size_t)atoi(best->k) && right == best->right);
    knnmark(p, "classify", "--data", all, "--metric", best->metric, "--k", best->k, "--weights", weights, "--json");
    assert_success(p);
    assert_int_equal(final, number_in(p->output, "{", "right"));
}

static void test_first(void **state) {
    check_settings(*state, "uniform", "first", "1");
}

static void test_weights(void **state) {
    check_settings(*state, "distance", "first", "1");
}

static void test_shuffled(void **state) {
    check_settings(*state, "uniform", "shuffled", "1");
    check_settings(*state, "distance", "shuffled", "7");
}

/* -- what it says -------------------------------------------------------------------------------------------------- */

static void test_text(void **state) {
    struct process *p = *state;
    char all[PATH];
    write_all(p, all);
    knnmark(p, "tune", "--data", all, "--validation", "30", "--k", "1,5", "--threads", "2", "--no-bind");
    assert_success(p);
    assert_holds(p->output, "\nsplit     90 training images train, 30 are held out: the first\n");
    assert_holds(p->output, "\nmethod    a vote each, 2 threads, not bound, kernel l1_");
    assert_holds(p->output, "\n  metric     k  accuracy   95 % interval\n  l1         1 ");
    assert_holds(p->output, "  <- chosen\n");
    assert_holds(p->output, "\nchosen    k = ");
    assert_holds(p->output, " of 30; guessing gives 10 %), 95 % interval ");
    assert_holds(p->output, "\nconfusion (");
    assert_holds(p->output, "\nfinal     not done: --final tests the choice, and only that, on the 40 test images\n");
    assert_null(strstr(p->output, " of 40; "));
    knnmark(p, "tune", "--data", all, "--validation", "30", "--k", "5", "--metric", "l1wrap", "--final", "--split",
            "shuffled", "--seed", "3", "--weights", "distance");
    assert_success(p);
    assert_holds(p->output, ": a random draw, seed 3\nmethod    votes by distance, ");
    assert_holds(p->output, "\nfinal     k = 5, l1wrap, trained on all 120 training images, on the 40 test images: ");
    assert_holds(p->output, "this is the one time that the test images are used");
    assert_holds(p->output, " of 40; guessing gives 10 %), 95 % interval ");
}

static void test_confusion(void **state) {
    struct process *p = *state;
    char all[PATH], path[PATH], line[256];
    write_all(p, all);
    process_path(p, "confusion.csv", path, sizeof path);
    for (int final = 0; final < 2; final++) {
        knnmark(p, "tune", "--data", all, "--validation", "30", "--k", "3", "--confusion", path,
                final ? "--final" : NULL);
        assert_success(p);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_non_null(fgets(line, sizeof line, file));
        assert_string_equal(line, "label,airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck\n");
        long sum = 0;
        while (fgets(line, sizeof line, file) != NULL)
            for (char *at = line; (at = strchr(at, ',')) != NULL;)
                sum += strtol(++at, NULL, 10);
        fclose(file);
        assert_int_equal(sum, final ? TEST : HELD_OUT);
    }
}

static void test_plot(void **state) {
    struct process *p = *state;
    char all[PATH], path[PATH], start[64] = "";
    process_path(p, "tune.svg", path, sizeof path);
    p->environment[0] = "PATH=/nowhere";
    knnmark(p, "tune", "--data", "synthetic:train=50,test=5", "--plot", path);
    assert_complaint(p, 1, "--plot needs gnuplot");
    assert_int_equal(process_files(p), 0);
    p->environment[0] = NULL;
    if (system("gnuplot -e 'set terminal svg' >/dev/null 2>&1") != 0)
        skip();
    write_all(p, all);
    for (int single = 0; single < 2; single++) {
        knnmark(p, "tune", "--data", all, "--validation", "30", "--plot", path, "--k", single ? "3" : "1,3,10",
                single ? "--metric" : NULL, "l2");
        assert_success(p);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_true(fread(start, 1, sizeof start - 1, file) > 0);
        fclose(file);
        assert_holds(start, "<?xml");
    }
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void test_usage(void **state) {
    static const struct {
        const char *arguments[4], *text;
    } cases[] = {
        {{"tune", "--k", "1,1001"}, "--k 1001: give a whole number from 1 to 1000"},
        {{"tune", "--k", "0,1"}, "--k 0: give a whole number from 1 to 1000"},
        {{"tune", "--k", "1,,2"}, "--k : give a whole number from 1 to 1000"},
        {{"tune", "--k", "1,"}, "--k : give a whole number from 1 to 1000"},
        {{"classify", "--k", "1,2"}, "--k 1,2: give a whole number from 1 to 1000"},
        {{"tune", "--metric", "l1,l3"}, "--metric l3: give l1, l2 or l1wrap"},
        {{"classify", "--metric", "l1,l2"}, "--metric l1,l2: give l1, l2 or l1wrap"},
        {{"tune", "--weights", "none"}, "--weights none: give uniform or distance"},
        {{"tune", "--split", "last"}, "--split last: give first or shuffled"},
        {{"tune", "--seed", "0"}, "--seed 0"},
        {{"tune", "--validation", "0"}, "--validation 0"},
        {{"tune", "--isa", "mmx"}, "--isa=mmx: no such instruction set"},
        {{"tune", "--limit", "3"}, "tune takes no --limit"},
        {{"classify", "--final"}, "classify takes no --final"},
        {{"classify", "--root"}, "--root and --shares change the CSV: give --output FILE too"},
        {{"classify", "--shares"}, "--root and --shares change the CSV: give --output FILE too"},
        {{"classify", "--root", "-ml1", "-oanswers.csv"}, "--root: distances by l1 have no root to take"},
        {{"classify", "--root", "-ml1wrap", "-oanswers.csv"}, "--root: distances by l1wrap have no root to take"},
        {{"classify", "--root", "-Kl1_scalar", "-oanswers.csv"}, "--root: distances by l1 have no root to take"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const *a = cases[i].arguments;
        knnmark(*state, a[0], a[1], a[2], a[3]);
        assert_complaint(*state, 2, cases[i].text);
    }
}

static void test_bad_splits(void **state) {
    struct process *p = *state;
    char all[PATH];
    write_all(p, all);
    knnmark(p, "tune", "--data", all);
    assert_complaint(p, 1, "--validation 1000 leaves none of the 120 training images to train on: hold out fewer");
    knnmark(p, "tune", "--data", all, "--validation", "120");
    assert_complaint(p, 1, "--validation 120 leaves none of the 120 training images");
    knnmark(p, "tune", "--data", all, "--validation", "30");
    assert_complaint(p, 1, "k = 100 is more than the 90 training images that are not held out: use a smaller k");
    knnmark(p, "tune", "--data", all, "--validation", "20");
    assert_success(p);
}

static void test_bad_labels(void **state) {
    struct process *p = *state;
    char folder[PATH];
    struct knn_images train = make_images(TRAIN, 1);
    for (size_t i = HELD_OUT; i < TRAIN; i++)
        train.labels[i] = 3;
    write_folder(process_path(p, "cats", folder, sizeof folder), &train, 0, &train, TEST);
    knnmark(p, "tune", "--data", folder, "--validation", "30", "--k", "1");
    assert_complaint(p, 1, "all training images (90) are of class cat: use images of two classes or more");
    write_folder(folder, &train, HELD_OUT, &train, TEST);
    knnmark(p, "classify", "--data", folder);
    assert_complaint(p, 1, "all training images (90) are of class cat: use images of two classes or more");
    train.labels[TRAIN - 1] = 12;
    write_folder(folder, &train, 0, &train, TEST);
    knnmark(p, "tune", "--data", folder, "--validation", "30");
    assert_complaint(p, 1, "has label 12, not 0 to 9");
    knn_images_free(&train);
}

/* This is found out before anything is read or computed, and no file is left behind. */
static void test_unwritable(void **state) {
    struct process *p = *state;
    char good[PATH], bad[PATH];
    process_path(p, "good.csv", good, sizeof good);
    process_path(p, "missing/bad.csv", bad, sizeof bad);
    knnmark(p, "tune", "--data", "nowhere", "--output", bad);
    assert_complaint(p, 1, "missing/bad.csv: No such file or directory");
    knnmark(p, "tune", "--data", "nowhere", "--output", good, "--confusion", bad);
    assert_complaint(p, 1, "missing/bad.csv: No such file or directory");
    knnmark(p, "classify", "--data", "nowhere", "--output", good, "--confusion", bad);
    assert_complaint(p, 1, "missing/bad.csv: No such file or directory");
    assert_int_equal(process_files(p), 0);
}

/* A job of many seconds, interrupted when it has begun. */
static void test_interrupt(void **state) {
    if (emulated())
        skip();
    struct process *p = *state;
    char path[PATH];
    knnmark_start(p, "tune", "--data", "synthetic:train=8000,test=1", "--validation", "4000", "--isa", "baseline",
                  "--threads", "1", "--output", process_path(p, "tune.csv", path, sizeof path));
    command_await(p, SIGINT);
    assert_int_equal(kill(p->id, SIGINT), 0);
    command_finish(p);
    assert_complaint(p, 130, "knnmark: interrupted\n");
    assert_int_equal(process_files(p), 0);
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_first),      WITH_FOLDER(test_weights),    WITH_FOLDER(test_shuffled),
        WITH_FOLDER(test_text),       WITH_FOLDER(test_confusion),  WITH_FOLDER(test_plot),
        WITH_FOLDER(test_usage),      WITH_FOLDER(test_bad_splits), WITH_FOLDER(test_bad_labels),
        WITH_FOLDER(test_unwritable), WITH_FOLDER(test_interrupt),
    };
    return cmocka_run_group_tests_name("tune", tests, NULL, NULL);
}
