/* The check before the benchmarks time a kernel: bench/work/verify.c lets right kernels pass and names wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broken.h"
#include "verify.h"

enum { QUERIES = 13, ROWS = 70, DIM = 200, K = 3 };

static struct knn_matrix queries, train;
static struct knn_team team;

/* -- kernels that are wrong in one place --------------------------------------------------------------------------- */

static uint32_t one_too_much(const uint8_t *a, const uint8_t *b, size_t dim) {
    return control_l2_pair.pair(a, b, dim) + 1;
}

static uint32_t last_byte_ignored(const uint8_t *a, const uint8_t *b, size_t dim) {
    return control_l1_pair.pair(a, b, dim - 1);
}

/* Right but for the last distance of a full tile. */
static uint32_t last_too_near(const void *q, const void *t, size_t dim, unsigned nq, const uint32_t *bound,
                              uint32_t *out, const uint8_t *ahead) {
    uint32_t hits = control_l1_tile.tile(q, t, dim, nq, bound, out, ahead);
    if (nq == control_l1_tile.mr)
        out[nq * control_l1_tile.nr - 1] = 0;
    return nq == control_l1_tile.mr ? hits | 1u << (nq - 1) : hits;
}

/* Right distances, but a query that has something near is not reported. */
static uint32_t first_forgotten(const void *q, const void *t, size_t dim, unsigned nq, const uint32_t *bound,
                                uint32_t *out, const uint8_t *ahead) {
    return control_l2_tile.tile(q, t, dim, nq, bound, out, ahead) & ~1u;
}

/* Right distances, but queries that have nothing near are reported: slow, not wrong. */
static uint32_t all_reported(const void *q, const void *t, size_t dim, unsigned nq, const uint32_t *bound,
                             uint32_t *out, const uint8_t *ahead) {
    control_l2_tile.tile(q, t, dim, nq, bound, out, ahead);
    return (1u << nq) - 1;
}

static struct knn_kernel wrong(const struct knn_kernel *right, const char *name, knn_pair_fn *pair, knn_tile_fn *tile) {
    struct knn_kernel kernel = *right;
    kernel.name = name;
    kernel.pair = pair != NULL ? pair : right->pair;
    kernel.tile = tile != NULL ? tile : right->tile;
    return kernel;
}

/* -- the two questions --------------------------------------------------------------------------------------------- */

static void search(const struct knn_kernel *kernel, struct knn_neighbor *found) {
    const struct knn_job job = {.team = &team};
    struct knn_panels panels;
    struct knn_error error;
    assert_int_equal(knn_panels_pack(&panels, kernel, knn_view(&train), 0, &team, &error), 0);
    assert_int_equal(knn_search_panels(&job, &panels, knn_view(&queries), K, found, &error), 0);
    knn_panels_free(&panels);
}

static enum verified search_by(const struct knn_kernel *kernel, struct knn_error *error) {
    struct knn_neighbor expected[QUERIES * K], found[QUERIES * K];
    search(knn_kernel_reference(kernel->metric), expected);
    search(kernel, found);
    return verify_neighbors(kernel->name, found, K, expected, K, QUERIES, error);
}

static void must_pass(const struct knn_kernel *kernel) {
    struct knn_error error;
    if (verify_kernel(kernel, &queries, &train, &error) != 0 || search_by(kernel, &error) != 0)
        fail_msg("a right kernel was refused: %s", error.message);
}

static void must_name(const struct knn_kernel *kernel, enum verified status, const struct knn_error *error) {
    if (status != WRONG)
        fail_msg("%s was not found to be wrong", kernel->name);
    if (strncmp(error->message, kernel->name, strlen(kernel->name)) != 0 || strchr(error->message, '\n') != NULL)
        fail_msg("not one line that starts with the kernel: %s", error->message);
    if (strstr(error->message, "differs from the reference") == NULL)
        fail_msg("does not say what is wrong: %s", error->message);
}

static void must_fail(const struct knn_kernel *kernel) {
    struct knn_error error;
    must_name(kernel, verify_kernel(kernel, &queries, &train, &error), &error);
    must_name(kernel, search_by(kernel, &error), &error);
}

/* -- tests --------------------------------------------------------------------------------------------------------- */

static void test_right(void **state) {
    (void)state;
    must_pass(&control_l1_pair);
    must_pass(&control_l2_pair);
    must_pass(&control_l1_tile);
    must_pass(&control_l2_tile);
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++)
        if (knn_kernel_runs(kernels[i], knn_cpu_features()))
            must_pass(kernels[i]);
}

static void test_wrong_pair(void **state) {
    (void)state;
    struct knn_kernel l2 = wrong(&control_l2_pair, "one_too_much", one_too_much, NULL);
    struct knn_kernel l1 = wrong(&control_l1_pair, "last_byte_ignored", last_byte_ignored, NULL);
    must_fail(&l2);
    must_fail(&l1);
}

static void test_wrong_tile(void **state) {
    (void)state;
    struct knn_kernel kernel = wrong(&control_l1_tile, "last_too_near", NULL, last_too_near);
    must_fail(&kernel);
}

static void test_wrong_report(void **state) {
    (void)state;
    struct knn_error error;
    struct knn_kernel forgets = wrong(&control_l2_tile, "first_forgotten", NULL, first_forgotten);
    must_name(&forgets, search_by(&forgets, &error), &error);
    struct knn_kernel reports = wrong(&control_l2_tile, "all_reported", NULL, all_reported);
    must_name(&reports, verify_kernel(&reports, &queries, &train, &error), &error);
}

static void fill(struct knn_matrix *matrix, unsigned seed) {
    for (size_t i = 0; i < matrix->rows; i++)
        for (size_t j = 0; j < matrix->dim; j++) {
            seed = seed * 1664525u + 1013904223u;
            knn_matrix_row(matrix, i)[j] = (uint8_t)(seed >> 24);
        }
}

static int set_up(void **state) {
    (void)state;
    struct knn_error error;
    if (knn_matrix_alloc(&queries, QUERIES, DIM, &error) != 0 || knn_matrix_alloc(&train, ROWS, DIM, &error) != 0 ||
        knn_team_open(&team, 2, 0, &error) != 0)
        return -1;
    fill(&queries, 1);
    fill(&train, 2);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    knn_matrix_free(&queries);
    knn_matrix_free(&train);
    knn_team_close(&team);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_wrong_pair),
        cmocka_unit_test(test_wrong_tile),
        cmocka_unit_test(test_wrong_report),
    };
    return cmocka_run_group_tests_name("verify", tests, set_up, tear_down);
}
