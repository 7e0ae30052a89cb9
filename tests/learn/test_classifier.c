/* The classifier on examples small enough to be worked out by hand, and the choice of its kernel. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sched.h>
#include <unistd.h>

#include "choose.h"
#include "harness.h"
#include "matrix.h"
#include "team.h"

static uint64_t seed;

static struct knn_matrix make_matrix(size_t rows, size_t dim) {
    struct knn_matrix matrix;
    struct knn_error error;
    if (knn_matrix_alloc(&matrix, rows, dim, &error) != 0)
        fail_msg("%s", error.message);
    return matrix;
}

/* Rows of `dim` bytes that follow one another in `bytes`. */
static struct knn_matrix matrix_of(const uint8_t *bytes, size_t rows, size_t dim) {
    struct knn_matrix matrix = make_matrix(rows, dim);
    for (size_t i = 0; i < rows; i++)
        memcpy(knn_matrix_row(&matrix, i), bytes + i * dim, dim);
    return matrix;
}

/* Members that are 0 in `given` have defaults, except the metric: 0 is L1. */
static struct knn_options options_of(struct knn_options given) {
    given.size = sizeof given;
    given.k = given.k == 0 ? 1 : given.k;
    return given;
}

static struct knn_classifier *train(const struct knn_matrix *X, const uint16_t *y, struct knn_options given) {
    struct knn_classifier *classifier;
    struct knn_error error;
    struct knn_rows rows = knn_view(X);
    struct knn_options options = options_of(given);
    if (knn_train(&classifier, &rows, y, &options, &error) != 0)
        fail_msg("%s", error.message);
    return classifier;
}

static void predict(const struct knn_classifier *classifier, const struct knn_matrix *X, uint16_t *labels,
                    struct knn_neighbor *neighbors) {
    struct knn_error error;
    struct knn_rows rows = knn_view(X);
    if (knn_predict(classifier, &rows, labels, NULL, neighbors, &error) != 0)
        fail_msg("%s", error.message);
}

/* One line that holds every one of the words, which end with NULL. */
static void must_say(const struct knn_error *error, const char *const *words) {
    size_t length = strlen(error->message);
    if (length == 0 || strchr(error->message, '\n') != NULL || error->message[length - 1] == '.')
        fail_msg("not one line without a full stop: '%s'", error->message);
    for (; *words != NULL; words++)
        if (strstr(error->message, *words) == NULL)
            fail_msg("does not say '%s': %s", *words, error->message);
}

static void must_refuse_rows(const struct knn_matrix *X, struct knn_options given, const char *const *words) {
    const uint16_t y[] = {0, 1};
    struct knn_classifier *classifier = (struct knn_classifier *)&y;
    struct knn_error error = {""};
    struct knn_rows rows = knn_view(X);
    struct knn_options options = options_of(given);
    assert_int_equal(knn_train(&classifier, &rows, y, &options, &error), -1);
    assert_null(classifier);
    must_say(&error, words);
}

/* Two rows of two bytes are enough to be refused. */
static void must_refuse(struct knn_options options, const char *const *words) {
    struct knn_matrix X = make_matrix(2, 2);
    must_refuse_rows(&X, options, words);
    knn_matrix_free(&X);
}

#define SAYING(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct knn_kernel *kernel_of(const struct knn_classifier *classifier) {
    return knn_kernel_find(knn_index_kernel(knn_classifier_index(classifier)));
}

/* The kernel that is used with these options. */
static const struct knn_kernel *kernel_used(struct knn_options options) {
    struct knn_matrix X = make_matrix(2, 2);
    struct knn_classifier *classifier = train(&X, (const uint16_t[]){0, 1}, options);
    const struct knn_kernel *kernel = kernel_of(classifier);
    knn_classifier_free(classifier);
    knn_matrix_free(&X);
    return kernel;
}

static int runs_here(unsigned features) {
    return (features & ~knn_cpu_features()) == 0;
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

/* From the origin, (0, 5) is nearer by L1 and (3, 3) by L2. */
static void test_metrics(void **state) {
    (void)state;
    const uint8_t rows[] = {3, 3, 0, 5, 200, 200}, origin[] = {0, 0, 199, 201};
    const uint16_t y[] = {33, 5, 200};
    struct knn_matrix X = matrix_of(rows, 3, 2), queries = matrix_of(origin, 2, 2);
    static const struct {
        enum knn_metric metric;
        uint16_t label;
        struct knn_neighbor first, second;
    } answers[] = {{KNN_L1, 5, {5, 1}, {6, 0}}, {KNN_L2, 33, {18, 0}, {25, 1}}};
    for (size_t i = 0; i < 2; i++) {
        struct knn_classifier *one = train(&X, y, (struct knn_options){.metric = answers[i].metric});
        struct knn_classifier *two = train(&X, y, (struct knn_options){.metric = answers[i].metric, .k = 2});
        uint16_t labels[2];
        struct knn_neighbor found[4];
        predict(one, &queries, labels, found);
        assert_true(labels[0] == answers[i].label && labels[1] == 200);
        assert_true(found[0].distance == answers[i].first.distance && found[0].id == answers[i].first.id);
        assert_true(found[1].distance == 2 && found[1].id == 2);
        predict(two, &queries, labels, found);
        assert_true(found[0].distance == answers[i].first.distance && found[0].id == answers[i].first.id);
        assert_true(found[1].distance == answers[i].second.distance && found[1].id == answers[i].second.id);
        assert_true(found[2].distance == 2 && found[2].id == 2 && labels[0] == 5);
        knn_classifier_free(one);
        knn_classifier_free(two);
    }
    knn_matrix_free(&X);
    knn_matrix_free(&queries);
}

/* One less is 255 modulo 256, so the farthest row is the nearest. */
static void test_wrapped_metric(void **state) {
    (void)state;
    const uint8_t rows[] = {200, 199, 199, 200, 230, 230}, point[] = {200, 200};
    const uint16_t y[] = {1, 2, 3};
    struct knn_matrix X = matrix_of(rows, 3, 2), query = matrix_of(point, 1, 2);
    struct knn_classifier *classifier = train(&X, y, (struct knn_options){.metric = KNN_L1WRAP, .k = 3});
    struct knn_neighbor found[3];
    uint16_t label;
    predict(classifier, &query, &label, found);
    assert_true(found[0].id == 2 && found[0].distance == 60);
    assert_true(found[1].id == 0 && found[1].distance == 255);
    assert_true(found[2].id == 1 && found[2].distance == 255);
    knn_classifier_free(classifier);
    knn_matrix_free(&X);
    knn_matrix_free(&query);
}

/* The label that k neighbours elect, `labels` being nearest first. */
static unsigned elect(const uint16_t *labels, size_t rows, size_t k) {
    struct knn_matrix X = make_matrix(rows, 1), query = make_matrix(1, 1);
    for (size_t i = 0; i < rows; i++)
        *knn_matrix_row(&X, i) = (uint8_t)(i + 1);
    struct knn_classifier *classifier = train(&X, labels, (struct knn_options){.k = k});
    uint16_t label;
    predict(classifier, &query, &label, NULL);
    knn_classifier_free(classifier);
    knn_matrix_free(&X);
    knn_matrix_free(&query);
    return label;
}

static void test_votes(void **state) {
    (void)state;
    enum { COUNT = 10, MANY = 255, LAST = UINT16_MAX };
    const uint16_t labels[COUNT] = {9, 4, 4, 9, LAST, LAST, LAST, 0, 0, 0};
    static const uint16_t right[] = {9, 9, 4, 4, 4, 4, 4, LAST, LAST, LAST, 0}; /* by k; 0 means 1 */
    for (size_t k = 0; k <= COUNT; k++)
        assert_int_equal(elect(labels, COUNT, k), right[k]);
    assert_int_equal(elect((const uint16_t[]){LAST}, 1, 1), LAST);
    assert_int_equal(elect((const uint16_t[]){LAST, 0}, 2, 2), 0);
    assert_int_equal(elect((const uint16_t[]){LAST, 254}, 2, 2), 254);
    uint16_t many[MANY];
    for (size_t i = 0; i < MANY; i++)
        many[i] = (uint16_t)(LAST - 257 * i); /* all from 257 on that are like 0 modulo 257, one vote each */
    assert_int_equal(elect(many, MANY, MANY), LAST - 257 * (MANY - 1));
    for (size_t i = 0; i < MANY; i++)
        many[i] = 777;
    assert_int_equal(elect(many, MANY, MANY), 777);
}

/* More votes for one label than a byte counts. */
static void test_many_votes(void **state) {
    (void)state;
    enum { ROWS = 600, MINORITY = 250 };
    struct knn_matrix X = make_matrix(ROWS, 1), query = make_matrix(1, 1);
    uint16_t y[ROWS], label;
    for (size_t i = 0; i < ROWS; i++)
        y[i] = i < MINORITY ? 3 : 8;
    struct knn_classifier *classifier = train(&X, y, (struct knn_options){.k = ROWS});
    predict(classifier, &query, &label, NULL);
    assert_int_equal(label, 8);
    knn_classifier_free(classifier);
    knn_matrix_free(&X);
    knn_matrix_free(&query);
}

/* Every kernel, number of threads, binding, and with X consumed: the labels and neighbours of the scalar kernel, again
 * and again, for batches of several sizes. */
static void test_same_for_all(void **state) {
    (void)state;
    enum { ROWS = 203, QUERIES = 31, DIM = 37, K = 4 };
    struct knn_matrix X = make_matrix(ROWS, DIM), queries = make_matrix(QUERIES, DIM);
    uint64_t stream = seed;
    uint16_t y[ROWS], right[QUERIES], labels[QUERIES];
    struct knn_neighbor nearest[QUERIES * K], found[QUERIES * K];
    palette_fill(&stream, (uint8_t *)y, sizeof y);
    palette_fill(&stream, X.data, ROWS * X.stride);
    palette_fill(&stream, queries.data, QUERIES * queries.stride);
    for (size_t i = 0; i < ROWS * X.stride; i++)
        X.data[i] &= 1; /* many are equally far */
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        if (!runs_here(kernels[i]->features))
            continue;
        struct knn_options options = {.metric = kernels[i]->metric, .k = K, .kernel = kernels[i]->name};
        options.threads = (unsigned)i % 3 + 1;
        options.bind = i % 2;
        struct knn_matrix copy = make_matrix(ROWS, DIM);
        uint16_t y_copy[ROWS];
        memcpy(copy.data, X.data, ROWS * X.stride);
        memcpy(y_copy, y, sizeof y);
        struct knn_classifier *classifier = train(&copy, y_copy, options);
        memset(y_copy, 0, sizeof y_copy);
        knn_matrix_free(&copy); /* the classifier has all it needs */
        assert_ptr_equal(kernel_of(classifier), kernels[i]);
        assert_int_equal(knn_index_threads(knn_classifier_index(classifier)), options.threads);
        int first = kernels[i] == knn_kernel_reference(kernels[i]->metric);
        predict(classifier, &queries, first ? right : labels, first ? nearest : found);
        for (size_t n = 0; !first && n < QUERIES * K; n++)
            if (found[n].distance != nearest[n].distance || found[n].id != nearest[n].id)
                fail_msg("%s: other neighbours of query %zu (seed %" PRIu64 ")", kernels[i]->name, n / K, seed);
        for (size_t rows = 1; rows <= QUERIES; rows += 15) {
            struct knn_matrix part = queries;
            part.rows = rows;
            memset(labels, 0, sizeof labels);
            predict(classifier, &part, labels, NULL);
            assert_memory_equal(labels, right, rows * sizeof *labels);
        }
        knn_classifier_free(classifier);
        knn_matrix_free(&copy);
    }
    knn_matrix_free(&X);
    knn_matrix_free(&queries);
}

static void test_consume(void **state) {
    (void)state;
    enum { ROWS = 203, DIM = 37 };
    static const uint16_t y[ROWS];
    for (int consume = 0; consume < 2; consume++) {
        struct knn_matrix X = make_matrix(ROWS, DIM);
        memset(X.data, 1, ROWS * X.stride);
        struct knn_options options = options_of((struct knn_options){.threads = 1});
        struct knn_classifier *classifier;
        struct knn_rows rows = knn_view(&X);
        assert_int_equal((consume ? knn_train_consuming(&classifier, &rows, y, &options, NULL)
                                  : knn_train(&classifier, &rows, y, &options, NULL)),
                         0);
#ifdef __linux__ /* elsewhere the system takes its time */
        int kept = !consume || sysconf(_SC_PAGESIZE) > 4096;
        assert_int_equal(X.data[0], kept);
#endif
        knn_classifier_free(classifier);
        knn_matrix_free(&X);
    }
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void test_refusals(void **state) {
    (void)state;
    must_refuse((struct knn_options){.k = 3}, SAYING("k = 3", "2 training rows", "smaller k"));
    must_refuse((struct knn_options){.k = KNN_MAX_K + 1}, SAYING("k = 1001", "from 1 to 1000"));
    must_refuse((struct knn_options){.threads = KNN_MAX_THREADS + 1}, SAYING("4097 threads", "at most 4096"));
    must_refuse((struct knn_options){.threads = UINT32_MAX}, SAYING("threads", "at most 4096"));
    knn_classifier_free(NULL);
}

static void test_no_bytes(void **state) {
    (void)state;
    struct knn_matrix X = make_matrix(2, 2);
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    X.dim = 0;
    for (size_t i = 0; i < count; i++)
        if (runs_here(kernels[i]->features))
            must_refuse_rows(&X, (struct knn_options){.metric = kernels[i]->metric, .kernel = kernels[i]->name},
                             SAYING("rows of 0 bytes", "at least 1"));
    knn_matrix_free(&X);
}

static void test_no_metric(void **state) {
    (void)state;
    static const int wrong[] = {KNN_METRICS, 99, -1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char number[32];
        snprintf(number, sizeof number, "no metric number %d:", wrong[i]);
        enum knn_metric metric = (enum knn_metric)wrong[i];
        must_refuse((struct knn_options){.metric = metric}, SAYING(number, "from 0 to 2"));
        must_refuse((struct knn_options){.metric = metric, .kernel = "l1_scalar"}, SAYING(number));
        must_refuse((struct knn_options){.metric = metric, .kernel = "abacus"}, SAYING(number));
    }
}

static void test_wrong_queries(void **state) {
    (void)state;
    struct knn_matrix X = make_matrix(2, 2), queries = make_matrix(2, 3);
    struct knn_classifier *classifier = train(&X, (const uint16_t[]){0, 1}, (struct knn_options){0});
    struct knn_neighbor found[2];
    uint16_t labels[2];
    struct knn_error error = {""};
    struct knn_rows rows = knn_view(&queries);
    assert_int_equal(knn_predict(classifier, &rows, labels, NULL, NULL, &error), -1);
    must_say(&error, SAYING("queries of 3 bytes", "training rows of 2"));
    assert_int_equal(knn_predict(classifier, &rows, labels, NULL, found, &error), -1);
    queries.dim = 2;
    predict(classifier, &queries, labels, found); /* it still works */
    assert_int_equal(labels[1], 0);
    knn_classifier_free(classifier);
    knn_matrix_free(&X);
    knn_matrix_free(&queries);
}

static int stop(double done, void *context) {
    (void)done;
    ++*(int *)context;
    return 1;
}

static void test_interrupted(void **state) {
    (void)state;
    int calls = 0;
    struct knn_matrix X = make_matrix(2, 2);
    struct knn_options options = {.threads = 1, .progress = stop, .context = &calls};
    struct knn_classifier *classifier = train(&X, (const uint16_t[]){0, 1}, options);
    struct knn_error error = {""};
    uint16_t labels[2];
    struct knn_rows rows = knn_view(&X);
    assert_int_equal(knn_predict(classifier, &rows, labels, NULL, NULL, &error), -1);
    assert_string_equal(error.message, "interrupted");
    assert_int_equal(calls, 1);
    knn_classifier_free(classifier);
    knn_matrix_free(&X);
}

#ifdef __linux__
static int count_cpus(double done, void *context) {
    cpu_set_t set;
    (void)done;
    *(int *)context = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1;
    return 0;
}
#endif

static void test_binding_of_threads(void **state) {
    (void)state;
#ifndef __linux__
    skip();
#else
    static const struct {
        unsigned threads;
        int bind;
    } cases[] = {{1, 0}, {1, 1}, {2, 0}, {2, 1}};
    int own;
    struct knn_matrix X = make_matrix(2, 2);
    uint16_t labels[2];
    count_cpus(0, &own);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int cpus = 0;
        struct knn_options options = {
            .threads = cases[i].threads, .bind = cases[i].bind, .progress = count_cpus, .context = &cpus};
        struct knn_classifier *classifier = train(&X, (const uint16_t[]){0, 1}, options);
        predict(classifier, &X, labels, NULL);
        if (cpus != 0 || options.threads == 1) /* one of several threads may find nothing left to do, and not ask */
            assert_int_equal(cpus, cases[i].bind ? 1 : own);
        count_cpus(0, &cpus);
        assert_int_equal(cpus, own);
        knn_classifier_free(classifier);
    }
    knn_matrix_free(&X);
#endif
}

/* -- kernels by name ----------------------------------------------------------------------------------------------- */

/* The error must list the kernels of this metric that these features run, and no others. */
static void must_list_kernels(const char *name, enum knn_metric metric, unsigned features, const char *why) {
    struct knn_error error = {""};
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    assert_null(knn_choose_kernel(name, metric, features, &error));
    must_say(&error, SAYING("kernel ", name, why));
    const char *list = strstr(error.message, "there are: ");
    assert_non_null(list);
    char padded[sizeof error.message + 16], word[64];
    snprintf(padded, sizeof padded, "%s, ", list + strlen("there are"));
    for (size_t i = 0; i < count; i++) {
        snprintf(word, sizeof word, " %s, ", kernels[i]->name);
        int valid = kernels[i]->metric == metric && knn_kernel_runs(kernels[i], features);
        if ((strstr(padded, word) != NULL) != valid)
            fail_msg("%s is %slisted: %s", kernels[i]->name, valid ? "not " : "", error.message);
    }
}

static void test_kernel_names(void **state) {
    (void)state;
    unsigned here = knn_cpu_features();
    struct knn_error error;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    must_list_kernels("abacus", KNN_L1, here, "no such kernel");
    must_list_kernels("abacus", KNN_L2, 0, "no such kernel");
    must_refuse((struct knn_options){.kernel = "abacus"}, SAYING("kernel abacus", "no such kernel", "l1_scalar"));
    must_refuse((struct knn_options){.kernel = "l2_scalar"}, SAYING("l2_scalar", "another metric", "l1_scalar"));
    must_refuse((struct knn_options){.metric = KNN_L2, .kernel = "l1_scalar"}, SAYING("another metric", "l2_scalar"));
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *kernel = kernels[i];
        const char *name = kernel->name;
        must_list_kernels(name, (kernel->metric + 1) % KNN_METRICS, here, "another metric");
        if (!runs_here(kernel->features)) {
            must_list_kernels(name, kernel->metric, here, "this CPU cannot run it");
            continue;
        }
        assert_ptr_equal(knn_choose_kernel(name, kernel->metric, here, &error), kernel);
        if (kernel->features == 0)
            continue;
        must_list_kernels(name, kernel->metric, 0, "the chosen instruction set does not have what it needs");
        must_refuse((struct knn_options){.metric = kernel->metric, .kernel = name, .isa = "baseline"},
                    SAYING(name, "the chosen instruction set"));
    }
}

/* -- instruction sets ---------------------------------------------------------------------------------------------- */

static void must_list_isas(const struct knn_error *error) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    char padded[sizeof error->message + 16], word[64];
    const char *list = strstr(error->message, "this CPU runs: ");
    assert_non_null(list);
    snprintf(padded, sizeof padded, "%s, ", list + strlen("this CPU runs"));
    for (size_t i = 0; i < count; i++) {
        snprintf(word, sizeof word, " %s, ", isas[i].name);
        if ((strstr(padded, word) != NULL) != runs_here(isas[i].features))
            fail_msg("%s is wrongly listed or left out: %s", isas[i].name, error->message);
    }
}

/* By option, then by the environment: what the mask leaves decides on the kernel. */
static void test_isas(void **state) {
    (void)state;
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        for (unsigned metric = KNN_L1; metric <= KNN_L2 && runs_here(isas[i].features); metric++) {
            const struct knn_kernel *right = knn_kernel_default(metric, isas[i].features);
            assert_ptr_equal(kernel_used((struct knn_options){.metric = metric, .isa = isas[i].name}), right);
            setenv("KNNMARK_ISA", isas[i].name, 1);
            assert_ptr_equal(kernel_used((struct knn_options){.metric = metric}), right);
            setenv("KNNMARK_ISA", "baseline", 1);
            assert_ptr_equal(kernel_used((struct knn_options){.metric = metric, .isa = isas[i].name}), right);
            setenv("KNNMARK_ISA", "abacus", 1); /* not even looked at */
            assert_ptr_equal(kernel_used((struct knn_options){.metric = metric, .isa = isas[i].name}), right);
            setenv("KNNMARK_ISA", isas[i].name, 1);
            assert_int_equal(kernel_used((struct knn_options){.metric = metric, .isa = "baseline"})->features, 0);
            unsetenv("KNNMARK_ISA");
        }
}

static void test_no_mask(void **state) {
    (void)state;
    const struct knn_kernel *right = knn_kernel_default(KNN_L2, knn_cpu_features());
    assert_ptr_equal(kernel_used((struct knn_options){.metric = KNN_L2}), right);
    setenv("KNNMARK_ISA", "", 1);
    assert_ptr_equal(kernel_used((struct knn_options){.metric = KNN_L2}), right);
}

static void test_unknown_isa(void **state) {
    (void)state;
    unsigned features;
    struct knn_error error = {""};
    assert_int_equal(knn_allowed_features("abacus", &features, &error), -1);
    must_say(&error, SAYING("--isa=abacus", "no such instruction set", "baseline"));
    must_list_isas(&error);
    must_refuse((struct knn_options){.isa = "AVX2 "}, SAYING("--isa=AVX2 ", "no such instruction set"));
    setenv("KNNMARK_ISA", "abacus", 1);
    assert_int_equal(knn_allowed_features(NULL, &features, &error), -1);
    must_say(&error, SAYING("KNNMARK_ISA=abacus", "no such instruction set", "baseline"));
    must_list_isas(&error);
    must_refuse((struct knn_options){0}, SAYING("KNNMARK_ISA=abacus"));
}

static void test_missing_isa(void **state) {
    (void)state;
    size_t count, missing = 0;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++) {
        unsigned features;
        struct knn_error error = {""};
        if (runs_here(isas[i].features))
            continue;
        missing++;
        assert_int_equal(knn_allowed_features(isas[i].name, &features, &error), -1);
        must_say(&error, SAYING("--isa=", isas[i].name, "this CPU does not have that instruction set"));
        must_list_isas(&error);
        setenv("KNNMARK_ISA", isas[i].name, 1);
        must_refuse((struct knn_options){0}, SAYING("KNNMARK_ISA=", isas[i].name, "does not have"));
        unsetenv("KNNMARK_ISA");
    }
    if (missing == 0)
        skip(); /* this CPU has them all */
}

static int clear_environment(void **state) {
    (void)state;
    static const char *const variables[] = {"KNNMARK_ISA", "OMP_NUM_THREADS", "HWLOC_SYNTHETIC", "HWLOC_XMLFILE"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    return 0;
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, clear_environment, clear_environment)
    const struct CMUnitTest tests[] = {
        TEST(test_metrics),     TEST(test_votes),         TEST(test_many_votes),     TEST(test_same_for_all),
        TEST(test_refusals),    TEST(test_wrong_queries), TEST(test_interrupted),    TEST(test_kernel_names),
        TEST(test_isas),        TEST(test_no_mask),       TEST(test_consume),        TEST(test_binding_of_threads),
        TEST(test_unknown_isa), TEST(test_missing_isa),   TEST(test_wrapped_metric), TEST(test_no_bytes),
        TEST(test_no_metric),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    return cmocka_run_group_tests_name("classifier", tests, NULL, NULL) != 0;
}
