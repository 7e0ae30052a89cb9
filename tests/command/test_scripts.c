/* The shell scripts: .ci/fetch.sh on local files, .ci/deps.sh with package managers that only pretend, tests/run.sh
 * with test programs that only print. Run from the project's root. */
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

static void write_text(const struct process *p, const char *name, const char *text) {
    assert_int_equal(process_write(p, name, text, strlen(text)), 0);
}

static void write_program(const struct process *p, const char *name, const char *body) {
    char path[256], text[512];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", body);
    write_text(p, name, text);
    assert_int_equal(chmod(process_path(p, name, path, sizeof path), 0755), 0);
}

static void check_file(const struct process *p, const char *name, const char *expected) {
    char path[256], text[512] = "";
    FILE *file = fopen(process_path(p, name, path, sizeof path), "r");
    if (file != NULL) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    assert_string_equal(text, expected);
}

/* Standard error is one line that holds `text`. */
static void check_line(const char *line, const char *text) {
    if (line[0] == '\0' || strchr(line, '\n') != line + strlen(line) - 1)
        fail_msg("not one line: %s", line);
    assert_holds(line, text);
}

/* Finds a program in PATH; 0 if there is none. */
static int find_program(const char *name, char *path, size_t size) {
    char folders[4096];
    snprintf(folders, sizeof folders, "%s", getenv("PATH"));
    for (char *folder = strtok(folders, ":"); folder != NULL; folder = strtok(NULL, ":")) {
        snprintf(path, size, "%s/%s", folder, name);
        if (access(path, X_OK) == 0)
            return 1;
    }
    return 0;
}

/* -- fetch.sh ------------------------------------------------------------------------------------------------------ */

#define SHA256_OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* Fetches the folder's file `source` to its file `target`, if it has this sum. */
static void fetch(struct process *p, const char *source, const char *sum, const char *target) {
    char url[256], path[256], curl[512];
    if (!find_program("curl", curl, sizeof curl))
        skip();
    snprintf(url, sizeof url, "file://%s/%s", p->folder, source);
    const char *argv[] = {"/bin/sh", ".ci/fetch.sh", url, sum, process_path(p, target, path, sizeof path), NULL};
    assert_int_equal(process_run(p, argv), 0);
}

static void test_fetch(void **state) {
    struct process *p = *state;
    write_text(p, "source", "abc");
    fetch(p, "source", SHA256_OF_ABC, "data/target");
    assert_success(p);
    assert_holds(p->output, "target is verified");
    check_file(p, "data/target", "abc");
    assert_int_equal(process_files(p), 2);
}

static void test_fetch_what_is_there(void **state) {
    struct process *p = *state;
    write_text(p, "target", "abc");
    fetch(p, "missing", SHA256_OF_ABC, "target");
    assert_success(p);
    check_line(p->output, "target is there and verified");
    assert_int_equal(process_files(p), 1);
}

static void test_fetch_what_is_there_but_damaged(void **state) {
    struct process *p = *state;
    write_text(p, "source", "abc");
    write_text(p, "target", "ab");
    fetch(p, "source", SHA256_OF_ABC, "target");
    assert_success(p);
    check_file(p, "target", "abc");
    assert_int_equal(process_files(p), 2);
}

static void test_fetch_wrong_sum(void **state) {
    struct process *p = *state;
    write_text(p, "source", "abd");
    write_text(p, "target", "earlier");
    fetch(p, "source", SHA256_OF_ABC, "target");
    assert_int_equal(p->status, 1);
    check_line(p->errors, "nothing was kept");
    assert_holds(p->errors, SHA256_OF_ABC);
    check_file(p, "target", "earlier");
    assert_int_equal(process_files(p), 2);
}

static void test_fetch_missing(void **state) {
    struct process *p = *state;
    fetch(p, "missing", SHA256_OF_ABC, "target");
    assert_int_equal(p->status, 1);
    assert_holds(p->errors, "data: cannot fetch file://");
    assert_holds(p->errors, "make data URL=");
    assert_int_equal(process_files(p), 0);
}

/* -- deps.sh ------------------------------------------------------------------------------------------------------- */

/* What the pretended programs do: `installed` lists packages, `log` is what was called. */
static const char *const query = "for package; do :; done\n"
                                 "grep -qx \"$package\" \"$PRETENDED/installed\"";
static const char *const call = "echo \"${0##*/} $*\" >>\"$PRETENDED/log\"";

/* A PATH of nothing but a shell, grep and `id`, which says `user`. */
static void pretend(struct process *p, const char *user) {
    static char path[256], pretended[256];
    char real[512], link[256], body[64];
    snprintf(path, sizeof path, "PATH=%s", p->folder);
    snprintf(pretended, sizeof pretended, "PRETENDED=%s", p->folder);
    p->environment[0] = path;
    p->environment[1] = pretended;
    assert_int_equal(symlink("/bin/sh", process_path(p, "sh", link, sizeof link)), 0);
    assert_true(find_program("grep", real, sizeof real));
    assert_int_equal(symlink(real, process_path(p, "grep", link, sizeof link)), 0);
    snprintf(body, sizeof body, "echo %s", user);
    write_program(p, "id", body);
    write_text(p, "installed", "a\n");
}

static void pretend_apt(struct process *p) {
    write_program(p, "dpkg-query",
                  "for package; do :; done\n"
                  "if grep -qx \"$package\" \"$PRETENDED/installed\"; then printf 'install ok installed'\n"
                  "elif [ \"$package\" = removed ]; then printf 'deinstall ok config-files'\n"
                  "else echo \"no packages found matching $package\" >&2; exit 1; fi");
    write_program(p, "apt-get", call);
}

static void deps(struct process *p, const char *apt, const char *others) {
    const char *argv[] = {"/bin/sh", ".ci/deps.sh", "apt", apt, "dnf", others, "pacman", others, "brew", others, NULL};
    assert_int_equal(process_run(p, argv), 0);
}

static void test_deps_all_there(void **state) {
    struct process *p = *state;
    pretend(p, "1000");
    pretend_apt(p);
    write_text(p, "installed", "a\nb\n");
    deps(p, "a b", "other");
    assert_success(p);
    check_line(p->output, "all packages are installed");
    check_file(p, "log", "");
}

static void test_deps_as_root(void **state) {
    struct process *p = *state;
    pretend(p, "0");
    pretend_apt(p);
    write_program(p, "sudo", call);
    deps(p, "b a removed c", "other");
    assert_success(p);
    check_line(p->output, "deps: installing by apt: b removed c\n");
    check_file(p, "log", "apt-get update -qq\napt-get install -y -qq b removed c\n");
}

static void test_deps_with_sudo(void **state) {
    struct process *p = *state;
    pretend(p, "1000");
    pretend_apt(p);
    write_program(p, "sudo", "echo sudo >>\"$PRETENDED/log\"; exec \"$@\"");
    deps(p, "a b", "other");
    assert_success(p);
    check_line(p->output, "deps: installing by apt with sudo: b\n");
    check_file(p, "log", "sudo\napt-get update -qq\napt-get install -y -qq b\n");
}

static void test_deps_without_sudo(void **state) {
    struct process *p = *state;
    pretend(p, "1000");
    pretend_apt(p);
    deps(p, "b a c", "other");
    assert_int_equal(p->status, 1);
    assert_string_equal(p->output, "");
    check_line(p->errors, "deps: missing b c: not root and no sudo");
    assert_holds(p->errors, "apt-get install -y -qq b c\n");
    check_file(p, "log", "");
}

static void test_deps_install_fails(void **state) {
    struct process *p = *state;
    pretend(p, "0");
    pretend_apt(p);
    write_program(p, "apt-get", "exit 100");
    deps(p, "a b", "other");
    assert_int_equal(p->status, 1);
    check_line(p->errors, "deps: apt could not install all of: b (");
}

static void test_deps_no_manager(void **state) {
    struct process *p = *state;
    pretend(p, "0");
    deps(p, "a b", "other");
    assert_int_equal(p->status, 1);
    assert_string_equal(p->output, "");
    check_line(p->errors, "deps: none of the package managers known here is installed");
    assert_holds(p->errors, ": a b\n");
}

/* Each case adds a manager that deps.sh prefers to the earlier ones. */
static void test_deps_other_managers(void **state) {
    static const struct {
        const char *manager, *query_name, *query, *log;
    } cases[] = {
        {"brew", "brew", "", "brew install b c\n"}, /* never as another user */
        {"pacman", "pacman", "", "sudo\npacman -S --noconfirm --needed b c\n"},
        {"dnf", "rpm", query, "sudo\ndnf install -y b c\n"},
    };
    struct process *p = *state;
    pretend(p, "1000");
    write_program(p, "sudo", "echo sudo >>\"$PRETENDED/log\"; exec \"$@\"");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* brew and pacman answer questions themselves: list --versions NAME, -T NAME */
        char body[400];
        snprintf(body, sizeof body,
                 "case $1 in\n"
                 "list) grep -qx \"$3\" \"$PRETENDED/installed\" ;;\n"
                 "-T) grep -qx \"$2\" \"$PRETENDED/installed\" || { echo \"$2\"; exit 127; } ;;\n"
                 "*) %s ;;\nesac",
                 call);
        if (cases[i].query[0] != '\0')
            write_program(p, cases[i].query_name, cases[i].query);
        write_program(p, cases[i].manager, body);
        write_text(p, "log", "");
        deps(p, "other", "b a c");
        assert_success(p);
        assert_holds(p->output, ": b c\n");
        check_file(p, "log", cases[i].log);
    }
}

/* -- run.sh -------------------------------------------------------------------------------------------------------- */

static void run_two(struct process *p, const char *first, const char *second) {
    char paths[2][256];
    p->environment[0] = "WRAPPER=";
    write_program(p, "first", first);
    write_program(p, "second", second);
    const char *argv[] = {"/bin/sh", "tests/run.sh", process_path(p, "first", paths[0], sizeof paths[0]),
                          process_path(p, "second", paths[1], sizeof paths[1]), NULL};
    assert_int_equal(process_run(p, argv), 0);
}

static void check_sum(const struct process *p, int status, const char *sum) {
    size_t length = strlen(p->output), tail = strlen(sum);
    assert_int_equal(p->status, status);
    if (length < tail || strcmp(p->output + length - tail, sum) != 0)
        fail_msg("does not end with \"%s\": %s", sum, p->output);
}

static void test_run(void **state) {
    struct process *p = *state;
    const char *good = "echo '[  PASSED  ] 3 test(s).'";
    run_two(p, good, "echo '[  PASSED  ] 2 test(s).'; echo '[  SKIPPED ] 1 test(s), listed below:'");
    check_sum(p, 0, "\n5 passed, 0 failed, 1 skipped\n");
    run_two(p, good, "echo '[  PASSED  ] 1 test(s).'; echo '[  PASSED  ] 4 test(s).'");
    check_sum(p, 0, "\n8 passed, 0 failed, 0 skipped\n");
    run_two(p, "echo '[  PASSED  ] 1 test(s).'; echo '[  FAILED  ] 2 test(s), listed below:'; exit 2", good);
    check_sum(p, 1, "\n4 passed, 2 failed, 0 skipped\n");
    run_two(p, "echo '[  PASSED  ] 1 test(s).'; exit 1", good); /* as the leak checker does it */
    check_sum(p, 1, "\n4 passed, 1 failed, 0 skipped\n");
    run_two(p, "kill -KILL $$", good);
    check_sum(p, 1, "\n3 passed, 1 failed, 0 skipped\n");
    run_two(p, good, "exit 0");
    check_sum(p, 1, "\n3 passed, 1 failed, 0 skipped\n");
    run_two(p, "echo '[  PASSED  ] 0 test(s).'", "echo '[  PASSED  ] 0 test(s).'");
    check_sum(p, 1, "\n0 passed, 0 failed, 0 skipped\n");
}

/* -- kernels/registered.sh ------------------------------------------------------------------------------------------
 */

static int registered(struct process *p, const char *registry, const char *source) {
    char paths[2][256];
    write_text(p, "kernels.def", registry);
    write_text(p, "l1_abacus.c", source);
    const char *argv[] = {"/bin/sh", "kernels/registered.sh", process_path(p, "kernels.def", paths[0], sizeof paths[0]),
                          process_path(p, "l1_abacus.c", paths[1], sizeof paths[1]), NULL};
    assert_int_equal(process_run(p, argv), 0);
    return p->status;
}

static void test_registered(void **state) {
    struct process *p = *state;
    static const char source[] = "#include \"kernel.h\"\nconst struct knn_kernel knn_l1_abacus_2x2 = {\n};\n",
                      automatic[] = "const struct knn_kernel KNN_AUTO_SYMBOL(l1) = {\n};\n";
    assert_int_equal(registered(p, "KERNEL(abacus, l1_abacus_2x2)\n", source), 0);
    assert_int_equal(registered(p, "KERNEL(avx2, l1_avx2_auto)\n", automatic), 0);
    assert_int_equal(registered(p, "KERNEL(abacus, l1_abacus)\n", source), 1);
    assert_holds(p->errors, "no line KERNEL(<isa>, l1_abacus_2x2), so this kernel would never run");
    assert_int_equal(registered(p, "KERNEL(avx2, l2_avx2_auto)\n", automatic), 1);
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_fetch),
        WITH_FOLDER(test_fetch_what_is_there),
        WITH_FOLDER(test_fetch_what_is_there_but_damaged),
        WITH_FOLDER(test_fetch_wrong_sum),
        WITH_FOLDER(test_fetch_missing),
        WITH_FOLDER(test_deps_all_there),
        WITH_FOLDER(test_deps_as_root),
        WITH_FOLDER(test_deps_with_sudo),
        WITH_FOLDER(test_deps_without_sudo),
        WITH_FOLDER(test_deps_install_fails),
        WITH_FOLDER(test_deps_no_manager),
        WITH_FOLDER(test_deps_other_managers),
        WITH_FOLDER(test_run),
        WITH_FOLDER(test_registered),
    };
    return cmocka_run_group_tests_name("scripts", tests, NULL, NULL);
}
