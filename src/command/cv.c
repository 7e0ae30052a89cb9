/* `knnmark cv`: k-fold cross-validation on the training images. One search for each metric finds the nearest of every
 * image among those of other folds, for all folds at once and the largest k; smaller k take the first of them. */
#include "cv.h"

#include <math.h>
#include <stdlib.h>

#include "choices.h"
#include "clock.h"
#include "images.h"
#include "job.h"
#include "ranks.h"

/* -- the images ---------------------------------------------------------------------------------------------------- */

static int take_images(struct cv *cv, struct knn_error *error) {
    const struct arguments *arguments = cv->arguments;
    if (ranks_open_whole(&cv->dataset, knn_dataset_spec(arguments->data), error) != 0)
        return -1;
    knn_images_free(&cv->dataset.test);
    cv->images = cv->dataset.train;
    if (arguments->limit > 0 && arguments->limit < cv->images.pixels.rows)
        cv->images.pixels.rows = arguments->limit;
    if (knn_check_classes(cv->images.labels, cv->images.pixels.rows, cv->dataset.class_names, cv->dataset.classes,
                          error) != 0)
        return -1;
    return knn_folds_make(&cv->folds, arguments->fold_split, arguments->folds, cv->images.labels,
                          cv->images.pixels.rows, arguments->seed, error);
}

/* -- the settings -------------------------------------------------------------------------------------------------- */

static void summarize(const struct cv *cv, struct cv_setting *setting) {
    double folds = (double)cv->folds.count, squares = 0;
    setting->mean = 0;
    for (size_t f = 0; f < cv->folds.count; f++)
        setting->mean += cv_accuracy(cv, setting, f) / folds;
    for (size_t f = 0; f < cv->folds.count; f++) {
        double difference = cv_accuracy(cv, setting, f) - setting->mean;
        squares += difference * difference;
    }
    setting->deviation = sqrt(squares / folds);
}

/* The mean of the folds' accuracies, as a whole number by which two settings can be compared exactly. Folds have s or
 * s + 1 rows. A right answer counts s + 1 in a fold of s rows, and s in one of s + 1 rows. */
static size_t score(const struct cv *cv, const struct cv_setting *setting) {
    size_t least = SIZE_MAX, sum = 0;
    for (size_t f = 0; f < cv->folds.count; f++)
        least = cv->folds.rows[f] < least ? cv->folds.rows[f] : least;
    for (size_t f = 0; f < cv->folds.count; f++)
        sum += setting->right[f] * (2 * least + 1 - cv->folds.rows[f]);
    return sum;
}

static int is_better(const struct cv *cv, const struct cv_setting *setting, const struct cv_setting *than) {
    size_t a = score(cv, setting), b = score(cv, than);
    return a > b || (a == b && setting->k < than->k);
}

/* Votes by all k, for one metric. */
static void count_votes(struct cv *cv, enum knn_metric metric, const struct knn_neighbor *neighbors, size_t found) {
    const struct arguments *arguments = cv->arguments;
    size_t ks = arguments->ks.count;
    struct cv_setting *settings = &cv->settings[cv->count];
    cv->count += ks;
    for (size_t i = 0; i < ks; i++)
        settings[i] = (struct cv_setting){.metric = metric,
                                          .k = arguments->ks.k[i],
                                          .right = cv->right + (size_t)(settings - cv->settings + i) * cv->folds.count};
#pragma omp parallel for num_threads(cv->team.threads) schedule(static)
    for (size_t row = 0; row < cv->images.pixels.rows; row++)
        for (size_t j = 0; j < ks; j++)
            if (knn_vote(neighbors + row * found, arguments->ks.k[j], cv->images.labels, metric, arguments->knn.weights,
                         NULL, 0) == cv->images.labels[row]) {
#pragma omp atomic
                settings[j].right[cv->folds.of[row]]++;
            }
    for (size_t i = 0; i < ks; i++) {
        summarize(cv, &settings[i]);
        if (cv->best == NULL || is_better(cv, &settings[i], cv->best))
            cv->best = &settings[i];
    }
}

static int validate(struct cv *cv, struct knn_error *error) {
    const struct arguments *arguments = cv->arguments;
    size_t largest = arguments->ks.k[arguments->ks.count - 1];
    struct knn_rows rows = knn_view(&cv->images.pixels);
    struct knn_neighbor *neighbors = calloc(rows.rows, largest * sizeof *neighbors);
    cv->right = calloc(KNN_METRICS * MAX_KS, cv->folds.count * sizeof *cv->right);
    if (neighbors == NULL || cv->right == NULL) {
        free(neighbors);
        return knn_fail(error, "no memory for the answers: use a smaller k or fewer folds");
    }
    int status = 0;
    double start = knn_seconds();
    for (size_t i = 0; i < arguments->metrics.count && status == 0; i++) {
        struct progress progress;
        struct knn_options options = choice_options(arguments, i, &progress);
        options.width = cv->dataset.shape.width;
        options.height = cv->dataset.shape.height;
        status = ranks_search_folds(&rows, cv->folds.of, cv->folds.count, largest, neighbors, &options, error);
        if (status == 0)
            count_votes(cv, options.metric, neighbors, largest);
    }
    cv->seconds = knn_seconds() - start;
    clear_progress();
    free(neighbors);
    return status;
}

static int cross_validate(void *result, struct knn_error *error) {
    struct cv *cv = result;
    if (knn_team_open(&cv->team, cv->arguments->knn.threads, cv->arguments->knn.bind, error) != 0 ||
        take_images(cv, error) != 0)
        return -1;
    return validate(cv, error);
}

static void close_cv(void *result) {
    struct cv *cv = result;
    knn_folds_free(&cv->folds);
    knn_dataset_close(&cv->dataset);
    knn_team_close(&cv->team);
    free(cv->right);
}

/* Checks what needs no data. */
static int check(const struct arguments *arguments, struct knn_error *error) {
    for (size_t i = 0; i < arguments->metrics.count; i++)
        if (!knn_metrics[arguments->metrics.metric[i]].symmetric)
            return knn_fail(error, "--metric l1wrap: it differs between a to b and b to a, but cv computes each pair "
                                   "once for both: give l1 or l2");
    return 0;
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    if (check(arguments, &error) != 0)
        return complain(&error, EXIT_USAGE);
    struct cv cv = {.arguments = arguments};
    const struct job job = {
        .files = {{arguments->output, write_cv_csv, NULL}, {arguments->plot, write_cv_plot, "cv"}},
        .work = cross_validate,
        .print_text = print_cv_text,
        .json = cv_json,
        .close = close_cv,
    };
    return run_job(&job, arguments->json, &cv);
}

static const char *split_word(size_t i) {
    return i < KNN_FOLD_SPLITS ? knn_fold_split_name((enum knn_fold_split)i) : NULL;
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_DATA]},
    {"metric", 'm', "LIST", offsetof(struct arguments, metrics), option_metric_list,
     .help = "metrics to compare: l1, l2 (default both), each by its fastest kernel", .word = metric_word},
    {"k", 'k', "LIST", offsetof(struct arguments, ks), option_k_list,
     .help = "numbers of neighbours to compare (default 1,3,5,8,10,12,15,20,50,100)", .least = 1, .most = KNN_MAX_K},
    {.same = &shared_options[OPTION_WEIGHTS]},
    {"folds", 'F', "N", offsetof(struct arguments, folds), option_number,
     .help = "folds, each tested once, 2 to 1000 (default 5)", .least = 2, .most = 1000},
    {"split", 'S', "NAME", offsetof(struct arguments, fold_split), option_word,
     .help = "stratified: each class spread evenly (default); contiguous: the images in their order;\n"
             "shuffled: in a random order",
     .word = split_word},
    {"seed", 'e', "N", offsetof(struct arguments, seed), option_number, .help = "seed of the random draw (default 1)",
     .least = 1, .most = UINT32_MAX},
    {.same = &shared_options[OPTION_SEARCH]},
    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_THREADS]},
    {.same = &shared_options[OPTION_NO_BIND]},
    {"limit", 'l', "N", offsetof(struct arguments, limit), option_number, .help = "only the first N training images",
     .least = 1, .most = UINT32_MAX},
    {"output", 'o', "FILE", offsetof(struct arguments, output), option_text,
     .help = "write metric,k,fold,right,images,accuracy as CSV"},
    {"plot", 'p', "FILE", offsetof(struct arguments, plot), option_text,
     .help = "draw the folds' accuracies by k as SVG, with gnuplot and plots/cv.gp"},
    {.same = &shared_options[OPTION_JSON]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_cv = {
    .name = "cv",
    .summary = "k-fold cross-validation on the training images: every k and metric, mean and deviation",
    .options = options,
    .defaults = {.folds = 5,
                 .seed = 1,
                 .knn = {.bind = 1},
                 .ks = {10, {1, 3, 5, 8, 10, 12, 15, 20, 50, 100}},
                 .metrics = {2, {KNN_L1, KNN_L2}}},
    .run = run,
};
