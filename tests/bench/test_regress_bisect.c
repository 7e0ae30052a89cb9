/* bisect.sh on histories that are made up: a commit's worker is a number, its time, and the driver compares numbers.
 * Run from the project's root. */
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "harness.h"

/* A commit for each word: 100 and 110 are times, `open` has no verdict, `broken` does not build. They are tagged c0, c1
 * and so on. The driver notes what it compares in `log`. */
static const char make[] =
    "exec 2>/dev/null; rm -rf .git build bench log Makefile\n"
    "git init -q . && git config user.name test && git config user.email test@localhost\n"
    "mkdir -p bench/regress build; echo build >.gitignore; echo >bench/regress/worker.c\n"
    "cat >build/knnmark-regress <<'END'\n"
    "#!/bin/sh\n"
    "for word; do case $word in\n"
    "    --base=*) base=$(cat \"${word#*=}\") ;;\n"
    "    --head=*) head=$(cat \"${word#*=}\") ;;\n"
    "esac; done\n"
    "echo \"$base $head\" >>log\n"
    "[ \"$head\" != open ] || exit 3\n"
    "if [ \"$head\" -gt \"$base\" ]; then echo slower; exit 1; fi\n"
    "END\n"
    "chmod +x build/knnmark-regress\n"
    "i=0\n"
    "for word in %s; do\n"
    "    recipe=\"mkdir -p build; echo $word >\\$@; chmod +x \\$@\"\n"
    "    [ $word != broken ] || recipe='@echo error: it is broken; exit 1'\n"
    "    printf 'build/knnmark-regress-worker:\\n\\t%%s\\n' \"$recipe\" >Makefile; echo $i >number\n"
    "    git add .; git commit -qm \"made it $word\"; git tag c$i; i=$((i + 1))\n"
    "done\n";

static void run_shell(struct process *p, const char *script) {
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    p->directory = p->folder;
    assert_int_equal(process_run(p, argv), 0);
    p->directory = NULL;
}

static void make_history(struct process *p, const char *words) {
    char script[4096];
    run_shell(p, "git --version");
    if (p->status != 0)
        skip();
    snprintf(script, sizeof script, make, words);
    run_shell(p, script);
    assert_int_equal(p->status, 0);
}

static void bisect(struct process *p, const char *good, const char *bad) {
    static char script[PATH_MAX + 512], path[PATH_MAX];
    assert_non_null(realpath("bench/regress/bisect.sh", path));
    snprintf(script, sizeof script,
             "exec env -u OPTIMIZE MAKE=make MAKEFLAGS= GOOD='%s' BAD='%s' BENCHMARK= sh '%s' build", good, bad, path);
    run_shell(p, script);
}

/* The commit of this number is found, and nothing is left but what the next run can use. */
static void must_find(struct process *p, size_t number) {
    char script[256];
    const char *found = strstr(p->output, "bisect: the first slower commit is ");
    if (p->status != 0 || found == NULL)
        fail_msg("status %d, not commit %zu: %s%s", p->status, number, p->output, p->errors);
    snprintf(script, sizeof script, "test \"$(git rev-parse --short c%zu)\" = %.7s && git worktree list | wc -l",
             number, found + strlen("bisect: the first slower commit is "));
    run_shell(p, script);
    assert_string_equal(p->output, "1\n");
}

static void test_found(void **state) {
    struct process *p = *state;
    make_history(p, "100 100 100 110 110 110 110 110 110");
    bisect(p, "c0", "c8");
    assert_holds(p->output, "made it 110: bad\n");
    must_find(p, 3);
    run_shell(p, "wc -l <log");
    assert_true(atoi(p->output) <= 5); /* BAD, three between, and the parent */
    bisect(p, "c0", "c8");             /* all that is known stays known */
    assert_null(strstr(p->output, "building"));
    must_find(p, 3);
    bisect(p, "c2", "c3");
    must_find(p, 3);
}

/* Commits that cannot be built or judged are passed over and named. */
static void test_passed_over(void **state) {
    struct process *p = *state;
    make_history(p, "100 100 broken 100 open 110 broken 110 110");
    bisect(p, "c0", "c8");
    assert_int_equal(p->status, 3); /* c4 may be the one */
    assert_holds(p->output, "made it open: open: no verdict\n");
    assert_holds(p->output, "bisect: not decidable: one of these 2 commits");
    make_history(p, "100 broken 100 110 broken open 110 110");
    bisect(p, "c0", "c7");
    assert_holds(p->output, "made it broken: broken: does not build: error: it is broken (");
    must_find(p, 3);
}

static void test_refusals(void **state) {
    static const struct {
        const char *good, *bad, *says;
        int status;
    } cases[] = {
        {"", "c3", "bisect: say between which commits: GOOD=<git ref> BAD=<git ref>\n", 2},
        {"nowhere", "c3", "bisect: no commit nowhere here: name a branch, tag or commit that git knows\n", 2},
        {"c2", "c2", "bisect: GOOD and BAD are the same commit\n", 2},
        {"c2", "c1", "bisect: GOOD=c2 is no ancestor of BAD=c1: give a BAD that descends from GOOD\n", 2},
        {"c0", "c2", "is broken: does not build: error: it is broken\n", 2},
        {"c2", "c3", "does not build: error: it is broken (", 2},
        {"c0", "c1", "bisect: not decidable: BAD is not shown to be slower than GOOD (good)\n", 3},
        {"c0", "c3", "bisect: not decidable: BAD is not shown to be slower than GOOD (open: no verdict)\n", 3},
    };
    struct process *p = *state;
    make_history(p, "100 100 broken open");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bisect(p, cases[i].good, cases[i].bad);
        assert_int_equal(p->status, cases[i].status);
        assert_holds(cases[i].status == 2 ? p->errors : p->output, cases[i].says);
    }
}

/* Sixteen commits, slow from a random one on; others in between do not build or have no verdict. bisect.sh finds the
 * right one, or says that it cannot decide. */
static void test_random(void **state) {
    enum { HISTORIES = 6, COMMITS = 16 };
    struct process *p = *state;
    struct knn_error error;
    uint64_t stream = 1;
    if (harness_seed(&stream, &error) != 0)
        fail_msg("%s", error.message);
    for (size_t h = 0; h < HISTORIES; h++) {
        char words[COMMITS * 8] = "100";
        size_t first = 1 + (size_t)(palette_random(&stream) >> 33) % (COMMITS - 1), decidable = 1;
        for (size_t i = 1; i < COMMITS; i++) {
            size_t odd = i == COMMITS - 1 ? 9 : (size_t)(palette_random(&stream) >> 33) % 10;
            decidable &= odd > 1 || (i != first && i != first - 1);
            strcat(words, odd == 0 ? " broken" : odd == 1 ? " open" : i < first ? " 100" : " 110");
        }
        make_history(p, words);
        bisect(p, "c0", "c15");
        if (decidable)
            must_find(p, first);
        else
            assert_int_equal(p->status, 3);
    }
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        TEST(test_found),
        TEST(test_passed_over),
        TEST(test_refusals),
        TEST(test_random),
    };
    return cmocka_run_group_tests_name("regress_bisect", tests, NULL, NULL);
}
