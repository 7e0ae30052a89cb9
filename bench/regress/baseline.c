#include "baseline.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two files drift apart by more than two epochs that are neighbours. */
static const double LEAST_THRESHOLD = 0.10;

/* -- reading ------------------------------------------------------------------------------------------------------- */

static json_t *load_file(const char *path, struct knn_error *error) {
    json_error_t problem;
    json_t *file = json_load_file(path, 0, &problem);
    if (file == NULL)
        knn_fail(error, "cannot read %s: %.200s", path, problem.text);
    else if (!json_is_object(json_object_get(file, "knnmark")) || !json_is_array(json_object_get(file, "benchmarks"))) {
        knn_fail(error, "%s is no result file of knnmark-bench, or one of before it told of the machine", path);
        json_decref(file);
        file = NULL;
    }
    return file;
}

/* -- machines ------------------------------------------------------------------------------------------------------ */

static const char *const facts[][2] = {
    {"cpu", "name"},     {"cpu", "family"}, {"cpu", "model"}, {"cpu", "features"}, {"machine", "topology_sha256"},
    {"threads", "count"}};

static const json_t *fact(const json_t *file, size_t i) {
    return json_object_get(json_object_get(json_object_get(file, "knnmark"), facts[i][0]), facts[i][1]);
}

static void put_value(FILE *stream, const json_t *value) {
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    fputs(text != NULL ? text : "nothing", stream);
    free(text);
}

/* All that differs, in one line. */
static int same_machine(const json_t *base, const json_t *head, struct knn_error *error) {
    char *text = NULL;
    size_t size = 0, different = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return knn_fail(error, "no memory to compare the machines");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if (fact(base, i) != NULL && json_equal(fact(base, i), fact(head, i)))
            continue;
        fprintf(stream, "%s%s %s was ", different++ > 0 ? "; " : "", facts[i][0], facts[i][1]);
        put_value(stream, fact(base, i));
        fputs(", is ", stream);
        put_value(stream, fact(head, i));
    }
    fclose(stream);
    if (different > 0)
        knn_fail(error, "the baseline is of another machine: %.400s", text);
    free(text);
    return different > 0 ? -1 : 0;
}

/* -- benchmarks ---------------------------------------------------------------------------------------------------- */

struct range {
    double low, high;
    size_t count;
};

/* Of a kernel or a search; NULL for everything else. */
static const char *name_of(const json_t *run) {
    const char *type = json_string_value(json_object_get(run, "run_type"));
    const char *name = json_string_value(json_object_get(run, "run_name"));
    int one = type == NULL || strcmp(type, "iteration") == 0;
    if (name == NULL || (strncmp(name, "kernel/", 7) != 0 && strncmp(name, "search/", 7) != 0))
        return NULL;
    return one && json_number_value(json_object_get(run, "of_ceiling")) > 0 ? name : NULL;
}

static struct range range_of(const json_t *runs, const char *name) {
    struct range range = {INFINITY, 0, 0};
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);
        const char *other = name_of(run);
        if (other == NULL || strcmp(other, name) != 0)
            continue;
        double share = json_number_value(json_object_get(run, "of_ceiling"));
        range = (struct range){fmin(range.low, share), fmax(range.high, share), range.count + 1};
    }
    return range;
}

static int is_first(const json_t *runs, size_t i, const char *name) {
    for (size_t j = 0; j < i; j++) {
        const char *earlier = name_of(json_array_get(runs, j));
        if (earlier != NULL && strcmp(earlier, name) == 0)
            return 0;
    }
    return 1;
}

static enum verdict judge_ranges(const struct range *base, const struct range *head, double threshold) {
    double least = base->low / head->high - 1, most = base->high / head->low - 1;
    if (least > threshold)
        return VERDICT_SLOWER;
    if (most < -threshold)
        return VERDICT_FASTER;
    return most < threshold ? VERDICT_SAME : VERDICT_UNDECIDED;
}

static enum verdict compare_one(const char *name, const struct range *base, const struct range *head,
                                double threshold) {
    enum verdict verdict = judge_ranges(base, head, threshold);
    printf("%-48s %5.1f -%5.1f %% %5.1f -%5.1f %%  %+7.1f ..%+7.1f %%  %s\n", name, 100 * base->low, 100 * base->high,
           100 * head->low, 100 * head->high, 100 * (base->low / head->high - 1), 100 * (base->high / head->low - 1),
           verdict_name(verdict));
    return verdict;
}

/* Both directions: a benchmark that only one file has is an error. */
static int check_names(const json_t *from, const json_t *in, const char *where, struct knn_error *error) {
    for (size_t i = 0; i < json_array_size(from); i++) {
        const char *name = name_of(json_array_get(from, i));
        if (name != NULL && range_of(in, name).count == 0)
            return knn_fail(error, "%s is missing in the %s result file", name, where);
    }
    return 0;
}

static int compare_all(const json_t *base, const json_t *head, double threshold, int *outcome,
                       struct knn_error *error) {
    enum verdict verdicts[MOST_BENCHMARKS * 2];
    size_t count = 0;
    if (check_names(base, head, "current", error) != 0 || check_names(head, base, "baseline", error) != 0)
        return -1;
    printf("%-48s %15s %15s  %18s  %s\n", "share of the ceiling", "baseline", "now", "longer by", "verdict");
    for (size_t i = 0; i < json_array_size(base) && count < sizeof verdicts / sizeof verdicts[0]; i++) {
        const char *name = name_of(json_array_get(base, i));
        if (name == NULL || !is_first(base, i, name))
            continue;
        struct range before = range_of(base, name), now = range_of(head, name);
        verdicts[count++] = compare_one(name, &before, &now, threshold);
    }
    if (count == 0)
        return knn_fail(error, "the result files have no benchmark with a share of a ceiling");
    *outcome = (int)outcome_of(verdicts, count, 0);
    return 0;
}

int compare_baseline(const char *baseline, const char *current, const struct settings *settings, int *outcome,
                     struct knn_error *error) {
    static const char *const words[] = {"no regression", "slower", "", "undecided"};
    double threshold = fmax(settings->tau, LEAST_THRESHOLD);
    json_t *base = load_file(baseline, error), *head = base != NULL ? load_file(current, error) : NULL;
    int status = head != NULL ? same_machine(base, head, error) : -1;
    if (status == 0 && settings->list) {
        json_decref(base);
        json_decref(head);
        return 0;
    }
    if (status == 0)
        status = compare_all(json_object_get(base, "benchmarks"), json_object_get(head, "benchmarks"), threshold,
                             outcome, error);
    if (status == 0)
        printf("threshold %.0f %%; the ranges are those of the repetitions\n"
               "regress: %s by the weaker check: the files were not measured in turn, and what "
               "drifted between them counts as the code's; BASE=<ref> is the strong one\n",
               100 * threshold, words[*outcome]);
    if (status == 0 && *outcome == UNDECIDED && settings->warn_undecided)
        *outcome = NO_REGRESSION;
    json_decref(base);
    json_decref(head);
    return status;
}
