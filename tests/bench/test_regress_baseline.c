/* `make regress BASELINE=FILE`: the comparison of two result files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "fixtures/result_file.h"
#include "regress_driver.h"

static const char *const both[] = {"--baseline=@old.json", "--current=@new.json", NULL};

/* Every `from` of the text becomes `to`; it must be there. */
static void replace(char *text, size_t size, const char *from, const char *to) {
    char *found = strstr(text, from);
    assert_non_null(found);
    for (; found != NULL; found = strstr(found + strlen(to), from)) {
        size_t rest = strlen(found + strlen(from)) + 1;
        assert_true((size_t)(found - text) + strlen(to) + rest <= size);
        memmove(found + strlen(to), found + strlen(from), rest);
        memcpy(found, to, strlen(to));
    }
}

/* A result file, but for the changes: {from, to} up to the first NULL. */
static void write_file(const struct process *p, const char *name, const char *const (*changes)[2]) {
    char text[4096];
    snprintf(text, sizeof text, "%s%s", result_machine, result_runs);
    for (; changes != NULL && (*changes)[0] != NULL; changes++)
        replace(text, sizeof text, (*changes)[0], (*changes)[1]);
    assert_int_equal(process_write(p, name, text, strlen(text)), 0);
}

#define CHANGES(...) ((const char *const[][2]){__VA_ARGS__, {NULL, NULL}})

static void test_verdicts(void **state) {
    static const struct {
        const char *first, *second;
        int status;
        const char *text;
    } cases[] = {
        {"0.80", "0.82", 0, "regress: no regression by the weaker check"},
        {"0.60", "0.61", 1, "regress: slower by the weaker check"},
        {"0.60", "0.82", 3, "regress: undecided by the weaker check"},
        {"0.95", "0.96", 0, "faster\n"},
    };
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(p, "new.json", CHANGES({"0.79", cases[i].first}, {"0.81", cases[i].second}));
        regress_run(p, both);
        assert_int_equal(p->status, cases[i].status);
        assert_holds(p->output, cases[i].text);
        assert_null(strstr(p->output, "schedule/"));
    }
    write_file(p, "new.json", CHANGES({"0.79", "0.6"}));
    regress_run(p, (const char *const[]){both[0], both[1], "--warn-undecided", NULL});
    assert_success(p);
    assert_holds(p->output, "regress: undecided");
}

/* Measured again, it is slower only by the repetitions of both runs. */
static void test_again(void **state) {
    static const char *const all[] = {"--baseline=@old.json", "--current=@new.json", "--current=@again.json", NULL};
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    write_file(p, "new.json", CHANGES({"0.79", "0.60"}, {"0.81", "0.61"}));
    write_file(p, "again.json", CHANGES({"0.79", "0.62"}, {"0.81", "0.63"}));
    regress_run(p, all);
    assert_int_equal(p->status, 1);
    assert_holds(p->output, " 60.0 - 63.0 % ");
    write_file(p, "again.json", NULL);
    regress_run(p, all);
    assert_int_equal(p->status, 3);
    assert_holds(p->output, " 60.0 - 81.0 % ");
    write_file(p, "again.json", CHANGES({"\"A\"", "\"B\""}));
    regress_run(p, all);
    assert_no_regress_result(p, "the baseline is of another machine");
    write_file(p, "again.json", CHANGES({"search/", "ceiling/"}));
    regress_run(p, all);
    assert_no_regress_result(p, "search/l1/k:1 is missing in the current result file");
}

/* No code is faster than its ceiling, which was measured while the machine was slower. */
static void test_beyond_the_ceiling(void **state) {
    struct process *p = *state;
    write_file(p, "old.json", CHANGES({"0.79", "1.2"}, {"0.81", "1.3"}));
    write_file(p, "new.json", CHANGES({"0.79", "0.95"}, {"0.81", "0.96"}));
    regress_run(p, both);
    assert_success(p);
    write_file(p, "new.json", CHANGES({"0.79", "0.85"}, {"0.81", "0.86"}));
    regress_run(p, both);
    assert_int_equal(p->status, 1);
}

static void test_threshold(void **state) {
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    write_file(p, "new.json", CHANGES({"0.79", "0.6"}, {"0.81", "0.61"}));
    regress_run(p, (const char *const[]){both[0], both[1], "--threshold=5", NULL});
    assert_int_equal(p->status, 1);
    assert_holds(p->output, "threshold 10 %, not 5 %: files that were not measured in turn differ by more; the ranges");
    regress_run(p, (const char *const[]){both[0], both[1], "--threshold=40", NULL});
    assert_success(p);
    assert_holds(p->output, "\nthreshold 40 %; the ranges");
}

/* What makes a comparison pointless: one line, and status 2. */
static void test_refused(void **state) {
    static const struct {
        const char *from, *to, *complaint;
    } cases[] = {
        {"\"model\": \"1\"", "\"model\": \"2\"", "the baseline is of another machine: cpu model was \"1\", is \"2\"\n"},
        {"\"avx512bw\"]", "\"vnni\", \"amx\"]", "cpu features lost \"avx512bw\", gained \"vnni\" \"amx\"\n"},
        {", \"avx512bw\"]", "]", "cpu features lost \"avx512bw\", gained nothing\n"},
        {"hypervisor", "guest", "machine hypervisor was \"none\", is unknown\n"},
        {"32 MiB", "8 MiB", "machine topology was \"2 cores; L3 32 MiB\", is \"2 cores; L3 8 MiB\"\n"},
        {"\"dim\": 3072", "\"dim\": 784", "the baseline measured something else: data dim was 3072, is 784; set KNN"},
        {"50000", "1000", "data train was 50000, is 1000; set KNN"},
        {"4567", "89ab", "data sha256 differs: source was \"images here\", is \"images here\"; set KNN"},
        {"\"count\": 2", "\"count\": 1", "the baseline measured something else: threads count was 2, is 1; set KNN"},
        {"\"complete\": true", "\"complete\": false", "new.json is of a run that was interrupted: give a file"},
        {"\"knnmark\"", "\"knnmarks\"", "new.json is no result file of knnmark-bench"},
        {"kernel/l1", "kernel/l2", "kernel/l1/dim:3 is missing in the current result file"},
        {"schedule/free", "kernel/l2", "kernel/l2 is missing in the baseline result file"},
        {"0.79", "0", "new.json has one repetition of search/l1/k:1, hence no range: give a file of `make bench`"},
        {"\"queries\": 240", "\"queries\": 20", "search/l1/k:1 was timed on 240 queries, and now on 20: give two"},
    };
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(p, "new.json", CHANGES({cases[i].from, cases[i].to}));
        regress_run(p, both);
        assert_no_regress_result(p, cases[i].complaint);
    }
}

static void test_all_differences(void **state) {
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    write_file(p, "new.json",
               CHANGES({"\"A\"", "\"B\""}, {"\"family\": \"6\"", "\"family\": \"25\""}, {"2 cores", "4 cores"}));
    regress_run(p, both);
    assert_no_regress_result(p,
                             "another machine: cpu name was \"A\", is \"B\"; cpu family was \"6\", is \"25\"; machine "
                             "topology was \"2 cores; L3 32 MiB\", is \"4 cores; L3 32 MiB\"\n");
    write_file(p, "new.json", CHANGES({"3072", "784"}, {"4567", "89ab"}, {"images here", "synthetic"}));
    regress_run(p, both);
    assert_no_regress_result(
        p, "data dim was 3072, is 784; data sha256 differs: source was \"images here\", is \"synthetic\";");
}

/* What may differ: some is said, and does not change the verdict. */
static void test_accepted(void **state) {
    static const struct {
        const char *from, *to, *text;
    } cases[] = {
        {"4567", "4567", "\nbaseline: commit c0ffee; now: commit c0ffee\nthreshold"},
        {"c0ffee\", \"dirty\": false", "facade\", \"dirty\": true",
         "commit c0ffee; now: commit facade with changes\nthr"},
        {"gcc 12", "clang 14", "\nalso different: build compiler was \"gcc 12\", is \"clang 14\"\nthreshold"},
        {"-O3 -g", "-O2", "\nalso different: build flags was \"-O3 -g\", is \"-O2\"\n"},
        {"{}}", "{\"OMP_WAIT_POLICY\": \"active\"}}",
         "openmp environment was {}, is {\"OMP_WAIT_POLICY\":\"active\"}\n"},
        {"[0, 1]", "[]", "\nalso different: threads binding was [0,1], is []\n"},
        {"0123", "4567", "now: commit c0ffee\nthreshold"},         /* another kernel or container on the same machine */
        {"images here", "there", "now: commit c0ffee\nthreshold"}, /* the same images elsewhere */
        {"\"queries\": 240", "\"queries\": 120", "now: commit c0ffee\nthreshold"},
        {"240, \"full_job_s\": 40", "40, \"full_job_s\": 240", "now: commit c0ffee\nthreshold"},  /* it became slow */
        {"240, \"full_job_s\": 40", "240, \"full_job_s\": 240", "now: commit c0ffee\nthreshold"}, /* all test images */
    };
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(p, "new.json", CHANGES({cases[i].from, cases[i].to}));
        regress_run(p, both);
        assert_success(p);
        assert_holds(p->output, cases[i].text);
    }
}

/* --list tells before minutes of measuring whether there is something to compare with. */
static void test_list(void **state) {
    const char *const words[] = {both[0], both[1], "--list", NULL};
    const char *const nothing[][2] = {{"kernel/", "ceiling/"}, {"search/", "ceiling/"}, {NULL, NULL}};
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    write_file(p, "new.json", nothing);
    regress_run(p, words);
    assert_success(p);
    assert_string_equal(p->output, "");
    regress_run(p, both);
    assert_no_regress_result(p, "search/l1/k:1 is missing in the current result file");
    write_file(p, "old.json", CHANGES({"0.79", "0"}));
    regress_run(p, words);
    assert_no_regress_result(p, "old.json has one repetition of search/l1/k:1");
    write_file(p, "old.json", nothing);
    regress_run(p, words);
    assert_no_regress_result(p, "old.json has no benchmark with a share of a ceiling");
    write_file(p, "old.json", CHANGES({"4567", "89ab"}));
    regress_run(p, words);
    assert_no_regress_result(p, "data sha256 differs");
}

static void test_bad_files(void **state) {
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    assert_int_equal(process_write(p, "new.json", "{", 1), 0);
    regress_run(p, both);
    assert_no_regress_result(p, "new.json");
    regress_run(p, (const char *const[]){"--baseline=@none.json", both[1], NULL});
    assert_no_regress_result(p, "none.json");
}

static void test_options(void **state) {
    static const char *const useless[] = {"--base-name=x", "--head-name=x",  "--benchmarks=x", "--control=1",
                                          "--rounds=9",    "--epoch=50",     "--threads=2",    "--data=x",
                                          "--data-file=x", "--seed=1",       "--output=x",     "--allow-new",
                                          "--load=head",   "--extra-work=9", "--without=x",    "--wrong-distance=x"};
    struct process *p = *state;
    write_file(p, "old.json", NULL);
    write_file(p, "new.json", NULL);
    regress_run(p, (const char *const[]){both[0], both[1], both[1], both[1], NULL});
    assert_no_regress_result(p, "new.json: give 2 files at most\n");
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        char complaint[80];
        snprintf(complaint, sizeof complaint, ": %.*s has no meaning with --baseline\n", (int)strcspn(useless[i], "="),
                 useless[i]);
        regress_run(p, (const char *const[]){both[0], useless[i], both[1], NULL});
        assert_no_regress_result(p, complaint);
    }
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        TEST(test_verdicts),  TEST(test_again),           TEST(test_beyond_the_ceiling), TEST(test_threshold),
        TEST(test_refused),   TEST(test_all_differences), TEST(test_accepted),           TEST(test_list),
        TEST(test_bad_files), TEST(test_options),
    };
    return cmocka_run_group_tests_name("regress_baseline", tests, NULL, NULL);
}
