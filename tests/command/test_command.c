/* The command's words: what it refuses and how it says so, its help, its lists, where its data comes from. What
 * classify answers is in test_classify.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "cifar_files.h"
#include "command.h"
#include "kernel.h"

#define SMALL "synthetic:train=100,test=5"

/* -- usage --------------------------------------------------------------------------------------------------------- */

static void test_no_command(void **state) {
    knnmark(*state, NULL);
    assert_complaint(*state, 2, "--help");
}

static void test_usage(void **state) {
    static const struct {
        const char *arguments[4], *text;
    } cases[] = {
        {{"nothing"}, "nothing"},
        {{"--wat"}, "--wat"},
        {{""}, "--help"},
        {{"classify", "--wat"}, "--wat"},
        {{"classify", "-x"}, "-x"},
        {{"classify", "--json=yes"}, "--json=yes"},
        {{"classify", "extra"}, "extra"},
        {{"classify", "--", "--json"}, "--json"},
        {{"kernels", "--data", SMALL}, "--data"},
        {{"kernels", "extra"}, "extra"},
        {{"info", "--k", "1"}, "--k"},
        {{"classify", "--k"}, "--k needs a value"},
        {{"classify", "-k"}, "-k needs a value"},
        {{"classify", "--data"}, "--data needs a value"},
        {{"classify", "--json", "--output"}, "--output needs a value"},
        {{"info", "--threads"}, "--threads needs a value"},
        {{"classify", "--threads", "0"}, "--threads 0"},
        {{"classify", "--threads", "4097"}, "--threads 4097"},
        {{"info", "--threads", "two"}, "--threads two"},
        {{"classify", "--limit", "0"}, "--limit 0"},
        {{"classify", "--limit", "-1"}, "--limit -1"},
        {{"classify", "--metric", "x"}, "--metric x: give l1, l2 or l1wrap"},
        {{"classify", "--metric", ""}, "give l1, l2 or l1wrap"},
        {{"help", "nothing"}, "no command `nothing`; `knnmark --help` lists them"},
        {{"help", "tune", "cv"}, "help takes one command"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const *a = cases[i].arguments;
        knnmark(*state, a[0], a[1], a[2], a[3]);
        assert_complaint(*state, 2, cases[i].text);
    }
}

static void test_bad_numbers(void **state) {
    static const char *const numbers[] = {"0",  "1001", "abc", "-1",  "1e3", " 5",
                                          "5 ", "+5",   "0x5", "1.0", "",    "18446744073709551617"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        knnmark(*state, "classify", "--k", numbers[i]);
        assert_complaint(*state, 2, "--k ");
        assert_complaint(*state, 2, numbers[i]);
        assert_complaint(*state, 2, "give a whole number from 1 to 1000");
    }
}

/* In a word of several letters, the one that is wrong is named. */
static void test_clustered_letters(void **state) {
    knnmark(*state, "classify", "-jx");
    assert_complaint(*state, 2, "classify takes no -x,");
    knnmark(*state, "classify", "-xj");
    assert_complaint(*state, 2, "classify takes no -x,");
}

static void test_unknown_isa(void **state) {
    struct process *p = *state;
    static const char *const commands[] = {"kernels", "info", "classify"};
    for (size_t i = 0; i < 3; i++) {
        knnmark(p, commands[i], "--isa", "mmx");
        assert_complaint(p, 2, "--isa=mmx: no such instruction set; this CPU runs: baseline");
        p->environment[0] = "KNNMARK_ISA=mmx";
        knnmark(p, commands[i]);
        assert_complaint(p, 2, "KNNMARK_ISA=mmx: no such instruction set; this CPU runs: baseline");
        p->environment[0] = NULL;
    }
}

/* -- failures ------------------------------------------------------------------------------------------------------ */

static void test_bad_data(void **state) {
    struct process *p = *state;
    char path[256];
    knnmark(p, "classify", "--data", process_path(p, "missing", path, sizeof path));
    assert_complaint(p, 1, path);
    knnmark(p, "classify", "--data", p->folder);
    assert_complaint(p, 1, p->folder);
    knnmark(p, "classify", "--data", "synthetic:train=0");
    assert_complaint(p, 1, "train=0");
    cifar_write_folder(p->folder, cifar_binary_names, cifar_binary_batch);
    assert_int_equal(truncate(process_path(p, cifar_binary_names[3], path, sizeof path), CIFAR_RECORD - 1), 0);
    knnmark(p, "classify", "--data", p->folder);
    assert_complaint(p, 1, cifar_binary_names[3]);
    knnmark(p, "info", "--data", p->folder);
    assert_complaint(p, 1, cifar_binary_names[3]);
}

static void test_too_many_neighbours(void **state) {
    knnmark(*state, "classify", "--data", SMALL, "--k", "101");
    assert_complaint(*state, 1, "101 is more than the 100 training rows");
    knnmark(*state, "classify", "--data", SMALL, "--k", "100");
    assert_success(*state);
}

static void test_unknown_kernel(void **state) {
    struct process *p = *state;
    knnmark(p, "classify", "--data", SMALL, "--metric", "l1", "--kernel", "l1_magic");
    assert_complaint(p, 2, "l1_magic: no such kernel");
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++)
        if (kernels[i]->metric == KNN_L1 && knn_kernel_runs(kernels[i], knn_cpu_features()))
            assert_holds(p->errors, kernels[i]->name);
        else
            assert_null(strstr(p->errors, kernels[i]->name));
}

static void test_unsuitable_kernel(void **state) {
    struct process *p = *state;
    knnmark(p, "classify", "--data", SMALL, "--metric", "l2", "--kernel", "l1_scalar");
    assert_complaint(p, 2, "l1_scalar: it computes another metric");
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        const char *metric = knn_metrics[kernels[i]->metric].name;
        if (kernels[i]->features == 0)
            continue;
        knnmark(p, "classify", "--data", SMALL, "--isa", "baseline", "--metric", metric, "--kernel", kernels[i]->name);
        assert_complaint(p, 2, kernels[i]->name);
        assert_complaint(p, 2, knn_kernel_runs(kernels[i], knn_cpu_features()) ? "instruction set" : "this CPU cannot");
    }
}

static void test_line_break_in_a_name(void **state) {
    knnmark(*state, "classify", "--data", SMALL, "--kernel", "two\nlines");
    assert_complaint(*state, 2, "two");
}

/* A kernel says which metric, where no other is told. */
static void test_kernel_says_metric(void **state) {
    struct process *p = *state;
    char path[256];
    static const char *const kernels[] = {"l1_scalar", "l2_scalar"};
    for (size_t i = 0; i < 2; i++) {
        char method[64];
        knnmark(p, "classify", "--data", SMALL, "--kernel", kernels[i]);
        assert_success(p);
        snprintf(method, sizeof method, "\nmethod    k = 1, %.2s, kernel %s, ", kernels[i], kernels[i]);
        assert_holds(p->output, method);
    }
    knnmark(p, "draw", "neighbors", "--data", SMALL, "--kernel", "l1_scalar", "--output",
            process_path(p, "figure.png", path, sizeof path));
    assert_success(p);
    assert_holds(p->output, "neighbours are of their query's class, by l1\n");
    knnmark(p, "draw", "neighbors", "--data", SMALL, "--kernel", "l1_scalar", "--metric", "l2", "--output", path);
    assert_complaint(p, 2, "l1_scalar: it computes another metric");
}

static void test_full_standard_output(void **state) {
    struct process *p = *state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    p->out = "/dev/full";
    knnmark(p, "--help");
    assert_complaint(p, 1, "cannot write standard output");
    knnmark(p, "kernels");
    assert_complaint(p, 1, "cannot write standard output");
    knnmark(p, "kernels", "--json");
    assert_complaint(p, 1, "cannot write standard output");
    knnmark(p, "info", "--data", SMALL);
    assert_complaint(p, 1, "cannot write standard output");
    knnmark(p, "classify", "--data", SMALL);
    assert_complaint(p, 1, "cannot write standard output");
    knnmark(p, "classify", "--data", SMALL, "--json");
    assert_complaint(p, 1, "cannot write standard output");
}

/* -- what it says of itself ---------------------------------------------------------------------------------------- */

static void test_help(void **state) {
    struct process *p = *state;
    static const char *const words[] = {"--help", "-h", "help"};
    for (size_t i = 0; i < 3; i++) {
        knnmark(p, words[i]);
        assert_success(p);
        assert_holds(p->output, "\n  classify ");
        assert_holds(p->output, "\n  tune ");
        assert_holds(p->output, "\n  kernels ");
        assert_holds(p->output, "\n  info ");
    }
    assert_holds(p->output, "\nExit status: 0 ");
    knnmark(p, "--version");
    assert_success(p);
    assert_string_equal(p->output, "knnmark " KNN_VERSION "\n");
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void test_help_of_a_command(void **state) {
    struct process *p = *state;
    char text[sizeof p->output];
    static const struct {
        const char *name, *options[20];
    } commands[] = {
        {"classify",
         {"data SPEC", "metric NAME", "k N", "weights NAME", "kernel NAME", "isa NAME", "search NAME", "threads N",
          "no-bind", "limit N", "output FILE", "root", "shares", "confusion FILE", "json", "help"}},
        {"tune",
         {"data SPEC", "metric LIST", "k LIST", "weights NAME", "validation N", "split first|shuffled", "seed N",
          "final", "isa NAME", "search NAME", "threads N", "no-bind", "output FILE", "confusion FILE", "plot FILE",
          "json", "help"}},
        {"kernels", {"isa NAME", "json", "help"}},
        {"info", {"data SPEC", "isa NAME", "threads N", "no-bind", "json", "help"}},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t count = 0;
        knnmark(p, commands[i].name, "--help");
        assert_success(p);
        memcpy(text, p->output, sizeof text);
        knnmark(p, "help", commands[i].name);
        assert_success(p);
        assert_string_equal(p->output, text);
        for (; commands[i].options[count] != NULL; count++) {
            char option[32];
            snprintf(option, sizeof option, ", --%s ", commands[i].options[count]);
            assert_holds(p->output, option);
        }
        assert_int_equal(count_of(p->output, "\n  -"), count);
    }
}

/* The list of kernels is the registry, with these features allowed. */
static void check_kernels(const char *text, unsigned features) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    const char *line = strchr(text, '\n') + 1;
    for (size_t i = 0; i < count; i++, line = strchr(line, '\n') + 1) {
        const struct knn_kernel *k = kernels[i];
        char name[64], metric[16], isa[32], tile[16], here[16], shape[16];
        assert_int_equal(sscanf(line, "%63s %15s %31s %15s %15s", name, metric, isa, tile, here), 5);
        assert_string_equal(name, k->name);
        assert_string_equal(metric, knn_metrics[k->metric].name);
        assert_int_equal(knn_isa_find(isa)->features, k->features);
        snprintf(shape, sizeof shape, "%ux%u", k->mr, k->nr);
        assert_string_equal(tile, shape);
        assert_string_equal(here, k == knn_kernel_default(k->metric, features) ? "default"
                                  : knn_kernel_runs(k, features)               ? "yes"
                                                                               : "no");
    }
    assert_string_equal(line, "");
    assert_int_equal(count_of(text, " default "), 2); /* of l1 and l2 */
}

static void test_kernels(void **state) {
    struct process *p = *state;
    knnmark(p, "kernels");
    assert_success(p);
    check_kernels(p->output, knn_cpu_features());
}

/* The same list as JSON, a key a line, as scripts read it. */
static void check_kernels_json(const char *text, unsigned features) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    const char *at = text;
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *k = kernels[i];
        const char *isa = strstr(at, "\"isa\": \"");
        char expected[1024], name[32] = "";
        assert_non_null(isa);
        assert_int_equal(sscanf(isa, "\"isa\": \"%31[^\"]", name), 1);
        assert_int_equal(knn_isa_find(name)->features, k->features);
        snprintf(expected, sizeof expected,
                 "    {\n      \"name\": \"%s\",\n      \"metric\": \"%s\",\n      \"isa\": \"%s\",\n"
                 "      \"mr\": %u,\n      \"nr\": %u,\n      \"group\": %u,\n      \"query_width\": %u,\n"
                 "      \"step\": %u,\n      \"ops\": %u,\n      \"max_dim\": %zu,\n      \"runs\": %s,\n"
                 "      \"default\": %s,\n      \"summary\": \"%s\"\n    }",
                 k->name, knn_metrics[k->metric].name, name, k->mr, k->nr, k->group, k->query_width, k->step, k->ops,
                 k->max_dim, knn_kernel_runs(k, features) ? "true" : "false",
                 k == knn_kernel_default(k->metric, features) ? "true" : "false", k->summary);
        at = strstr(at, expected);
        if (at == NULL)
            fail_msg("not in its place: %s in: %s", expected, text);
        at += strlen(expected);
    }
    assert_string_equal(at, "\n  ]\n}\n");
    assert_int_equal(count_of(text, "\"name\": "), count);
}

static void test_kernels_json(void **state) {
    struct process *p = *state;
    static const char start[] = "{\n  \"version\": \"" KNN_VERSION "\",\n  \"compiler\": \"" KNN_COMPILER "\",\n";
    knnmark(p, "kernels", "--json");
    assert_success(p);
    assert_memory_equal(p->output, start, strlen(start));
    check_kernels_json(p->output, knn_cpu_features());
    knnmark(p, "kernels", "--json", "--isa", "baseline");
    assert_success(p);
    check_kernels_json(p->output, 0);
}

static void test_isa(void **state) {
    struct process *p = *state;
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++) {
        char variable[64];
        snprintf(variable, sizeof variable, "KNNMARK_ISA=%s", isas[i].name);
        int runs = (isas[i].features & ~knn_cpu_features()) == 0;
        for (int by_option = 0; by_option < 2; by_option++) {
            p->environment[0] = by_option ? "KNNMARK_ISA=mmx" : variable; /* an option wins */
            knnmark(p, "kernels", by_option ? "--isa" : NULL, isas[i].name);
            if (!runs) {
                assert_complaint(p, 2, "this CPU does not have that instruction set");
                continue;
            }
            assert_success(p);
            check_kernels(p->output, isas[i].features);
        }
    }
    p->environment[0] = "KNNMARK_ISA=";
    knnmark(p, "kernels");
    assert_success(p);
    check_kernels(p->output, knn_cpu_features());
}

static void test_info(void **state) {
    struct process *p = *state;
    knnmark(p, "info", "--data", SMALL, "--threads", "3", "--no-bind");
    assert_success(p);
    static const char *const parts[] = {
        "knnmark    " KNN_VERSION ", compiled by " KNN_COMPILER "\n",
        "\nCPU ",
        "\nfeatures   baseline",
        "\ntopology ",
        " cores, ",
        "\nthreads    3, not bound\n",
        "\nblocks ",
        "\nl1 ",
        "\nl2 ",
        "\ndata       synthetic images (seed 1), not CIFAR-10: ",
        " 100 training and 5 test images of 3072 bytes\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        assert_holds(p->output, parts[i]);
    assert_holds(p->output, knn_kernel_default(KNN_L1, knn_cpu_features())->name);
    assert_holds(p->output, knn_kernel_default(KNN_L2, knn_cpu_features())->name);
    knnmark(p, "info", "--data", SMALL, "--threads", "1", "--isa", "baseline");
    assert_success(p);
    assert_holds(p->output, "\nthreads    1, bound to hardware thread ");
    assert_holds(p->output, knn_kernel_default(KNN_L2, 0)->name);
    p->environment[0] = "OMP_NUM_THREADS=3";
    knnmark(p, "info", "--data", SMALL);
    assert_success(p);
    assert_holds(p->output, "\nthreads    3, ");
}

/* The facts of the text, as JSON. */
static void test_info_json(void **state) {
    struct process *p = *state;
    char line[128];
    knnmark(p, "info", "--data", SMALL, "--threads", "3", "--no-bind", "--isa", "baseline", "--json");
    assert_success(p);
    json_t *all = json_loads(p->output, 0, NULL);
    const char *strings[9] = {0};
    int numbers[11];
    assert_int_equal(json_unpack(all,
                                 "{s:s, s:s, s:s, s:s, s:{s:s}, s:{s:s, s:s}, s:s, s:i, s:i, s:i, s:i, s:b, s:[!], "
                                 "s:i, s:b, s:[i,i!], s:[i,i!]}",
                                 "version", &strings[0], "compiler", &strings[1], "cpu", &strings[2], "topology",
                                 &strings[3], "features", "baseline", &strings[4], "kernels", "l1", &strings[5], "l2",
                                 &strings[6], "data", &strings[7], "cores", &numbers[0], "hardware_threads",
                                 &numbers[1], "quota", &numbers[2], "threads", &numbers[3], "bound", &numbers[4],
                                 "bound_to", "block_bytes", &numbers[5], "synthetic", &numbers[6], "train_shape",
                                 &numbers[7], &numbers[8], "test_shape", &numbers[9], &numbers[10]),
                     0);
    assert_string_equal(strings[0], KNN_VERSION);
    assert_string_equal(strings[1], KNN_COMPILER);
    assert_string_equal(strings[4], "allowed");
    assert_string_equal(strings[5], knn_kernel_default(KNN_L1, 0)->name);
    assert_string_equal(strings[6], knn_kernel_default(KNN_L2, 0)->name);
    assert_string_equal(strings[7], "synthetic images (seed 1), not CIFAR-10");
    assert_true(numbers[3] == 3 && numbers[4] == 0 && numbers[6] == 1);
    assert_true(numbers[7] == 100 && numbers[8] == 3072 && numbers[9] == 5 && numbers[10] == 3072);
    knnmark(p, "info", "--data", SMALL, "--threads", "3", "--no-bind");
    assert_success(p);
    snprintf(line, sizeof line, "\nCPU        %s\n", strings[2]);
    assert_holds(p->output, line);
    snprintf(line, sizeof line, "\nusable     %d core%s, %d hardware thread", numbers[0], numbers[0] == 1 ? "" : "s",
             numbers[1]);
    assert_holds(p->output, line);
    snprintf(line, sizeof line, "\nblocks     %d KiB", numbers[5] / 1024);
    assert_holds(p->output, line);
    assert_holds(p->output, strings[3]);
    json_decref(all);
    knnmark(p, "info", "--data", SMALL, "--threads", "2", "--json");
    assert_success(p);
    all = json_loads(p->output, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(all, "bound_to")), 2);
    json_decref(all);
}

/* -- where data comes from ----------------------------------------------------------------------------------------- */

static void test_data(void **state) {
    struct process *p = *state;
    char path[256];
    cifar_write_folder(process_path(p, "data", path, sizeof path), cifar_binary_names, cifar_binary_batch);
    p->directory = p->folder;
    knnmark(p, "info");
    assert_success(p);
    assert_holds(p->output, "\ndata       images in CIFAR-10's binary format in data: 9 training and 3 test images");
    p->environment[0] = "KNNMARK_DATA=synthetic:train=20,test=7";
    knnmark(p, "info");
    assert_success(p);
    assert_holds(p->output, "20 training and 7 test images");
    knnmark(p, "info", "--data", "synthetic:train=30,test=8");
    assert_success(p);
    assert_holds(p->output, "30 training and 8 test images");
    p->environment[0] = "KNNMARK_DATA=missing";
    knnmark(p, "info");
    assert_complaint(p, 1, "missing");
    p->environment[0] = "KNNMARK_DATA=";
    knnmark(p, "info");
    assert_success(p);
    assert_holds(p->output, "9 training and 3 test images");
}

static void test_default_data(void **state) {
    if (slow())
        skip(); /* it generates 60 000 images */
    struct process *p = *state;
    p->directory = p->folder;
    knnmark(p, "info");
    assert_success(p);
    assert_holds(p->output,
                 "\ndata       synthetic images (seed 1), not CIFAR-10: 50000 training and 10000 test images");
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_no_command),
        WITH_FOLDER(test_usage),
        WITH_FOLDER(test_bad_numbers),
        WITH_FOLDER(test_clustered_letters),
        WITH_FOLDER(test_unknown_isa),
        WITH_FOLDER(test_bad_data),
        WITH_FOLDER(test_too_many_neighbours),
        WITH_FOLDER(test_unknown_kernel),
        WITH_FOLDER(test_unsuitable_kernel),
        WITH_FOLDER(test_line_break_in_a_name),
        WITH_FOLDER(test_kernel_says_metric),
        WITH_FOLDER(test_full_standard_output),
        WITH_FOLDER(test_help),
        WITH_FOLDER(test_help_of_a_command),
        WITH_FOLDER(test_kernels),
        WITH_FOLDER(test_kernels_json),
        WITH_FOLDER(test_isa),
        WITH_FOLDER(test_info),
        WITH_FOLDER(test_info_json),
        WITH_FOLDER(test_data),
        WITH_FOLDER(test_default_data),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
