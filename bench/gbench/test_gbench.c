/* The C wrapper of Google Benchmark. There is one run per process, so this program plays the scenarios below in
 * processes of their own, `test_gbench NAME FLAG...`, and looks at what they say and write. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>

#include "command.h"
#include "gbench.h"

/* -- what the scenarios share -------------------------------------------------------------------------------------- */

static void loop(struct gb_state *state, void *context) {
    (void)context;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++)
        gb_do_not_optimize(i);
    gb_stop(state);
}

static void print_result(const struct gb_result *result, void *context) {
    (void)context;
    printf("%s", result->name);
    if (result->error != NULL)
        printf(" error=%s", result->error);
    for (size_t i = 0; i < result->counter_count; i++)
        printf(" %s=%g", result->counters[i].name, result->counters[i].number);
    printf("%s%s\n", result->label[0] != '\0' ? " label=" : "", result->label);
}

static void print_start(const char *name, size_t index, size_t total, void *context) {
    (void)context;
    printf("start %s %zu/%zu\n", name, index, total);
}

static const char *extra_member(void *context) {
    (void)context;
    return gb_was_stopped() ? "\"extra\": {\"stopped\": true}" : "\"extra\": {\"stopped\": false}";
}

static int run(struct gb_reporting reporting) {
    int errors = gb_run(&reporting);
    if (errors < 0)
        fprintf(stderr, "%s\n", gb_error());
    else
        printf("errors %d, stopped %d\n", errors, gb_was_stopped());
    return errors < 0 ? 3 : 0;
}

static int quietly(void) {
    return run((struct gb_reporting){.on_result = print_result, .extra = extra_member, .quiet = 1});
}

static int refuse(int status) {
    printf("%d %s\n", status, gb_error());
    return status;
}

/* -- scenarios ----------------------------------------------------------------------------------------------------- */

static int play_names(void) {
    gb_register(&(struct gb_benchmark){.name = "real\ttime/n:1", .function = loop, .clock = GB_REAL_TIME});
    gb_register(&(struct gb_benchmark){.name = "fixed", .function = loop, .iterations = 3, .repetitions = 2});
    gb_register(&(struct gb_benchmark){.name = "plain", .function = loop, .min_time = 0.25, .process_cpu_time = 1});
    refuse(gb_register(&(struct gb_benchmark){.name = "none"}));
    refuse(gb_register(&(struct gb_benchmark){.function = loop}));
    refuse(gb_register(&(struct gb_benchmark){.name = "none", .function = loop, .min_time = NAN}));
    refuse(gb_register(&(struct gb_benchmark){.name = "none", .function = loop, .repetitions = -1}));
    refuse(gb_register(&(struct gb_benchmark){.name = "none", .function = loop, .min_time = 1, .iterations = 1}));
    return run((struct gb_reporting){0});
}

/* Registers a benchmark for each value from `first` to `last`, with that as its context. */
static int add(struct gb_benchmark b, int first, int last) {
    static int values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    char name[64];
    for (int i = first; i <= last; i++) {
        snprintf(name, sizeof name, "%s/%d", b.name, i);
        struct gb_benchmark one = b;
        one.name = name;
        one.context = &values[i];
        if (gb_register(&one) != 0)
            return -1;
    }
    return 0;
}

static void count_all(struct gb_state *state, void *context) {
    (void)context;
    gb_start(state);
    gb_pause(state);
    gb_resume(state);
    gb_pause(state); /* gb_stop ends the pause */
    gb_set_iteration_time(state, 2);
    gb_stop(state);
    gb_counter(state, "plain", 20, 0);
    gb_counter(state, "rate", 20, GB_RATE);
    gb_counter(state, "invariant", 20, GB_ITERATION_INVARIANT);
    gb_counter(state, "average", 20, GB_AVERAGE_ITERATIONS);
    gb_counter(state, "invert", 20, GB_INVERT);
    gb_counter(state, "all", 20, GB_RATE | GB_ITERATION_INVARIANT | GB_INVERT | GB_1024);
    gb_items_processed(state, 6);
    gb_bytes_processed(state, 8);
    gb_label(state, "two\nlines \"quoted\"");
}

/* Has no finite rate and, repeated, no finite cv. */
static void take_no_time(struct gb_state *state, void *context) {
    (void)context;
    gb_start(state);
    gb_set_iteration_time(state, 0);
    gb_stop(state);
    gb_counter(state, "rate", 20, GB_RATE);
}

static int play_counters(void) {
    gb_register(&(struct gb_benchmark){
        .name = "counters", .function = count_all, .clock = GB_MANUAL_TIME, .process_cpu_time = 1, .iterations = 10});
    struct gb_benchmark b = {.name = "free", .function = take_no_time, .clock = GB_MANUAL_TIME, .repetitions = 2};
    b.iterations = 10;
    gb_register(&b);
    gb_context("key", "a\tvalue \"quoted\"");
    return quietly();
}

/* Errors of all kinds, one for each value of the context. */
static void err(struct gb_state *state, void *context) {
    static int calls;
    int kind = *(int *)context;
    if (kind == 1)
        gb_skip_with_error(state, "before the start");
    else if (kind == 2) {
        gb_start(state);
        gb_pause(state);
        gb_skip_with_error(state, "in the loop");
        gb_skip_with_error(state, "the second one");
    } else if (kind == 3)
        gb_start(state);
    else if (kind == 8)
        gb_stop(state);
    else if (kind != 4)
        loop(state, context);
    if (kind == 5)
        gb_counter(state, "nan", 0.0 / (kind - 5), 0);
    if (kind == 6)
        gb_counter(state, "flags", 1, ++calls == 3 ? GB_RATE : 0);
    gb_counter(state, "always", 1, 0);
}

static int play_errors(void) {
    add((struct gb_benchmark){.name = "e", .function = err, .iterations = 5, .repetitions = 4}, 0, 6);
    add((struct gb_benchmark){.name = "e", .function = err, .iterations = 5, .repetitions = 4}, 8, 8);
    add((struct gb_benchmark){.name = "searched", .function = err, .clock = GB_MANUAL_TIME}, 9, 9);
    return quietly();
}

static void count_calls(struct gb_state *state, void *context) {
    loop(state, NULL);
    gb_counter(state, "calls", ++*(int *)context, 0);
}

static int play_aggregates(void) {
    static int calls[2];
    struct gb_benchmark b = {.name = "three", .function = count_calls, .context = &calls[0], .iterations = 2};
    b.repetitions = 3;
    gb_register(&b);
    b.name = "one";
    b.context = &calls[1];
    b.repetitions = 1;
    gb_register(&b);
    return run((struct gb_reporting){.on_result = print_result, .on_start = print_start});
}

static void stop_on_signal(int number) {
    (void)number;
    gb_stop_run();
}

/* Gets the signal in its fifth call; ends as `ending` says. */
static int ending;

static void interrupted(struct gb_state *state, void *context) {
    static int calls;
    (void)context;
    gb_start(state);
    if (++calls == 5)
        raise(SIGINT);
    if (ending == 1 && gb_stopping())
        gb_skip_with_error(state, "interrupted");
    if (ending == 2 && gb_stopping())
        return;
    gb_stop(state); /* the third way asks nothing and does all its work */
}

static int play_stop(int way) {
    ending = way;
    signal(SIGINT, stop_on_signal);
    add((struct gb_benchmark){.name = "s", .function = interrupted, .iterations = 1, .repetitions = 3}, 0, 2);
    return run(
        (struct gb_reporting){.on_result = print_result, .on_start = print_start, .extra = extra_member, .quiet = 1});
}

static int play_stop_error(void) {
    return play_stop(1);
}

static int play_stop_return(void) {
    return play_stop(2);
}

static int play_stop_complete(void) {
    return play_stop(3);
}

static int play_stop_first(void) {
    gb_register(&(struct gb_benchmark){.name = "searched", .function = loop});
    gb_stop_run();
    return quietly();
}

/* Needs more memory than there is. */
static int play_memory(void) {
    enum { HUGE = 64 << 20 };
    static char text[HUGE];
    memset(text, 'x', sizeof text - 1);
    struct rlimit limit = {HUGE, HUGE};
    char line[128] = "";
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL && fgets(line, sizeof line, file) != NULL)
        limit.rlim_cur = limit.rlim_max = strtoul(line, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) + HUGE / 2;
    if (file != NULL)
        fclose(file);
    setrlimit(RLIMIT_AS, &limit);
    refuse(gb_register(&(struct gb_benchmark){.name = text, .function = loop}));
    refuse(gb_context("key", text));
    return 0;
}

static int play_plain(void) {
    struct gb_benchmark b = {.name = "b", .function = loop, .min_time = 0.001, .repetitions = 3};
    b.fields_name = "mine";
    b.fields = &(struct gb_field){"size", NULL, 3};
    b.field_count = 1;
    add(b, 1, 2);
    return run((struct gb_reporting){.on_start = print_start, .extra = extra_member});
}

static void print_fields(const struct gb_result *result, void *context) {
    (void)context;
    printf("%s", result->name);
    for (size_t i = 0; i < result->field_count; i++) {
        const struct gb_field *field = &result->fields[i];
        if (field->text != NULL)
            printf(" %s=%s", field->name, field->text);
        else
            printf(" %s=%g", field->name, field->number);
    }
    printf("\n");
}

static int play_fields(void) {
    const struct gb_field fields[] = {{"what", "a \"word\"\n}", 0}, {"size", NULL, 1e15}},
                          bad[] = {{"x", NULL, INFINITY}};
    struct gb_benchmark b = {.name = "f",
                             .function = take_no_time,
                             .clock = GB_MANUAL_TIME,
                             .iterations = 1,
                             .repetitions = 2,
                             .fields_name = "mine",
                             .fields = fields,
                             .field_count = 2};
    add(b, 1, 2);
    b.function = err;
    add(b, 3, 3);
    b.fields_name = NULL;
    refuse(gb_register(&b));
    b.fields_name = "mine";
    b.fields = bad;
    b.field_count = 1;
    refuse(gb_register(&b));
    b.field_count = 0;
    b.name = "none";
    b.function = take_no_time;
    gb_register(&b);
    return run((struct gb_reporting){.on_result = print_fields, .on_start = print_start, .quiet = 1});
}

static const struct scenario {
    const char *name;
    int (*play)(void);
} scenarios[] = {{"defaults", play_aggregates},     {"names", play_names},
                 {"counters", play_counters},       {"errors", play_errors},
                 {"aggregates", play_aggregates},   {"stop_error", play_stop_error},
                 {"stop_return", play_stop_return}, {"stop_complete", play_stop_complete},
                 {"stop_first", play_stop_first},   {"memory", play_memory},
                 {"fields", play_fields},           {"plain", play_plain}};

static int play(int argc, char **argv) {
    static const char *const filtered[] = {"--benchmark_filter=one", NULL};
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        if (strcmp(argv[1], scenarios[i].name) != 0)
            continue;
        argc--;
        argv++;
        int status = gb_initialize(argc, argv, strcmp(scenarios[i].name, "defaults") == 0 ? filtered : NULL, NULL) != 0;
        if (status != 0)
            fprintf(stderr, "%s\n", gb_error());
        else
            status = scenarios[i].play();
        gb_shutdown();
        return status;
    }
    return 2;
}

/* -- tests --------------------------------------------------------------------------------------------------------- */

static const char *self;

#define scenario(process, ...) run_scenario(process, (const char *const[]){__VA_ARGS__, NULL})
static void run_scenario(struct process *p, const char *const *arguments) {
    p->directory = p->folder;
    assert_int_equal(process_run_ours(p, self, arguments), 0);
}

static void assert_lacks(const char *text, const char *part) {
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" is in: %s", part, text);
}

static void assert_one_line(const char *text, const char *part) {
    assert_holds(text, part);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static json_t *load(const struct process *p, const char *name) {
    char path[256];
    json_error_t error;
    json_t *all = json_load_file(process_path(p, name, path, sizeof path), JSON_REJECT_DUPLICATES, &error);
    if (all == NULL)
        fail_msg("%s: %s", path, error.text);
    return all;
}

/* The names in a result file, each followed by a space. */
static const char *names_in(json_t *all) {
    static char names[4096];
    size_t index;
    json_t *row;
    names[0] = '\0';
    json_array_foreach(json_object_get(all, "benchmarks"), index, row) {
        strcat(names, json_string_value(json_object_get(row, "name")));
        strcat(names, " ");
    }
    return names;
}

static void test_names(void **state) {
    struct process *p = *state;
    scenario(p, "names", "--benchmark_list_tests");
    assert_string_equal(p->errors, "");
    assert_string_equal(p->output, "-1 benchmark none: it needs a name and a function\n"
                                   "-1 benchmark without a name: it needs a name and a function\n"
                                   "-1 benchmark none: times, iterations and repetitions are finite and not negative\n"
                                   "-1 benchmark none: times, iterations and repetitions are finite and not negative\n"
                                   "-1 benchmark none: give iterations or min_time, not both\n"
                                   "real time/n:1\nfixed\nplain\nerrors 0, stopped 0\n");
}

/* The command line wins over the environment, and the environment over the program's defaults. */
static void test_defaults(void **state) {
    struct process *p = *state;
    scenario(p, "defaults", "--benchmark_list_tests");
    assert_holds(p->output, "one\n");
    assert_lacks(p->output, "three\n");
    setenv("BENCHMARK_FILTER", "three", 1);
    scenario(p, "defaults", "--benchmark_list_tests");
    assert_holds(p->output, "three\n");
    assert_lacks(p->output, "one\n");
    scenario(p, "defaults", "--benchmark_list_tests", "--benchmark_filter=one");
    unsetenv("BENCHMARK_FILTER");
    assert_holds(p->output, "one\n");
    assert_lacks(p->output, "three\n");
}

static void test_counters(void **state) {
    struct process *p = *state;
    scenario(p, "counters", "--benchmark_out=out.json");
    assert_holds(p->output, "counters all=0.01 average=2 bytes_per_second=4 "
                            "invariant=200 invert=0.05 items_per_second=3 plain=20 rate=10 "
                            "label=two lines \"quoted\"\nfree\nfree");
    assert_lacks(p->output, " rate=inf");
    assert_holds(p->output, "\nerrors 0, stopped 0\n");
    json_t *all = load(p, "out.json");
    assert_int_equal(json_is_false(json_object_get(json_object_get(all, "extra"), "stopped")), 1);
    assert_string_equal(json_string_value(json_object_get(json_object_get(all, "context"), "key")),
                        "a value \"quoted\"");
    json_decref(all);
    scenario(p, "counters", "--benchmark_out=out.csv", "--benchmark_out_format=csv");
    assert_int_equal(p->status, 0);
    assert_int_equal(process_files(p), 2);
}

static void test_errors(void **state) {
    struct process *p = *state;
    scenario(p, "errors", "--benchmark_out=out.json");
    assert_string_equal(p->errors, "");
    assert_holds(p->output, "\ne/0_cv ");
    assert_holds(p->output, "e/1 error=before the start\ne/2");
    assert_holds(p->output, "\ne/2 error=in the loop\ne/3");
    assert_holds(p->output, "\ne/3 error=the benchmark returned without calling gb_stop\ne/4");
    assert_holds(p->output, "\ne/4 error=the benchmark returned without calling gb_start\ne/5");
    assert_holds(p->output, "\ne/5 error=counter nan is not a finite number\ne/6");
    assert_holds(p->output, "\ne/6 always=1 flags=1\n"
                            "e/6 always=1 flags=1\n"
                            "e/6 error=counter flags has other flags than before\ne/8");
    assert_holds(p->output, "\ne/8 error=gb_stop was called without gb_start\n"
                            "searched/9 error=manual time needs gb_set_iteration_time\nerrors 8, stopped 0\n");
    json_decref(load(p, "out.json"));
}

/* Every entry has its fields, even aggregates and errors. */
static void test_fields(void **state) {
    struct process *p = *state;
    scenario(p, "fields", "--benchmark_out=out.json");
    assert_holds(p->output, "-1 benchmark f: fields need names, and finite numbers\n"
                            "-1 benchmark f: fields need names, and finite numbers\n");
    assert_holds(p->output, "\nf/2_mean what=a \"word\"\n} size=1e+15\n");
    assert_holds(p->output, "\nf/3 what=a \"word\"\n} size=1e+15\n");
    assert_holds(p->output, "\nnone\n");
    json_t *all = load(p, "out.json"), *row;
    size_t index, with = 0;
    json_array_foreach(json_object_get(all, "benchmarks"), index, row) {
        json_t *mine = json_object_get(row, "mine");
        int is_f = json_string_value(json_object_get(row, "name"))[0] == 'f';
        assert_int_equal(mine != NULL, is_f);
        with += (size_t)is_f;
        if (is_f) {
            assert_string_equal(json_string_value(json_object_get(mine, "what")), "a \"word\" }");
            assert_int_equal(json_integer_value(json_object_get(mine, "size")), 1000000000000000);
        }
    }
    assert_true(with > 6);
    json_decref(all);
}

/* Names, without options and the clock, are what a list shows and what a filter sees. */
static void test_filter(void **state) {
    struct process *p = *state;
    scenario(p, "fields", "--benchmark_list_tests", "--benchmark_filter=^(f/[1-3]|none)$");
    assert_holds(p->output, "numbers\nf/1\nf/2\n"
                            "f/3\nnone\nerrors 0, stopped 0\n");
    scenario(p, "fields", "--benchmark_list_tests", "--benchmark_filter=-^f/[13]");
    assert_holds(p->output, "numbers\nf/2\nnone\nerrors 0");
    scenario(p, "fields", "--benchmark_filter=^f/2$");
    assert_holds(p->output, "numbers\nstart f/2 0/2\nstart f/2 1/2\nf/2");
    scenario(p, "fields", "--benchmark_filter=manual");
    assert_int_equal(p->status, 3);
    assert_one_line(p->errors, "Failed to match any benchmarks against regex: manual: see --benchmark_filter");
}

/* Repetitions are hidden where aggregates follow; the callback sees everything. */
static void test_aggregates(void **state) {
    struct process *p = *state;
    static const char *const flags[] = {"--benchmark_enable_random_interleaving", "--benchmark_display_aggregates_only",
                                        "--benchmark_report_aggregates_only"};
    for (int i = 0; i < 3; i++) {
        scenario(p, "aggregates", "--benchmark_out=out.json", flags[i]);
        assert_holds(p->output, "\nthree calls=1\nthree calls=2\nthree calls=3\n");
        assert_holds(p->output, "\nthree_mean calls=2\n");
        assert_holds(p->output, "\nthree_cv calls=0.5\n");
        json_t *all = load(p, "out.json");
        assert_int_equal(strstr(names_in(all), "three three three ") != NULL, i < 2);
        assert_holds(names_in(all), "three_mean three_median three_stddev three_cv ");
        assert_holds(names_in(all), "one ");
        json_decref(all);
        assert_int_equal(strstr(p->output, "\nthree     ") != NULL, i < 1);
        assert_holds(p->output, "\nthree_mean     ");
        assert_holds(p->output, "\none     ");
    }
}

static void test_interruption(void **state) {
    struct process *p = *state;
    static const char *const ways[] = {"stop_error", "stop_return", "stop_complete"};
    for (int way = 1; way <= 3; way++) {
        char name[64], expected[512], names[512];
        snprintf(name, sizeof name, "s/1");
        scenario(p, ways[way - 1], "--benchmark_out=out.json");
        assert_int_equal(p->status, 0);
        assert_int_equal(process_files(p), 1);
        snprintf(expected, sizeof expected, "start %s 3/9\nstart %s 4/9\n%s\n%s%serrors 0, stopped 1\n", name, name,
                 name, way == 3 ? name : "", way == 3 ? "\n" : "");
        assert_holds(p->output, expected);
        assert_lacks(p->output, "5/9");
        json_t *all = load(p, "out.json");
        snprintf(names, sizeof names, "/0_cv %s %s%s", name, way == 3 ? name : "", way == 3 ? " " : "");
        assert_string_equal(strstr(names_in(all), "/0_cv"), names);
        assert_int_equal(json_is_true(json_object_get(json_object_get(all, "extra"), "stopped")), 1);
        json_decref(all);
    }
    scenario(p, "stop_first", "--benchmark_out=out.json");
    assert_string_equal(p->output, "errors 0, stopped 1\n");
    json_t *all = load(p, "out.json");
    assert_string_equal(names_in(all), "");
    json_decref(all);
}

/* Each repetition is announced once, however often the library calls for it. */
static void test_progress(void **state) {
    struct process *p = *state;
    scenario(p, "plain");
    assert_holds(p->output, "start b/1 0/6\n");
    static const char *const warm_ups[] = {"--benchmark_min_warmup_time=0.001", "--benchmark_min_warmup_time=1e-9"};
    for (size_t i = 0; i < 2; i++) {
        scenario(p, "plain", warm_ups[i], "--benchmark_enable_random_interleaving", "--benchmark_format=csv");
        const char *at = p->output;
        for (int index = 0; index < 6; index++) {
            char part[32];
            snprintf(part, sizeof part, " %d/6\n", index);
            at = strstr(at, "start ");
            assert_non_null(at);
            at = strchr(at + 6, ' ');
            assert_int_equal(strncmp(at, part, strlen(part)), 0);
        }
        assert_null(strstr(at, "start "));
    }
}

static void test_failures_are_one_line(void **state) {
    struct process *p = *state;
    scenario(p, "plain", "--benchmark_filter=nothing", "--benchmark_out=out.json");
    assert_int_equal(p->status, 3);
    assert_one_line(p->errors, "Failed to match any benchmarks against regex: nothing: see --benchmark_filter");
    scenario(p, "plain", "--benchmark_filter=(", "--benchmark_out=out.json");
    assert_int_equal(p->status, 3);
    assert_one_line(p->errors, "Could not compile benchmark re");
    scenario(p, "plain", "--benchmark_out=no/such/folder.json");
    assert_int_equal(p->status, 3);
    assert_one_line(p->errors, "cannot write no/such/folder.json.part: No such file or directory");
    scenario(p, "plain", "--benchmark_out=.");
    assert_int_equal(p->status, 3);
    assert_one_line(p->errors, "is a directory");
    scenario(p, "plain", "--benchmark_out=/dev/full");
    assert_int_equal(p->status, 3);
    assert_holds(p->errors, "cannot write all of /dev/full: is the disk full?\n");
    scenario(p, "plain", "--nonsense");
    assert_one_line(p->errors, "unknown or malformed: --nonsense");
    scenario(p, "plain", "--benchmark_list_tests", "--benchmark_out=out.json");
    assert_int_equal(p->status, 0);
    assert_int_equal(process_files(p), 0);
}

static void test_no_exception_crosses(void **state) {
    struct process *p = *state;
    if (slow()) {
        print_message("skipped under sanitizers and emulators: they need the memory that is to be missing\n");
        skip();
    }
    scenario(p, "memory");
    assert_string_equal(p->errors, "");
    assert_string_equal(p->output, "-1 out of memory\n-1 out of memory\n");
}

static void test_compare_py(void **state) {
    struct process *p = *state;
    static const char tool[] = "/usr/share/benchmark/compare.py";
    static const char *const pythons[] = {"python3", "/usr/bin/python3"}; /* the packages are the latter's */
    const char *python = NULL;
    for (size_t i = 0; i < 2 && python == NULL; i++)
        if (process_run(p, (const char *const[]){pythons[i], "-c", "import numpy, scipy", NULL}) == 0 && p->status == 0)
            python = pythons[i];
    if (access(tool, R_OK) != 0 || python == NULL) {
        print_message("skipped: needs python3, numpy, scipy and %s\n", tool);
        skip();
    }
    scenario(p, "plain", "--benchmark_out=A.json");
    scenario(p, "plain", "--benchmark_out=B.json");
    const char *const compare[] = {python, tool, "--no-color", "benchmarks", "A.json", "B.json", NULL};
    assert_int_equal(process_run(p, compare), 0);
    assert_int_equal(p->status, 0);
    assert_holds(p->output, "Comparing A.json to B.json");
    assert_holds(p->output, "b/2_median");
    assert_holds(p->output, "b/2_pvalue");
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)

int main(int argc, char **argv) {
    static char path[4096];
    if (argc > 1)
        return play(argc, argv);
    if ((self = realpath("/proc/self/exe", path)) == NULL || emulated())
        self = realpath(argv[0], path);
    const struct CMUnitTest tests[] = {
        in_folder(test_names),
        in_folder(test_defaults),
        in_folder(test_counters),
        in_folder(test_errors),
        in_folder(test_fields),
        in_folder(test_filter),
        in_folder(test_aggregates),
        in_folder(test_interruption),
        in_folder(test_progress),
        in_folder(test_failures_are_one_line),
        in_folder(test_no_exception_crosses),
        in_folder(test_compare_py),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
