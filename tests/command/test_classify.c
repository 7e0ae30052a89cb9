/* `knnmark classify`: its summary, its JSON and its CSV, the same answers whatever computes them, what an interrupt or
 * a failure leaves behind. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "cifar_files.h"
#include "command.h"
#include "kernel.h"

enum { TRAIN = 300, TEST = 31 };
#define DATA "synthetic:train=300,test=31"

/* -- the summary --------------------------------------------------------------------------------------------------- */

static const char *line_of(const char *text, const char *start) {
    for (; text != NULL && strncmp(text, start, strlen(start)) != 0; text = text != NULL ? text + 1 : NULL)
        text = strchr(text, '\n');
    if (text == NULL)
        fail_msg("no line \"%s...\"", start);
    return text;
}

static void test_text(void **state) {
    struct process *p = *state;
    double rate, distances, percent, seconds;
    size_t right, images, sum_right = 0, sum_images = 0;
    knnmark(p, "classify", "--data", DATA, "--metric", "l1", "--k", "3", "--threads", "2", "--no-bind");
    assert_success(p);
    assert_null(strchr(p->output, '\r'));
    line_of(p->output, "data      synthetic images (seed 1), not CIFAR-10\n");
    line_of(p->output, "shapes    train 300 x 3072, test 31 x 3072\n");
    assert_null(strstr(p->output, "taken"));
    char method[128];
    snprintf(method, sizeof method, "method    k = 3, l1, kernel %s, 2 threads, not bound\n",
             knn_kernel_default(KNN_L1, knn_cpu_features())->name);
    line_of(p->output, method);
    assert_int_equal(sscanf(line_of(p->output, "train "), "train %lf s\n", &seconds), 1);
    assert_int_equal(sscanf(line_of(p->output, "predict "), "predict %lf s, %lf images/s, %lf distances/s", &seconds,
                            &rate, &distances),
                     3);
    assert_true(rate > 0 && fabs(distances / rate / TRAIN - 1) < 0.01);
    assert_int_equal(sscanf(line_of(p->output, "accuracy "), "accuracy %lf %% (%zu of %zu; guessing gives 10 %%)\n",
                            &percent, &right, &images),
                     3);
    assert_int_equal(images, TEST);
    assert_true(fabs(percent - 100.0 * (double)right / TEST) < 0.01);
    for (size_t c = 0; c < KNN_CIFAR10_CLASSES; c++) {
        char start[32];
        size_t class_right, class_images;
        snprintf(start, sizeof start, "  %s ", knn_cifar10_names[c]);
        assert_int_equal(
            sscanf(line_of(p->output, start), "%*s %lf %% (%zu of %zu)\n", &percent, &class_right, &class_images), 3);
        sum_right += class_right;
        sum_images += class_images;
    }
    assert_int_equal(sum_right, right);
    assert_int_equal(sum_images, TEST);
}

/* One thing has no plural. */
static void test_singular(void **state) {
    struct process *p = *state;
    knnmark(p, "classify", "--data", DATA, "--limit", "1", "--threads", "1");
    assert_success(p);
    assert_holds(p->output, ", first 1 test image taken\n");
    assert_holds(p->output, ", 1 thread\n");
    knnmark(p, "tune", "--data", "synthetic:train=60,test=1", "--validation", "1", "--k", "1", "--threads", "1");
    assert_success(p);
    assert_holds(p->output,
                 "59 training images train, 1 is held out: the first\nmethod    a vote each, 1 thread, kernel");
    assert_holds(p->output, " on the 1 test image\n");
    knnmark(p, "cv", "--data", "synthetic:train=60,test=1", "--limit", "5", "--folds", "5", "--k", "1", "--threads",
            "1", "--split", "contiguous");
    assert_success(p);
    assert_holds(p->output, "folds     5 of 1 image, contiguous;");
    assert_holds(p->output, ", 1 thread, kernel");
    p->environment[0] = "HWLOC_SYNTHETIC=pack:1 core:1 pu:1";
    knnmark(p, "info", "--data", "synthetic:train=60,test=1", "--threads", "1");
    assert_success(p);
    assert_holds(p->output, "\nusable     1 core, 1 hardware thread");
    assert_holds(p->output, "\nthreads    1, bound to hardware thread 0\n");
    assert_holds(p->output, " 60 training and 1 test image of 3072 bytes\n");
}

static void test_limit(void **state) {
    struct process *p = *state;
    knnmark(p, "classify", "--data", DATA, "--limit", "7");
    assert_success(p);
    line_of(p->output, "shapes    train 300 x 3072, test 31 x 3072, first 7 test images taken\n");
    assert_holds(p->output, " of 7; guessing");
    knnmark(p, "classify", "--data", DATA, "--limit", "1000");
    assert_success(p);
    line_of(p->output, "shapes    train 300 x 3072, test 31 x 3072\n");
}

/* The accuracy's line goes on with its interval, and the confusion matrix ends the text. */
static void test_interval(void **state) {
    struct process *p = *state;
    double percent, low, high;
    knnmark(p, "classify", "--data", DATA, "--weights", "distance");
    assert_success(p);
    assert_holds(line_of(p->output, "method "), ", votes by distance\n");
    const char *interval = strstr(line_of(p->output, "accuracy "), "), 95 % interval ");
    assert_int_equal(sscanf(line_of(p->output, "accuracy "), "accuracy %lf", &percent), 1);
    assert_non_null(interval);
    assert_int_equal(sscanf(interval, "), 95 %% interval %lf to %lf %%\n", &low, &high), 2);
    assert_true(0 <= low && low < percent && percent < high && high <= 100);
    line_of(p->output, "confusion (a row a label, a column a prediction)\n");
}

/* -- further columns ----------------------------------------------------------------------------------------------- */

enum { VOTERS = 3 };

struct answer {
    char start[128]; /* index,label,predicted,neighbors */
    unsigned predicted;
    double distances[VOTERS], shares[KNN_CIFAR10_CLASSES];
};

static void read_answer(FILE *csv, struct answer *a, int shares) {
    char distances[128];
    unsigned index, label;
    assert_int_equal(fscanf(csv, "%u,%u,%u,", &index, &label, &a->predicted), 3);
    assert_int_equal(fscanf(csv, "%127[^,],%127[^,\n]", a->start, distances), 2);
    snprintf(a->start + strlen(a->start), 32, " %u %u", index, label);
    assert_int_equal(sscanf(distances, "%lf %lf %lf", &a->distances[0], &a->distances[1], &a->distances[2]), VOTERS);
    for (size_t c = 0; shares && c < KNN_CIFAR10_CLASSES; c++)
        assert_int_equal(fscanf(csv, ",%lf", &a->shares[c]), 1);
    assert_int_equal(fgetc(csv), '\n');
}

static FILE *open_answers(struct process *p, const char *name, const char *header) {
    char path[256], line[256];
    FILE *csv = fopen(process_path(p, name, path, sizeof path), "r");
    assert_non_null(csv);
    assert_non_null(fgets(line, sizeof line, csv));
    assert_string_equal(line, header);
    return csv;
}

/* Roots, of a metric that has them, change only how a distance is written, and shares agree with the prediction. */
static void check_columns(struct process *p, const char *metric, const char *weights) {
    char plain[256], more[256];
    int root = strcmp(metric, "l2") == 0;
    process_path(p, "plain.csv", plain, sizeof plain);
    process_path(p, "more.csv", more, sizeof more);
    knnmark(p, "classify", "--data", DATA, "--metric", metric, "--weights", weights, "--k", "3", "--output", plain);
    assert_success(p);
    knnmark(p, "classify", "--data", DATA, "--metric", metric, "--weights", weights, "--k", "3", "--output", more,
            "--shares", root ? "--root" : NULL);
    assert_success(p);
    FILE *a = open_answers(p, "plain.csv", "index,label,predicted,neighbors,distances\n");
    FILE *b = open_answers(p, "more.csv",
                           "index,label,predicted,neighbors,distances,airplane,automobile,bird,cat,deer,dog,frog,horse,"
                           "ship,truck\n");
    for (size_t i = 0; i < TEST; i++) {
        struct answer one, other;
        double sum = 0;
        read_answer(a, &one, 0);
        read_answer(b, &other, 1);
        assert_string_equal(one.start, other.start);
        assert_int_equal(one.predicted, other.predicted);
        for (size_t j = 0; j < VOTERS; j++)
            assert_true(other.distances[j] == (root ? sqrt(one.distances[j]) : one.distances[j]));
        for (size_t c = 0; c < KNN_CIFAR10_CLASSES; c++) {
            sum += other.shares[c];
            assert_true(other.shares[c] <= other.shares[other.predicted]);
        }
        assert_true(fabs(sum - 1) < 1e-12);
    }
    fclose(a);
    fclose(b);
}

static void test_columns(void **state) {
    check_columns(*state, "l2", "uniform");
    check_columns(*state, "l2", "distance");
    check_columns(*state, "l1", "distance");
}

static void test_confusion(void **state) {
    struct process *p = *state;
    char path[256], line[256];
    knnmark(p, "classify", "--data", DATA, "--confusion", process_path(p, "confusion.csv", path, sizeof path));
    assert_success(p);
    FILE *csv = open_answers(p, "confusion.csv", "label,airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck\n");
    long images = 0;
    for (size_t c = 0; c < KNN_CIFAR10_CLASSES; c++) {
        assert_non_null(fgets(line, sizeof line, csv));
        assert_int_equal(strncmp(line, knn_cifar10_names[c], strlen(knn_cifar10_names[c])), 0);
        for (char *at = line; (at = strchr(at, ',')) != NULL;)
            images += strtol(++at, NULL, 10);
    }
    assert_int_equal(images, TEST);
    fclose(csv);
}

/* -- progress ------------------------------------------------------------------------------------------------------ */

/* A terminal that the command may write its errors to; -1 where there is none. */
static int open_terminal(char *name, size_t size) {
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0 && ptsname_r(terminal, name, size) == 0)
        return terminal;
    if (terminal >= 0)
        close(terminal);
    return -1;
}

/* What the command, started with these arguments, shows on a terminal of so many columns; 0: one that does not say. */
static void show(struct process *p, unsigned short columns, const char *const *arguments, char *shown, size_t size) {
    char name[64];
    struct winsize window = {.ws_row = 24, .ws_col = columns};
    int terminal = emulated() ? -1 : open_terminal(name, sizeof name);
    if (terminal < 0)
        skip();
    assert_int_equal(ioctl(terminal, TIOCSWINSZ, &window), 0);
    p->err = name;
    command_start(p, arguments);
    size_t used = 0;
    for (ssize_t n; used < size - 1 && (n = read(terminal, shown + used, size - 1 - used)) > 0;)
        used += (size_t)n; /* ends when the command closes the terminal's other side */
    shown[used] = '\0';
    close(terminal);
    command_finish(p);
    p->err = NULL;
    assert_success(p);
}

static void test_progress(void **state) {
    struct process *p = *state;
    char shown[4096];
    show(p, 0, (const char *const[]){"classify", "--data", DATA, "--threads", "1", "--json", NULL}, shown,
         sizeof shown);
    size_t used = strlen(shown);
    assert_int_equal(p->output[0], '{');
    assert_holds(shown, "\r[");
    assert_holds(shown, " %, ");
    assert_holds(shown, " s left");
    assert_int_equal(shown[used - 1], '\r'); /* the line is wiped */
    assert_null(strchr(shown, '\n'));
}

/* No line is as wide as the terminal, where it could wrap, and all are as wide as each other: no rest of one shows. */
static void test_progress_width(void **state) {
    struct process *p = *state;
    static const unsigned short columns[] = {10, 24, 25, 40, 65, 66, 200};
    char shown[4096];
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        size_t expected = columns[i] < 65 ? (size_t)columns[i] - 1 : 64;
        show(p, columns[i], (const char *const[]){"classify", "--data", DATA, "--threads", "1", NULL}, shown,
             sizeof shown);
        assert_int_equal(shown[0], '\r');
        for (const char *line = shown + 1; *line != '\0'; line += strcspn(line, "\r") + 1)
            assert_int_equal(strcspn(line, "\r"), expected);
        assert_non_null(strchr(shown, '%'));
    }
}

/* Before a rate is known, no time is told: packing the rows was no part of it. */
static void test_progress_first(void **state) {
    struct process *p = *state;
    char shown[1 << 14];
    static const char *const jobs[] = {"cv", "tune"};
    for (size_t i = 0; i < 2; i++) {
        show(p, 80, (const char *const[]){jobs[i], "--data", "synthetic:train=1500,test=1", "--k", "1", NULL}, shown,
             sizeof shown);
        size_t first = strcspn(shown + 1, "\r");
        assert_int_equal(shown[0], '\r');
        shown[1 + first] = '\0';
        assert_holds(shown, " %, ? s left");
    }
}

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

/* What follows "key": in the object. */
static const char *value_of(const char *json, const char *key) {
    char text[64];
    snprintf(text, sizeof text, "\"%s\":", key);
    const char *found = strstr(json, text);
    if (found == NULL)
        fail_msg("no key %s in %s", key, json);
    return found + strlen(text) + strspn(found + strlen(text), " ");
}

static double number_of(const char *json, const char *key) {
    const char *text = value_of(json, key);
    char *end;
    double number = strtod(text, &end);
    assert_ptr_not_equal(text, end);
    return number;
}

/* One object and a line break: brackets match outside strings, and nothing follows the last. */
static void check_object(const char *json) {
    size_t depth = 0, i = 0;
    int quoted = 0;
    assert_int_equal(json[0], '{');
    do {
        assert_int_not_equal(json[i], '\0');
        if (json[i] == '"' && (i == 0 || json[i - 1] != '\\'))
            quoted = !quoted;
        else if (!quoted && (json[i] == '{' || json[i] == '['))
            depth++;
        else if (!quoted && (json[i] == '}' || json[i] == ']'))
            depth--;
        i++;
    } while (depth > 0);
    assert_string_equal(json + i, "\n");
}

static void test_json(void **state) {
    struct process *p = *state;
    size_t rows, bytes;
    knnmark(p, "classify", "--data", DATA, "--k", "3", "--limit", "20", "--json");
    assert_success(p);
    check_object(p->output);
    assert_int_equal(strncmp(value_of(p->output, "data"), "\"synthetic images (seed 1)", 26), 0);
    assert_int_equal(strncmp(value_of(p->output, "synthetic"), "true", 4), 0);
    assert_int_equal(sscanf(value_of(p->output, "train_shape"), "[ %zu , %zu ]", &rows, &bytes), 2);
    assert_true(rows == TRAIN && bytes == KNN_CIFAR_BYTES);
    assert_int_equal(sscanf(value_of(p->output, "test_shape"), "[ %zu , %zu ]", &rows, &bytes), 2);
    assert_true(rows == 20 && bytes == KNN_CIFAR_BYTES);
    assert_int_equal(strncmp(value_of(p->output, "metric"), "\"l2\"", 4), 0);
    const char *kernel = knn_kernel_default(KNN_L2, knn_cpu_features())->name;
    assert_int_equal(strncmp(value_of(p->output, "kernel") + 1, kernel, strlen(kernel)), 0);
    assert_true(number_of(p->output, "k") == 3);
    assert_true(number_of(p->output, "train_s") >= 0 && number_of(p->output, "predict_s") > 0);
    assert_true(number_of(p->output, "images_per_s") > 0 && number_of(p->output, "distances_per_s") > 0);
    assert_true(fabs(number_of(p->output, "accuracy") - number_of(p->output, "right") / 20) < 1e-6);
    assert_true(number_of(p->output, "guessing") == 0.1);
    assert_int_equal(*value_of(p->output, "accuracy_per_class"), '{');
    assert_int_equal(strncmp(value_of(p->output, "weights"), "\"uniform\"", 9), 0);
    const char *evaluation = value_of(p->output, "evaluation");
    assert_true(number_of(evaluation, "images") == 20);
    assert_true(number_of(evaluation, "right") == number_of(p->output, "right"));
    assert_true(number_of(evaluation, "low") < number_of(evaluation, "high"));
    assert_int_equal(*value_of(value_of(evaluation, "classes"), "truck"), '{');
    assert_int_equal(*value_of(evaluation, "confusion"), '[');
}

static void test_threads(void **state) {
    struct process *p = *state;
    p->environment[0] = "OMP_NUM_THREADS=3";
    knnmark(p, "classify", "--data", DATA, "--json");
    assert_success(p);
    assert_true(number_of(p->output, "threads") == 3);
    assert_int_equal(strncmp(value_of(p->output, "bound"), "true", 4), 0);
    knnmark(p, "classify", "--data", DATA, "--json", "--threads", "2", "--no-bind");
    assert_success(p);
    assert_true(number_of(p->output, "threads") == 2);
    assert_int_equal(strncmp(value_of(p->output, "bound"), "false", 5), 0);
}

/* JSON is UTF-8, a path is any bytes. */
static void test_json_of_any_path(void **state) {
    struct process *p = *state;
    char path[256];
    cifar_write_folder(process_path(p, "\"caf\xe9\"", path, sizeof path), cifar_binary_names, cifar_binary_batch);
    knnmark(p, "classify", "--data", path, "--json");
    assert_success(p);
    check_object(p->output);
    assert_int_equal(strncmp(value_of(p->output, "synthetic"), "false", 5), 0);
}

/* -- an interrupt -------------------------------------------------------------------------------------------------- */

/* A job of half a minute, interrupted when it has begun: by Ctrl-C, a kill, Ctrl-\, a terminal that was closed. */
static void interrupt_by(struct process *p, int number) {
    char path[256];
    knnmark_start(p, "classify", "--data", "synthetic:train=3000,test=3000", "--kernel", "l2_scalar", "--output",
                  process_path(p, "answers.csv", path, sizeof path));
    command_await(p, number);
    assert_int_equal(kill(p->id, number), 0);
    command_finish(p);
    assert_complaint(p, 128 + number, "knnmark: interrupted\n");
    assert_int_equal(process_files(p), 0);
}

static void test_interrupt(void **state) {
    if (emulated())
        skip();
    void (*before)(int) = signal(SIGHUP, SIG_DFL); /* or nohup's would be inherited */
    interrupt_by(*state, SIGINT);
    interrupt_by(*state, SIGTERM);
    interrupt_by(*state, SIGQUIT);
    interrupt_by(*state, SIGHUP);
    signal(SIGHUP, before);
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_interval),  WITH_FOLDER(test_columns),        WITH_FOLDER(test_confusion),
        WITH_FOLDER(test_text),      WITH_FOLDER(test_limit),          WITH_FOLDER(test_singular),
        WITH_FOLDER(test_progress),  WITH_FOLDER(test_progress_width), WITH_FOLDER(test_progress_first),
        WITH_FOLDER(test_json),      WITH_FOLDER(test_threads),        WITH_FOLDER(test_json_of_any_path),
        WITH_FOLDER(test_interrupt),
    };
    return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
