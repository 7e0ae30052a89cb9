#include "baseline.h"

#include <math.h>
#include <string.h>

#include "baseline_conditions.h"

/* Two files drift apart by more than two epochs that are neighbours. */
static const double LEAST_THRESHOLD = 0.10;

/* -- reading ------------------------------------------------------------------------------------------------------- */

static json_t *load_file(const char *path, struct knn_error *error) {
    json_error_t problem;
    json_t *file = json_load_file(path, 0, &problem), *knnmark = json_object_get(file, "knnmark");
    if (file == NULL)
        knn_fail(error, "cannot read %s: %.200s", path, problem.text);
    else if (!json_is_object(knnmark) || !json_is_array(json_object_get(file, "benchmarks")))
        knn_fail(error, "%s is no result file of knnmark-bench, or one of before it told of the machine", path);
    else if (!json_is_true(json_object_get(knnmark, "complete")))
        knn_fail(error, "%s is of a run that was interrupted: give a file of one that `make bench` finished", path);
    else
        return file;
    json_decref(file);
    return NULL;
}

/* -- benchmarks ---------------------------------------------------------------------------------------------------- */

struct range {
    double low, high;
    size_t count;
};

static double counter(const json_t *run, const char *name) {
    return json_number_value(json_object_get(run, name));
}

/* Of a kernel or a search; NULL for everything else. */
static const char *name_of(const json_t *run) {
    const char *type = json_string_value(json_object_get(run, "run_type"));
    const char *name = json_string_value(json_object_get(run, "run_name"));
    int one = type == NULL || strcmp(type, "iteration") == 0;
    if (name == NULL || (strncmp(name, "kernel/", 7) != 0 && strncmp(name, "search/", 7) != 0))
        return NULL;
    return one && counter(run, "of_ceiling") > 0 ? name : NULL;
}

static struct range range_of(const json_t *runs, const char *name) {
    struct range range = {INFINITY, 0, 0};
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);
        const char *other = name_of(run);
        if (other == NULL || strcmp(other, name) != 0)
            continue;
        double share = counter(run, "of_ceiling");
        range = (struct range){fmin(range.low, share), fmax(range.high, share), range.count + 1};
    }
    return range;
}

/* The first repetition of a benchmark; NULL if there is none. */
static const json_t *first_of(const json_t *runs, const char *name) {
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const char *other = name_of(json_array_get(runs, i));
        if (other != NULL && strcmp(other, name) == 0)
            return json_array_get(runs, i);
    }
    return NULL;
}

/* The name where the run is the first repetition of its benchmark, else NULL. */
static const char *starts(const json_t *runs, size_t i) {
    const char *name = name_of(json_array_get(runs, i));
    return name != NULL && first_of(runs, name) == json_array_get(runs, i) ? name : NULL;
}

/* -- what cannot be compared --------------------------------------------------------------------------------------- */

/* The range of one repetition is a point, from which any other is sure to differ. */
static int check_runs(const json_t *runs, const char *path, struct knn_error *error) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const char *name = name_of(json_array_get(runs, i));
        count += name != NULL;
        if (name != NULL && range_of(runs, name).count < 2)
            return knn_fail(error, "%s has one repetition of %s, hence no range: give a file of `make bench`", path,
                            name);
    }
    return count > 0 ? 0
                     : knn_fail(error, "%s has no benchmark with a share of a ceiling: give one of `make bench`", path);
}

static int far_apart(double a, double b) {
    return a > 4 * b || b > 4 * a;
}

/* A search is timed on as many queries as fit some time, so their number follows the speed, and the noise: it is never
 * quite the same. Another sort of run is one of fewer queries that took less time as well. */
static int check_queries(const char *name, const json_t *base, const json_t *head, struct knn_error *error) {
    double before = counter(base, "queries"), now = counter(head, "queries");
    double time_before = before * counter(base, "full_job_s"), time_now = now * counter(head, "full_job_s");
    if (!far_apart(before, now) || !far_apart(time_before, time_now))
        return 0;
    return knn_fail(error, "%s was timed on %.0f queries, and now on %.0f: give two files of `make bench`", name,
                    before, now);
}

/* A benchmark that only one file has is an error. */
static int check_names(const json_t *from, const json_t *in, const char *where, struct knn_error *error) {
    for (size_t i = 0; i < json_array_size(from); i++) {
        const char *name = starts(from, i);
        if (name != NULL && first_of(in, name) == NULL)
            return knn_fail(error, "%s is missing in the %s result file", name, where);
        if (name != NULL && check_queries(name, json_array_get(from, i), first_of(in, name), error) != 0)
            return -1;
    }
    return 0;
}

/* -- the comparison ------------------------------------------------------------------------------------------------ */

/* Nothing is faster than its ceiling: a share beyond 1 says that it was near, and that the ceiling was measured while
 * the machine was slower. */
static double least_longer(const struct range *base, const struct range *head) {
    return fmin(base->low, 1) / fmin(head->high, 1) - 1;
}

static double most_longer(const struct range *base, const struct range *head) {
    return fmin(base->high, 1) / fmin(head->low, 1) - 1;
}

static enum verdict judge_ranges(const struct range *base, const struct range *head, double threshold) {
    double least = least_longer(base, head), most = most_longer(base, head);
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
           100 * head->low, 100 * head->high, 100 * least_longer(base, head), 100 * most_longer(base, head),
           verdict_name(verdict));
    return verdict;
}

static enum outcome compare_all(const json_t *base, const json_t *head, double threshold) {
    enum outcome outcome = NO_REGRESSION;
    printf("%-48s %15s %15s  %18s  %s\n", "share of the ceiling", "baseline", "now", "longer by", "verdict");
    for (size_t i = 0; i < json_array_size(base); i++) {
        const char *name = starts(base, i);
        if (name == NULL)
            continue;
        struct range before = range_of(base, name), now = range_of(head, name);
        outcome = outcome_with(outcome, compare_one(name, &before, &now, threshold));
    }
    return outcome;
}

static void print_conclusion(double asked, double threshold, int outcome) {
    static const char *const words[] = {"no regression", "slower", "", "undecided"};
    printf("threshold %g %%", 100 * threshold);
    if (threshold > asked)
        printf(", not %g %%: files that were not measured in turn differ by more", 100 * asked);
    printf("; the ranges are those of the repetitions\n"
           "regress: %s by the weaker check: the files were not measured in turn, and what "
           "drifted between them counts as the code's; BASE=<ref> is the strong one\n",
           words[outcome]);
}

static void compare_files(const json_t *base, const json_t *head, const struct settings *settings, int *outcome) {
    double threshold = fmax(settings->tau, LEAST_THRESHOLD);
    *outcome = (int)compare_all(json_object_get(base, "benchmarks"), json_object_get(head, "benchmarks"), threshold);
    print_conditions(base, head);
    print_conclusion(settings->tau, threshold, *outcome);
    if (*outcome == UNDECIDED && settings->warn_undecided)
        *outcome = NO_REGRESSION;
}

/* A current file of the same machine, and with the same benchmarks if these are to be compared; NULL with an error. */
static json_t *load_current(const char *path, const json_t *base, int compared, struct knn_error *error) {
    json_t *head = load_file(path, error);
    const json_t *before = json_object_get(base, "benchmarks"), *now = json_object_get(head, "benchmarks");
    if (head == NULL)
        return NULL;
    if (check_conditions(base, head, error) == 0 &&
        (!compared || (check_names(before, now, "current", error) == 0 &&
                       check_names(now, before, "baseline", error) == 0 && check_runs(now, path, error) == 0)))
        return head;
    json_decref(head);
    return NULL;
}

/* The first file, with the benchmarks of all; NULL with an error. */
static json_t *load_all_current(const char *const *paths, const json_t *base, int compared, struct knn_error *error) {
    json_t *head = load_current(paths[0], base, compared, error);
    for (size_t i = 1; head != NULL && i < MOST_CURRENT && paths[i] != NULL; i++) {
        json_t *again = load_current(paths[i], base, compared, error);
        int failed = again == NULL ||
                     json_array_extend(json_object_get(head, "benchmarks"), json_object_get(again, "benchmarks")) != 0;
        if (again != NULL && failed)
            knn_fail(error, "no memory for the benchmarks of %s", paths[i]);
        json_decref(again);
        if (failed) {
            json_decref(head);
            return NULL;
        }
    }
    return head;
}

int compare_baseline(const char *baseline, const char *const *current, const struct settings *settings, int *outcome,
                     struct knn_error *error) {
    json_t *base = load_file(baseline, error);
    json_t *head = base != NULL ? load_all_current(current, base, !settings->list, error) : NULL;
    int status = head != NULL ? check_runs(json_object_get(base, "benchmarks"), baseline, error) : -1;
    if (status == 0 && !settings->list)
        compare_files(base, head, settings, outcome);
    json_decref(base);
    json_decref(head);
    return status;
}
