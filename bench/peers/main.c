/* The peers: `make bench-peers`. Google Benchmark's own flags work beside these. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blas_core.h"
#include "contest.h"
#include "interrupt.h"
#include "outcome.h"
#include "program.h"
#include "provenance.h"

struct settings {
    struct program_options common;
    unsigned rounds;
    int argc;
    char **argv; /* for Google Benchmark */
};

enum { ROUNDS = 5, QUICK_ROUNDS = 2, QUICK_ROWS = 5000, QUICK_QUERIES = 2048 };

static void help(void) {
    printf("usage: knnmark-bench-peers [options] [--benchmark_... flags of Google Benchmark]\n\n"
           "Other libraries and knnmark on the same job, in turn. Absent from this build:%s\n\n"
           "  --data=SPEC     data set, as for `knnmark classify`\n"
           "  --threads=N     threads of every contestant (default: OMP_NUM_THREADS, else one a core)\n"
           "  --rounds=N      times that each is measured (default: %d)\n"
           "  --output=FILE   write the results as JSON, for knnmark-report\n"
           "  --quick         a small part of the job, in seconds\n\n"
           "OPENBLAS_CORETYPE, if set, is left as it is; else the fastest one is found and set.\n",
           peers_absent()[0] != '\0' ? peers_absent() : " none", ROUNDS);
    exit(0);
}

static int fail(const char *message) {
    fprintf(stderr, "knnmark-bench-peers: %s\n", message);
    return EXIT_FAILURE;
}

/* Takes our own options out of argv; the rest is for Google Benchmark. */
static int take_options(int argc, char **argv, struct settings *settings, struct knn_error *error) {
    int left = 1;
    for (int i = 1; i < argc; i++) {
        int taken = program_option(&settings->common, argv[i], error);
        if (taken == 0)
            taken = option_number(argv[i], "--rounds", MAX_ROUNDS, &settings->rounds, error);
        if (taken < 0)
            return -1;
        if (!taken)
            argv[left++] = argv[i];
    }
    settings->argc = left;
    settings->argv = argv;
    if (settings->rounds == 0)
        settings->rounds = settings->common.quick ? QUICK_ROUNDS : ROUNDS;
    return 0;
}

static char **copy_arguments(int argc, char **argv) {
    char **copy = calloc((size_t)argc + 1, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, argv, (size_t)argc * sizeof *copy);
    else
        fail("no memory");
    return copy;
}

/* Google Benchmark's flags, from the command line and our defaults. */
static int take_flags(const struct settings *settings, unsigned rounds) {
    char out[4096] = "--benchmark_format=console", repetitions[64];
    if (settings->common.output != NULL)
        snprintf(out, sizeof out, "--benchmark_out=%s", settings->common.output);
    /* All times are known before Google Benchmark asks for them: it must be content with one call of one iteration. */
    const char *defaults[] = {out, "--benchmark_min_time=0.000001", "--benchmark_display_aggregates_only=true", NULL};
    snprintf(repetitions, sizeof repetitions, "--benchmark_repetitions=%u", rounds); /* wins over the command line's */
    const char *last[] = {repetitions, NULL};
    if (gb_initialize(settings->argc, settings->argv, defaults, help) != 0 ||
        gb_initialize(1, settings->argv, last, help) != 0) {
        fail(gb_error());
        return -1;
    }
    return 0;
}

static int take_all(int argc, char **argv, struct settings *settings) {
    struct knn_error error;
    if (take_options(argc, argv, settings, &error) != 0) {
        fail(error.message);
        return -1;
    }
    return take_flags(settings, settings->rounds);
}

/* -- the run ------------------------------------------------------------------------------------------------------- */

static const char nothing[] = "knnmark-bench-peers: interrupted before the end of a round: nothing is written\n";
static volatile sig_atomic_t measuring;

/* Before the rounds there is nothing to write, so an interrupt ends the program. Later it ends the rounds after the
 * running search, in some seconds at most. */
static void stop(void) {
    if (!measuring && write(STDERR_FILENO, nothing, sizeof nothing - 1) != 0)
        _exit(knn_interrupt_status());
}

/* A peer that is wrong on this CPU, or cannot run here, is a finding; knnmark itself has to be right. */
static int ours_failed(const struct contest *contest) {
    for (size_t i = 0; i < contest->count; i++)
        if (contest->list[i].ours == i && contest->list[i].error[0] != '\0')
            return 1;
    return 0;
}

static int publish(struct contest *contest, struct outcome *outcome, const char *output) {
    struct gb_reporting reporting = {.on_result = outcome_take, .extra = outcome_describe, .context = outcome};
    struct knn_error error;
    if (report_register(contest) != 0 || gb_run(&reporting) < 0)
        return fail(gb_error());
    int status = ours_failed(contest) ? EXIT_FAILURE : EXIT_SUCCESS;
    if (outcome_print(outcome, stdout, &error) != 0)
        status = fail(error.message);
    if (peers_absent()[0] != '\0')
        printf("\nNot in this build, for lack of their packages:%s\n", peers_absent());
    if (contest->finished == contest->rounds)
        return status;
    fprintf(stderr, "knnmark-bench-peers: interrupted: what %u of %u rounds measured is %s\n", contest->finished,
            contest->rounds, output != NULL ? output : "above");
    return knn_interrupt_status();
}

/* Writes what the finished rounds gave. */
static int measure(struct contest *contest, const struct settings *settings) {
    measuring = 1;
    contest_run(contest);
    if (contest->finished == 0) {
        fputs(nothing, stderr);
        return knn_interrupt_status();
    }
    if (contest->finished < contest->rounds && take_flags(settings, contest->finished) != 0)
        return EXIT_FAILURE;
    struct outcome outcome = {.bench = contest->job.bench, .unfinished = contest->finished < contest->rounds};
    int status = publish(contest, &outcome, settings->common.output);
    outcome_free(&outcome);
    return status;
}

static int run(struct bench *bench, const struct settings *settings) {
    static struct contest contest;
    struct knn_error error;
    knn_catch_interrupts(stop);
    describe_run(bench);
    gb_context("absent_peers", peers_absent()[0] != '\0' ? peers_absent() : "none");
    if (bench->quick) {
        bench->dataset.train.pixels = bench->stock.train = first_rows(&bench->stock.train, QUICK_ROWS);
        bench->dataset.test.pixels = bench->stock.queries = first_rows(&bench->stock.queries, QUICK_QUERIES);
    }
    bench->stock.keep = KNN_METRICS; /* all of ours search in turn */
    provenance_begin(bench);         /* hashes the rows that are searched: a part in a quick run */
    int status = contest_open(&contest, bench, settings->rounds, &error) != 0 ? fail(error.message)
                                                                              : measure(&contest, settings);
    contest_close(&contest);
    return status;
}

static int compare(const struct settings *settings) {
    struct bench bench;
    struct knn_error error;
    const struct program_options *common = &settings->common;
    if (bench_open(&bench, common->data, NULL, common->threads, common->quick, &error) != 0)
        return fail(error.message);
    printf("knnmark-bench-peers: %s\n", bench.dataset.source);
    int status = run(&bench, settings);
    gb_shutdown();
    bench_close(&bench);
    return status;
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that trials show at once through a pipe, too */
    struct settings settings = {0};
    char **unchanged = copy_arguments(argc, argv);
    int usable = unchanged != NULL && take_all(argc, argv, &settings) == 0;
    if (usable)
        blas_core_choose(unchanged); /* starts the program anew */
    free(unchanged);
    return usable ? compare(&settings) : 2;
}
