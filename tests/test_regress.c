/* `make regress` around its verdict: the driver with workers that are shell scripts and answer by arithmetic, so that
 * no time is ever measured, and the script that builds base. $KNNMARK_REGRESS names the driver; run from the project's
 * root. */
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
#include "report_page.h"

/* A worker of three benchmarks: an iteration of them takes $speed microseconds, on paper. */
static const char start[] = "#!/bin/sh\n"
                            "speed=1000 hello='knnmark-regress 1' check=ok names='a/x b/y c/z'\n";
static const char body[] = "echo \"$hello\"\n"
                           "while read -r command name count; do\n"
                           "  case $command in\n"
                           "  list) for n in $names; do echo \"benchmark $n\"; done; echo end ;;\n"
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

/* -- running ------------------------------------------------------------------------------------------------------- */

enum { MOST = 24 };

/* The driver with these words; "@" stands for the folder. */
static void start_driver(struct process *p, const char *const *words) {
    static char paths[MOST][512], driver[PATH_MAX];
    const char *arguments[MOST + 1] = {0}, *name = getenv("KNNMARK_REGRESS");
    if (realpath(name != NULL ? name : "build/knnmark-regress", driver) == NULL)
        fail_msg("the driver is not there: `make test` builds it and names it in KNNMARK_REGRESS");
    for (size_t i = 0; i < MOST && words[i] != NULL; i++) {
        size_t before = strcspn(words[i], "@");
        const char *rest = words[i] + before;
        snprintf(paths[i], sizeof paths[i], "%.*s%s%s%s", (int)before, words[i], *rest != '\0' ? p->folder : "",
                 *rest != '\0' ? "/" : "", *rest != '\0' ? rest + 1 : "");
        arguments[i] = paths[i];
    }
    if (process_start_ours(p, driver, arguments) != 0)
        fail_msg("cannot start %s", driver);
}

/* Controls are live, so their limit is out of reach here. */
#define COMPARISON                                                                                                     \
    "--base=@base", "--head=@head", "--data-file=@data", "--data=synthetic:train=20,test=5", "--output=@result",       \
        "--benchmarks=*", "--rounds=4", "--threads=1", "--seed=1", "--control=10000"

#define compare(process, ...) run_driver(process, (const char *const[]){COMPARISON, __VA_ARGS__, NULL})
static void run_driver(struct process *p, const char *const *words) {
    start_driver(p, words);
    command_finish(p);
}

static void assert_no_verdict(const struct process *p, const char *text) {
    const char *end = strchr(p->errors, '\n');
    char path[256];
    if (p->status != 2 || strncmp(p->errors, "knnmark-regress: ", 17) != 0 || end == NULL || end[1] != '\0')
        fail_msg("status %d, not one line \"knnmark-regress: ...\": %s", p->status, p->errors);
    assert_holds(p->errors, text);
    assert_string_equal(p->output, "");
    assert_int_not_equal(access(process_path(p, "result.json", path, sizeof path), F_OK), 0);
    assert_int_not_equal(access(process_path(p, "result.html", path, sizeof path), F_OK), 0);
    assert_int_not_equal(access(process_path(p, "result.md", path, sizeof path), F_OK), 0);
}

static char *text_of(const struct process *p, const char *name) {
    char path[256], *text = NULL;
    size_t size = 0;
    FILE *file = fopen(process_path(p, name, path, sizeof path), "r");
    if (file == NULL || getdelim(&text, &size, '\0', file) < 0)
        fail_msg("%s was not written", name);
    fclose(file);
    return text;
}

/* -- verdicts ------------------------------------------------------------------------------------------------------ */

static void test_same(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "speed=1010");
    compare(p, NULL);
    assert_success(p);
    assert_holds(p->output, "regress: no regression in 3 benchmarks\n");
    assert_holds(p->output, "+1.00 %    +1.00 % ..   +1.00 %");
    assert_int_equal(process_files(p), 6); /* two workers, data, three results: nothing half-written is left */
}

static void test_slower(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "speed=1100");
    compare(p, NULL);
    assert_int_equal(p->status, 1);
    assert_holds(p->output, "slower (confirmed)");
    assert_holds(p->output, "regress: regression: 3 of 3 benchmarks slower, confirmed in fresh processes\n");
    compare(p, "--warn-undecided");
    assert_int_equal(p->status, 1);
}

/* A slowdown that a fresh process does not show is none. */
static void test_slower_once(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "[ -e \"$0.seen\" ] || speed=1100\n: >\"$0.seen\"");
    compare(p, NULL);
    assert_int_equal(p->status, 3);
    assert_holds(p->output, "slower once, not in fresh processes");
    assert_holds(p->output, "regress: undecided: 3 of 3 benchmarks");
    char path[256];
    assert_int_equal(unlink(process_path(p, "head.seen", path, sizeof path)), 0);
    compare(p, "--warn-undecided");
    assert_int_equal(p->status, 0);
    assert_holds(p->output, "regress: undecided: 3 of 3 benchmarks");
}

static void test_faster(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "speed=1200");
    write_worker(p, "head", "");
    compare(p, NULL);
    assert_success(p);
    assert_holds(p->output, "faster\n");
}

/* The machine slowed base's copy: no verdict. */
static void test_disturbed(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "mkdir \"$0.first\" 2>/dev/null || speed=1500");
    write_worker(p, "head", "");
    run_driver(p, (const char *const[]){COMPARISON, "--control=20", NULL});
    assert_int_equal(p->status, 3);
    assert_holds(p->output, "regress: disturbed, no verdict: ");
    assert_holds(p->output, "\"base against its copy\" changed by +50.00 %");
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
    assert_int_equal(count_of(html, "<svg"), 3 + 3 + 4 + 2 * (2 + (count_of(html, "waiting for a CPU") > 0)));
    assert_holds(summary, "new\\|one against \\<b\\>\\&old");
    assert_holds(summary, "| a/x | +10.00 % | +10.00 % to +10.00 % | 8 |");
    assert_holds(json, "\"exit\": 1,");
    assert_holds(json, "\"verdict\": \"slower\"");
    assert_no_nan(json);
    free(html);
    free(json);
    free(summary);
    /* It is JSON if the driver's own reader takes it, though not for a baseline. */
    run_driver(p, (const char *const[]){"--baseline=@result.json", "--current=@result.json", NULL});
    assert_int_equal(p->status, 2);
    assert_holds(p->errors, "is no result file of knnmark-bench");
}

static void test_list(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "");
    compare(p, "--list", "--benchmarks=c/*,a/*");
    assert_success(p);
    assert_string_equal(p->output, "a/x\nc/z\n");
}

/* -- no verdict ---------------------------------------------------------------------------------------------------- */

static void test_missing_benchmarks(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "names='a/x c/z'");
    compare(p, NULL);
    assert_no_verdict(p, "b/y is missing in head");
    compare(p, "--benchmarks=a/*", "--allow-new");
    assert_no_verdict(p, "b/y is missing in head");
    write_worker(p, "head", "names='a/x b/y c/z d/new'");
    compare(p, NULL);
    assert_no_verdict(p, "d/new is missing in base");
    compare(p, "--benchmarks=nothing/*", "--allow-new");
    assert_no_verdict(p, "no benchmark is called nothing/*");
    compare(p, "--allow-new");
    assert_success(p);
}

static void test_wrong_distance(void **state) {
    struct process *p = *state;
    write_worker(p, "base", "");
    write_worker(p, "head", "check='wrong l1_magic: query 0, row 3: 7, not 8'");
    compare(p, "--benchmarks=a/*");
    assert_no_verdict(p, "head computes wrong distances: l1_magic: query 0, row 3: 7, not 8");
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
        assert_no_verdict(p, cases[i].complaint);
    }
    compare(p, "--head=@nothing");
    assert_no_verdict(p, "cannot start head's worker");
}

static void test_interrupt(void **state) {
    struct process *p = *state;
    char path[256];
    if (emulated())
        skip();
    write_worker(p, "base", "");
    write_worker(p, "head", "event=': >\"$0.running\"; sleep 30 & wait'");
    start_driver(p, (const char *const[]){COMPARISON, NULL});
    process_path(p, "head.running", path, sizeof path);
    for (int i = 0; i < 6000 && access(path, F_OK) != 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    kill(p->id, SIGINT);
    command_finish(p);
    assert_no_verdict(p, "interrupted: there is no verdict, and nothing was written");
}

static void test_unwritable(void **state) {
    struct process *p = *state;
    char path[256];
    write_worker(p, "base", "");
    write_worker(p, "head", "");
    compare(p, "--output=@no/folder/result");
    assert_no_verdict(p, "cannot write");
    compare(p, "--data-file=@no/folder/data");
    assert_no_verdict(p, "cannot write");
    if (access("/dev/full", W_OK) != 0)
        return;
    assert_int_equal(symlink("/dev/full", process_path(p, "full.md", path, sizeof path)), 0);
    compare(p, "--output=@full");
    assert_no_verdict(p, "no room on the disk");
    assert_int_equal(process_files(p), 4); /* no full.json, no full.html */
}

static void test_usage(void **state) {
    static const struct {
        const char *words[4], *complaint;
    } cases[] = {
        {{NULL}, "give --base and --head"},
        {{"--base=x"}, "give --base and --head"},
        {{"--base=x", "--head=y", "--baseline=z"}, "give --base and --head"},
        {{"--wat"}, "--wat: no such option"},
        {{"--rounds"}, "--rounds: no such option, or its value is missing"},
        {{"--rounds=0"}, "--rounds=0: give a number from 1 to 1000"},
        {{"--rounds=1.5"}, "--rounds=1.5: give a whole number"},
        {{"--threshold=x"}, "--threshold=x: give a number"},
        {{"--load=full"}, "--load=full: give random or head"},
        {{"extra"}, "extra: no such argument"},
    };
    struct process *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_driver(p, cases[i].words);
        assert_no_verdict(p, cases[i].complaint);
    }
    run_driver(p, (const char *const[]){"--help", NULL});
    assert_success(p);
    assert_holds(p->output, "usage: knnmark-regress");
    write_worker(p, "base", "");
    write_worker(p, "head", "");
    compare(p, "--rounds=2");
    assert_no_verdict(p, "--rounds=2 are too few for 3 benchmarks: give 4 at least");
}

/* -- a kept result file -------------------------------------------------------------------------------------------- */

static void write_baseline(const struct process *p, const char *name, const char *model, double first, double second) {
    char text[2048];
    int length = snprintf(
        text, sizeof text,
        "{\"knnmark\": {\"cpu\": {\"name\": \"A\", \"family\": \"6\", \"model\": \"%s\", \"features\": [\"avx2\"]},\n"
        "\"machine\": {\"topology_sha256\": \"0\"}, \"threads\": {\"count\": 2}},\n\"benchmarks\": [\n"
        "{\"run_name\": \"search/l1/k:1\", \"run_type\": \"iteration\", \"of_ceiling\": %g},\n"
        "{\"run_name\": \"search/l1/k:1\", \"run_type\": \"iteration\", \"of_ceiling\": %g},\n"
        "{\"run_name\": \"search/l1/k:1\", \"run_type\": \"aggregate\", \"of_ceiling\": 0.01},\n"
        "{\"run_name\": \"kernel/l1/dim:3\", \"of_ceiling\": 0.5},\n"
        "{\"run_name\": \"schedule/%s\", \"of_ceiling\": 0.5}]}\n",
        model, first, second, name);
    assert_int_equal(process_write(p, name, text, (size_t)length), 0);
}

static void test_baseline(void **state) {
    static const struct {
        double first, second;
        int status;
        const char *text;
    } cases[] = {
        {0.80, 0.82, 0, "regress: no regression by the weaker check"},
        {0.60, 0.61, 1, "regress: slower by the weaker check"},
        {0.60, 0.82, 3, "regress: undecided by the weaker check"},
        {0.95, 0.96, 0, "faster\n"},
    };
    struct process *p = *state;
    const char *const words[] = {"--baseline=@old.json", "--current=@new.json", NULL};
    write_baseline(p, "old.json", "1", 0.79, 0.81);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_baseline(p, "new.json", "1", cases[i].first, cases[i].second);
        run_driver(p, words);
        assert_int_equal(p->status, cases[i].status);
        assert_holds(p->output, cases[i].text);
    }
    write_baseline(p, "new.json", "2", 0.8, 0.8);
    run_driver(p, words);
    assert_no_verdict(p, "the baseline is of another machine: cpu model was \"1\", is \"2\"");
    assert_int_equal(process_write(p, "new.json", "{", 1), 0);
    run_driver(p, words);
    assert_no_verdict(p, "new.json");
    run_driver(p, (const char *const[]){"--baseline=@none.json", "--current=@new.json", NULL});
    assert_no_verdict(p, "none.json");
}

/* -- regress.sh ---------------------------------------------------------------------------------------------------- */

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
    const struct CMUnitTest tests[] = {
        TEST(test_same),           TEST(test_slower),      TEST(test_slower_once), TEST(test_faster),
        TEST(test_disturbed),      TEST(test_files),       TEST(test_list),        TEST(test_missing_benchmarks),
        TEST(test_wrong_distance), TEST(test_bad_workers), TEST(test_interrupt),   TEST(test_unwritable),
        TEST(test_usage),          TEST(test_baseline),    TEST(test_script),      TEST(test_shallow_clone),
    };
    return cmocka_run_group_tests_name("regress", tests, NULL, NULL);
}
