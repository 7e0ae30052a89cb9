/* `knnmark tune`: chooses k and the metric by training images held out. One search for each metric finds the nearest of
 * every image held out, for the largest k; smaller k take the first of them. The test images do not affect the choice:
 * with --final they are used once, to test it. */
#include "tune.h"

#include <stdlib.h>

#include "choices.h"
#include "clock.h"
#include "job.h"
#include "plural.h"
#include "ranks.h"
#include "split.h"

static struct knn_images part_of(const struct knn_images *images, size_t first, size_t count) {
    struct knn_images part = *images;
    part.pixels.data = knn_matrix_row(&images->pixels, first);
    part.pixels.rows = count;
    part.labels += first;
    return part;
}

static int hold_out(struct tune *t, struct knn_error *error) {
    const struct arguments *arguments = t->arguments;
    struct knn_images *train = &t->dataset.train;
    size_t held = arguments->validation, rest = train->pixels.rows - held;
    size_t largest = arguments->ks.k[arguments->ks.count - 1];
    if (held >= train->pixels.rows)
        return knn_fail(error, "--validation %zu leaves none of the %zu training image%s to train on: hold out fewer",
                        held, train->pixels.rows, knn_plural(train->pixels.rows));
    if (largest > rest)
        return knn_fail(error, "k = %zu is more than the %zu training image%s not held out: use a smaller k", largest,
                        rest, rest == 1 ? " that is" : "s that are");
    if (arguments->shuffled) {
        t->swaps = malloc(held * sizeof *t->swaps);
        if (t->swaps == NULL)
            return knn_fail(error, "no memory to draw %zu image%s: hold out fewer", held, knn_plural(held));
        knn_draw(train, held, arguments->seed, t->swaps);
    }
    t->held_out = part_of(train, 0, held);
    t->rest = part_of(train, held, rest);
    return knn_check_classes(t->rest.labels, rest, t->dataset.class_names, t->dataset.classes, error);
}

/* -- the choice ---------------------------------------------------------------------------------------------------- */

/* More right answers are better; on a tie, the smaller k. */
static int is_better(const struct setting *a, const struct setting *b) {
    if (a->right != b->right)
        return a->right > b->right;
    return a->k < b->k;
}

/* Keeps the setting and its predictions if it is better; else frees them. */
static void keep_better(struct tune *t, const struct setting *setting, uint16_t *predicted) {
    int better = t->best == NULL || is_better(setting, t->best);
    free(better ? t->predicted : predicted);
    if (better) {
        t->predicted = predicted;
        t->best = setting;
    }
}

/* Votes by all k, from the neighbours that one metric found. */
static int count_votes(struct tune *t, enum knn_metric metric, const struct knn_neighbor *neighbors,
                       struct knn_error *error) {
    const struct arguments *arguments = t->arguments;
    size_t images = t->held_out.pixels.rows, found = arguments->ks.k[arguments->ks.count - 1];
    for (size_t i = 0; i < arguments->ks.count; i++) {
        struct setting *setting = &t->settings[t->count++];
        uint16_t *predicted = malloc(images * sizeof *predicted);
        if (predicted == NULL)
            return knn_fail(error, "no memory for the answers: hold out fewer images");
        *setting = (struct setting){.metric = metric, .k = arguments->ks.k[i]};
        for (size_t q = 0; q < images; q++) {
            predicted[q] =
                knn_vote(neighbors + q * found, setting->k, t->rest.labels, metric, arguments->knn.weights, NULL, 0);
            setting->right += predicted[q] == t->held_out.labels[q];
        }
        keep_better(t, setting, predicted);
    }
    return 0;
}

static int choose(struct tune *t, struct knn_error *error) {
    const struct arguments *arguments = t->arguments;
    size_t k = arguments->ks.k[arguments->ks.count - 1];
    struct knn_neighbor *neighbors = malloc(t->held_out.pixels.rows * k * sizeof *neighbors);
    if (neighbors == NULL)
        return knn_fail(error, "no memory for the neighbours: use a smaller k or hold out fewer images");
    double start = knn_seconds();
    struct knn_rows rest = knn_view(&t->rest.pixels), held_out = knn_view(&t->held_out.pixels);
    int status = 0;
    t->per_metric = arguments->ks.count;
    for (size_t i = 0; i < arguments->metrics.count && status == 0; i++) {
        struct progress progress;
        struct knn_options options = choice_options(arguments, i, &progress);
        options.width = t->dataset.shape.width;
        options.height = t->dataset.shape.height;
        status = ranks_search_whole(&rest, &held_out, k, neighbors, &options, error);
        if (status == 0)
            status = count_votes(t, options.metric, neighbors, error);
    }
    t->search_seconds = knn_seconds() - start;
    clear_progress();
    free(neighbors);
    if (status != 0)
        return -1;
    return knn_evaluate(&t->chosen, t->held_out.labels, t->predicted, t->held_out.pixels.rows, t->dataset.class_names,
                        t->dataset.classes, error);
}

/* -- the one time -------------------------------------------------------------------------------------------------- */

static int vote_test(struct tune *t, const struct knn_options *options, struct knn_neighbor *neighbors,
                     uint16_t *predicted, struct knn_error *error) {
    const struct knn_images *train = &t->dataset.train, *test = &t->dataset.test;
    struct knn_rows rows = knn_view(&train->pixels), queries = knn_view(&test->pixels);
    size_t k = options->k;
    if (ranks_search_whole(&rows, &queries, k, neighbors, options, error) != 0)
        return -1;
    for (size_t i = 0; i < queries.rows; i++)
        predicted[i] = knn_vote(neighbors + i * k, k, train->labels, options->metric, options->weights, NULL, 0);
    return knn_evaluate(&t->final, test->labels, predicted, queries.rows, t->dataset.class_names, t->dataset.classes,
                        error);
}

static int predict_test(struct tune *t, const struct knn_options *options, struct knn_error *error) {
    size_t images = t->dataset.test.pixels.rows;
    struct knn_neighbor *neighbors = malloc(images * options->k * sizeof *neighbors);
    uint16_t *predicted = malloc(images * sizeof *predicted);
    int status = neighbors != NULL && predicted != NULL ? vote_test(t, options, neighbors, predicted, error)
                                                        : knn_fail(error, "no memory for the answers");
    free(neighbors);
    free(predicted);
    return status;
}

/* Tests the choice as `knnmark classify` would: with all training images, in their order. */
static int test_choice(struct tune *t, struct knn_error *error) {
    struct knn_images *train = &t->dataset.train;
    if (t->swaps != NULL)
        knn_undraw(train, t->arguments->validation, t->swaps);
    double start = knn_seconds();
    struct progress progress = {.share = 1};
    struct knn_options options = t->arguments->knn;
    options.metric = t->best->metric;
    options.width = t->dataset.shape.width;
    options.height = t->dataset.shape.height;
    options.k = t->best->k;
    options.progress = on_progress;
    options.context = &progress;
    int status = predict_test(t, &options, error);
    t->final_seconds = knn_seconds() - start;
    clear_progress();
    return status;
}

static int tune(void *result, struct knn_error *error) {
    struct tune *t = result;
    if (knn_team_open(&t->team, t->arguments->knn.threads, t->arguments->knn.bind, error) != 0 ||
        ranks_open_whole(&t->dataset, knn_dataset_spec(t->arguments->data), error) != 0 || hold_out(t, error) != 0 ||
        choose(t, error) != 0)
        return -1;
    return t->arguments->final ? test_choice(t, error) : 0;
}

static void close_tune(void *result) {
    struct tune *t = result;
    knn_dataset_close(&t->dataset);
    knn_team_close(&t->team);
    knn_evaluation_free(&t->chosen);
    knn_evaluation_free(&t->final);
    free(t->predicted);
    free(t->swaps);
}

static int run(const struct arguments *arguments) {
    struct tune t = {.arguments = arguments};
    const struct job job = {
        .files = {{arguments->output, write_tune_csv, NULL},
                  {arguments->confusion, write_tune_confusion, NULL},
                  {arguments->plot, write_tune_plot, "tune"}},
        .work = tune,
        .print_text = print_tune_text,
        .json = tune_json,
        .close = close_tune,
    };
    return run_job(&job, arguments->json, &t);
}

static const char *split_word(size_t i) {
    static const char *const words[] = {"first", "shuffled", NULL};
    return words[i];
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_DATA]},
    {"metric", 'm', "LIST", offsetof(struct arguments, metrics), option_metric_list,
     .help = "metrics to choose from: l1, l2, l1wrap (default l1,l2), each by its fastest kernel", .word = metric_word},
    {"k", 'k', "LIST", offsetof(struct arguments, ks), option_k_list,
     .help = "numbers of neighbours to choose from (default 1,3,5,10,20,50,100)", .least = 1, .most = KNN_MAX_K},
    {.same = &shared_options[OPTION_WEIGHTS]},
    {"validation", 'v', "N", offsetof(struct arguments, validation), option_number,
     .help = "training images held out to choose by (default 1000)", .least = 1, .most = UINT32_MAX},
    {"split", 'S', "first|shuffled", offsetof(struct arguments, shuffled), option_word,
     .help = "hold out the first images (default), or a random draw", .word = split_word},
    {"seed", 'e', "N", offsetof(struct arguments, seed), option_number, .help = "seed of the random draw (default 1)",
     .least = 1, .most = UINT32_MAX},
    {"final", 'f', NULL, offsetof(struct arguments, final), option_flag,
     .help = "then test the choice on the test images, once", .flag = 1},
    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_SEARCH]},
    {.same = &shared_options[OPTION_THREADS]},
    {.same = &shared_options[OPTION_NO_BIND]},
    {"output", 'o', "FILE", offsetof(struct arguments, output), option_text,
     .help = "write metric,k,right,images,accuracy,low,high as CSV"},
    {"confusion", 'c', "FILE", offsetof(struct arguments, confusion), option_text,
     .help = "write the confusion matrix as CSV: a row a label, a column a prediction"},
    {"plot", 'p', "FILE", offsetof(struct arguments, plot), option_text,
     .help = "draw accuracy by k as SVG, with gnuplot and plots/tune.gp"},
    {.same = &shared_options[OPTION_JSON]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_tune = {
    .name = "tune",
    .summary = "choose k and the metric by training images held out; then test the choice, once",
    .options = options,
    .defaults = {.validation = 1000,
                 .seed = 1,
                 .knn = {.bind = 1},
                 .ks = {7, {1, 3, 5, 10, 20, 50, 100}},
                 .metrics = {2, {KNN_L1, KNN_L2}}},
    .run = run,
};
