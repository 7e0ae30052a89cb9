/* A search among rows that stay in place, packed a part at a time, finds what a search among packed rows finds. Many
 * rows are equally far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"

enum { DIM = 24, QUERIES = 9 };

static struct knn_team team;

static struct knn_matrix make_rows(size_t rows, uint32_t seed) {
    struct knn_matrix matrix;
    struct knn_error error;
    if (knn_matrix_alloc(&matrix, rows, DIM, &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < 3; j++) { /* few different rows */
            seed = seed * 1664525 + 1013904223;
            knn_matrix_row(&matrix, i)[j] = (uint8_t)(seed >> 30);
        }
    return matrix;
}

static void check(const struct knn_kernel *kernel, size_t rows, size_t k) {
    static struct knn_neighbor found[QUERIES * KNN_MAX_K], expected[QUERIES * KNN_MAX_K];
    struct knn_matrix train = make_rows(rows, 1), queries = make_rows(QUERIES, 2);
    struct knn_panels panels;
    struct knn_error error = {""};
    const struct knn_job job = {.kernel = kernel, .team = &team};
    if (knn_panels_pack(&panels, kernel, knn_view(&train), 0, &team, &error) != 0 ||
        knn_search_panels(&job, &panels, knn_view(&queries), k, expected, &error) != 0 ||
        knn_search_rows(&job, knn_view(&train), knn_view(&queries), k, found, &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < QUERIES * k; i++)
        if (found[i].distance != expected[i].distance || found[i].id != expected[i].id)
            fail_msg("%s, %zu rows, k = %zu: neighbour %zu of query %zu differs", kernel->name, rows, k, i % k, i / k);
    knn_panels_free(&panels);
    knn_matrix_free(&train);
    knn_matrix_free(&queries);
}

static void test_same_neighbours(void **state) {
    (void)state;
    static const size_t rows[] = {1, 2, 3, 7, 50, 101, 333}, ks[] = {1, 2, 3, 7, 20, 50, 100, 333};
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
            for (size_t k = 0; k < sizeof ks / sizeof ks[0]; k++)
                if (ks[k] <= rows[r] && knn_kernel_runs(kernels[i], knn_cpu_features()))
                    check(kernels[i], rows[r], ks[k]);
}

static void test_too_many_neighbours(void **state) {
    (void)state;
    struct knn_matrix train = make_rows(5, 1), queries = make_rows(1, 2);
    struct knn_neighbor found[6];
    struct knn_error error = {""};
    const struct knn_kernel *kernel = knn_kernel_default(KNN_L1, 0);
    const struct knn_job job = {.kernel = kernel, .team = &team};
    assert_int_equal(knn_search_rows(&job, knn_view(&train), knn_view(&queries), 6, found, &error), -1);
    assert_non_null(strstr(error.message, "6"));
    knn_matrix_free(&train);
    knn_matrix_free(&queries);
}

/* -- progress ------------------------------------------------------------------------------------------------------ */

static int watch(double done, void *context) {
    double *last = context;
    assert_true(done >= *last && done <= 1);
    *last = done;
    return 0;
}

static int stop(double done, void *context) {
    (void)done, (void)context;
    return 1;
}

static void test_progress(void **state) {
    (void)state;
    struct knn_matrix train = make_rows(1000, 1), queries = make_rows(QUERIES, 2);
    static struct knn_neighbor found[QUERIES];
    struct knn_error error = {""};
    const struct knn_kernel *kernel = knn_kernel_default(KNN_L1, knn_cpu_features());
    double last = 0;
    struct knn_job job = {.kernel = kernel, .team = &team, .progress = watch, .context = &last};
    assert_int_equal(knn_search_rows(&job, knn_view(&train), knn_view(&queries), 1, found, &error), 0);
    struct knn_team one = team; /* with more threads, the caller's own may find nothing left to do, and never ask */
    one.threads = 1;
    job.team = &one;
    job.progress = stop;
    assert_int_equal(knn_search_rows(&job, knn_view(&train), knn_view(&queries), 1, found, &error), -1);
    assert_string_equal(error.message, "interrupted");
    knn_matrix_free(&train);
    knn_matrix_free(&queries);
}

static int open_team(void **state) {
    (void)state;
    struct knn_error error;
    return knn_team_open(&team, 2, 0, &error);
}

static int close_team(void **state) {
    (void)state;
    knn_team_close(&team);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_neighbours),
        cmocka_unit_test(test_too_many_neighbours),
        cmocka_unit_test(test_progress),
    };
    return cmocka_run_group_tests_name("rows", tests, open_team, close_team);
}
