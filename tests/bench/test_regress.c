/* `make regress` around its verdict: the driver with workers that are shell scripts and answer by arithmetic, so that
 * no time is ever measured. */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "regress_driver.h"
#include "report_page.h"
#include "report_run.h"

/* A worker of three benchmarks, name:kernel or name alone: an iteration takes $speed microseconds, on paper. */
static const char start[] = "#!/bin/sh\n"
                            "speed=1000 hello='knnmark-regress 1' check=ok names='a/x b/y c/z'\n";
static const char body[] = "echo \"$hello\"\n"
                           "while read -r command name count; do\n"
                           "  case $command in\n"
                           "  list) for n in $names; do echo \"benchmark $n\" | tr : ' '; done; echo end ;;\n"
                           "  check) echo \"$check\" ;;\n"
                           "  run) eval \"$event\"; printf 'seconds 0.%06d\\n' $((count * speed)) ;;\n"
                           "  quit) exit 0 ;;\n"
                           "  esac\n"
                           "done\n";

/* Writes a worker that differs by these settings. */
static void write_worker(const struct process *p, const char *name, const char *settings) {
    char path[256], text[2048];
    int length = snprintf(text, sizeof text, "%s%s\n%s", start, settings, body);
    assert_int_equal(process_write(p, name, text, (size_t)length), 0);
    assert_int_equal(chmod(process_path(p, name, path, sizeof path), 0755), 0);
}

/* Controls are live, so their limit is out of reach here. */
#define COMPARISON                                                                                                     \
    "--base=@base", "--head=@head", "--data-file=@data", "--data=synthetic:train=20,test=5", "--output=@result",       \
        "--benchmarks=*", "--budget=60", "--epoch=1", "--threads=1", "--seed=1", "--control=10000"

#define compare(process, ...) regress_run(process, (const char *const[]){COMPARISON, __VA_ARGS__, NULL})

/* -- verdicts ------------------------------------------------------------------------------------------------------ */

static void test_same(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "speed=1010");
    compare(p, NULL);
    assert_success(p);
    assert_holds(p->output, "regress: no regression in 3 benchmarks beyond 3.00 %.\n");
    assert_holds(p->output, "  +1.00 %  +1.00 % to +1.00 %  ");
    assert_int_equal(process_files(p), 6); /* two workers, data, three results: nothing half-written is left */
}

static void test_slower(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "speed=1100");
    compare(p, NULL);
    assert_int_equal(p->status, 1);
    assert_holds(p->output, "slower (confirmed)");
    assert_holds(p->output, "regress: regression: 3 of 3 benchmarks slower, confirmed in fresh processes.\n");
    compare(p, "--warn-undecided");
    assert_int_equal(p->status, 1);
}

/* A slowdown that only the first processes show is no regression. */
static void test_slower_once(void **state) {
    struct process *p = *state;
    char path[256];
    write_worker(p, "base", "");
    write_worker(p, "head",
                 "n=$(cat \"$0.n\" 2>/dev/null || echo 0); echo $((n + 1)) >\"$0.n\"; [ $n -gt 2 ] || speed=1100");
    compare(p, NULL);
    assert_int_equal(p->status, 3);
    assert_holds(p->output, "slower once, not in fresh processes");
    assert_holds(p->output, "regress: undecided: 3 of 3 benchmarks");
    assert_int_equal(unlink(process_path(p, "head.n", path, sizeof path)), 0);
    compare(p, "--warn-undecided");
    assert_int_equal(p->status, 0);
    assert_holds(p->output, "regress: undecided: 3 of 3 benchmarks");
}

/* If one set of processes leaves the verdict open, others decide: in head's first process every second time of a/x is
 * slow, in later ones all are. The other benchmarks, which are the same, are not timed again. */
static void test_more_rounds(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head",
                 "i=$(cat \"$0.n\" 2>/dev/null || echo 0) a=0; echo $((i + 1)) >\"$0.n\"\n"
                 "event='speed=1000; [ \"$name\" != a/x ] || a=$((a + 1)); "
                 "case $i$((a % 2))$name in 00a/x) ;; *a/x) speed=1100 ;; esac'");
    compare(p, NULL);
    assert_int_equal(p->status, 1);
    assert_holds(p->output, "regress: regression: 1 of 3 benchmarks slower, confirmed in fresh processes.\n");
    char *json = text_of(p, "result.json");
    assert_holds(json, "\"sets\": 5,"); /* with 2 of 4 pairs below the threshold, 14 more must be above it */
    assert_holds(json, "\"fresh_sets\": 3,");
    assert_true(count_of(json, "\"pairs\": 10,") >= 5); /* b/y, c/z; the confirmation of a/x and its controls */
    free(json);
}

#define NOISY(low, high) "turn=0 event='turn=$((turn + 1)); speed=$((turn % 2 == 0 ? " #low " : " #high "))'"

/* When the time is over: noise that could hide much leaves it undecided, less noise raises the threshold. */
static void test_noise(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", NOISY(900, 1200));
    compare(p, "--budget=1");
    assert_int_equal(p->status, 3);
    assert_holds(p->output, "undecided\n");
    assert_holds(p->output, "regress: undecided: 3 of 3 benchmarks");
    assert_holds(p->output, "or with more time than 1 s (--budget)");
    write_worker(p, "head", NOISY(960, 1040));
    compare(p, "--budget=1");
    assert_success(p);
    assert_holds(p->output, "regress: no regression in 3 benchmarks beyond 3.00 %, or 4.00 % in 3 noisy ones.\n");
    compare(p, "--budget=1", "--max-threshold=3.5");
    assert_int_equal(p->status, 3);
}

static void test_no_time(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "event='sleep 0.2'");
    compare(p, "--budget=0.3");
    assert_int_equal(p->status, 3);
    assert_holds(p->output, "the time was too short to rule any slowdown out");
}

/* The pilot takes the length at which the times of base and its copy scatter least for their cost. */
static void test_pilot(void **state) {
    struct process *p = *state;
    for (int long_is_better = 0; long_is_better <= 1; long_is_better++) {
        char settings[256];
        snprintf(settings, sizeof settings,
                 "names=a/x turn=$$ event='turn=$((turn * 1103 %% 7919)); speed=1000; [ $count -%s 50 ] || "
                 "speed=$((1000 + turn %% 300))'",
                 long_is_better ? "ge" : "lt");
        write_worker(p, "base", settings);
        write_worker(p, "head", "names=a/x");
        compare(p, "--epoch=0", "--budget=5");
        char *json = text_of(p, "result.json");
        assert_int_equal(count_of(json, "\"epoch_seconds\": 0.008,"), !long_is_better);
        assert_int_equal(count_of(json, "\"epoch_seconds\": 0.08,"), long_is_better);
        free(json);
    }
}

static void test_faster(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "speed=1200");
    write_worker(p, "head", "");
    compare(p, NULL);
    assert_success(p);
    assert_holds(p->output, "faster\n");
}

/* Two workers run base. The copy is slow as soon as it knows that it is the copy: it has run less than the other. */
static void test_disturbed(void **state) {
    struct process *p = *state;
    write_worker(p, "base",
                 "runs=0; trap 'rm -f \"$0.runs.$$\"' EXIT\n"
                 "event='runs=$((runs + 1)) speed=1000; echo $runs >\"$0.runs.$$\"; for file in \"$0\".runs.*; do "
                 "read -r other <\"$file\"; [ $((runs * 3)) -ge $((other * 2)) ] || speed=200000; done'");
    write_worker(p, "head", NOISY(900, 1200));
    /* Waiting for a CPU counts as a factor of 100 at most, so that with this limit other programs cannot disturb. */
    regress_run(p, (const char *const[]){COMPARISON, "--control=10000", NULL});
    assert_int_equal(p->status, 3);
    assert_holds(p->output, "regress: disturbed, no verdict: \"base against its copy\" changed by +19900.00 %");
}

static void test_files(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "speed=1100");
    compare(p, "--base-name=<b>&old", "--head-name=new|one");
    assert_int_equal(p->status, 1);
    char *html = text_of(p, "result.html"), *json = text_of(p, "result.json"), *summary = text_of(p, "result.md");
    assert_page(html);
    assert_holds(html, "&lt;b&gt;&amp;old");
    /* Benchmarks, again in fresh processes, and their pairs; controls, `waiting` only where the system tells. */
    assert_int_equal(count_of(html, "<svg"), 3 + 3 + 4 + 2 * (2 + (count_of(html, "not told by this system") == 0)));
    assert_holds(summary, "new\\|one against \\<b\\>\\&old");
    assert_holds(summary, "| a/x | +10.00 % | +10.00 % to +10.00 % | 10 |");
    assert_holds(json, "\"exit\": 1,");
    assert_holds(json, "\"verdict\": \"slower\"");
    assert_no_nan(json);
    free(html);
    free(json);
    free(summary);
    /* It is JSON if a reader of JSON takes it, though not as a result file of knnmark-bench. */
    report(p, "--output=@report.html", "@result.json");
    assert_report_complaint(p, 1, "result.json has none of knnmark's benchmarks");
}

static void test_list(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "");
    compare(p, "--list", "--benchmarks=c/*,a/*");
    assert_success(p);
    assert_string_equal(p->output, "a/x\nc/z\n");
}

/* -- the same code ------------------------------------------------------------------------------------------------- */

#define SHARED "1 src/search/walk.o knn_walk_run\n"
#define KERNEL "2 kernels/l1_scalar.o knn_l1_scalar\n"
#define OTHER  "3 kernels/l2_scalar.o knn_l2_scalar\n"

/* Benchmarks that run the same code are not timed, however long they would take. */
static void test_same_code(void **state) {
    static const struct {
        const char *head;
        int unchanged; /* of two */
    } cases[] = {
        {SHARED KERNEL OTHER, 2},
        {SHARED KERNEL "4 kernels/l2_scalar.o knn_l2_scalar\n", 1},
        {SHARED "4 kernels/l1_scalar.o knn_l1_scalar helper\n" OTHER, 0}, /* others may call it */
        {"4 src/search/walk.o knn_walk_run\n" KERNEL OTHER, 0},
        {SHARED KERNEL OTHER "4 src/search/more.o knn_more\n", 0},
        {KERNEL OTHER, 0},
        {SHARED OTHER, 1},
    };
    struct process *p = *state;
    const char *base = SHARED KERNEL OTHER;
    write_worker(p, "base", "names='a/x:l1_scalar b/y:l2_scalar'");
    write_worker(p, "head", "names='a/x:l1_scalar b/y:l2_scalar' speed=1100");
    assert_int_equal(process_write(p, "base-code", base, strlen(base)), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char timed[64];
        assert_int_equal(process_write(p, "head-code", cases[i].head, strlen(cases[i].head)), 0);
        compare(p, "--base-code=@base-code", "--head-code=@head-code");
        assert_int_equal(p->status, cases[i].unchanged < 2); /* what is timed is slower */
        snprintf(timed, sizeof timed, "%d of %d benchmark", 2 - cases[i].unchanged, 2 - cases[i].unchanged);
        assert_holds(p->output, cases[i].unchanged < 2 ? timed : "every chosen benchmark runs the same code as before");
        assert_true((strstr(p->output, "unchanged: the same code") != NULL) == (cases[i].unchanged > 0));
    }
}

/* All is timed if that is asked for, or if something is not known. */
static void test_code_not_known(void **state) {
    struct process *p = *state;
    const char *code = SHARED KERNEL OTHER, *other = SHARED OTHER;
    write_worker(p, "base", "names='a/x:l1_scalar'");
    write_worker(p, "head", "names='a/x:l1_scalar' speed=1100");
    assert_int_equal(process_write(p, "code", code, strlen(code)), 0);
    assert_int_equal(process_write(p, "other", other, strlen(other)), 0);
    compare(p, "--base-code=@code", "--head-code=@code");
    assert_success(p);
    compare(p, "--base-code=@code", "--head-code=@code", "--always-time");
    assert_int_equal(p->status, 1);
    compare(p, "--base-code=@code");
    assert_int_equal(p->status, 1);
    compare(p, "--base-code=@other", "--head-code=@other"); /* the kernel is nowhere */
    assert_int_equal(p->status, 1);
    write_worker(p, "base", "names='a/x'"); /* of an earlier commit */
    compare(p, "--base-code=@code", "--head-code=@code");
    assert_int_equal(p->status, 1);
    write_worker(p, "base", "names='a/x:l2_scalar'"); /* whose default was another kernel */
    compare(p, "--base-code=@code", "--head-code=@code");
    assert_int_equal(p->status, 1);
    compare(p, "--base-code=@nowhere", "--head-code=@code", "--output=@none");
    assert_int_equal(p->status, 2);
    assert_holds(p->errors, "nowhere, the list of base's code: No such file");
}

/* -- no verdict ---------------------------------------------------------------------------------------------------- */

static void test_missing_benchmarks(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "names='a/x c/z'");
    compare(p, NULL);
    assert_no_regress_result(p, "b/y is missing in head");
    compare(p, "--benchmarks=a/*", "--allow-new");
    assert_no_regress_result(p, "b/y is missing in head");
    write_worker(p, "head", "names='a/x b/y c/z d/new'");
    compare(p, NULL);
    assert_no_regress_result(p, "d/new is missing in base");
    compare(p, "--benchmarks=nothing/*", "--allow-new");
    assert_no_regress_result(p, "no benchmark is called nothing/*");
    compare(p, "--benchmarks=a/*,nothing/*", "--allow-new");
    assert_no_regress_result(p, "no benchmark is called nothing/*");
    compare(p, "--allow-new");
    assert_success(p);
}

static void test_wrong_distance(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "check='wrong l1_magic: query 0, row 3: 7, not 8'");
    compare(p, "--benchmarks=a/*");
    assert_no_regress_result(p, "head computes wrong distances: l1_magic: query 0, row 3: 7, not 8");
}

static void test_bad_workers(void **state) {
    static const struct {
        const char *settings, *complaint;
    } cases[] = {
        {"event='kill -SEGV $$'", "head's worker crashed: Segmentation fault"},
        {"event='exit 7'", "head's worker ended with status 7 before its answer"},
        {"exit 9", "head's worker ended with status 9 before its answer"},
        {"hello='knnmark-regress 2'", "head's worker speaks \"knnmark-regress 2\", not \"knnmark-regress 1\""},
        {"hello='error no memory'", "head's worker: no memory"},
        {"check='error no kernel'", "head's worker: no kernel"},
        {"check=perhaps", "answers \"perhaps\" to a check"},
        {"event='echo seconds nan'", "answers \"seconds nan\" to a run"},
        {"event='echo seconds 0'", "answers \"seconds 0\" to a run"},
        {"names=''", "a/x is missing in head"},
    };
    struct process *p = *state;
    write_worker(p, "base", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_worker(p, "head", cases[i].settings);
        compare(p, NULL);
        assert_no_regress_result(p, cases[i].complaint);
    }
    compare(p, "--head=@nothing");
    assert_no_regress_result(p, "cannot start head's worker");
}

static void test_interrupt(void **state) {
    struct process *p = *state;
    char path[256];
    if (emulated())
        skip();
    write_worker(p, "base", "");
    write_worker(p, "head", "event=': >\"$0.running\"; sleep 30 & wait'");
    regress_start(p, (const char *const[]){COMPARISON, NULL});
    process_path(p, "head.running", path, sizeof path);
    for (int i = 0; i < 6000 && access(path, F_OK) != 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    kill(p->id, SIGINT);
    command_finish(p);
    assert_no_regress_result(p, "interrupted: there is no verdict, and nothing was written");
}

static void test_unwritable(void **state) {
    struct process *p = *state;
    char path[256];
    write_worker(p, "base", "");
    write_worker(p, "head", "");
    compare(p, "--output=@no/folder/result");
    assert_no_regress_result(p, "cannot write");
    compare(p, "--data-file=@no/folder/data");
    assert_no_regress_result(p, "cannot write");
    if (access("/dev/full", W_OK) != 0)
        return;
    assert_int_equal(symlink("/dev/full", process_path(p, "full.md", path, sizeof path)), 0);
    compare(p, "--output=@full");
    assert_no_regress_result(p, "no room on the disk");
    assert_int_equal(process_files(p), 4); /* no full.json, no full.html */
}

static void test_usage(void **state) {
    static const struct {
        const char *words[4], *complaint;
    } cases[] = {
        {{NULL}, "give --base and --head"},
        {{"--base=x"}, "give --base and --head"},
        {{"--head=x"}, "give --base and --head"},
        {{"--base=x", "--head=y", "--baseline=z"}, "--baseline=z: no such option"},
        {{"--wat"}, "--wat: no such option"},
        {{"--budget"}, "--budget: no such option, or its value is missing"},
        {{"--budget=0"}, "--budget=0: give a number from 0.1 to 1e+06"},
        {{"--threads=1.5"}, "--threads=1.5: give a whole number"},
        {{"--threshold=x"}, "--threshold=x: give a number"},
        {{"--load=full"}, "--load=full: give random or head"},
        {{"extra"}, "extra: no such argument"},
    };
    struct process *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        regress_run(p, cases[i].words);
        assert_no_regress_result(p, cases[i].complaint);
    }
    regress_run(p, (const char *const[]){"--help", NULL});
    assert_success(p);
    assert_holds(p->output, "usage: knnmark-regress");
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        TEST(test_same),           TEST(test_slower),         TEST(test_slower_once), TEST(test_faster),
        TEST(test_disturbed),      TEST(test_files),          TEST(test_list),        TEST(test_missing_benchmarks),
        TEST(test_wrong_distance), TEST(test_bad_workers),    TEST(test_interrupt),   TEST(test_unwritable),
        TEST(test_same_code),      TEST(test_code_not_known), TEST(test_usage),       TEST(test_more_rounds),
        TEST(test_noise),          TEST(test_no_time),        TEST(test_pilot),
    };
    return cmocka_run_group_tests_name("regress", tests, NULL, NULL);
}
