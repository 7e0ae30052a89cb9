/* `knnmark classify`: the main job. Trains, predicts the test images, says how well and how fast. */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "dataset.h"
#include "job.h"
#include "options.h"
#include "plural.h"
#include "progress.h"
#include "ranks.h"
#include "report.h"

/* All that one run found out. */
struct result {
    const struct arguments *arguments;
    struct knn_dataset dataset;
    struct knn_index *index;
    size_t rows, count; /* of all processes: images to train on, and to test with */
    uint16_t *predicted;
    struct knn_neighbor *neighbors;
    double *shares; /* room for a query's, with --shares */
    double train_seconds, predict_seconds;
    struct knn_evaluation evaluation;
};

/* -- the work ------------------------------------------------------------------------------------------------------ */

static int read_data(struct result *r, struct knn_error *error) {
    const struct arguments *arguments = r->arguments;
    struct knn_dataset *dataset = &r->dataset;
    if (ranks_open_dataset(dataset, knn_dataset_spec(arguments->data), arguments->limit, error) != 0)
        return -1;
    r->rows = dataset->train.span.all;
    r->count = knn_span_of((struct knn_share){.limit = arguments->limit}, dataset->test.span.all).count;
    if (ranks_is_first() &&
        knn_check_classes(dataset->train.labels, r->rows, dataset->class_names, dataset->classes, error) != 0)
        return -1;
    if (arguments->knn.k > r->rows)
        return knn_fail(error, "k = %zu is more than the %zu training rows: use a smaller k", arguments->knn.k,
                        r->rows);
    return 0;
}

/* Makes room for the answers, in the process that gets them. */
static int allot(struct result *r, struct knn_error *error) {
    if (!ranks_is_first())
        return 0;
    r->predicted = malloc(r->count * sizeof *r->predicted);
    r->neighbors = malloc(r->count * r->arguments->knn.k * sizeof *r->neighbors);
    r->shares = malloc(r->dataset.classes * sizeof *r->shares);
    if (r->predicted == NULL || r->neighbors == NULL || r->shares == NULL)
        return knn_fail(error, "no memory for the answers: use a smaller k or --limit");
    return 0;
}

static void vote(struct result *r) {
    const struct knn_options *knn = &r->arguments->knn;
    for (size_t i = 0; i < r->count; i++)
        r->predicted[i] =
            knn_vote(r->neighbors + i * knn->k, knn->k, r->dataset.train.labels, knn->metric, knn->weights, NULL, 0);
}

static int classify(void *result, struct knn_error *error) {
    struct result *r = result;
    struct knn_images *train = &r->dataset.train, *test = &r->dataset.test;
    if (read_data(r, error) != 0 || allot(r, error) != 0)
        return -1;
    double start = knn_seconds();
    struct progress progress = {.share = 1};
    struct knn_options options = r->arguments->knn;
    options.progress = on_progress;
    options.context = &progress;
    options.width = r->dataset.shape.width;
    options.height = r->dataset.shape.height;
    if (ranks_index(&r->index, &train->pixels, train->span, &options, error) != 0)
        return -1;
    r->train_seconds = knn_seconds() - start;
    start = knn_seconds();
    int status =
        ranks_search(r->index, train->span, &test->pixels, test->span, options.k, r->neighbors, &progress, error);
    if (status == 0 && ranks_is_first())
        vote(r);
    r->predict_seconds = knn_seconds() - start;
    clear_progress();
    if (status != 0 || !ranks_is_first())
        return status;
    return knn_evaluate(&r->evaluation, test->labels, r->predicted, r->count, r->dataset.class_names,
                        r->dataset.classes, error);
}

/* -- reports ------------------------------------------------------------------------------------------------------- */

static double distances(const struct result *r) {
    return (double)r->count * (double)r->rows;
}

static void print_text(const void *result) {
    const struct result *r = result;
    const struct arguments *arguments = r->arguments;
    const struct knn_index *index = r->index;
    size_t images = r->count, all = r->dataset.test.span.all;
    printf("data      %s\n", r->dataset.source);
    printf("shapes    train %zu x %zu, test %zu x %zu", r->rows, r->dataset.train.pixels.dim, all,
           r->dataset.test.pixels.dim);
    if (images < all)
        printf(", first %zu test image%s taken", images, knn_plural(images));
    int by_bounds = knn_index_method(index) == KNN_BOUNDS;
    printf("\nmethod    k = %zu, %s, kernel %s, %u thread%s%s%s%s\n", arguments->knn.k,
           knn_metric_name(arguments->knn.metric), knn_index_kernel(index), knn_index_threads(index),
           knn_plural(knn_index_threads(index)), !arguments->knn.bind ? ", not bound" : "",
           by_bounds ? ", by bounds" : "", arguments->knn.weights == KNN_DISTANCE ? ", votes by distance" : "");
    printf("train     %.3f s\n", r->train_seconds);
    printf("predict   %.3f s, %.0f images/s, %s%.4g distances/s\n", r->predict_seconds,
           (double)images / r->predict_seconds, by_bounds ? "equivalent to " : "", distances(r) / r->predict_seconds);
    ranks_print();
    knn_evaluation_print(&r->evaluation, stdout);
}

static json_t *make_json(const void *result) {
    const struct result *r = result;
    const struct arguments *arguments = r->arguments;
    const struct knn_index *index = r->index;
    const struct knn_evaluation *e = &r->evaluation;
    json_t *per_class = json_object();
    for (size_t c = 0; c < e->classes; c++)
        if (knn_class_images(e, c) > 0)
            json_object_set_new(per_class, e->names[c],
                                json_real(knn_share(knn_class_right(e, c), knn_class_images(e, c))));
    json_t *object = json_pack(
        "{s:s, s:b, s:[I,I], s:[I,I], s:s, s:I, s:s, s:s, s:i, s:b, s:f, s:f, s:f, s:f, s:I, s:f, s:f, s:o, s:s, s:o}",
        "data", r->dataset.source, "synthetic", r->dataset.synthetic, "train_shape", (json_int_t)r->rows,
        (json_int_t)r->dataset.train.pixels.dim, "test_shape", (json_int_t)r->count,
        (json_int_t)r->dataset.test.pixels.dim, "metric", knn_metric_name(arguments->knn.metric), "k",
        (json_int_t)arguments->knn.k, "kernel", knn_index_kernel(index), "search",
        knn_index_method(index) == KNN_BOUNDS ? "bounds" : "exhaustive", "threads", (int)knn_index_threads(index),
        "bound", arguments->knn.bind, "train_s", r->train_seconds, "predict_s", r->predict_seconds, "images_per_s",
        (double)r->count / r->predict_seconds, "distances_per_s", distances(r) / r->predict_seconds, "right",
        (json_int_t)e->right, "accuracy", knn_share(e->right, e->images), "guessing", 1.0 / (double)e->classes,
        "accuracy_per_class", per_class, "weights", knn_weights_name(arguments->knn.weights), "evaluation",
        json_evaluation(e));
    json_object_update_missing_new(object, ranks_json());
    return object;
}

/* The neighbours' distances, as they are or with their root taken. */
static void put_distances(FILE *csv, const struct knn_neighbor *list, const struct knn_options *knn, int root) {
    for (size_t j = 0; j < knn->k; j++)
        if (root)
            fprintf(csv, "%s%.17g", j > 0 ? " " : "", knn_distance_root(knn->metric, list[j].distance));
        else
            fprintf(csv, "%s%llu", j > 0 ? " " : "", (unsigned long long)list[j].distance);
}

static void put_shares(FILE *csv, const struct knn_neighbor *list, const struct knn_options *knn,
                       const struct knn_dataset *dataset, double *shares) {
    knn_vote(list, knn->k, dataset->train.labels, knn->metric, knn->weights, shares, dataset->classes);
    for (size_t c = 0; c < dataset->classes; c++)
        fprintf(csv, ",%.17g", shares[c]);
}

static void write_csv(const void *result, FILE *csv) {
    const struct result *r = result;
    const struct arguments *arguments = r->arguments;
    size_t k = arguments->knn.k;
    fprintf(csv, "index,label,predicted,neighbors,distances");
    for (size_t c = 0; arguments->shares && c < r->dataset.classes; c++)
        fprintf(csv, ",%s", r->dataset.class_names[c]);
    fputc('\n', csv);
    for (size_t i = 0; i < r->count && !ferror(csv); i++) {
        const struct knn_neighbor *list = r->neighbors + i * k;
        fprintf(csv, "%zu,%u,%u,", i, r->dataset.test.labels[i], r->predicted[i]);
        for (size_t j = 0; j < k; j++)
            fprintf(csv, "%s%u", j > 0 ? " " : "", list[j].id);
        fputc(',', csv);
        put_distances(csv, list, &arguments->knn, arguments->root);
        if (arguments->shares)
            put_shares(csv, list, &arguments->knn, &r->dataset, r->shares);
        fputc('\n', csv);
    }
}

static void write_confusion(const void *result, FILE *csv) {
    const struct result *r = result;
    knn_confusion_csv(&r->evaluation, csv);
}

/* Checks what needs no data. */
static int check(const struct arguments *arguments, struct knn_error *error) {
    const char *metric = knn_metrics[arguments->knn.metric].name;
    if ((arguments->root || arguments->shares) && arguments->output == NULL)
        return knn_fail(error, "--root and --shares change the CSV: give --output FILE too");
    if (arguments->root && !knn_metrics[arguments->knn.metric].root)
        return knn_fail(error, "--root: distances by %s have no root to take: leave it out, or give --metric l2",
                        metric);
    return 0;
}

static void close_result(void *result) {
    struct result *r = result;
    knn_index_free(r->index);
    knn_evaluation_free(&r->evaluation);
    knn_dataset_close(&r->dataset);
    free(r->predicted);
    free(r->neighbors);
    free(r->shares);
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    if (check(arguments, &error) != 0)
        return complain(&error, EXIT_USAGE);
    struct result result = {.arguments = arguments};
    const struct job job = {
        .files = {{arguments->output, write_csv, NULL}, {arguments->confusion, write_confusion, NULL}},
        .work = classify,
        .print_text = print_text,
        .json = make_json,
        .close = close_result,
    };
    return run_job(&job, arguments->json, &result);
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_DATA]},
    {"metric", 'm', "NAME", offsetof(struct arguments, metric), option_word,
     .help = "l1: sum of absolute differences; l2: squared Euclidean distance (default);\n"
             "l1wrap: l1 as NumPy computes it from bytes, modulo 256 (a mistake, to see what it costs)",
     .word = metric_word},
    {"k", 'k', "N", offsetof(struct arguments, knn.k), option_number,
     .help = "neighbours that vote, 1 to 1000 (default 1)", .least = 1, .most = KNN_MAX_K},
    {.same = &shared_options[OPTION_WEIGHTS]},
    {.same = &shared_options[OPTION_KERNEL]},
    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_SEARCH]},
    {.same = &shared_options[OPTION_THREADS]},
    {.same = &shared_options[OPTION_NO_BIND]},
    {"limit", 'l', "N", offsetof(struct arguments, limit), option_number, .help = "only the first N test images",
     .least = 1, .most = UINT32_MAX},
    {"output", 'o', "FILE", offsetof(struct arguments, output), option_text,
     .help = "write index,label,predicted,neighbors,distances as CSV (l2: squared distances)"},
    {"root", 'r', NULL, offsetof(struct arguments, root), option_flag,
     .help = "l2: write the distances with their root taken", .flag = 1},
    {"shares", 's', NULL, offsetof(struct arguments, shares), option_flag,
     .help = "write each class's share of the votes as further columns", .flag = 1},
    {"confusion", 'c', "FILE", offsetof(struct arguments, confusion), option_text,
     .help = "write the confusion matrix as CSV: a row a label, a column a prediction"},
    {.same = &shared_options[OPTION_JSON]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_classify = {
    .name = "classify",
    .summary = "classify the test images by their k nearest training images: accuracy, time, rates",
    .options = options,
    .defaults = {.metric = KNN_METRICS, .knn = {.k = 1, .bind = 1}},
    .run = run,
};
