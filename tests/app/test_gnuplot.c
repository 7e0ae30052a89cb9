/* Pictures by gnuplot, from scripts written here: what comes of good ones, of failures, and what is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "gnuplot.h"

enum { PATH = 256 };

/* A folder of scripts whose name needs quoting, and one for temporary files. */
static int enter(void **state) {
    char path[PATH];
    if (command_enter(state) != 0)
        return -1;
    mkdir(process_path(*state, "it's", path, sizeof path), 0777);
    mkdir(process_path(*state, "room", path, sizeof path), 0777);
    return setenv("TMPDIR", path, 1);
}

static int leave(void **state) {
    unsetenv("TMPDIR");
    return command_leave(state);
}

static void put_points(const void *context, FILE *data) {
    fputs(context, data);
}

/* Draws with the script, and leaves nothing behind. */
static char *draw(const struct process *p, const char *script, int narrow, struct knn_error *error) {
    char plots[PATH], room[PATH];
    process_path(p, "it's", plots, sizeof plots);
    process_write(p, "it's/points.gp", script, strlen(script));
    const struct knn_gnuplot picture = {.plots = plots, .name = "points", .narrow = narrow};
    char *svg = knn_gnuplot_draw(&picture, put_points, "1 2\n3 4\n", error);
    int left = rmdir(process_path(p, "room", room, sizeof room));
    if (left == 0)
        mkdir(room, 0777);
    assert_true(left == 0 || access(room, F_OK) != 0);
    return svg;
}

static void must_fail(const struct process *p, const char *script, const char *text) {
    struct knn_error error = {""};
    assert_null(draw(p, script, 0, &error));
    assert_holds(error.message, text);
    assert_null(strchr(error.message, '\n'));
}

static void test_draws(void **state) {
    static const char script[] = "load plots.'/style.gp'\n"
                                 "set terminal svg\nset output out\nplot data title sprintf('narrow %d', narrow)\n";
    struct knn_error error;
    assert_int_equal(process_write(*state, "it's/style.gp", "", 0), 0);
    for (int narrow = 0; narrow < 2; narrow++) {
        char *svg = draw(*state, script, narrow, &error);
        assert_non_null(svg);
        assert_int_equal(strncmp(svg, "<?xml", 5), 0);
        assert_holds(svg, narrow ? "narrow 1" : "narrow 0");
        free(svg);
    }
}

static void test_failures(void **state) {
    must_fail(*state, "plot nothing", "it's/points.gp: ");
    must_fail(*state, "plot nothing", "undefined variable: nothing");
    must_fail(*state, "exit status 3", "it's/points.gp: no message");
}

/* gnuplot ends well even if the disk is full. */
static void test_cut_off(void **state) {
    must_fail(*state, "set print out\nprint '<svg><path'\n", "name a folder with room in TMPDIR");
    must_fail(*state, "", "name a folder with room in TMPDIR");
}

static void test_no_room(void **state) {
    char room[PATH];
    assert_int_equal(rmdir(process_path(*state, "room", room, sizeof room)), 0);
    must_fail(*state, "set print out\nprint '</svg>'\n", "room; name a folder with room in TMPDIR");
}

static void test_no_gnuplot(void **state) {
    char *before = strdup(getenv("PATH"));
    assert_non_null(before);
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(knn_gnuplot_found(), 0);
    must_fail(*state, "set print out\nprint '</svg>'\n", "no message");
    setenv("PATH", before, 1);
    free(before);
}

int main(void) {
#define WITH_FOLDERS(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest all[] = {
        WITH_FOLDERS(test_draws),   WITH_FOLDERS(test_failures),   WITH_FOLDERS(test_cut_off),
        WITH_FOLDERS(test_no_room), WITH_FOLDERS(test_no_gnuplot),
    };
    const struct CMUnitTest without[] = {WITH_FOLDERS(test_no_gnuplot)};
    return knn_gnuplot_found() ? cmocka_run_group_tests_name("gnuplot", all, NULL, NULL)
                               : cmocka_run_group_tests_name("gnuplot", without, NULL, NULL);
}
