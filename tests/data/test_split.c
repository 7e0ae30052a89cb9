/* A random draw is one: every image is somewhere, the seed decides, and all can be put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "images.h"
#include "split.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_draw), cmocka_unit_test(test_seed)};
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
