#include "results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "statistics.h"

const char *metric_title(unsigned metric) {
    return metric != 0 ? knn_metrics[metric - 1].title : "other";
}

/* -- loading ------------------------------------------------------------------------------------------------------- */

static struct run *find(struct run *runs, size_t count, const char *name) {
    for (size_t i = count; i-- > 0;)
        if (strcmp(runs[i].name, name) == 0)
            return &runs[i];
    return NULL;
}

static int add_repetition(struct run *runs, size_t *count, const struct run *parsed, json_t *entry,
                          struct knn_error *error) {
    struct run *run = find(runs, *count, parsed->name);
    if (run == NULL && *count == MAX_RUNS)
        return knn_fail(error, "more than %d benchmarks; filter them by BENCH_FLAGS=--benchmark_filter=...", MAX_RUNS);
    if (run == NULL) {
        run = &runs[(*count)++];
        *run = *parsed;
    }
    json_t **grown = realloc(run->repetitions, (run->count + 1) * sizeof(json_t *));
    if (grown == NULL)
        return knn_fail(error, "no memory for the repetitions of %s", run->name);
    run->repetitions = grown;
    run->repetitions[run->count++] = entry;
    return 0;
}

/* Repetitions tell more than their aggregates; of a benchmark that has aggregates only, the median is taken. */
static int add_entries(struct results *results, const json_t *entries, int medians, struct knn_error *error) {
    size_t i, repeated = results->count;
    json_t *entry;
    struct run run;
    json_array_foreach(entries, i, entry) {
        int failed = json_is_true(json_object_get(entry, "error_occurred"));
        int aggregate = strcmp(json_text(entry, "run_type"), "aggregate") == 0;
        int median = aggregate && strcmp(json_text(entry, "aggregate_name"), "median") == 0;
        if ((medians ? !median : aggregate) || !identify(&run, entry) ||
            (medians && find(results->runs, repeated, run.name) != NULL))
            continue;
        if (add_repetition(failed ? results->failed : results->runs, failed ? &results->failed_count : &results->count,
                           &run, entry, error) != 0)
            return -1;
    }
    return 0;
}

int results_take(struct results *results, json_t *file, const char *name, struct knn_error *error) {
    *results = (struct results){.file = file, .name = name};
    results->runs = calloc(MAX_RUNS, sizeof *results->runs);
    results->failed = calloc(MAX_RUNS, sizeof *results->failed);
    if (results->runs == NULL || results->failed == NULL)
        return knn_fail(error, "no memory for %d benchmarks", MAX_RUNS);
    const json_t *entries = json_object_get(file, "benchmarks");
    if (add_entries(results, entries, 0, error) != 0 || add_entries(results, entries, 1, error) != 0)
        return -1;
    if (results->count + results->failed_count == 0)
        return knn_fail(error, "%s has none of knnmark's benchmarks; name a file that `make bench` wrote", name);
    return 0;
}

int results_load(struct results *results, const char *path, struct knn_error *error) {
    json_error_t problem;
    *results = (struct results){0};
    json_t *file = json_load_file(path, 0, &problem);
    if (file == NULL && problem.line < 0)
        return knn_fail(error, "cannot read %s; `make bench` writes results/bench.json", path);
    if (file == NULL)
        return knn_fail(error, "%s is no whole JSON file (line %d: %.100s); repeat the run that wrote it", path,
                        problem.line, problem.text);
    return results_take(results, file, path, error);
}

static void free_runs(struct run *runs, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(runs[i].repetitions);
    free(runs);
}

void results_free(struct results *results) {
    free_runs(results->runs, results->count);
    free_runs(results->failed, results->failed_count);
    json_decref(results->file);
    *results = (struct results){0};
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

const char *run_label(const struct run *run) {
    return json_text(run->repetitions[0], "label");
}

const char *run_error(const struct run *run) {
    const char *why = json_text(run->repetitions[0], "error_message");
    return why[0] != '\0' ? why : "it does not say why";
}

double run_value(const struct run *run, size_t repetition, const char *counter) {
    double value = json_number_value(json_object_get(run->repetitions[repetition], counter));
    return isfinite(value) && value > 0 ? value : 0;
}

struct spread run_spread(const struct run *run, const char *counter) {
    enum { MAX_VALUES = 1000 };
    double values[MAX_VALUES];
    size_t n = 0;
    for (size_t i = 0; i < run->count && n < MAX_VALUES; i++)
        if (run_value(run, i, counter) > 0)
            values[n++] = run_value(run, i, counter);
    if (n == 0)
        return (struct spread){0};
    sort_values(values, n);
    return (struct spread){.n = n, .median = sorted_median(values, n), .lowest = values[0], .highest = values[n - 1]};
}

double run_median(const struct run *run, const char *counter) {
    return run != NULL ? run_spread(run, counter).median : 0;
}

static int fits(const struct run *run, const struct wanted *wanted) {
    return strcmp(run->group, wanted->group) == 0 && run->random == wanted->random &&
           (wanted->metric == 0 || run->metric == wanted->metric) && (wanted->k == 0 || run->k == wanted->k) &&
           (wanted->threads == 0 || run->threads == wanted->threads) && run_spread(run, wanted->counter).n > 0;
}

struct run_list results_select(const struct results *results, struct wanted wanted) {
    struct run_list list = {.count = 0};
    if (wanted.threads == MOST_THREADS)
        wanted.threads = results_most_threads(results, wanted.group);
    for (size_t i = 0; i < results->count; i++) {
        const struct run *run = &results->runs[i];
        if (!fits(run, &wanted))
            continue;
        if (wanted.largest && list.count > 0 && run->batch > list.items[0]->batch)
            list = (struct run_list){.count = 0};
        if (!wanted.largest || list.count == 0 || run->batch == list.items[0]->batch)
            list.items[list.count++] = run;
    }
    return list;
}

double results_most_threads(const struct results *results, const char *group) {
    double most = 0;
    for (size_t i = 0; i < results->count; i++)
        if (strcmp(results->runs[i].group, group) == 0)
            most = fmax(most, results->runs[i].threads);
    return most;
}

/* By insertion: the lists are short, and equal ones keep the order of the file. */
void run_list_sort(struct run_list *list, const char *counter) {
    for (size_t i = 1; i < list->count; i++) {
        const struct run *run = list->items[i];
        double key = run_median(run, counter);
        size_t to = i;
        for (; to > 0 && run_median(list->items[to - 1], counter) > key; to--)
            list->items[to] = list->items[to - 1];
        list->items[to] = run;
    }
}

static const json_t *member_of(const json_t *value, const char *path) {
    char copy[128], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path != NULL ? path : "");
    const char *key = strtok_r(copy, ".", &rest);
    if (key == NULL)
        return NULL;
    for (; key != NULL; key = strtok_r(NULL, ".", &rest))
        value = json_object_get(value, key);
    return value;
}

const json_t *results_fact(const struct results *results, const char *path, const char *earlier) {
    const json_t *value = member_of(results->file, path);
    return value != NULL ? value : member_of(results->file, earlier);
}

const char *results_text(const struct results *results, const char *path, const char *earlier) {
    return json_string_value(results_fact(results, path, earlier));
}

double results_threads(const struct results *results) {
    double most = json_number_value(results_fact(results, "knnmark.threads.count", NULL));
    if (most > 0)
        return most;
    for (size_t i = 0; i < results->failed_count; i++)
        most = fmax(most, results->failed[i].threads);
    for (size_t i = 0; i < results->count; i++)
        most = fmax(most, results->runs[i].threads);
    return most;
}

double results_dim(const struct results *results) {
    double dim = json_number_value(results_fact(results, "knnmark.data.dim", NULL));
    const char *shape = results_text(results, NULL, "context.data_shape");
    const char *cross = shape != NULL ? strchr(shape, 'x') : NULL; /* "train 50000 x 3072, ..." */
    if (dim <= 0 && cross != NULL)
        dim = strtod(cross + 1, NULL);
    return dim > 0 ? dim : 3072;
}
