/* The manual page and the shells' completion: each has every option of every command, and its readers accept it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"

enum { MOST_TEXT = 1 << 15, PATH = 256 };

/* -- what the help has --------------------------------------------------------------------------------------------- */

/* Calls `check` for every option of every command, with the page; returns how many there are. */
static size_t for_options(struct process *p, const char *page,
                          void (*check)(const char *page, const char *command, char letter, const char *option)) {
    static char commands[MOST_TEXT];
    char command[32], option[32], letter;
    size_t count = 0;
    knnmark(p, "help");
    assert_success(p);
    strcpy(commands, p->output);
    for (const char *line = strstr(commands, "\n  "); line != NULL; line = strstr(line + 1, "\n  ")) {
        assert_int_equal(sscanf(line, " %31s", command), 1);
        knnmark(p, "help", command);
        assert_success(p);
        for (const char *at = p->output; (at = strstr(at, "\n  -")) != NULL; at++, count++) {
            assert_int_equal(sscanf(at, " -%c, --%31[a-z-]", &letter, option), 2);
            check(page, command, letter, option);
        }
    }
    return count;
}

static char *page_of(struct process *p, const char *name, const char *file) {
    static char page[MOST_TEXT];
    knnmark(p, "help", name);
    assert_success(p);
    assert_true(strlen(p->output) < sizeof p->output - 1);
    strcpy(page, p->output);
    assert_int_equal(process_write(p, file, page, strlen(page)), 0);
    return page;
}

/* `text` stands in the page after `start`, and before `end`. */
static void must_hold(const char *page, const char *start, const char *end, const char *text) {
    const char *first = strstr(page, start), *found = first != NULL ? strstr(first, text) : NULL;
    const char *last = first != NULL ? strstr(first + strlen(start), end) : NULL;
    if (found == NULL || (last != NULL && found > last))
        fail_msg("no \"%s\" after \"%s\"", text, start);
}

/* -- the pages ----------------------------------------------------------------------------------------------------- */

static void check_man(const char *page, const char *command, char letter, const char *option) {
    char start[64], text[128];
    size_t used = (size_t)snprintf(text, sizeof text, "\n\\fB\\-%c\\fR, \\fB\\-\\-", letter);
    for (; *option != '\0'; option++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%c", *option == '-' ? "\\" : "", *option);
    snprintf(text + used, sizeof text - used, "\\fR");
    snprintf(start, sizeof start, "\n.SS %s\n", command);
    must_hold(page, start, "\n.S", text);
}

static int is_here(const char *program) {
    char command[64];
    snprintf(command, sizeof command, "command -v %s >/dev/null", program);
    return system(command) == 0;
}

/* Runs a program on the page, which must not complain. */
static void must_read(struct process *p, const char *const *argv) {
    assert_int_equal(process_run(p, argv), 0);
    assert_success(p);
}

static void test_man(void **state) {
    struct process *p = *state;
    char file[PATH];
    const char *page = page_of(p, "--man", "knnmark.1");
    assert_true(for_options(p, page, check_man) > 50);
    assert_holds(page, "\n.SH EXIT STATUS\n");
    assert_holds(page, "\n.B KNNMARK_DATA\n");
    process_path(p, "knnmark.1", file, sizeof file);
    if (is_here("groff"))
        must_read(p, (const char *const[]){"groff", "-man", "-ww", "-z", file, NULL});
    if (is_here("mandoc"))
        must_read(p, (const char *const[]){"mandoc", "-T", "lint", "-W", "error", file, NULL});
}

static void check_bash(const char *page, const char *command, char letter, const char *option) {
    char start[64], text[64];
    (void)letter;
    snprintf(start, sizeof start, "\n    %s:*) words='", command);
    snprintf(text, sizeof text, " --%s%s", option, strcmp(option, "help") == 0 ? "'" : " ");
    must_hold(page, start, "\n", text);
}

/* What bash must offer while the last of these words is typed. */
static void must_offer(struct process *p, const char *words, const char *offered) {
    char script[512], file[PATH], expected[256];
    snprintf(script, sizeof script,
             "source %s; COMP_WORDS=(knnmark %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
             "_knnmark; echo \"${COMPREPLY[*]}\"",
             process_path(p, "knnmark.bash", file, sizeof file), words);
    must_read(p, (const char *const[]){"bash", "-c", script, NULL});
    snprintf(expected, sizeof expected, "%s\n", offered);
    assert_string_equal(p->output, expected);
}

static void test_bash(void **state) {
    struct process *p = *state;
    char file[PATH];
    const char *page = page_of(p, "--bash", "knnmark.bash");
    assert_true(for_options(p, page, check_bash) > 50);
    if (!is_here("bash"))
        skip();
    must_read(p, (const char *const[]){"bash", "-n", process_path(p, "knnmark.bash", file, sizeof file), NULL});
    must_offer(p, "cl", "classify");
    must_offer(p, "help ke", "kernels");
    must_offer(p, "classify --me", "--metric");
    must_offer(p, "classify --json --metric ''", "l1 l2 l1wrap");
    must_offer(p, "cv -S s", "stratified shuffled");
    must_offer(p, "tune --output l", ""); /* then bash offers files */
    must_offer(p, "draw sa", "same-distance");
    must_offer(p, "kernels --k", "");
}

static void check_zsh(const char *page, const char *command, char letter, const char *option) {
    char start[64], text[96];
    snprintf(start, sizeof start, "\n    %s) _arguments \\\n", command);
    snprintf(text, sizeof text, "\n        '(-%c --%s)'{-%c,--%s}'[", letter, option, letter, option);
    must_hold(page, start, ";;\n", text);
}

static void test_zsh(void **state) {
    struct process *p = *state;
    char file[PATH];
    const char *page = page_of(p, "--zsh", "_knnmark");
    assert_memory_equal(page, "#compdef knnmark\n", 17);
    assert_true(for_options(p, page, check_zsh) > 50);
    process_path(p, "_knnmark", file, sizeof file);
    if (is_here("zsh"))
        must_read(p, (const char *const[]){"zsh", "-n", file, NULL});
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {WITH_FOLDER(test_man), WITH_FOLDER(test_bash), WITH_FOLDER(test_zsh)};
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
