/* regress.sh, which builds base: with a driver and a Makefile that are stand-ins. Run from the project's root. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"

static void run_shell(struct process *p, const char *script) {
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    p->directory = p->folder;
    assert_int_equal(process_run(p, argv), 0);
}

/* regress.sh on a repository whose Makefile builds nothing; build/knnmark-regress only prints its words. */
static void run_script(struct process *p, const char *base) {
    static char script[PATH_MAX + 512], path[PATH_MAX];
    assert_non_null(realpath("bench/regress/regress.sh", path));
    snprintf(script, sizeof script, "BASE='%s' BASELINE='' MAKE=make MAKEFLAGS= sh '%s' build --rounds=9", base, path);
    run_shell(p, script);
    p->directory = NULL;
}

static void assert_script_fails(const struct process *p, const char *text) {
    const char *end = strchr(p->errors, '\n');
    if (p->status != 2 || strncmp(p->errors, "regress: ", 9) != 0 || end == NULL || end[1] != '\0')
        fail_msg("status %d, not one line \"regress: ...\": %s", p->status, p->errors);
    assert_holds(p->errors, text);
}

static const char repository[] =
    "exec 2>/dev/null\n"
    "git init -q . && git config user.name test && git config user.email test@localhost && mkdir -p bench/regress "
    "build\n"
    "printf '#!/bin/sh\\necho \"$@\"; exit 3\\n' >build/knnmark-regress; chmod +x build/knnmark-regress\n"
    "echo build >.gitignore\n"
    "echo old >README && git add . && git commit -qm old && git tag old\n"
    "echo '' >bench/regress/worker.c\n"
    "printf 'build/knnmark-regress-worker:\\n\\t@echo error: it is broken; exit 1\\n' >Makefile\n"
    "git add . && git commit -qm broken && git tag broken\n"
    "printf 'build/knnmark-regress-worker:\\n\\t@mkdir -p build; echo $(CC) $(CFLAGS) >$@; chmod +x $@\\n' >Makefile\n"
    "git add . && git commit -qm good && git tag good\n";

static void test_script(void **state) {
    struct process *p = *state;
    run_shell(p, "git --version");
    if (p->status != 0)
        skip();
    run_shell(p, repository);
    assert_int_equal(p->status, 0);
    run_script(p, "");
    assert_script_fails(p, "say what to compare with");
    run_script(p, "nowhere");
    assert_script_fails(p, "no commit nowhere here: name a branch");
    run_script(p, "old");
    assert_script_fails(p, "has no worker to compare with: it is older than `make regress`");
    run_script(p, "broken");
    assert_script_fails(p, "does not build: error: it is broken (build/regress/base.log has all)");
    run_script(p, "good");
    assert_int_equal(p->status, 3); /* the driver's own */
    assert_holds(p->output, "--base=build/regress/base-worker --head=build/knnmark-regress-worker");
    assert_holds(p->output, "--rounds=9\n");
    run_script(p, "good"); /* it is not built again */
    assert_null(strstr(p->output, "building"));
    run_shell(p, "git worktree list | wc -l; ls build/regress");
    assert_holds(p->output, "1\nbase-stamp\nbase-worker\nbase.log\n"); /* no worktree is left */
}

static void test_shallow_clone(void **state) {
    struct process *p = *state;
    run_shell(p, "git --version");
    if (p->status != 0)
        skip();
    run_shell(p, repository);
    run_shell(p, "git clone -q --depth 1 \"file://$PWD\" clone 2>/dev/null && mkdir -p clone/build");
    assert_int_equal(p->status, 0);
    static char script[PATH_MAX + 512], path[PATH_MAX];
    assert_non_null(realpath("bench/regress/regress.sh", path));
    snprintf(script, sizeof script, "cd clone && BASE=HEAD~1 BASELINE='' sh '%s' build", path);
    run_shell(p, script);
    p->directory = NULL;
    assert_script_fails(p, "no commit HEAD~1 here, and this clone is shallow: fetch all of it");
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, command_enter, command_leave)
    const struct CMUnitTest tests[] = {TEST(test_script), TEST(test_shallow_clone)};
    return cmocka_run_group_tests_name("regress_script", tests, NULL, NULL);
}
