/* What `knnmark cv` says. */
#include <stdio.h>

#include "arith.h"
#include "choices.h"
#include "cv.h"
#include "plural.h"

/* Distances computed: every pair of rows of two folds once, by each metric. */
static double distances(const struct cv *cv) {
    double rows = (double)cv->images.pixels.rows, pairs = rows * rows;
    for (size_t f = 0; f < cv->folds.count; f++)
        pairs -= (double)cv->folds.rows[f] * (double)cv->folds.rows[f];
    return pairs / 2 * (double)cv->arguments->metrics.count;
}

static void print_folds(const struct cv *cv) {
    const struct arguments *arguments = cv->arguments;
    size_t rows = cv->images.pixels.rows, least = rows, most = 0;
    for (size_t f = 0; f < cv->folds.count; f++) {
        least = knn_min(least, cv->folds.rows[f]);
        most = knn_max(most, cv->folds.rows[f]);
    }
    printf("folds     %zu of %zu", cv->folds.count, least);
    if (most > least)
        printf(" to %zu", most);
    printf(" image%s, %s", knn_plural(most), knn_fold_split_name(arguments->fold_split));
    if (arguments->fold_split == KNN_SHUFFLED)
        printf(", seed %zu", arguments->seed);
    printf("; %zu of %zu training images taken\n", rows, cv->dataset.train.pixels.rows);
}

static void print_table(const struct cv *cv) {
    printf("  metric     k       mean  deviation   folds\n");
    for (size_t i = 0; i < cv->count; i++) {
        const struct cv_setting *s = &cv->settings[i];
        printf("  %-7s %4zu   %6.2f %%     %6.2f  ", knn_metrics[s->metric].name, s->k, 100 * s->mean,
               100 * s->deviation);
        for (size_t f = 0; f < cv->folds.count; f++)
            printf(" %5.2f", 100 * cv_accuracy(cv, s, f));
        printf(s == cv->best ? "  <- best\n" : "\n");
    }
}

void print_cv_text(const void *result) {
    const struct cv *cv = result;
    printf("data      %s\n", cv->dataset.source);
    print_folds(cv);
    print_method(cv->arguments, cv->team.threads);
    printf("search    %.3f s, %s%.4g distances/s: once for each metric, for all folds and k\n", cv->seconds,
           as_good_as(cv->arguments), distances(cv) / cv->seconds);
    print_table(cv);
    printf("best      k = %zu, %s: mean %.2f %% (on a tie, the smaller k, then the metric named first)\n", cv->best->k,
           knn_metrics[cv->best->metric].name, 100 * cv->best->mean);
    printf("          deviation: the standard deviation of the folds' accuracies, divided by %zu as numpy.std does\n",
           cv->folds.count);
}

static json_t *json_setting(const struct cv *cv, const struct cv_setting *s) {
    json_t *folds = json_array();
    for (size_t f = 0; f < cv->folds.count; f++)
        json_array_append_new(folds, json_real(cv_accuracy(cv, s, f)));
    return json_pack("{s:s, s:I, s:f, s:f, s:o}", "metric", knn_metrics[s->metric].name, "k", (json_int_t)s->k, "mean",
                     s->mean, "deviation", s->deviation, "accuracies", folds);
}

json_t *cv_json(const void *result) {
    const struct cv *cv = result;
    const struct arguments *arguments = cv->arguments;
    json_t *settings = json_array(), *sizes = json_array();
    for (size_t i = 0; i < cv->count; i++)
        json_array_append_new(settings, json_setting(cv, &cv->settings[i]));
    for (size_t f = 0; f < cv->folds.count; f++)
        json_array_append_new(sizes, json_integer((json_int_t)cv->folds.rows[f]));
    json_t *summary = json_pack(
        "{s:s, s:b, s:I, s:I, s:o, s:s, s:s, s:i, s:b, s:f, s:f, s:s, s:o, s:o}", "data", cv->dataset.source,
        "synthetic", cv->dataset.synthetic, "images", (json_int_t)cv->images.pixels.rows, "folds",
        (json_int_t)cv->folds.count, "fold_images", sizes, "split", knn_fold_split_name(arguments->fold_split),
        "weights", knn_weights_name(arguments->knn.weights), "threads", (int)cv->team.threads, "bound",
        arguments->knn.bind, "search_s", cv->seconds, "distances_per_s", distances(cv) / cv->seconds, "deviation_of",
        "population", "settings", settings, "best", json_setting(cv, cv->best));
    if (arguments->fold_split == KNN_SHUFFLED)
        json_object_set_new(summary, "seed", json_integer((json_int_t)arguments->seed));
    return summary;
}

void write_cv_csv(const void *result, FILE *csv) {
    const struct cv *cv = result;
    fprintf(csv, "metric,k,fold,right,images,accuracy\n");
    for (size_t i = 0; i < cv->count; i++)
        for (size_t f = 0; f < cv->folds.count; f++) {
            const struct cv_setting *s = &cv->settings[i];
            fprintf(csv, "%s,%zu,%zu,%zu,%zu,%.9g\n", knn_metrics[s->metric].name, s->k, f + 1, s->right[f],
                    cv->folds.rows[f], cv_accuracy(cv, s, f));
        }
}

void write_cv_plot(const void *result, FILE *data) {
    const struct cv *cv = result;
    for (size_t i = 0; i < cv->count; i++) {
        const struct cv_setting *s = &cv->settings[i];
        const char *name = knn_metrics[s->metric].name;
        if (i > 0 && s->metric != s[-1].metric)
            fputs("\n\n", data);
        for (size_t f = 0; f < cv->folds.count; f++)
            fprintf(data, "%zu %.6f %.6f %.6f %s\n", s->k, 100 * cv_accuracy(cv, s, f), 100 * s->mean,
                    100 * s->deviation, name);
    }
}
