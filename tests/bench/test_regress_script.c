/* regress.sh, which builds base, with a stand-in driver and Makefile; and validation.sh on made-up runs. Run from the
 * project's root. */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "regress/protocol.h"
#include "regress_driver.h"

/* -- stand-ins ----------------------------------------------------------------------------------------------------- */

/* One commit each: without a worker, with one that does not build, with one that never ends building, with one that
 * builds. The driver does what the file of its name says. */
static const char repository[] =
    "exec 2>/dev/null\n"
    "git init -q . && git config user.name test && git config user.email test@localhost\n"
    "mkdir -p bench/regress build\n"
    "printf '#!/bin/sh\\n. ./knnmark-regress\\n' >build/knnmark-regress; chmod +x build/knnmark-regress\n"
    "commit() { git add . && git commit -qm $1 && git tag $1; }\n"
    "echo build >.gitignore; commit old\n"
    "echo '' >bench/regress/worker.c\n"
    "printf 'build/knnmark-regress-worker:\\n\\t@echo error: it is broken; exit 1\\n' >Makefile; commit broken\n"
    "printf 'build/knnmark-regress-worker:\\n\\t@: >../../../started; exec sleep 60\\n' >Makefile; commit slow\n"
    "printf 'build/knnmark-regress-worker:\\n\\t@mkdir -p build; echo \"[$(OPTIMIZE)]\" >$@; chmod +x $@\\n' "
    ">Makefile\n"
    "commit good\n"
    "echo 'echo \"$@\"; exit 3' >knnmark-regress; mkdir results\n";

static void run_shell(struct process *p, const char *script) {
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    p->directory = p->folder;
    assert_int_equal(process_run(p, argv), 0);
    p->directory = NULL;
}

static void make_repository(struct process *p) {
    run_shell(p, "git --version");
    if (p->status != 0)
        skip();
    run_shell(p, repository);
    assert_int_equal(p->status, 0);
}

/* regress.sh with these variables, as "NAME=value ...". */
static void start_script(struct process *p, const char *variables) {
    static char script[PATH_MAX + 512], path[PATH_MAX];
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    assert_non_null(realpath("bench/regress/regress.sh", path));
    snprintf(script, sizeof script,
             "exec env -u OPTIMIZE GITHUB_STEP_SUMMARY= BASE= MAKE=make MAKEFLAGS= %s "
             "sh '%s' build --budget=9",
             variables, path);
    p->directory = p->folder;
    assert_int_equal(process_start(p, argv), 0);
    p->directory = NULL;
}

static void run_script(struct process *p, const char *variables) {
    start_script(p, variables);
    command_finish(p);
}

/* What `name` does from now on. */
static void stand_in(const struct process *p, const char *name, const char *script) {
    assert_int_equal(process_write(p, name, script, strlen(script)), 0);
}

static void assert_line(const struct process *p, int status, const char *text) {
    const char *end = strchr(p->errors, '\n');
    if (p->status != status || end == NULL || end[1] != '\0')
        fail_msg("status %d, not one line: %s", p->status, p->errors);
    assert_holds(p->errors, text);
}

/* The folder's contents after a script, by what a command says of them. */
static void assert_says(struct process *p, const char *command, const char *text) {
    run_shell(p, command);
    assert_string_equal(p->output, text);
}

/* -- building base ------------------------------------------------------------------------------------------------- */

static void test_base(void **state) {
    struct process *p = *state;
    make_repository(p);
    run_script(p, "");
    assert_line(p, 2, "regress: say what to compare with");
    run_script(p, "BASE=nowhere");
    assert_line(p, 2, "regress: no commit nowhere here: name a branch");
    run_script(p, "BASE=old");
    assert_line(p, 2, "has no worker to compare with: it is older than `make regress`");
    run_script(p, "BASE=broken");
    assert_line(p, 2, "does not build: error: it is broken (build/regress/base.log has all)");
    run_script(p, "BASE=good");
    assert_int_equal(p->status, 3); /* the driver's own */
    assert_holds(p->output, "--base=build/regress/base-worker --head=build/knnmark-regress-worker");
    assert_holds(p->output, "--budget=9\n");
    run_script(p, "BASE=good"); /* it is not built again */
    assert_null(strstr(p->output, "building"));
    assert_says(
        p, "git worktree list | wc -l; ls build/regress; cat build/regress/base-worker",
        "1\nbase-code\nbase-stamp\nbase-worker\nbase.log\ncode.log\nhead-code\n[-O3 -g]\n"); /* no worktree is left */
    run_script(p, "BASE=good OPTIMIZE=");
    assert_says(p, "cat build/regress/base-worker", "[]\n");
}

static void test_shallow_clone(void **state) {
    struct process *p = *state;
    make_repository(p);
    run_shell(p, "git clone -q --depth 1 \"file://$PWD\" clone 2>/dev/null && rm -rf .git && mv clone/.git .");
    assert_int_equal(p->status, 0);
    run_script(p, "BASE=HEAD~1");
    assert_line(p, 2, "regress: no commit HEAD~1 here, and this clone is shallow: fetch all of it");
}

/* A worktree of the user's on a disk that is not there just now. */
static void test_other_worktrees(void **state) {
    struct process *p = *state;
    make_repository(p);
    run_shell(p, "git worktree add -q --detach away old && mv away elsewhere");
    assert_int_equal(p->status, 0);
    run_script(p, "BASE=good");
    assert_int_equal(p->status, 3);
    assert_says(p, "mv elsewhere away && git worktree list | wc -l", "2\n");
}

/* -- what is its own failure, and what a verdict ------------------------------------------------------------------- */

static void test_crash(void **state) {
    static const char *const ends[] = {"kill -KILL $$", "exit 127", "exit 4"};
    struct process *p = *state;
    make_repository(p);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        stand_in(p, "knnmark-regress", ends[i]);
        run_script(p, "BASE=good");
        assert_line(p, 2, "regress: knnmark-regress crashed or did not start (status ");
    }
}

static void test_full_disk(void **state) {
    struct process *p = *state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    make_repository(p);
    run_shell(p, "mkdir build/regress && ln -s /dev/full build/regress/base-worker");
    run_script(p, "BASE=good");
    assert_line(p, 2, "regress: cannot write build/regress/base-worker: is there room on the disk");
    assert_says(p, "git worktree list | wc -l", "1\n");
}

static void test_summary(void **state) {
    struct process *p = *state;
    make_repository(p);
    stand_in(p, "knnmark-regress", "echo verdict >results/regress.md; exit 1");
    run_shell(p, "echo before >summary");
    run_script(p, "BASE=good GITHUB_STEP_SUMMARY=summary");
    assert_int_equal(p->status, 1);
    assert_string_equal(p->errors, "");
    assert_says(p, "cat summary", "before\nverdict\n");
    run_script(p, "BASE=good GITHUB_STEP_SUMMARY=nowhere/summary");
    assert_line(p, 1, "regress: warning: cannot append the summary to nowhere/summary");
}

/* After an error there is no result, neither an earlier one nor a part of one. */
static void test_stale_results(void **state) {
    static const char *const calls[] = {"", "BASE=nowhere", "BASE=good"};
    struct process *p = *state;
    make_repository(p);
    stand_in(p, "knnmark-regress", "echo part >results/regress.json; exit 2");
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        run_shell(p, "mkdir -p build/regress && touch results/regress.md results/regress.html results/regress.json "
                     "results/regress.csv");
        run_script(p, calls[i]);
        assert_int_equal(p->status, 2);
        assert_says(p, "ls results", "regress.csv\n");
    }
    run_shell(p, "mkdir results/regress.md");
    run_script(p, "BASE=good");
    assert_line(p, 2, "regress: cannot remove the earlier results/regress.md, .html and .json");
}

/* -- interrupts ---------------------------------------------------------------------------------------------------- */

/* Waits until the stand-in that is to be interrupted says so, at most some 20 s. */
static void wait_for_start(const struct process *p) {
    char path[256];
    process_path(p, "started", path, sizeof path);
    for (int i = 0; access(path, F_OK) != 0 && i < 2000; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

/* The interrupt goes to the script alone, as from a service. The script must not wait for the minute that its program
 * takes, and one line says what happened. */
static void test_interrupt(void **state) {
    static const struct {
        const char *variables, *line;
    } cases[] = {{"BASE=slow", "regress: interrupted: there is no verdict, and nothing was written\n"},
                 {"BASE=good", "knnmark-regress: its own line\n"}};
    struct process *p = *state;
    make_repository(p);
    stand_in(p, "knnmark-regress",
             "trap 'kill $!; echo knnmark-regress: its own line >&2; exit 2' TERM\nsleep 60 &\n: >started\nwait\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start_script(p, cases[i].variables);
        wait_for_start(p);
        time_t before = time(NULL);
        assert_int_equal(kill(p->id, SIGTERM), 0);
        command_finish(p);
        assert_true(time(NULL) - before < 30);
        assert_int_equal(p->status, 2);
        assert_string_equal(p->errors, cases[i].line);
        assert_says(p, "git worktree list | wc -l", "1\n");
    }
}

/* -- with the driver ----------------------------------------------------------------------------------------------- */

/* The worker of base is what its Makefile makes: here one that answers by arithmetic, a tenth faster than head's. */
static void test_driver(void **state) {
    static char script[PATH_MAX + 2048], driver[PATH_MAX];
    const char *name = getenv("KNNMARK_REGRESS");
    struct process *p = *state;
    if (emulated())
        skip(); /* the script starts the driver itself */
    assert_non_null(realpath(name != NULL ? name : "build/knnmark-regress", driver));
    make_repository(p);
    snprintf(script, sizeof script,
             "cat >worker <<'END'\n#!/bin/sh\necho '" REGRESS_HELLO "'\n"
             "while read -r command name count; do\n"
             "  case $command in\n"
             "  list) echo benchmark a; echo end ;;\n"
             "  check) echo ok ;;\n"
             "  run) printf 'seconds 0.%%06d\\n' $((count * 1000)) ;;\n"
             "  esac\ndone\nEND\n"
             "chmod +x worker; sed s/1000/1100/ worker >build/knnmark-regress-worker; chmod +x build/knnmark-*\n"
             "printf 'build/knnmark-regress-worker:\\n\\tmkdir -p build; cp worker $@\\n' >Makefile\n"
             "git add . && git commit -qm works && git tag works\n"
             "echo 'exec \"%s\" \"$@\" --threads=1 --control=10000 --data=synthetic:train=20,test=5 --benchmarks=a' "
             ">knnmark-regress",
             driver);
    run_shell(p, script);
    assert_int_equal(p->status, 0);
    run_script(p, "BASE=works GITHUB_STEP_SUMMARY=summary");
    assert_int_equal(p->status, 1);
    assert_string_equal(p->errors, "");
    assert_holds(p->output, "regress: regression: 1 of 1 benchmark");
    assert_says(p, "ls results; cmp summary results/regress.md", "regress.html\nregress.json\nregress.md\n");
    run_script(p, "BASE=good"); /* builds what is no worker */
    assert_line(p, 2, "knnmark-regress: ");
    assert_says(p, "ls results", "");
}

/* -- validation.sh ------------------------------------------------------------------------------------------------- */

static const char made_up[] = "experiment,run,seed,date,load,exit,seconds,slower,faster,undecided,same,largest,"
                              "ruled_out,version,cpu,note\n"
                              "idle,1,1,2026-01-01T00:00:00Z,0.1,1,10,3,0,0,0,1.05,1.05,older,CPU A,\"\"\n"
                              "idle,1,1,2026-01-02T00:00:00Z,0.1,0,20,0,0,0,3,1.01,1.02,newer,CPU A,\"\"\n"
                              "idle,2,1,2026-01-02T00:00:00Z,0.1,2,,,,,,,,newer,CPU A,\"it crashed\"\n"
                              "idle,3,1,2026-01-02T00:00:00Z,0.1,0,30,0,0,0,3,1.01,1.04,newer,CPU A,\"\"\n"
                              "slow-10,1,1,2026-01-03T00:00:00Z,0.1,1,30,3,0,0,0,1.01,1.04,newer,CPU A,\"\"\n"
                              "slow-10,1,1,2026-01-03T00:00:00Z,0.1,0,30,0,0,0,3,1.01,1.04,newer,CPU B,\"\"\n"
                              "head-load,1,1,2026-01-03T00:00:00Z,0.1,2,,,,,,,,newer,CPU A,\"it crashed\"\n"
                              "normal,1,1,2026-01-03T00:00:00Z,0.1,0,85.4,0,1,0,11,1.01,1.04,newer,CPU A,\"\"\n"
                              "normal,2,1,2026-01-03T00:00:00Z,0.1,0,80.4,0,1,0,11,1.01,1.04,newer,CPU A,\"\"\n"
                              "bisect,1,1,2026-01-03T00:00:00Z,0.1,0,70,,,,,,,newer,CPU A,\"right\"\n"
                              "bisect,2,1,2026-01-03T00:00:00Z,0.1,0,90,,,,,,,newer,CPU A,\"wrong (a; not b)\"\n"
                              "bisect,3,1,2026-01-03T00:00:00Z,0.1,3,80,,,,,,,newer,CPU A,\"open: so it is\"\n"
                              "wrong-distance,1,,2026-01-03T00:00:00Z,,2,,,,,,,,newer,CPU A,\"wrong | distance\"\n";

static void run_validation(struct process *p) {
    static char script[PATH_MAX + 128], path[PATH_MAX];
    assert_non_null(realpath("bench/regress/validation.sh", path));
    snprintf(script, sizeof script, "PATH=$PWD:$PATH sh '%s' runs.csv", path);
    run_shell(p, script);
}

static void test_validation(void **state) {
    static const char *const expected[] = {
        "runs of version `newer` of `bench/regress` on CPU A, 2026-01-02 to 2026-01-03.",
        "in the file are left out: 2.",
        "| base against itself | 3 | 2 | 0 | 1 | 0 | 0 | 3.0 % | 25 |\n",
        "| load during head's epochs only | 1 | 0 | 0 | 1 | 0 | 0 | – | – |\n",
        "| a usual run: all benchmarks | 2 | 2 | 0 | 0 | 0 | 2 | 4.0 % | 83 |\n",
        "A usual run has 12 benchmarks; of 2, the longest took 85.4 s",
        "- Idle: no exit 1 in 3 runs, so the rate is below 63.2 %",
        "| 10 % | 1 | 100 % | 21 to 100 % | 0 % | 0 |\n",
        "Of 3 made histories of sixteen commits, in which a random one does a tenth more work, the right commit was "
        "found in "
        "1, a wrong one in 1; 1 ended undecided. The median took 80 s, builds included.",
        "| wrong-distance | 2 | `wrong \\| distance` |\n",
    };
    struct process *p = *state;
    run_shell(p, "mkdir results plots && printf '#!/bin/sh\\n' >gnuplot && chmod +x gnuplot");
    run_validation(p);
    assert_line(p, 2, "regress-validation: cannot read runs.csv");
    assert_int_equal(process_write(p, "runs.csv", made_up, strcspn(made_up, "\n") + 1), 0);
    run_validation(p);
    assert_line(p, 2, "regress-validation: runs.csv has no runs yet");
    assert_int_equal(process_write(p, "runs.csv", made_up, sizeof made_up - 1), 0);
    run_validation(p);
    assert_success(p);
    char *report = text_of(p, "results/regress-validation.md");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_holds(report, expected[i]);
    free(report);
    assert_says(p, "cat plots/regress-detection.dat",
                "0 0.0000 0.0000 0.5615 0.0000\n10 1.0000 0.2065 1.0000 0.0000\n");
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        TEST(test_base),      TEST(test_shallow_clone), TEST(test_other_worktrees), TEST(test_crash),
        TEST(test_full_disk), TEST(test_summary),       TEST(test_stale_results),   TEST(test_interrupt),
        TEST(test_driver),    TEST(test_validation),
    };
    return cmocka_run_group_tests_name("regress_script", tests, NULL, NULL);
}
