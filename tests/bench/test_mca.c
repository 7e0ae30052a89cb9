/* bench/mca/mca.sh on objects assembled here, of a build whose programs only pretend: which loop it takes, what it
 * counts as a spill, what stands in the table. Needs LLVM's analyser and assembler. Run from the project's root. */
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
    char path[256], text[2048];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", body);
    write_text(p, name, text);
    assert_int_equal(chmod(process_path(p, name, path, sizeof path), 0755), 0);
}

/* The suffix of the newest LLVM that has all three programs ("-22"), or NULL. */
static const char *llvm(void) {
    static const char *const suffixes[] = {"-22", "-21", "-20", "-19", "-18", "-17", "-16", "-15"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char command[256];
        snprintf(command, sizeof command, "command -v llvm-mca%s && command -v llvm-objdump%s && command -v llvm-mc%s",
                 suffixes[i], suffixes[i], suffixes[i]);
        struct process *p = calloc(1, sizeof *p);
        assert_non_null(p);
        const char *argv[] = {"/bin/sh", "-c", command, NULL};
        int found = process_run(p, argv) == 0 && p->status == 0;
        free(p);
        if (found)
            return suffixes[i];
    }
    return NULL;
}

/* -- a build ------------------------------------------------------------------------------------------------------- */

/* A build folder: a command that lists one tile, 2x4 on x86 and 2x1 on Arm, whose steps take 4 vector instructions, and
 * its object, made of this text. The analyser is the real one, but says that it runs on a znver5. */
static void pretend(struct process *p, const char *isa, const char *triple, const char *text) {
    static char mca[256];
    char path[256], body[1024];
    const char *suffix = llvm();
    if (suffix == NULL)
        skip();
    int wide = strncmp(isa, "avx", 3) == 0;
    snprintf(body, sizeof body,
             "cat <<END\n{\n  \"compiler\": \"cc 1\",\n  \"kernels\": [\n    {\n      \"name\": \"l1_%s_2x%d\",\n"
             "      \"isa\": \"%s\",\n      \"mr\": 2,\n      \"nr\": %d,\n      \"group\": %d,\n      \"step\": %d,\n"
             "      \"ops\": 2,\n      \"summary\": \"a, b\"\n    }\n  ]\n}\nEND",
             isa, wide ? 4 : 1, isa, wide ? 4 : 1, wide ? 8 : 16, wide ? 32 : 16);
    write_program(p, "knnmark", body);
    snprintf(
        body, sizeof body,
        "case $1 in\n--version) printf 'LLVM version 99.1\\n Host CPU: znver5\\n' ;;\n*) exec llvm-mca%s \"$@\" ;;\n"
        "esac",
        suffix);
    write_program(p, "llvm-mca", body);
    snprintf(body, sizeof body, "exec llvm-objdump%s \"$@\"", suffix);
    write_program(p, "llvm-objdump", body);
    snprintf(mca, sizeof mca, "MCA=%s", process_path(p, "llvm-mca", path, sizeof path));
    p->environment[0] = mca;
    assert_int_equal(mkdir(process_path(p, "kernels", path, sizeof path), 0755), 0);
    write_text(p, "tile.s", text);
    snprintf(body, sizeof body, "llvm-mc%s -triple=%s -mattr=%s -filetype=obj -o \"$0/kernels/l1_%s.o\" \"$0/tile.s\"",
             suffix, triple, wide ? "+avx2" : "+dotprod", isa);
    const char *argv[] = {"/bin/sh", "-c", body, p->folder, NULL};
    assert_int_equal(process_run(p, argv), 0);
    assert_success(p);
}

static void run(struct process *p, const char *first, const char *second) {
    const char *argv[] = {"/bin/sh", "bench/mca/mca.sh", first, second, p->folder, NULL};
    assert_int_equal(process_run(p, argv), 0);
}

static void check(struct process *p) {
    const char *argv[] = {"/bin/sh", "bench/mca/mca.sh", "--check", p->folder, NULL};
    assert_int_equal(process_run(p, argv), 0);
}

/* Checks a row's byte pairs a cycle, unless NULL, and its spills. */
static void check_row(const struct process *p, const char *cpu, const char *pairs, const char *spills) {
    char start[64], rate[16] = "", count[16] = "";
    snprintf(start, sizeof start, " | %-14s |", cpu);
    const char *row = strstr(p->output, start);
    if (row == NULL)
        fail_msg("no row of %s: %s", cpu, p->output);
    assert_int_equal(sscanf(row + strlen(start), "%15s | %*[^|] | %*[^|] | %15s |", rate, count), 2);
    if (pairs != NULL)
        assert_string_equal(rate, pairs);
    assert_string_equal(count, spills);
}

/* One line of complaint, that holds this. */
static void check_problem(const struct process *p, const char *text) {
    assert_int_equal(p->status, 1);
    assert_int_equal(strncmp(p->errors, "mca: ", 5), 0);
    assert_ptr_equal(strchr(p->errors, '\n'), p->errors + strlen(p->errors) - 1);
    assert_holds(p->errors, text);
}

/* -- loops --------------------------------------------------------------------------------------------------------- */

#define STEP                                                                                                           \
    "vpsadbw (%rsi), %ymm8, %ymm6\n vpsadbw 32(%rsi), %ymm8, %ymm7\n vpaddd %ymm6, %ymm0, %ymm0\n"                     \
    "vpaddd %ymm7, %ymm1, %ymm1\n"
#define NARROW "2: vpsadbw (%rsi), %ymm8, %ymm6\n vpaddd %ymm6, %ymm0, %ymm0\n addq $32, %rsi\n decq %rcx\n jne 2b\n"
#define X86(start, loop)                                                                                               \
    "tile_1x1: 4: " STEP STEP STEP STEP "decq %rcx\n jne 4b\n ret\n"                                                   \
    "tile_2x4: " NARROW start "1: vpbroadcastq (%rdi), %ymm8\n" loop                                                   \
    "addq $64, %rsi\n addq $8, %rdi\n decq %rcx\n jne 1b\n"                                                            \
    "vmovdqu %ymm0, -8(%rsp)\n ret\n"

/* Four vector instructions, of which the two SADs share a port: 64 byte pairs in 2 cycles. The frame pointer's register
 * holds a panel here. Behind the return, code that jumps back is no loop. */
static void test_loop(void **state) {
    struct process *p = *state;
    pretend(p, "avx2", "x86_64",
            X86("movq %rsi, %rbp\n", STEP "vmovdqu (%rbp), %ymm2\n") "3:" STEP STEP STEP "jmp 1b\n");
    check(p);
    assert_success(p);
    assert_holds(p->output, "with llvm-mca 99.1 from the objects of cc 1.\n");
    check_row(p, "skylake-avx512", "32.0", "0");
    assert_holds(p->output, "\n- measured: nothing in this run.\n");
    assert_null(strstr(p->output, "avx512bw"));
    assert_null(strstr(p->output, "neoverse"));
}

/* An iteration of two steps does twice the work. */
static void test_unrolled(void **state) {
    struct process *p = *state;
    pretend(p, "avx2", "x86_64", X86("", STEP STEP));
    check(p);
    assert_success(p);
    check_row(p, "skylake-avx512", "32.0", "0");
}

static void test_no_loop(void **state) {
    struct process *p = *state;
    pretend(p, "avx2", "x86_64", "tile_2x4: " NARROW "ret\n tile_2x40: 1: " STEP "jne 1b\n ret\n");
    check(p);
    check_problem(p, "l1_avx2_2x4: no inner loop of tile_2x4 in ");
}

/* A piece that the compiler cut off is still the tile's. */
static void test_suffix(void **state) {
    struct process *p = *state;
    pretend(p, "avx2", "x86_64", "tile_2x4: " NARROW "ret\n tile_2x4.part.0: 1: " STEP "decq %rcx\n jne 1b\n ret\n");
    check(p);
    assert_success(p);
}

/* -- spills -------------------------------------------------------------------------------------------------------- */

static void test_spills(void **state) {
    struct process *p = *state;
    pretend(p, "avx2", "x86_64",
            X86("movq %rsp, %rbp\n leaq -96(%rbp), %rdx\n",
                STEP "vmovdqu %ymm2, -32(%rsp)\n vmovdqu -64(%rbp), %ymm3\n vmovdqa (%rdx), %ymm3\n"));
    check(p);
    check_problem(p, "l1_avx2_2x4 spills: loads and stores of the stack in its inner loop: 3\n");
    check_row(p, "skylake-avx512", NULL, "3");
}

/* An outer loop flushes 16-bit sums, and its stores are not spills; a loop of loads must not be taken. */
#define ARM(start, loop)                                                                                               \
    "tile_2x1: " start "0: mov x3, #128\n"                                                                             \
    "1: ldr q2, [x0], #16\n" loop "uabd v4.16b, v2.16b, v0.16b\n uadalp v6.8h, v4.16b\n"                               \
    "uabd v5.16b, v2.16b, v1.16b\n uadalp v7.8h, v5.16b\n subs x3, x3, #1\n b.ne 1b\n"                                 \
    "ldr q8, [sp]\n uadalp v8.4s, v6.8h\n str q8, [sp]\n uadalp v9.4s, v7.8h\n uadalp v9.4s, v7.8h\n"                  \
    "subs x2, x2, #1\n b.ne 0b\n ret\n"

static void test_arm(void **state) {
    struct process *p = *state;
    pretend(p, "neon", "aarch64", ARM("mov x29, x1\n", "ldr q0, [x29, #16]\n"));
    check(p);
    assert_success(p);
    check_row(p, "neoverse-n1", NULL, "0");
    assert_holds(p->output, "\n- apple-m1: LLVM has no model of it and takes Cyclone");
}

static void test_arm_spills(void **state) {
    struct process *p = *state;
    pretend(p, "neon", "aarch64",
            ARM("mov x29, sp\n add x4, sp, #64\n", "ldr q0, [x29, #16]\n str q3, [sp, #32]\n ldp q0, q1, [x4]\n"));
    check(p);
    check_problem(p, "l1_neon_2x1 spills: loads and stores of the stack in its inner loop: 3\n");
}

/* -- measured ------------------------------------------------------------------------------------------------------ */

/* The measured rate is only in the rows of the nearest model: for a znver5 without one of its own, that of znver4.
 * Other dimensions than CIFAR-10's do not count, nor do rates that are not medians. */
static void test_measured(void **state) {
    struct process *p = *state;
    char path[256], measured[280], output[280], expected[64], table[1 << 14] = "";
    pretend(p, "avx2", "x86_64", X86("", STEP));
    write_text(p, "bench.json",
               "  \"context\": {\n    \"cpu\": \"a CPU\",\n    \"data\": \"none\"\n"
               "\"name\": \"kernel/l1_avx2_2x4/dim:3072_mean\",\n\"repetitions\": 7,\n"
               "\"byte_pairs_per_cycle\": 1.0e+00,\n"
               "\"name\": \"kernel/l1_avx2_2x4/dim:3072_median\",\n\"repetitions\": 7,\n"
               "\"byte_pairs_per_cycle\": 4.0e+01,\n"
               "\"name\": \"kernel/l1_avx2_2x4/dim:12288_median\",\n\"repetitions\": 7,\n"
               "\"byte_pairs_per_cycle\": 3.0e+01,\n");
    snprintf(measured, sizeof measured, "--measured=%s", process_path(p, "bench.json", path, sizeof path));
    snprintf(output, sizeof output, "--output=%s", process_path(p, "mca.md", path, sizeof path));
    run(p, measured, output);
    assert_success(p);
    const char *row = strstr(p->output, "znver5  ") != NULL ? "znver5" : "znver4";
    double predicted = 0;
    assert_int_equal(sscanf(strstr(p->output, row), "%*s | %lf", &predicted), 1);
    snprintf(expected, sizeof expected, " 40.0 | %18.2f |\n", 40 / predicted);
    assert_holds(strstr(p->output, row), expected);
    check_row(p, "skylake-avx512", "32.0", "0");
    snprintf(measured, sizeof measured, "\n- measured: medians of 7 repetitions on \"a CPU\", in %s/bench.json,",
             p->folder);
    assert_holds(p->output, measured);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    table[fread(table, 1, sizeof table - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(table, p->output);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void test_no_analyser(void **state) {
    struct process *p = *state;
    p->environment[0] = "MCA=llvm-mca-of-nobody";
    check(p);
    check_problem(p, "llvm-mca-of-nobody does not run: install the package llvm-19");
    assert_string_equal(p->output, "");
}

static void test_no_build(void **state) {
    struct process *p = *state;
    pretend(p, "avx2", "x86_64", X86("", STEP));
    write_program(p, "knnmark", "exit 3");
    check(p);
    check_problem(p, "/knnmark does not run: build it");
    run(p, "--check", "--wat");
    check_problem(p, "no option --wat");
}

/* A quick run's file has no medians. */
static void test_nothing_measured(void **state) {
    struct process *p = *state;
    char path[256], measured[280];
    pretend(p, "avx2", "x86_64", X86("", STEP));
    write_text(p, "quick.json", "\"name\": \"kernel/l1_avx2_2x4/dim:3072\",\n\"byte_pairs_per_cycle\": 1.0e+00,\n");
    snprintf(measured, sizeof measured, "--measured=%s", process_path(p, "quick.json", path, sizeof path));
    run(p, "--check", measured);
    check_problem(p, "quick.json has no medians of kernel/<tile>/dim:3072: ");
}

int main(void) {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_loop),       WITH_FOLDER(test_unrolled),         WITH_FOLDER(test_no_loop),
        WITH_FOLDER(test_suffix),     WITH_FOLDER(test_spills),           WITH_FOLDER(test_arm),
        WITH_FOLDER(test_arm_spills), WITH_FOLDER(test_measured),         WITH_FOLDER(test_no_analyser),
        WITH_FOLDER(test_no_build),   WITH_FOLDER(test_nothing_measured),
    };
    return cmocka_run_group_tests_name("mca", tests, NULL, NULL);
}
