#include "check.h"

#include <stdarg.h>
#include <string.h>

#include "jobs.h"
#include "summary.h"

enum { FULL_ROWS = 50000, FULL_QUERIES = 10000, REPETITIONS = 3 };

/* How much a full job and the clock may vary over their repetitions; how much of N times the ceilings must grow on N
 * threads. */
static const double MOST_SPREAD = 0.10, MOST_CLOCK = 0.02, LEAST_GROWTH = 0.9;

/* Other threads that may have run, before ours and beside them. */
static const double MOST_LOAD = 0.5;

struct check {
    FILE *stream;
    const char *name;
    size_t failures;
};

static void fails(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fails(struct check *check, const char *format, ...) {
    va_list arguments;
    if (check->failures++ == 0)
        fprintf(check->stream, "%s is not fit to be published:\n", check->name);
    fputs("- ", check->stream);
    va_start(arguments, format);
    vfprintf(check->stream, format, arguments);
    va_end(arguments);
    fputc('\n', check->stream);
}

/* The emulator that it ran under; NULL: none that the file tells of. */
static const char *emulator_of(const struct results *results) {
    const char *told = results_text(results, "knnmark.machine.emulator", NULL);
    const char *hypervisor = results_text(results, "knnmark.machine.hypervisor", NULL);
    if (told != NULL && strcmp(told, "none") != 0)
        return told;
    return hypervisor != NULL && strncmp(hypervisor, "TCG", 3) == 0 ? "QEMU's TCG" : NULL;
}

const char *check_unfit(const struct results *results) {
    if (results_fact(results, "context.quick", NULL) != NULL)
        return "it is a --quick run, on a part of the job";
    if (json_is_false(results_fact(results, "knnmark.complete", NULL)))
        return "the run did not finish";
    if (emulator_of(results) != NULL)
        return "its CPU is emulated";
    return NULL;
}

/* -- the conditions ------------------------------------------------------------------------------------------------ */

static void check_run(struct check *check, const struct results *results) {
    if (results_fact(results, "knnmark.complete", NULL) == NULL)
        fails(check, "it does not say whether the run finished: it is of an earlier version");
    else if (check_unfit(results) != NULL)
        fails(check, "%s", check_unfit(results));
    for (size_t i = 0; i < results->failed_count; i++)
        if (!run_is_peer(&results->failed[i]))
            fails(check, "%s failed: %s", results->failed[i].name, run_error(&results->failed[i]));
    if (!json_is_false(results_fact(results, "knnmark.dirty", NULL)))
        fails(check, "its source had changes that no commit has");
}

static void check_repetitions(struct check *check, const struct results *results) {
    size_t jobs = 0;
    for (size_t i = 0; i < results->count; i++) {
        const struct run *run = &results->runs[i];
        struct spread time = run_spread(run, "full_job_s");
        if (!run_is_full_job(results, run) || run_is_peer(run))
            continue;
        jobs++;
        if (time.n < REPETITIONS)
            fails(check, "%s was repeated %zu times, not %d", run->name, time.n, REPETITIONS);
        else if (run->by_hand && time.highest - time.lowest > MOST_SPREAD * time.median)
            fails(check, "%s varies by %s over its repetitions, more than %s", run->name,
                  number_percent((time.highest - time.lowest) / time.median).text, number_percent(MOST_SPREAD).text);
    }
    if (jobs == 0)
        fails(check, "it has no full job: search/.../k:1 on all threads");
}

static void check_ceilings(struct check *check, const struct results *results) {
    double threads = results_most_threads(results, "ceiling"), growth = ceiling_growth(results, threads);
    struct run_list clocks = select_runs(results, .group = "ceiling", .counter = "cycles_per_s");
    if (growth == 0)
        fails(check, "it has no ceilings of one thread and of all");
    else if (threads > 1 && growth < LEAST_GROWTH * threads)
        fails(check, "the ceilings of %.0f threads are %.2f times those of one: the machine was shared", threads,
              growth);
    for (size_t i = 0; i < clocks.count; i++) {
        struct spread clock = run_spread(clocks.items[i], "cycles_per_s");
        if (clock.highest - clock.lowest > MOST_CLOCK * clock.median)
            fails(check, "the clock was between %sHz and %sHz", number_si(clock.lowest).text,
                  number_si(clock.highest).text);
    }
    if (clocks.count == 0)
        fails(check, "it does not tell the clock: ceiling/clock");
}

/* The threads that wanted to run, the mean of the last minute. */
static double load_of(const struct results *results, const char *path) {
    const json_t *loads = results_fact(results, path, NULL);
    return json_is_array(loads) ? json_number_value(json_array_get(loads, 0)) : -1;
}

static void check_load(struct check *check, const struct results *results) {
    double before = load_of(results, "knnmark.machine.load_before"),
           after = load_of(results, "knnmark.machine.load_after"), threads = results_threads(results);
    if (before < 0 || after < 0)
        fails(check, "it does not tell the load before and after");
    else if (before > MOST_LOAD)
        fails(check, "the load was %.2f before it began, more than %.1f", before, MOST_LOAD);
    else if (after > threads + MOST_LOAD)
        fails(check, "the load was %.2f at the end, more than its own %.0f threads and %.1f", after, threads,
              MOST_LOAD);
}

static void check_data(struct check *check, const struct results *results) {
    double train = json_number_value(results_fact(results, "knnmark.data.train", NULL)),
           test = json_number_value(results_fact(results, "knnmark.data.test", NULL));
    if (results_text(results, "knnmark.data.sha256", NULL) == NULL)
        fails(check, "it does not say on which data it was measured");
    else if (train != FULL_ROWS || test != FULL_QUERIES)
        fails(check, "its data set has %.0f train rows and %.0f queries, not %d and %d", train, test, FULL_ROWS,
              FULL_QUERIES);
}

size_t check_write(FILE *stream, const struct results *results) {
    struct check check = {stream, results->name, 0};
    check_run(&check, results);
    check_repetitions(&check, results);
    check_ceilings(&check, results);
    check_load(&check, results);
    check_data(&check, results);
    if (check.failures == 0)
        fprintf(stream, "%s is fit to be published\n", results->name);
    return check.failures;
}
