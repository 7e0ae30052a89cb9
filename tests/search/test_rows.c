/* A search a part at a time finds what a search at once finds, among rows of which many are equally far. And a random
 * draw is one: every image is somewhere, the seed decides, and all can be put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"
#include "images.h"
#include "split.h"

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

/* -- random draws -------------------------------------------------------------------------------------------------- */

enum { IMAGES = 40, DRAWN = 15, BYTES = 3072 };

static struct knn_images numbered_images(void) {
    struct knn_images images;
    struct knn_error error;
    if (knn_images_alloc(&images, IMAGES, BYTES, &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < IMAGES; i++) {
        memset(knn_matrix_row(&images.pixels, i), (int)i, BYTES);
        images.labels[i] = (uint16_t)i;
    }
    return images;
}

static void test_draw(void **state) {
    (void)state;
    size_t times[IMAGES] = {0};
    uint32_t swaps[IMAGES];
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct knn_images images = numbered_images();
        unsigned there[IMAGES] = {0};
        knn_draw(&images, DRAWN, seed, swaps);
        for (size_t i = 0; i < IMAGES; i++) {
            uint8_t number = images.labels[i];
            assert_int_equal(there[number]++, 0);
            assert_int_equal(knn_matrix_row(&images.pixels, i)[0], number);
            assert_int_equal(knn_matrix_row(&images.pixels, i)[BYTES - 1], number);
            times[number] += i < DRAWN;
        }
        knn_undraw(&images, DRAWN, swaps);
        for (size_t i = 0; i < IMAGES; i++)
            assert_true(images.labels[i] == i && knn_matrix_row(&images.pixels, i)[0] == i);
        knn_images_free(&images);
    }
    for (size_t i = 0; i < IMAGES; i++) /* 150 times each, by a standard deviation of 10 */
        assert_in_range(times[i], 100, 200);
}

/* The same on every machine: SplitMix64 of 1, each number modulo the images left. */
static void test_seed(void **state) {
    (void)state;
    static const uint64_t numbers[] = {0x910a2dec89025cc1, 0xbeeb8da1658eec67, 0xf893a2eefb32555e};
    struct knn_images images = numbered_images();
    uint32_t swaps[3];
    knn_draw(&images, 3, 1, swaps);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(swaps[i], i + numbers[i] % (IMAGES - i));
    knn_images_free(&images);
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
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_seed),
    };
    return cmocka_run_group_tests_name("nearest", tests, open_team, close_team);
}
