/* The benchmark program, $KNNMARK_BENCH (build/knnmark-bench unless set), on sets so small that it takes seconds: what
 * is in its result file and its tables, what an interrupt leaves, what it refuses. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "array_files.h"
#include "ceilings.h"
#include "command.h"

#define SMALL      "--data=synthetic:seed=4294967297,train=600,test=60"
#define ONE_KERNEL "--benchmark_filter=^kernel/l1_scalar/dim:3072(/|$)"

static const char *binary(void) {
    static char path[PATH_MAX];
    const char *name = getenv("KNNMARK_BENCH");
    if (name == NULL)
        name = "build/knnmark-bench";
    if (realpath(name, path) == NULL)
        fail_msg("%s is not there: `make test` builds it and names it in KNNMARK_BENCH", name);
    return path;
}

#define bench(process, ...) bench_run(process, (const char *const[]){__VA_ARGS__, NULL})
static void bench_run(struct process *p, const char *const *arguments) {
    p->directory = p->folder;
    assert_int_equal(process_run_ours(p, binary(), arguments), 0);
}

static void assert_ended_well(const struct process *p) {
    if (p->status != 0)
        fail_msg("ended with status %d and said: %s", p->status, p->errors);
}

/* -- a result file ------------------------------------------------------------------------------------------------- */

/* It is JSON, which has no NaN and no infinity: a file with one does not load, nor one with a number out of range. */
static json_t *load(const struct process *p, const char *name) {
    char path[256];
    json_error_t error;
    json_t *all = json_load_file(process_path(p, name, path, sizeof path), JSON_REJECT_DUPLICATES, &error);
    if (all == NULL)
        fail_msg("%s, line %d: %s", path, error.line, error.text);
    return all;
}

/* A member, which must be there and of this type. */
static json_t *member(json_t *object, const char *name, json_type type) {
    json_t *value = json_object_get(object, name);
    if (value == NULL || json_typeof(value) != type)
        fail_msg("\"%s\" is missing or of another type", name);
    return value;
}

static const char *string_of(json_t *object, const char *name) {
    const char *text = json_string_value(member(object, name, JSON_STRING));
    if (text[0] == '\0')
        fail_msg("\"%s\" is empty", name);
    return text;
}

static json_int_t integer_of(json_t *object, const char *name) {
    return json_integer_value(member(object, name, JSON_INTEGER));
}

static double counter(json_t *all, const char *benchmark, const char *name) {
    size_t i;
    json_t *row;
    json_array_foreach(member(all, "benchmarks", JSON_ARRAY), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "name")), benchmark) != 0)
            continue;
        json_t *value = json_object_get(row, name);
        if (!json_is_number(value))
            fail_msg("%s has no %s", benchmark, name);
        return json_number_value(value);
    }
    fail_msg("no benchmark %s", benchmark);
    return 0;
}

static void check_texts(json_t *object, const char *const *names) {
    for (; *names != NULL; names++)
        string_of(object, *names);
}

/* What a benchmark is stands beside its name. */
static void check_fields(json_t *all) {
    size_t i;
    json_t *row;
    json_array_foreach(member(all, "benchmarks", JSON_ARRAY), i, row) {
        json_t *fields = member(row, "knnmark", JSON_OBJECT);
        char start[128];
        snprintf(start, sizeof start, "%s/%s/", string_of(fields, "group"), string_of(fields, "kernel"));
        assert_int_equal(strncmp(string_of(row, "name"), start, strlen(start)), 0);
        assert_string_equal(string_of(fields, "metric"), "l1");
        assert_string_equal(string_of(fields, "isa"), "baseline");
        assert_string_equal(string_of(fields, "code"), strstr(start, "_auto") != NULL ? "compiler" : "scalar");
        assert_int_equal(integer_of(fields, "dim"), 3072);
        assert_true(integer_of(fields, "threads") >= 1);
    }
}

static void check_data(json_t *block) {
    json_t *data = member(block, "data", JSON_OBJECT);
    assert_string_equal(string_of(data, "source"), "synthetic images (seed 4294967297), not CIFAR-10");
    member(data, "synthetic", JSON_TRUE);
    assert_int_equal(integer_of(data, "train"), 600);
    assert_int_equal(integer_of(data, "test"), 60);
    assert_int_equal(integer_of(data, "dim"), 3072);
    const char *sha256 = string_of(data, "sha256");
    assert_int_equal(strlen(sha256), 64);
    assert_int_equal(strspn(sha256, "0123456789abcdef"), 64);
    assert_true(integer_of(block, "seed") == 4294967297);
}

static void check_block(json_t *block) {
    assert_int_equal(integer_of(block, "schema"), 2);
    member(block, "complete", JSON_TRUE);
    check_texts(block, (const char *const[]){"version", "commit", NULL});
    json_t *cpu = member(block, "cpu", JSON_OBJECT), *machine = member(block, "machine", JSON_OBJECT);
    check_texts(cpu, (const char *const[]){"name", "family", "model", "stepping", "microcode", NULL});
    assert_string_equal(json_string_value(json_array_get(member(cpu, "features", JSON_ARRAY), 0)), "baseline");
    check_texts(machine, (const char *const[]){"emulator", "hypervisor", "governor", "transparent_hugepages", "aslr",
                                               "topology", "topology_sha256", NULL});
    assert_int_equal(json_array_size(member(machine, "load_before", JSON_ARRAY)), 3);
    assert_int_equal(json_array_size(member(machine, "load_after", JSON_ARRAY)), 3);
    json_t *build = member(block, "build", JSON_OBJECT);
    check_texts(build, (const char *const[]){"compiler", "flags", NULL});
    string_of(member(build, "libraries", JSON_OBJECT), "benchmark");
    assert_int_equal(integer_of(member(block, "threads", JSON_OBJECT), "count"), 2);
    integer_of(member(block, "openmp", JSON_OBJECT), "version");
    check_data(block);
}

/* -- the tables ---------------------------------------------------------------------------------------------------- */

/* "× scalar" in the line of a search: the tables' last column but for the queries. */
static double times_scalar(const char *tables, const char *line) {
    char start[80];
    double value = 0;
    snprintf(start, sizeof start, "\n%s  ", line);
    const char *row = strstr(tables, start);
    if (row == NULL)
        fail_msg("no row of %s in: %s", line, tables);
    char copy[256], *rest = NULL;
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(row + 1, "\n"), row + 1);
    const char *before = "", *last = strtok_r(copy, " ", &rest);
    for (const char *word = last; word != NULL; word = strtok_r(NULL, " ", &rest)) {
        before = last;
        last = word;
    }
    assert_int_equal(sscanf(before, "%lf", &value), 1);
    return value;
}

/* The table shows three digits. */
static void assert_shown(const char *tables, const char *line, double expected) {
    double shown = times_scalar(tables, line);
    if (fabs(shown - expected) > 0.006 * expected)
        fail_msg("%s: × scalar is %g, but the times are 1 to %g", line, shown, expected);
}

/* The ratio of the times in the same table. */
static void check_times_scalar(const struct process *p, json_t *all) {
    static const char *const more[] = {", k 1, 1 thread", ""};
    for (int threads = 1; threads <= 2; threads++) {
        char scalar[80], other[80];
        snprintf(scalar, sizeof scalar, "search/l1_scalar/k:1/threads:%d_median", threads);
        snprintf(other, sizeof other, "search/l1_baseline_auto/k:1/threads:%d_median", threads);
        double expected = counter(all, scalar, "full_job_s") / counter(all, other, "full_job_s");
        snprintf(scalar, sizeof scalar, "l1_scalar%s", more[threads - 1]);
        snprintf(other, sizeof other, "l1_baseline_auto%s", more[threads - 1]);
        assert_true(times_scalar(p->output, scalar) == 1);
        assert_shown(p->output, other, expected);
    }
}

/* -- runs ---------------------------------------------------------------------------------------------------------- */

static void test_result(void **state) {
    struct process *p = *state;
    size_t ceiling_count;
    bench(p, SMALL, "--quick", "--threads=2", "--benchmark_repetitions=3", "--output=out.json",
          "--benchmark_filter=/l1_(scalar|baseline_auto)/");
    assert_ended_well(p);
    json_t *all = load(p, "out.json");
    check_block(member(all, "knnmark", JSON_OBJECT));
    check_fields(all);
    ceilings(&ceiling_count);
    if (ceiling_count > 0)
        assert_true(counter(all, "kernel/l1_baseline_auto/dim:3072_median", "of_ceiling") > 0);
    check_times_scalar(p, all);
    json_decref(all);
    assert_int_equal(process_files(p), 1);
}

/* A seed that no JSON integer of 64 bits holds; and the counter where the scalar kernel was not run. */
static void test_without_scalar(void **state) {
    struct process *p = *state;
    bench(p, "--data=synthetic:seed=18446744073709551615,train=600,test=60", "--quick", "--threads=1",
          "--output=out.json", "--benchmark_filter=^search/l1_baseline_auto/");
    assert_ended_well(p);
    json_t *all = load(p, "out.json");
    assert_string_equal(string_of(member(all, "knnmark", JSON_OBJECT), "seed"), "18446744073709551615");
    double expected = counter(all, "search/l1_baseline_auto/k:1/threads:1", "x_scalar");
    assert_shown(p->output, "l1_baseline_auto", expected);
    json_decref(all);
}

/* JSON is UTF-8; a path and the environment are any bytes. */
static void test_any_path(void **state) {
    struct process *p = *state;
    char path[256], data[300];
    cifar_write_folder(process_path(p, "caf\xe9", path, sizeof path), cifar_binary_names, cifar_binary_batch);
    snprintf(data, sizeof data, "--data=%s", path);
    p->environment[0] = "OMP_SCHEDULE=dynamic\xe9";
    bench(p, data, "--isa=baseline", "--quick", "--threads=1", "--output=out.json",
          "--benchmark_filter=^search/l1_scalar/");
    assert_ended_well(p);
    json_t *all = load(p, "out.json"), *block = member(all, "knnmark", JSON_OBJECT);
    const char *source = string_of(member(block, "data", JSON_OBJECT), "source");
    assert_holds(source, "caf?");
    assert_string_equal(string_of(member(all, "context", JSON_OBJECT), "data"), source);
    json_t *environment = member(member(block, "openmp", JSON_OBJECT), "environment", JSON_OBJECT);
    assert_string_equal(string_of(environment, "OMP_SCHEDULE"), "dynamic?");
    member(block, "seed", JSON_NULL);
    json_decref(all);
}

/* Rows of another length, few of them, in other classes; of more than 256 the hash has both bytes of a label. */
static void test_other_shapes(void **state) {
    struct process *p = *state;
    static const struct {
        const char *data;
        json_int_t train, test, dim;
    } sets[] = {{"--data=idx", 6, 3, ARRAY_DIM}, {"--data=synthetic:train=400,test=5,dim=50,classes=300", 400, 5, 50}};
    char path[256];
    array_write_folder(process_path(p, "idx", path, sizeof path), array_idx_names, array_idx);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        bench(p, sets[i].data, "--isa=baseline", "--quick", "--threads=1", "--output=out.json",
              "--benchmark_filter=^(search|latency)/l1_scalar/");
        assert_ended_well(p);
        json_t *all = load(p, "out.json"), *data = member(member(all, "knnmark", JSON_OBJECT), "data", JSON_OBJECT);
        assert_int_equal(integer_of(data, "train"), sets[i].train);
        assert_int_equal(integer_of(data, "test"), sets[i].test);
        assert_int_equal(integer_of(data, "dim"), sets[i].dim);
        assert_int_equal(strlen(string_of(data, "sha256")), 64);
        assert_true(counter(all, "search/l1_scalar/k:1/threads:1", "full_job_s") > 0);
        json_decref(all);
    }
}

/* Among random bytes the automatic choice is the exhaustive search. Where the CPU has no tile there are no bounds. */
static void test_random_bytes(void **state) {
    struct process *p = *state;
    bench(p, "--data=synthetic:train=4200,test=5,seed=7", "--threads=1", "--output=out.json",
          "--benchmark_repetitions=1", "--benchmark_filter=^(bounds/.*/random|kernel/l1_scalar)/");
    assert_ended_well(p);
    json_t *all = load(p, "out.json"), *entry;
    size_t i;
    json_array_foreach(member(all, "benchmarks", JSON_ARRAY), i, entry) {
        if (strstr(string_of(entry, "name"), "/random/") == NULL)
            continue;
        assert_true(json_number_value(json_object_get(entry, "share_full")) == 1);
        assert_true(json_number_value(json_object_get(entry, "x_exhaustive")) > 0);
    }
    json_decref(all);
}

/* Every benchmark is of a group that --help names. */
static void test_help(void **state) {
    struct process *p = *state;
    bench(p, "--help");
    assert_success(p);
    char *help = strdup(p->output), *left;
    assert_non_null(help);
    bench(p, SMALL, "--threads=2", "--output=out.json", "--benchmark_list_tests");
    assert_success(p);
    assert_int_equal(process_files(p), 0);
    char *line = strtok_r(p->output, "\n", &left); /* the first one names the data */
    size_t count = 0;
    while ((line = strtok_r(NULL, "\n", &left)) != NULL) {
        char group[64];
        snprintf(group, sizeof group, " %.*s/...", (int)strcspn(line, "/"), line);
        assert_holds(help, group);
        count++;
    }
    assert_true(count > 10);
    free(help);
}

/* -- an interrupt -------------------------------------------------------------------------------------------------- */

static int has_a_result(const struct process *p) {
    char path[256], text[1 << 14];
    FILE *file = fopen(process_path(p, "out.json.part", path, sizeof path), "r");
    if (file == NULL)
        return 0;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return strstr(text, "\"real_time\"") != NULL;
}

/* A run of most of a minute, interrupted when its file has something. */
static void test_interrupt(void **state) {
    if (emulated())
        skip();
    struct process *p = *state;
    p->directory = p->folder;
    const char *const arguments[] = {SMALL, "--output=out.json", "--benchmark_filter=^(kernel|search)/", NULL};
    assert_int_equal(process_start_ours(p, binary(), arguments), 0);
    for (int i = 0; i < 1500 && !has_a_result(p); i++)
        usleep(10000);
    assert_int_equal(kill(p->id, SIGINT), 0);
    assert_int_equal(process_finish(p), 0);
    assert_int_equal(p->status, 130);
    const char *said = strstr(p->errors, "knnmark-bench: ");
    assert_non_null(said);
    assert_string_equal(said, "knnmark-bench: interrupted: what was measured until then is out.json\n");
    json_t *all = load(p, "out.json");
    assert_true(json_array_size(member(all, "benchmarks", JSON_ARRAY)) > 0);
    member(member(all, "knnmark", JSON_OBJECT), "complete", JSON_FALSE);
    json_decref(all);
    assert_int_equal(process_files(p), 1); /* no .part */
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

/* One line that holds this, and no file. */
static void check_refusal(struct process *p, int status, const char *argument, const char *text) {
    bench(p, "--data=synthetic:train=60,test=60", "--quick", ONE_KERNEL, argument);
    if (p->status != status)
        fail_msg("%s: ended with status %d, not %d, and said: %s", argument, p->status, status, p->errors);
    assert_int_equal(strncmp(p->errors, "knnmark-bench: ", strlen("knnmark-bench: ")), 0);
    assert_ptr_equal(strchr(p->errors, '\n'), p->errors + strlen(p->errors) - 1);
    assert_holds(p->errors, text);
    assert_int_equal(process_files(p), 0);
}

/* Google Benchmark's own flag may name a link to standard output, here a file without a name: the link stays. */
static void test_output_without_name(void **state) {
    struct process *p = *state;
    char link[256];
    struct stat status;
    if (access("/proc/self/fd/1", F_OK) != 0)
        skip();
    assert_int_equal(symlink("/proc/self/fd/1", process_path(p, "link", link, sizeof link)), 0);
    bench(p, "--data=synthetic:train=60,test=60", "--quick", ONE_KERNEL, "--benchmark_out=link");
    assert_int_equal(p->status, 0);
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(process_files(p), 1);
}

static void test_refusals(void **state) {
    struct process *p = *state;
    check_refusal(p, 2, "--nonsense", "unknown or malformed: --nonsense (see --help)");
    check_refusal(p, 2, "stray", "unknown or malformed: stray");
    check_refusal(p, 2, "--threads=0", "--threads=0: give a whole number from 1 to ");
    check_refusal(p, 2, "--output=", "--output= names no file: give one");
    check_refusal(p, 2, "--output=out.md", "--output=out.md: results are JSON: give a name that ends with .json");
    check_refusal(p, 1, "--isa=sse9", "--isa=sse9: no such instruction set");
    check_refusal(p, 1, "--data=no/such", "data set no/such: No such file or directory: ");
    check_refusal(p, 1, "--data=synthetic:seed=x", "bad setting \"seed=x\"");
    check_refusal(p, 2, "--output=/dev/stdout", "--output=/dev/stdout is where the tables are shown: give a file");
    check_refusal(p, 1, "--output=no/such/out.json",
                  "cannot write no/such/out.json.part: No such file or directory; name another file");
    check_refusal(p, 1, "--output=.", "is a directory: name a file");
    check_refusal(p, 1, "--benchmark_filter=^nothing", "Failed to match any benchmarks");
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_result),       WITH_FOLDER(test_without_scalar), WITH_FOLDER(test_any_path),
        WITH_FOLDER(test_other_shapes), WITH_FOLDER(test_random_bytes),   WITH_FOLDER(test_help),
        WITH_FOLDER(test_interrupt),    WITH_FOLDER(test_refusals),       WITH_FOLDER(test_output_without_name),
    };
    return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
