/* The benchmark program: `make bench`. Google Benchmark's own flags work beside these. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "interrupt.h"
#include "outcome.h"
#include "plural.h"
#include "program.h"
#include "provenance.h"
#include "versus.h"

struct settings {
    struct program_options common;
    const char *isa, *versus;
};

static const struct {
    const char *names;
    int (*add)(struct bench *bench, struct knn_error *error);
} groups[] = {{"ceiling/...", register_ceilings},
              {"kernel/...", register_kernels},
              {"search/..., latency/...", register_searches},
              {"bounds/...", register_bounds},
              {"schedule/..., scaling/..., stream/...", register_schedules}};
enum { GROUPS = sizeof groups / sizeof groups[0] };

static void help(void) {
    puts("usage: knnmark-bench [options] [--benchmark_... flags of Google Benchmark]\n\n"
         "  --data=SPEC     data set, as for `knnmark classify`\n"
         "  --isa=NAME      use no instructions beyond this set\n"
         "  --threads=N     threads of the parallel runs (default: OMP_NUM_THREADS, else one a core)\n"
         "  --output=FILE   write the results as JSON, for knnmark-report and compare.py\n"
         "  --quick         a small part of the job, in seconds\n"
         "  --versus=A,B    only say which is faster: two kernels, or two ways of the same search. A side is words of\n"
         "                  benchmarks' names, separated by \"/\": l1_avx2_6x8,l1_avx2 or batch:64,batch:1 or\n"
         "                  l2/dynamic-rows/batch:64,l2/dynamic-auto/batch:64 or bounds,exhaustive\n"
         "  --benchmark_filter=REGEX   only some of these:");
    for (size_t i = 0; i < GROUPS; i++)
        printf("      %s\n", groups[i].names);
    exit(0);
}

static int fail(const char *message) {
    fprintf(stderr, "knnmark-bench: %s\n", message);
    return EXIT_FAILURE;
}

/* Takes our own options out of argv and leaves the rest to Google Benchmark. */
static int take_options(int *argc, char **argv, struct settings *settings, struct knn_error *error) {
    int left = 1;
    for (int i = 1; i < *argc; i++) {
        const char *isa = option_value(argv[i], "--isa"), *sides = option_value(argv[i], "--versus");
        int taken = isa != NULL || sides != NULL ? 1 : program_option(&settings->common, argv[i], error);
        if (taken < 0)
            return -1;
        if (isa != NULL)
            settings->isa = isa;
        else if (sides != NULL)
            settings->versus = sides;
        else if (!taken)
            argv[left++] = argv[i];
    }
    argv[ *argc = left] = NULL;
    if (settings->versus != NULL && settings->common.output != NULL)
        return knn_fail(error, "--versus prints lines and writes no file: leave --output out");
    return 0;
}

/* -- the run ------------------------------------------------------------------------------------------------------- */

/* What is running and how many are left: on a terminal a line that is overwritten, elsewhere one every few seconds. */
static void show_progress(const char *name, size_t index, size_t total, void *context) {
    const double every = 5;
    struct outcome *outcome = context;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K[%zu of %zu] %s", index + 1, total, name);
    } else if (index == 0 || knn_seconds() - outcome->told >= every) {
        fprintf(stderr, "[%zu of %zu] %s\n", index + 1, total, name);
        outcome->told = knn_seconds();
    }
}

static void take_result(const struct gb_result *result, void *context) {
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    outcome_take(result, context);
}

static int measure(struct outcome *outcome, const char *output) {
    struct knn_error error;
    struct gb_reporting reporting = {
        .on_start = show_progress, .on_result = take_result, .extra = outcome_describe, .context = outcome};
    int errors = gb_run(&reporting);
    if (errors < 0)
        return fail(gb_error());
    if (outcome->undescribed)
        return fail("the result file lacks its member \"knnmark\": no memory, or compiler flags that are not UTF-8");
    if (errors > 0)
        fprintf(stderr, "knnmark-bench: %d benchmark%s reported an error instead of a time: see above\n", errors,
                knn_plural((size_t)errors));
    int status = errors > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    if (outcome_print(outcome, stdout, &error) != 0)
        status = fail(error.message);
    if (!gb_was_stopped())
        return status;
    fprintf(stderr, "knnmark-bench: interrupted: what was measured until then is %s\n",
            output != NULL ? output : "above");
    return knn_interrupt_status();
}

static int run(struct bench *bench, const char *output) {
    struct outcome outcome = {.bench = bench};
    struct knn_error error;
    for (size_t i = 0; i < GROUPS; i++)
        if (groups[i].add(bench, &error) != 0)
            return fail(error.message);
    describe_run(bench);
    provenance_begin(bench);
    knn_catch_interrupts(gb_stop_run); /* it ends with what there is, within a second or so */
    int status = measure(&outcome, output);
    outcome_free(&outcome);
    return status;
}

static int run_versus(struct bench *bench, const char *sides) {
    struct knn_error error;
    knn_catch_interrupts(gb_stop_run);
    if (versus(bench, sides, &error) == 0)
        return EXIT_SUCCESS;
    if (!gb_stopping())
        return fail(error.message);
    fail("interrupted: there is no answer");
    return knn_interrupt_status();
}

int main(int argc, char **argv) {
    struct settings settings = {.isa = NULL};
    const struct program_options *common = &settings.common;
    struct knn_error error;
    if (take_options(&argc, argv, &settings, &error) != 0) {
        fail(error.message);
        return 2;
    }
    char out[4096] = "--benchmark_format=console";
    if (common->output != NULL)
        snprintf(out, sizeof out, "--benchmark_out=%s", common->output);
    const char *repetitions = common->quick ? "--benchmark_repetitions=1" : "--benchmark_repetitions=3";
    const char *defaults[] = {out, repetitions,
                              common->quick ? "--benchmark_min_time=0.01" : "--benchmark_min_time=0.05",
                              "--benchmark_display_aggregates_only=true", NULL};
    if (gb_initialize(argc, argv, defaults, help) != 0) {
        fail(gb_error());
        return 2;
    }
    struct bench bench;
    if (bench_open(&bench, common->data, settings.isa, common->threads, common->quick, &error) != 0)
        return fail(error.message);
    printf("knnmark-bench: %s\n", bench.dataset.source);
    int status = settings.versus != NULL ? run_versus(&bench, settings.versus) : run(&bench, common->output);
    gb_shutdown();
    bench_close(&bench);
    return status;
}
