#include "results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* -- names --------------------------------------------------------------------------------------------------------- */

static unsigned metric_of(const char *name) {
    for (unsigned i = 0; i < KNN_METRICS; i++) {
        size_t length = strlen(knn_metrics[i].name);
        if (strncmp(name, knn_metrics[i].name, length) == 0 && (name[length] == '_' || name[length] == '\0'))
            return i + 1;
    }
    return 0;
}

const char *metric_title(unsigned metric) {
    return metric != 0 ? knn_metrics[metric - 1].title : "other";
}

static void parse_segment(struct run *run, const char *segment) {
    const struct {
        const char *key;
        double *value;
    } keys[] = {{"k:", &run->k}, {"dim:", &run->dim}, {"batch:", &run->batch}, {"threads:", &run->threads}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strncmp(segment, keys[i].key, strlen(keys[i].key)) == 0)
            *keys[i].value = strtod(segment + strlen(keys[i].key), NULL);
    if (metric_of(segment) != 0)
        run->metric = metric_of(segment);
}

static struct run parse_name(const char *name) {
    struct run run = {0};
    char copy[sizeof run.name], *rest = NULL;
    snprintf(run.name, sizeof run.name, "%s", name);
    memcpy(copy, run.name, sizeof copy);
    const char *segment = strtok_r(copy, "/", &rest);
    snprintf(run.group, sizeof run.group, "%s", segment != NULL ? segment : "");
    segment = strtok_r(NULL, "/", &rest);
    snprintf(run.subject, sizeof run.subject, "%s", segment != NULL ? segment : "");
    run.metric = metric_of(run.subject);
    while ((segment = strtok_r(NULL, "/", &rest)) != NULL)
        parse_segment(&run, segment);
    return run;
}

int run_by_hand(const struct run *run) {
    const char *name = run->subject;
    return run->metric != 0 && strcmp(run->group, "peer") != 0 && strstr(name, "_auto") == NULL &&
           strstr(name, "_scalar") == NULL && strstr(name, "_f32") == NULL;
}

/* -- loading ------------------------------------------------------------------------------------------------------- */

static const char *string_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static struct run *find(struct run *runs, size_t count, const char *name) {
    for (size_t i = count; i-- > 0;)
        if (strcmp(runs[i].name, name) == 0)
            return &runs[i];
    return NULL;
}

static int add_repetition(struct run *runs, size_t *count, json_t *entry, struct knn_error *error) {
    struct run parsed = parse_name(string_of(entry, "run_name"));
    struct run *run = find(runs, *count, parsed.name);
    if (run == NULL && *count == MAX_RUNS)
        return knn_fail(error, "more than %d benchmarks; filter them by BENCH_FLAGS=--benchmark_filter=...", MAX_RUNS);
    if (run == NULL) {
        run = &runs[(*count)++];
        *run = parsed;
    }
    json_t **grown = realloc(run->repetitions, (run->count + 1) * sizeof(json_t *));
    if (grown == NULL)
        return knn_fail(error, "no memory for the repetitions of %s", run->name);
    run->repetitions = grown;
    run->repetitions[run->count++] = entry;
    return 0;
}

/* Repetitions tell more than their aggregates; of a benchmark that has aggregates only, the median is taken. */
static int add_entries(struct results *results, const json_t *entries, struct knn_error *error) {
    size_t i, before = results->count;
    json_t *entry;
    json_array_foreach(entries, i, entry) {
        int failed = json_is_true(json_object_get(entry, "error_occurred"));
        if (string_of(entry, "run_name")[0] == '\0' || strcmp(string_of(entry, "run_type"), "aggregate") == 0)
            continue;
        if (add_repetition(failed ? results->failed : results->runs, failed ? &results->failed_count : &results->count,
                           entry, error) != 0)
            return -1;
    }
    size_t repeated = results->count;
    json_array_foreach(entries, i, entry) {
        const char *name = string_of(entry, "run_name");
        if (strcmp(string_of(entry, "aggregate_name"), "median") == 0 &&
            find(results->runs + before, repeated - before, name) == NULL &&
            add_repetition(results->runs, &results->count, entry, error) != 0)
            return -1;
    }
    return 0;
}

static int allocate(struct results *results, struct knn_error *error) {
    if (results->runs == NULL)
        results->runs = calloc(MAX_RUNS, sizeof *results->runs);
    if (results->failed == NULL)
        results->failed = calloc(MAX_RUNS, sizeof *results->failed);
    if (results->runs == NULL || results->failed == NULL)
        return knn_fail(error, "no memory for %d benchmarks", MAX_RUNS);
    return 0;
}

/* The second file is the peers'; anything else in it would pass for the first one's. */
static int has_others(const json_t *entries) {
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry) {
        const char *name = string_of(entry, "run_name");
        if (name[0] != '\0' && strncmp(name, "peer/", 5) != 0)
            return 1;
    }
    return 0;
}

static int is_ours(const struct results *results, size_t from) {
    static const char *const groups[] = {"ceiling", "kernel", "search", "latency", "schedule",
                                         "scaling", "stream", "peer",   "bounds"};
    for (size_t i = from; i < results->count; i++)
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
            if (strcmp(results->runs[i].group, groups[g]) == 0)
                return 1;
    return 0;
}

int results_load(struct results *results, const char *path, struct knn_error *error) {
    json_error_t problem;
    if (allocate(results, error) != 0)
        return -1;
    if (results->file_count == MAX_FILES)
        return knn_fail(error, "more than %d result files; name the benchmarks' and the peers'", MAX_FILES);
    json_t *root = json_load_file(path, 0, &problem);
    if (root == NULL && problem.line < 0)
        return knn_fail(error, "cannot read %s; `make bench` writes results/bench.json", path);
    if (root == NULL)
        return knn_fail(error, "%s is no whole JSON file (line %d: %.100s); repeat the run that wrote it", path,
                        problem.line, problem.text);
    results->names[results->file_count] = path;
    results->files[results->file_count++] = root;
    const json_t *entries = json_object_get(root, "benchmarks");
    size_t before = results->count, failed_before = results->failed_count;
    if (results->file_count > 1 && has_others(entries))
        return knn_fail(
            error, "%s has more than peers; name the file of `make bench` first, then one of `make bench-peers`", path);
    if (results->file_count > 1 && !peers_belong(results))
        return 0;
    if (add_entries(results, entries, error) != 0)
        return -1;
    if (!is_ours(results, before) && results->failed_count == failed_before)
        return knn_fail(error, "%s has none of knnmark's benchmarks; name a file that `make bench` wrote", path);
    return 0;
}

void results_free(struct results *results) {
    for (size_t i = 0; i < results->count; i++)
        free(results->runs[i].repetitions);
    for (size_t i = 0; i < results->failed_count; i++)
        free(results->failed[i].repetitions);
    free(results->runs);
    free(results->failed);
    for (size_t i = 0; i < results->file_count; i++)
        json_decref(results->files[i]);
    *results = (struct results){0};
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

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
    samples_sort(values, n);
    return (struct spread){.n = n, .median = samples_median(values, n), .lowest = values[0], .highest = values[n - 1]};
}

struct run_list results_select(const struct results *results, const char *group, const char *counter, double k,
                               double threads) {
    struct run_list list = {.count = 0};
    for (size_t i = 0; i < results->count; i++) {
        const struct run *run = &results->runs[i];
        if (strcmp(run->group, group) == 0 && (k == 0 || run->k == k) && (threads == 0 || run->threads == threads) &&
            run_spread(run, counter).n > 0)
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
        double key = run_spread(run, counter).median;
        size_t to = i;
        for (; to > 0 && run_spread(list->items[to - 1], counter).median > key; to--)
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

const json_t *results_fact(const struct results *results, size_t file, const char *path, const char *earlier) {
    const json_t *value = member_of(results->files[file], path);
    return value != NULL ? value : member_of(results->files[file], earlier);
}

const char *results_text(const struct results *results, size_t file, const char *path, const char *earlier) {
    return json_string_value(results_fact(results, file, path, earlier));
}

double results_threads(const struct results *results, size_t file) {
    double most = json_number_value(results_fact(results, file, "knnmark.threads.count", NULL));
    size_t i;
    json_t *entry;
    if (most > 0)
        return most;
    json_array_foreach(json_object_get(results->files[file], "benchmarks"), i, entry) most =
        fmax(most, parse_name(string_of(entry, "run_name")).threads);
    return most;
}

double results_dim(const struct results *results) {
    double dim = json_number_value(results_fact(results, 0, "knnmark.data.dim", NULL));
    const char *shape = results_text(results, 0, NULL, "context.data_shape");
    const char *cross = shape != NULL ? strchr(shape, 'x') : NULL; /* "train 50000 x 3072, ..." */
    if (dim <= 0 && cross != NULL)
        dim = strtod(cross + 1, NULL);
    return dim > 0 ? dim : 3072;
}
