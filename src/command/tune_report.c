/* What `knnmark tune` says. */
#include "tune.h"

#include <stdio.h>

#include "choices.h"
#include "plural.h"

/* Every setting: its accuracy on the images held out, with the interval; the choice is marked. */
static void print_table(const struct tune *t) {
    printf("  metric     k  accuracy   95 %% interval\n");
    for (size_t i = 0; i < t->count; i++) {
        const struct setting *s = &t->settings[i];
        struct knn_interval interval = knn_wilson(s->right, t->held_out.pixels.rows);
        printf("  %-7s %4zu   %6.2f %%  %5.2f to %5.2f %%%s\n", knn_metrics[s->metric].name, s->k,
               100 * knn_share(s->right, t->held_out.pixels.rows), 100 * interval.low, 100 * interval.high,
               s == t->best ? "  <- chosen" : "");
    }
}

void print_tune_text(const void *result) {
    const struct tune *t = result;
    const struct arguments *arguments = t->arguments;
    size_t train = t->dataset.train.pixels.rows, rest = t->rest.pixels.rows, held = t->held_out.pixels.rows;
    size_t test = t->dataset.test.pixels.rows;
    double distances = (double)rest * (double)held * (double)arguments->metrics.count;
    printf("data      %s\n", t->dataset.source);
    printf("split     %zu training images train, %zu %s held out: ", rest, held, held == 1 ? "is" : "are");
    if (arguments->shuffled)
        printf("a random draw, seed %zu\n", arguments->seed);
    else
        printf("the first\n");
    print_method(arguments, t->team.threads);
    printf("search    %.3f s, %s%.4g distances/s: once for each metric, for all k\n", t->search_seconds,
           as_good_as(arguments), distances / t->search_seconds);
    print_table(t);
    printf("chosen    k = %zu, %s: the most right answers on the images held out (on a tie, the smaller k, then the "
           "metric named first)\n",
           t->best->k, knn_metrics[t->best->metric].name);
    knn_evaluation_print(&t->chosen, stdout);
    if (!arguments->final) {
        printf("final     not done: --final tests the choice, and only that, on the %zu test image%s\n", test,
               knn_plural(test));
        return;
    }
    printf("final     k = %zu, %s, trained on all %zu training images, on the %zu test image%s: %.3f s\n", t->best->k,
           knn_metrics[t->best->metric].name, train, test, knn_plural(test), t->final_seconds);
    printf("          this is the one time that the test images are used: a choice by them would make them useless\n");
    knn_evaluation_print(&t->final, stdout);
}

/* A setting with what is known of its answers, which is released. */
static json_t *json_setting(const struct setting *s, json_t *found) {
    json_t *object = json_pack("{s:s, s:I}", "metric", knn_metrics[s->metric].name, "k", (json_int_t)s->k);
    json_object_update(object, found);
    json_decref(found);
    return object;
}

json_t *tune_json(const void *result) {
    const struct tune *t = result;
    const struct arguments *arguments = t->arguments;
    size_t held = t->held_out.pixels.rows;
    json_t *settings = json_array();
    for (size_t i = 0; i < t->count; i++)
        json_array_append_new(settings, json_setting(&t->settings[i], json_accuracy(t->settings[i].right, held)));
    json_t *summary = json_pack(
        "{s:s, s:b, s:I, s:I, s:s, s:s, s:i, s:b, s:f, s:o, s:o}", "data", t->dataset.source, "synthetic",
        t->dataset.synthetic, "train_images", (json_int_t)t->rest.pixels.rows, "validation_images", (json_int_t)held,
        "split", arguments->shuffled ? "shuffled" : "first", "weights", knn_weights_name(arguments->knn.weights),
        "threads", (int)t->team.threads, "bound", arguments->knn.bind, "search_s", t->search_seconds, "settings",
        settings, "chosen", json_setting(t->best, json_evaluation(&t->chosen)));
    if (arguments->shuffled)
        json_object_set_new(summary, "seed", json_integer((json_int_t)arguments->seed));
    if (arguments->final) {
        json_t *final = json_setting(t->best, json_evaluation(&t->final));
        json_object_set_new(final, "train_images", json_integer((json_int_t)t->dataset.train.pixels.rows));
        json_object_set_new(final, "seconds", json_real(t->final_seconds));
        json_object_set_new(final, "note", json_string("the one time that the test images are used"));
        json_object_set_new(summary, "final", final);
    }
    return summary;
}

void write_tune_csv(const void *result, FILE *csv) {
    const struct tune *t = result;
    fprintf(csv, "metric,k,right,images,accuracy,low,high\n");
    for (size_t i = 0; i < t->count; i++) {
        const struct setting *s = &t->settings[i];
        struct knn_interval interval = knn_wilson(s->right, t->held_out.pixels.rows);
        fprintf(csv, "%s,%zu,%zu,%zu,%.9g,%.9g,%.9g\n", knn_metrics[s->metric].name, s->k, s->right,
                t->held_out.pixels.rows, knn_share(s->right, t->held_out.pixels.rows), interval.low, interval.high);
    }
}

void write_tune_confusion(const void *result, FILE *csv) {
    const struct tune *t = result;
    knn_confusion_csv(t->arguments->final ? &t->final : &t->chosen, csv);
}
