/* `make versus`: what $KNNMARK_BENCH --versus takes and refuses, the form of its lines; and its verdicts on simulated
 * times, where it is known what is right. */
#include <limits.h>
#include <math.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "paired.h"
#include "random.h"

#define ALPHA 0.01

static void versus(struct process *p, const char *sides, const char *more) {
    static char path[PATH_MAX];
    char option[256];
    const char *name = getenv("KNNMARK_BENCH");
    if (realpath(name != NULL ? name : "build/knnmark-bench", path) == NULL)
        fail_msg("%s is not there: `make test` builds it and names it in KNNMARK_BENCH", path);
    snprintf(option, sizeof option, "--versus=%s", sides);
    const char *const arguments[] = {"--data=synthetic:train=300,test=40", "--quick", option, more, NULL};
    p->directory = p->folder;
    assert_int_equal(process_run_ours(p, path, arguments), 0);
}

/* -- simulated times ----------------------------------------------------------------------------------------------- */

/* About normal. */
static double noise(uint64_t *random) {
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)(knn_random(random) >> 11) * 0x1p-53;
    return sum;
}

/* How many of 1000 runs have an interval that holds 1, if A's rate is `ratio` times B's and a pair is off by 2 %. */
static int runs_with_one(double ratio, size_t n, uint64_t seed) {
    int count = 0;
    for (int run = 0; run < 1000; run++) {
        double logs[40];
        char line[256];
        for (size_t i = 0; i < n; i++)
            logs[i] = log(ratio) + 0.02 * noise(&seed);
        paired_line(line, sizeof line, "full job", "a", "b", logs, n, ALPHA);
        count += strstr(line, ": no difference shows") != NULL;
    }
    return count;
}

static void test_verdicts(void **state) {
    (void)state;
    assert_true(runs_with_one(1, 40, 1) >= 980);
    assert_true(runs_with_one(1, 10, 2) >= 980);
    assert_true(runs_with_one(1 / 1.05, 40, 3) <= 10);
    assert_true(runs_with_one(1.05, 10, 4) <= 100);
}

static void test_arithmetic(void **state) {
    (void)state;
    double logs[10];
    char line[256];
    for (int i = 0; i < 10; i++)
        logs[i] = log(1.25 + 0.02 * (i * 7 % 10));                         /* 1.25 to 1.43 in another order */
    paired_line(line, sizeof line, "in cache", "a", "b", logs, 10, ALPHA); /* P(none of 10 below the median) = 0.001 */
    assert_string_equal(line, "in cache: a is 1.34 × (1.25 to 1.43) as fast as b");
    paired_line(line, sizeof line, "in cache", "a", "b", logs, 4, ALPHA);
    assert_string_equal(line, "in cache: a is 1.30 × as fast as b; too few pairs for an interval");
    for (int i = 0; i < 10; i++)
        logs[i] = log(0.996 + 0.001 * i);
    paired_line(line, sizeof line, "full job", "a", "b", logs, 10, ALPHA);
    assert_string_equal(line, "full job: a is 1.000 × (0.996 to 1.005) as fast as b: no difference shows");
    for (int i = 0; i < 10; i++)
        logs[i] = log(1.0002 + 0.01 * i); /* without 1, and no end reads as 1 */
    paired_line(line, sizeof line, "full job", "a", "b", logs, 10, ALPHA);
    assert_string_equal(line, "full job: a is 1.0452 × (1.0002 to 1.0902) as fast as b");
}

/* A coin: either side comes first about half of the time, and again after itself as often as not. */
static void test_order(void **state) {
    enum { PAIRS = 1000 };
    (void)state;
    uint64_t random = 5;
    int first = 0, again = 0;
    for (int pair = 0, last = 0; pair < PAIRS; pair++) {
        int b = paired_begins_with_b(&random);
        first += b;
        again += b == last;
        last = b;
    }
    assert_true(first > 400 && first < 600);
    assert_true(again > 400 && again < 600);
}

/* -- the program --------------------------------------------------------------------------------------------------- */

static void must_print(struct process *p, const char *sides, const char *a, const char *b, int lines) {
    static const char *const places[] = {"full job", "in cache"};
    versus(p, sides, NULL);
    if (p->status != 0)
        fail_msg("--versus=%s ended with %d and said: %s", sides, p->status, p->errors);
    for (int i = 0; i < lines; i++) {
        char pattern[512];
        regex_t regex;
        snprintf(pattern, sizeof pattern,
                 "\n%s: %s is [0-9.]+ × \\([0-9.]+ to [0-9.]+\\) as fast as %s(: no difference shows)?\n", places[i], a,
                 b);
        assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
        if (regexec(&regex, p->output, 0, NULL, 0) != 0)
            fail_msg("no line \"%s\" in: %s", pattern, p->output);
        regfree(&regex);
    }
    size_t count = 0;
    for (const char *at = p->output; (at = strchr(at, '\n')) != NULL; at++)
        count++;
    assert_int_equal(count, (size_t)lines + 1); /* the first one names the data */
    assert_int_equal(process_files(p), 0);
}

static void test_lines(void **state) {
    struct process *p = *state;
    must_print(p, "l1_scalar,l1_scalar", "l1_scalar", "l1_scalar", 2);
    must_print(p, "l2_baseline_auto/extra:5,l2_baseline_auto", "l2_baseline_auto/extra:5", "l2_baseline_auto", 2);
    must_print(p, "l1/threads:2,threads:1", "l1/threads:2", "threads:1", 1);
    must_print(p, "batch:8/k:3,batch:1/k:3", "batch:8/k:3", "batch:1/k:3", 1);
    must_print(p, "dynamic-rows/batch:20,free/batch:20", "dynamic-rows/batch:20", "free/batch:20", 1);
}

static void test_refusals(void **state) {
    struct process *p = *state;
    static const struct {
        const char *sides, *said;
    } bad[] = {
        {"l1", "--versus=l1: give two sides with a comma between them"},
        {"l1,l1,l1", "give two sides with a comma between them"},
        {",l1", "--versus: a side is empty: `make versus A=<kernel> B=<kernel>`"},
        {"l1,l2", "compute different distances: compare kernels of one metric"},
        {"l1_magic,l1", "--versus: \"l1_magic\" is no kernel, metric, policy"},
        {"l1,l1/threads:0", "--versus: threads:0: give a whole number from 1 to 4096"},
        {"l1,l1/batch:41", "--versus: batch:41: give a whole number from 1 to 40"},
        {"l1,l1/k:3x", "--versus: k:3x: give a whole number from 1 to 300"},
        {"l1,l1/bounds/free", "--versus: l1/bounds/free: bounds have no policies"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        versus(p, bad[i].sides, NULL);
        assert_int_equal(p->status, 1);
        assert_holds(p->errors, bad[i].said);
        assert_ptr_equal(strchr(p->errors, '\n'), p->errors + strlen(p->errors) - 1);
    }
    versus(p, "l1,l1", "--output=x.json");
    assert_int_equal(p->status, 2);
    assert_holds(p->errors, "knnmark-bench: --versus prints lines and writes no file: leave --output out\n");
}

int main(void) {
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_verdicts), cmocka_unit_test(test_arithmetic),
                                       cmocka_unit_test(test_order), IN_FOLDER(test_lines), IN_FOLDER(test_refusals)};
    return cmocka_run_group_tests_name("versus", tests, NULL, NULL);
}
