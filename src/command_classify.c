/* `knnmark classify`: the main job. Trains, predicts the test images, says how well and how fast. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dataset.h"
#include "options.h"
#include "output.h"

/* All that one run found out. */
struct result {
    struct knn_dataset dataset;
    struct knn_classifier *classifier;
    struct knn_matrix queries; /* the test images taken, a view */
    uint8_t *predicted;
    struct knn_neighbor *neighbors;
    double train_seconds, predict_seconds;
    size_t right, right_of[KNN_CLASSES], images_of[KNN_CLASSES];
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* -- interrupt and progress ---------------------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

static int on_progress(double done, void *context) {
    const double *start = context;
    if (isatty(STDERR_FILENO) && done > 0) {
        enum { WIDTH = 40 };
        int full = (int)(done * WIDTH);
        double left = (seconds() - *start) * (1 - done) / done;
        fprintf(stderr, "\r[%.*s%*s] %3.0f %%, %.0f s left ", full, "########################################",
                WIDTH - full, "", 100 * done, left);
    }
    return interrupted;
}

static void clear_progress(void) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%66s\r", "");
}

/* -- the work ------------------------------------------------------------------------------------------------------ */

static int classify(struct result *r, const struct arguments *arguments, struct knn_error *error) {
    if (knn_dataset_open(&r->dataset, knn_dataset_spec(arguments->data), error) != 0)
        return -1;
    double start = seconds();
    struct knn_options options = arguments->knn;
    options.consume = 1;
    options.progress = on_progress;
    options.context = &start;
    if (knn_train(&r->classifier, &r->dataset.train.pixels, r->dataset.train.labels, &options, error) != 0)
        return -1;
    r->train_seconds = seconds() - start;
    r->queries = r->dataset.test.pixels;
    if (arguments->limit > 0 && arguments->limit < r->queries.rows)
        r->queries.rows = arguments->limit;
    r->predicted = malloc(r->queries.rows);
    r->neighbors = malloc(r->queries.rows * options.k * sizeof *r->neighbors);
    if (r->predicted == NULL || r->neighbors == NULL)
        return knn_fail(error, "no memory for the answers: use a smaller k or --limit");
    start = seconds();
    int status = knn_predict(r->classifier, &r->queries, r->predicted, r->neighbors, error);
    r->predict_seconds = seconds() - start;
    clear_progress();
    return status;
}

static void judge(struct result *r) {
    for (size_t i = 0; i < r->queries.rows; i++) {
        uint8_t label = r->dataset.test.labels[i];
        r->images_of[label]++;
        r->right_of[label] += r->predicted[i] == label;
        r->right += r->predicted[i] == label;
    }
}

/* -- reports ------------------------------------------------------------------------------------------------------- */

static double distances(const struct result *r) {
    return (double)r->queries.rows * (double)r->dataset.train.pixels.rows;
}

static double share(size_t part, size_t whole) {
    return whole > 0 ? (double)part / (double)whole : 0;
}

static void print_text(const struct result *r, const struct arguments *arguments) {
    const struct knn_kernel *kernel = knn_classifier_kernel(r->classifier);
    size_t images = r->queries.rows;
    printf("data      %s\n", r->dataset.source);
    printf("shapes    train %zu x %zu, test %zu x %zu", r->dataset.train.pixels.rows, r->dataset.train.pixels.dim,
           r->dataset.test.pixels.rows, r->dataset.test.pixels.dim);
    printf(images < r->dataset.test.pixels.rows ? ", first %zu test images taken\n" : "\n", images);
    printf("method    k = %zu, %s, kernel %s, %u threads%s\n", arguments->knn.k, knn_metric_name(kernel->metric),
           kernel->name, knn_classifier_threads(r->classifier), arguments->knn.unbound ? ", not bound" : "");
    printf("train     %.3f s\n", r->train_seconds);
    printf("predict   %.3f s, %.0f images/s, %.4g distances/s\n", r->predict_seconds,
           (double)images / r->predict_seconds, distances(r) / r->predict_seconds);
    printf("accuracy  %.2f %% (%zu of %zu; guessing gives %.0f %%)\n", 100 * share(r->right, images), r->right, images,
           100.0 / KNN_CLASSES);
    for (size_t c = 0; c < KNN_CLASSES; c++)
        if (r->images_of[c] > 0)
            printf("  %-12s %6.2f %% (%zu of %zu)\n", knn_class_names[c], 100 * share(r->right_of[c], r->images_of[c]),
                   r->right_of[c], r->images_of[c]);
}

/* A path may be any bytes, but JSON is UTF-8. */
static json_t *text_value(const char *text) {
    json_t *value = json_string(text);
    if (value != NULL)
        return value;
    char ascii[sizeof((struct knn_dataset *)0)->source];
    size_t n = 0;
    for (; n < sizeof ascii - 1 && text[n] != '\0'; n++)
        ascii[n] = (char)(text[n] & 0x80 ? '?' : text[n]);
    ascii[n] = '\0';
    return json_string(ascii);
}

static int print_json(const struct result *r, const struct arguments *arguments, struct knn_error *error) {
    const struct knn_kernel *kernel = knn_classifier_kernel(r->classifier);
    json_t *per_class = json_object();
    for (size_t c = 0; c < KNN_CLASSES; c++)
        if (r->images_of[c] > 0)
            json_object_set_new(per_class, knn_class_names[c], json_real(share(r->right_of[c], r->images_of[c])));
    json_t *summary = json_pack(
        "{s:o, s:b, s:[I,I], s:[I,I], s:s, s:I, s:s, s:i, s:b, s:f, s:f, s:f, s:f, s:I, s:f, s:f, s:o}", "data",
        text_value(r->dataset.source), "synthetic", r->dataset.synthetic, "train_shape",
        (json_int_t)r->dataset.train.pixels.rows, (json_int_t)r->dataset.train.pixels.dim, "test_shape",
        (json_int_t)r->queries.rows, (json_int_t)r->queries.dim, "metric", knn_metric_name(kernel->metric), "k",
        (json_int_t)arguments->knn.k, "kernel", kernel->name, "threads", (int)knn_classifier_threads(r->classifier),
        "bound", !arguments->knn.unbound, "train_s", r->train_seconds, "predict_s", r->predict_seconds, "images_per_s",
        (double)r->queries.rows / r->predict_seconds, "distances_per_s", distances(r) / r->predict_seconds, "right",
        (json_int_t)r->right, "accuracy", share(r->right, r->queries.rows), "guessing", 1.0 / KNN_CLASSES,
        "accuracy_per_class", per_class);
    char *text = summary != NULL ? json_dumps(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(summary);
    if (text == NULL)
        return knn_fail(error, "no memory for the JSON summary");
    puts(text);
    free(text);
    return 0;
}

static int write_csv(const struct result *r, size_t k, struct knn_output *output, struct knn_error *error) {
    FILE *csv = output->stream;
    fprintf(csv, "index,label,predicted,neighbors,distances\n");
    for (size_t i = 0; i < r->queries.rows && !ferror(csv); i++) {
        const struct knn_neighbor *list = r->neighbors + i * k;
        fprintf(csv, "%zu,%u,%u,", i, r->dataset.test.labels[i], r->predicted[i]);
        for (size_t j = 0; j < k; j++)
            fprintf(csv, "%s%u", j > 0 ? " " : "", list[j].index);
        fputc(',', csv);
        for (size_t j = 0; j < k; j++)
            fprintf(csv, "%s%llu", j > 0 ? " " : "", (unsigned long long)list[j].distance);
        fputc('\n', csv);
    }
    return knn_output_commit(output, error);
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    struct knn_output output = {0};
    unsigned features;
    if (knn_allowed_features(arguments->knn.isa, &features, &error) != 0)
        return complain(&error, EXIT_USAGE);
    struct result *r = calloc(1, sizeof *r);
    if (r == NULL)
        return complain(&(struct knn_error){"no memory"}, EXIT_FAILED);
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    /* the file is opened first: a long job must not end in "permission denied" */
    int failed = (arguments->output != NULL && knn_output_open(&output, arguments->output, &error) != 0) ||
                 classify(r, arguments, &error) != 0;
    if (!failed && arguments->output != NULL)
        failed = write_csv(r, arguments->knn.k, &output, &error) != 0;
    if (!failed) {
        judge(r);
        if (arguments->json)
            failed = print_json(r, arguments, &error) != 0;
        else
            print_text(r, arguments);
    }
    knn_output_discard(&output);
    knn_classifier_free(r->classifier);
    knn_dataset_close(&r->dataset);
    free(r->predicted);
    free(r->neighbors);
    free(r);
    if (failed)
        return complain(&error, interrupted ? EXIT_INTERRUPTED : EXIT_FAILED);
    return EXIT_OK;
}

const struct command command_classify = {
    .name = "classify",
    .summary = "classify the test images by their k nearest training images: accuracy, time, rates",
    .takes = "dmkKitbloj",
    .run = run,
};
