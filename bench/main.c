/* The benchmark program: `make bench`. Google Benchmark's own flags work beside these. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "output.h"
#include "provenance.h"

enum { INTERRUPTED = 130 }; /* exit status, as a shell shows it for Ctrl-C */

struct settings {
    const char *data, *isa, *output;
    unsigned threads;
    int quick;
};

static const struct {
    const char *names;
    int (*add)(struct bench *bench);
} groups[] = {{"ceiling/...", register_ceilings},
              {"kernel/...", register_kernels},
              {"search/..., latency/...", register_searches},
              {"search/<metric>_f32.../...", register_f32},
              {"schedule/..., scaling/..., stream/...", register_schedules}};
enum { GROUPS = sizeof groups / sizeof groups[0] };

static void help(void) {
    puts("usage: knnmark-bench [options] [--benchmark_... flags of Google Benchmark]\n\n"
         "  --data=SPEC     data set, as for `knnmark classify`\n"
         "  --isa=NAME      use no instructions beyond this set\n"
         "  --threads=N     threads of the parallel runs (default: OMP_NUM_THREADS, else one a core)\n"
         "  --output=FILE   write the results as JSON, and the tables beside it as Markdown (FILE's name with .md)\n"
         "  --quick         a small part of the job, in seconds\n"
         "  --benchmark_filter=REGEX   only some of these:");
    for (size_t i = 0; i < GROUPS; i++)
        printf("      %s\n", groups[i].names);
    exit(0);
}

/* What follows "--name=" in an argument, or NULL. */
static const char *value_of(const char *argument, const char *name) {
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

/* Takes our own options out of argv and leaves the rest to Google Benchmark. */
static int take_options(int *argc, char **argv, struct settings *settings) {
    int left = 1;
    for (int i = 1; i < *argc; i++) {
        const char *value;
        if ((value = value_of(argv[i], "--data")) != NULL) {
            settings->data = value;
        } else if ((value = value_of(argv[i], "--isa")) != NULL) {
            settings->isa = value;
        } else if ((value = value_of(argv[i], "--output")) != NULL) {
            if (value[0] == '\0') {
                fputs("knnmark-bench: --output= names no file: give one\n", stderr);
                return -1;
            }
            settings->output = value;
        } else if ((value = value_of(argv[i], "--threads")) != NULL) {
            char *end;
            unsigned long threads = strtoul(value, &end, 10);
            if (value[0] < '0' || value[0] > '9' || *end != '\0' || threads < 1 || threads > KNN_MAX_THREADS) {
                fprintf(stderr, "knnmark-bench: --threads=%s: give a whole number from 1 to %d\n", value,
                        KNN_MAX_THREADS);
                return -1;
            }
            settings->threads = (unsigned)threads;
        } else if (strcmp(argv[i], "--quick") == 0) {
            settings->quick = 1;
        } else {
            argv[left++] = argv[i];
        }
    }
    argv[ *argc = left] = NULL;
    return 0;
}

static int fail(const char *message) {
    fprintf(stderr, "knnmark-bench: %s\n", message);
    return EXIT_FAILURE;
}

/* Prints the tables, and writes them beside the result file: bench.md beside bench.json. */
static int publish(const struct bench *bench, const char *output) {
    char path[4096];
    struct knn_output file;
    struct knn_error error;
    table_print(stdout, bench);
    if (output == NULL)
        return 0;
    const char *dot = strrchr(output, '.');
    int length = dot != NULL && strchr(dot, '/') == NULL ? (int)(dot - output) : (int)strlen(output);
    snprintf(path, sizeof path, "%.*s.md", length, output);
    if (knn_output_open(&file, path, &error) != 0)
        return fail(error.message);
    table_print(file.stream, bench);
    return knn_output_commit(&file, &error) != 0 ? fail(error.message) : 0;
}

/* -- the run ------------------------------------------------------------------------------------------------------- */

static void stop(int number) {
    (void)number;
    gb_stop_run();
}

/* An interrupt ends the run with what there is, within a second or so. Another one changes nothing: it may be the same
 * one, passed on by a parent. */
static void catch_interrupts(void) {
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int started; /* 0 when the benchmarks are only listed */

/* What is running and how many are left: on a terminal a line that is overwritten, elsewhere one every few seconds. */
static void show_progress(const char *name, size_t index, size_t total, void *context) {
    static double last;
    const double every = 5;
    (void)context;
    started = 1;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K[%zu of %zu] %s", index + 1, total, name);
    } else if (index == 0 || bench_seconds() - last >= every) {
        fprintf(stderr, "[%zu of %zu] %s\n", index + 1, total, name);
        last = bench_seconds();
    }
}

static void take_result(const struct gb_result *result, void *context) {
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    table_collect(result, context);
}

static int undescribed; /* 1: a result file without provenance was written */

static const char *add_provenance(void *context) {
    static char *text;
    free(text);
    text = provenance_text(context, !gb_was_stopped());
    undescribed = text == NULL;
    return text;
}

static int run(struct bench *bench, const char *output) {
    for (size_t i = 0; i < GROUPS; i++)
        if (groups[i].add(bench) != 0)
            return fail(gb_error());
    describe_run(bench);
    provenance_begin(bench);
    catch_interrupts();
    struct gb_reporting reporting = {.on_start = show_progress,
                                     .on_result = take_result,
                                     .extra = add_provenance,
                                     .context = bench,
                                     .bare_names = 1};
    int errors = gb_run(&reporting);
    if (errors < 0)
        return fail(gb_error());
    if (undescribed)
        return fail("the result file lacks its member \"knnmark\": no memory, or compiler flags that are not UTF-8");
    if (errors > 0)
        fprintf(stderr, "knnmark-bench: %d benchmarks reported an error instead of a time: see above\n", errors);
    int status = (started && publish(bench, output) != 0) || errors > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    if (!gb_was_stopped())
        return status;
    fprintf(stderr, "knnmark-bench: interrupted: what was measured until then is %s\n",
            output != NULL ? output : "above");
    return INTERRUPTED;
}

int main(int argc, char **argv) {
    struct settings settings = {0};
    if (take_options(&argc, argv, &settings) != 0)
        return 2;
    char out[4096] = "--benchmark_format=console";
    if (settings.output != NULL)
        snprintf(out, sizeof out, "--benchmark_out=%s", settings.output);
    const char *repetitions = settings.quick ? "--benchmark_repetitions=1" : "--benchmark_repetitions=3";
    const char *defaults[] = {out, repetitions,
                              settings.quick ? "--benchmark_min_time=0.01" : "--benchmark_min_time=0.05",
                              "--benchmark_display_aggregates_only=true", NULL};
    if (gb_initialize(&argc, argv, defaults, help) != 0 || gb_no_more_arguments(argc, argv) != 0) {
        fail(gb_error());
        return 2;
    }
    struct bench bench;
    struct knn_error error;
    if (bench_open(&bench, settings.data, settings.isa, settings.threads, settings.quick, &error) != 0)
        return fail(error.message);
    printf("knnmark-bench: %s\n", bench.dataset.source);
    int status = run(&bench, settings.output);
    gb_shutdown();
    bench_close(&bench);
    return status;
}
