/* Where --plot finds its scripts: a copy of the command, installed, built and alone. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"

#define DATA "synthetic:train=1100,test=5"

/* -- a folder with the command in bin/, which is KNNMARK meanwhile ------------------------------------------------- */

static char *before;

static void make_folder(const struct process *p, const char *name) {
    char path[256];
    assert_int_equal(mkdir(process_path(p, name, path, sizeof path), 0777), 0);
}

static int enter(void **state) {
    const char *program = getenv("KNNMARK");
    if (command_enter(state) != 0)
        return -1;
    struct process *p = *state;
    char copy[256];
    before = strdup(program != NULL ? program : "build/knnmark");
    make_folder(p, "bin");
    make_folder(p, "elsewhere");
    process_path(p, "bin/knnmark", copy, sizeof copy);
    if (process_run(p, (const char *const[]){"cp", before, copy, NULL}) != 0 || p->status != 0)
        return -1;
    return setenv("KNNMARK", copy, 1);
}

static int leave(void **state) {
    setenv("KNNMARK", before, 1);
    free(before);
    return command_leave(state);
}

/* A link of this name to the project's own folder plots. */
static void link_plots(const struct process *p, const char *name) {
    char plots[PATH_MAX], link[256];
    assert_non_null(realpath("plots", plots));
    assert_int_equal(symlink(plots, process_path(p, name, link, sizeof link)), 0);
}

/* -- the places ---------------------------------------------------------------------------------------------------- */

static void run_in(struct process *p, const char *folder, const char *command) {
    static char directory[256];
    p->directory = process_path(p, folder, directory, sizeof directory);
    knnmark(p, command, "--data", DATA, "--k", "1", "--plot", "plot.svg");
}

/* The command complains of missing gnuplot only after it has found the script. */
static void must_find(struct process *p, const char *folder, int found) {
    static const char *const commands[] = {"tune", "cv"};
    p->environment[0] = "PATH=/nowhere";
    for (size_t i = 0; i < 2; i++) {
        char missing[128];
        run_in(p, folder, commands[i]);
        snprintf(missing, sizeof missing,
                 "--plot needs plots/%s.gp, which is neither installed with knnmark nor here: ", commands[i]);
        assert_complaint(p, 1, found ? "--plot needs gnuplot with its svg terminal" : missing);
    }
    p->environment[0] = NULL;
}

static void test_nowhere(void **state) {
    must_find(*state, "elsewhere", 0);
}

static void test_installed(void **state) {
    struct process *p = *state;
    make_folder(p, "share");
    make_folder(p, "share/knnmark");
    link_plots(p, "share/knnmark/plots");
    must_find(p, "elsewhere", 1);
}

static void test_built(void **state) {
    link_plots(*state, "plots");
    must_find(*state, "elsewhere", 1);
}

static void test_here(void **state) {
    link_plots(*state, "elsewhere/plots");
    must_find(*state, "elsewhere", 1);
    must_find(*state, "bin", 0);
}

/* The script that is found draws, with the other scripts of its folder. */
static void test_drawn(void **state) {
    if (emulated() || system("gnuplot -e 'set terminal svg' >/dev/null 2>&1") != 0)
        skip();
    struct process *p = *state;
    link_plots(p, "plots");
    run_in(p, "elsewhere", "cv");
    assert_success(p);
    char *svg = text_of(p, "elsewhere/plot.svg");
    assert_holds(svg, "</svg>");
    free(svg);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)
    const struct CMUnitTest tests[] = {
        TEST(test_nowhere), TEST(test_installed), TEST(test_built), TEST(test_here), TEST(test_drawn),
    };
    return cmocka_run_group_tests_name("plots", tests, NULL, NULL);
}
