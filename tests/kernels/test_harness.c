/* The harness itself: right kernels pass, every kind of wrong one is found and named. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broken.h"
#include "harness.h"

static struct harness harness;

static void must_pass(const struct knn_kernel *kernel) {
    struct knn_error error;
    if (harness_check(&harness, kernel, &error) != 0)
        fail_msg("a right kernel was refused: %s", error.message);
}

static void must_fail(const struct broken *broken) {
    struct knn_error error;
    char seed[64];
    snprintf(seed, sizeof seed, "(seed %llu)", (unsigned long long)harness.seed);
    if (harness_check(&harness, &broken->kernel, &error) == 0)
        fail_msg("%s was not found to be wrong", broken->kernel.name);
    if (strncmp(error.message, broken->kernel.name, strlen(broken->kernel.name)) != 0)
        fail_msg("does not start with the kernel: %s", error.message);
    if (!harness.few && strstr(error.message, broken->report) == NULL) /* few: another length may show it first */
        fail_msg("does not say '%s': %s", broken->report, error.message);
    if (strstr(error.message, seed) == NULL || strchr(error.message, '\n') != NULL)
        fail_msg("no seed, or not one line: %s", error.message);
}

static void test_control(void **state) {
    must_pass(*state);
}

static void test_broken_pairs(void **state) {
    (void)state;
    size_t count;
    const struct broken *pairs = broken_pairs(&count);
    for (size_t i = 0; i < count; i++)
        must_fail(&pairs[i]);
}

static void test_broken_tiles(void **state) {
    (void)state;
    size_t count;
    const struct broken *tiles = broken_tiles(&count);
    for (size_t i = 0; i < count; i++)
        must_fail(&tiles[i]);
}

/* A wrong kernel is wrong whatever the seed, so none of the findings above was luck. */
static void test_other_seeds(void **state) {
    uint64_t seed = harness.seed;
    int few = harness.few;
    for (uint64_t i = 1; i <= 4; i++) {
        harness_close(&harness);
        harness_open(&harness, seed + i);
        harness.few = few;
        test_broken_pairs(state);
        test_broken_tiles(state);
    }
    harness_close(&harness);
    harness_open(&harness, seed);
}

/* Fewer shapes find the same faults. */
static void test_few(void **state) {
    harness.few = 1;
    test_other_seeds(state);
    must_pass(&control_l1_pair);
    must_pass(&control_l2_tile);
    harness.few = 0;
}

/* The same seed says the same, whatever was checked between. */
static void test_repeats(void **state) {
    (void)state;
    size_t count;
    const struct broken *tiles = broken_tiles(&count);
    struct knn_error first, second;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(harness_check(&harness, &tiles[i].kernel, &first), -1);
        harness_check(&harness, &tiles[(i + 1) % count].kernel, &second);
        assert_int_equal(harness_check(&harness, &tiles[i].kernel, &second), -1);
        assert_string_equal(first.message, second.message);
    }
}

/* After a crash the signals are again as they were, no memory is held, and a right kernel passes. */
static void test_recovers(void **state) {
    (void)state;
    struct sigaction before, after;
    size_t count;
    const struct broken *tiles = broken_tiles(&count);
    sigaction(SIGSEGV, NULL, &before);
    for (size_t i = 0; i < count; i++)
        must_fail(&tiles[i]);
    sigaction(SIGSEGV, NULL, &after);
    assert_true(before.sa_sigaction == after.sa_sigaction);
    assert_int_equal(harness.open, 0);
    for (unsigned i = 0; i < HARNESS_BUFFERS; i++)
        assert_null(harness.buffers[i].base);
    must_pass(&control_l1_tile);
}

static void test_oversized_tile(void **state) {
    (void)state;
    struct broken broken = {control_l1_tile, "larger than the contract allows"};
    broken.kernel.mr = HARNESS_MAX_MR + 1;
    must_fail(&broken);
}

static void test_dims(void **state) {
    (void)state;
    struct knn_kernel kernel = {.max_dim = 66051};
    harness.kernel = &kernel;
    for (size_t i = 0; i < 130; i++)
        assert_int_equal(harness_dim(&harness, i), i + 1);
    assert_int_equal(harness_dim(&harness, 130), 3071);
    assert_int_equal(harness_dim(&harness, 133), 66051);
    assert_int_equal(harness_dim(&harness, 134), 0);
    kernel.max_dim = 65536; /* the limit itself is always tried, once */
    assert_int_equal(harness_dim(&harness, 133), 65536);
    assert_int_equal(harness_dim(&harness, 134), 0);
    kernel.max_dim = HARNESS_LONGEST;
    assert_int_equal(harness_dim(&harness, 134), HARNESS_LONGEST);
    assert_int_equal(harness_dim(&harness, 135), 0);
    kernel.max_dim = 1000000;
    assert_int_equal(harness_dim(&harness, 135), 1000000);
    assert_int_equal(harness_dim(&harness, 136), 0);
}

static void test_guarded(void **state) {
    (void)state;
    struct guarded guarded;
    char text[80];
    assert_int_equal(guarded_open(&guarded, "it", 100), 0);
    uint8_t *block = guarded_place(&guarded, 100, 1, 0, GUARDED_FRONT);
    assert_ptr_equal(block, guarded.base);
    assert_true(guarded_intact(&guarded));
    assert_int_equal(guarded_explain(&guarded, block - 2, text, sizeof text), 1);
    assert_string_equal(text, "byte 2 before the start of it");
    block[100] = 1;
    assert_false(guarded_intact(&guarded));
    block = guarded_place(&guarded, 100, 1, 3, GUARDED_BACK);
    assert_ptr_equal(block + 103, guarded.base + guarded.size);
    assert_true(guarded_intact(&guarded));
    block[-1] = 1;
    assert_false(guarded_intact(&guarded));
    block = guarded_place(&guarded, 60, 64, 0, GUARDED_BACK);
    assert_int_equal((uintptr_t)block % 64, 0);
    assert_ptr_equal(block + 64, guarded.base + guarded.size);
    assert_int_equal(guarded_explain(&guarded, block + 60, text, sizeof text), 1);
    assert_string_equal(text, "byte 1 past the end of it");
    assert_int_equal(guarded_explain(&guarded, NULL, text, sizeof text), 0);
    guarded_close(&guarded);
    guarded_close(&guarded);
}

static void test_seed(void **state) {
    (void)state;
    static const char *const wrong[] = {"x", "12x", "-1", " 1", "99999999999999999999"};
    struct knn_error error;
    uint64_t seed;
    setenv("KNNMARK_SEED", "123456", 1);
    assert_int_equal(harness_seed(&seed, &error), 0);
    assert_int_equal(seed, 123456);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        setenv("KNNMARK_SEED", wrong[i], 1);
        assert_int_equal(harness_seed(&seed, &error), -1);
        assert_non_null(strstr(error.message, wrong[i]));
    }
    unsetenv("KNNMARK_SEED");
    assert_int_equal(harness_seed(&seed, &error), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        {"control_l1_pair", test_control, NULL, NULL, (void *)(uintptr_t)&control_l1_pair},
        {"control_l2_pair", test_control, NULL, NULL, (void *)(uintptr_t)&control_l2_pair},
        {"control_l1_tile", test_control, NULL, NULL, (void *)(uintptr_t)&control_l1_tile},
        {"control_l2_tile", test_control, NULL, NULL, (void *)(uintptr_t)&control_l2_tile},
        cmocka_unit_test(test_broken_pairs),
        cmocka_unit_test(test_broken_tiles),
        cmocka_unit_test(test_other_seeds),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_recovers),
        cmocka_unit_test(test_oversized_tile),
        cmocka_unit_test(test_dims),
        cmocka_unit_test(test_guarded),
        cmocka_unit_test(test_seed),
    };
    struct knn_error error;
    uint64_t seed;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a sanitizer that ends the run leaves the name of the test */
    printf("seed %llu (KNNMARK_SEED=%llu repeats it)\n", (unsigned long long)seed, (unsigned long long)seed);
    harness_open(&harness, seed);
    int failed = cmocka_run_group_tests_name("harness", tests, NULL, NULL);
    harness_close(&harness);
    return failed != 0;
}
