/* Every registered kernel against the scalar reference, the reference against arithmetic, and the choice of kernels.
 *
 *   KNNMARK_SEED=N         repeats a run          KNNMARK_KERNEL=NAME    checks that kernel alone, and all descriptors;
 *                                                a pattern, such as 'l2_avx*', checks those that match
 *   KNNMARK_SHAPES=few     checks fewer shapes, as an emulator has time for
 */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avxvnni.h"
#include "harness.h"

enum { MAX_TESTS = 256 };

static struct harness harness;
static int few;

/* -- kernels ------------------------------------------------------------------------------------------------------- */

/* The weakest instruction set of this build that brings the lowest of these features. */
static const char *feature_name(unsigned features) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        if (isas[i].features & features & (~features + 1))
            return isas[i].name;
    return "a feature without a name";
}

static void test_kernel(void **state) {
    const struct knn_kernel *kernel = *state;
    unsigned foreign = kernel->features & ~knn_cpu_features(), missing = kernel->features & ~avxvnni_features();
    struct knn_error error;
    if (missing != 0) {
        print_message("skipping %s: this CPU has no %s\n", kernel->name, feature_name(missing));
        skip();
    }
    if (foreign != 0)
        print_message("%s: this CPU has no %s, the test carries it out\n", kernel->name, feature_name(foreign));
    harness.few = foreign != 0 || few;
    if (harness_check(&harness, kernel, &error) != 0)
        fail_msg("%s", error.message);
}

/* The reference itself is held to a sum in 64 bits, written down as the formula stands. */
static void test_reference(void **state) {
    (void)state;
    for (size_t dim = 1; dim <= 200; dim++) {
        struct palette *palette = palette_get(&harness.palettes, harness.seed, dim);
        assert_non_null(palette);
        const uint32_t *l1 = palette_distances(palette, KNN_L1), *l2 = palette_distances(palette, KNN_L2);
        for (unsigned i = 0; i < palette->rows * palette->rows; i++) {
            const uint8_t *a = palette->bytes + i / palette->rows * dim, *b = palette->bytes + i % palette->rows * dim;
            int64_t sum = 0, squares = 0;
            for (size_t j = 0; j < dim; j++) {
                int64_t difference = (int64_t)b[j] - a[j];
                sum += llabs(difference);
                squares += difference * difference;
            }
            assert_int_equal(l1[i], sum);
            assert_int_equal(l2[i], squares);
        }
    }
}

/* The extremes: the largest distance that 32 bits hold. */
static void test_reference_largest(void **state) {
    (void)state;
    for (unsigned metric = 0; metric < KNN_METRICS; metric++) {
        if (!knn_metrics[metric].timed)
            continue;
        const struct knn_kernel *kernel = knn_kernel_reference(metric);
        size_t dim = kernel->max_dim;
        struct palette *palette = palette_get(&harness.palettes, harness.seed, dim);
        assert_non_null(palette);
        const uint8_t *all_255 = palette->bytes + ALL_255 * dim, *all_0 = palette->bytes + ALL_0 * dim;
        uint64_t largest = dim * (metric == KNN_L2 ? 255u * 255u : 255u);
        assert_int_equal(kernel->pair(all_0, all_255, dim), largest);
        assert_int_equal(kernel->pair(all_255, all_0, dim), largest);
    }
}

/* -- the registry -------------------------------------------------------------------------------------------------- */

static unsigned known_features(void) {
    size_t count;
    unsigned features = 0;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        features |= isas[i].features;
    return features;
}

static void test_find(void **state) {
    (void)state;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(knn_kernel_find(kernels[i]->name), kernels[i]); /* so names are unique, too */
    assert_null(knn_kernel_find("l1_abacus"));
    assert_null(knn_kernel_find("l1"));
    assert_null(knn_kernel_find("l1_scalar "));
    assert_null(knn_kernel_find(""));
}

/* <metric>_<isa>[_<variant>], and the features of exactly that instruction set. */
static void test_names(void **state) {
    (void)state;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *kernel = kernels[i];
        print_message("%s\n", kernel->name); /* so that the last one before a failure is the one that fails */
        char isa[32], shape[32], metric[32], variant[32] = "";
        char tail = '\0';
        int fields = sscanf(kernel->name, "%31[^_]_%31[^_]_%31[^_]%c", metric, isa, variant, &tail);
        assert_in_range(fields, 2, 3);
        assert_string_equal(metric, knn_metrics[kernel->metric].name);
        const struct knn_isa *set = knn_isa_find(isa);
        assert_true(set != NULL || strcmp(isa, "scalar") == 0);
        assert_int_equal(kernel->features, set == NULL ? 0 : set->features);
        snprintf(shape, sizeof shape, "%ux%u", kernel->mr, kernel->nr);
        if (kernel->tile != NULL)
            assert_string_equal(variant, shape);
        assert_non_null(kernel->summary);
        assert_true(strlen(kernel->summary) > 0 && strchr(kernel->summary, '\n') == NULL);
    }
}

static void test_descriptors(void **state) {
    (void)state;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *kernel = kernels[i];
        print_message("%s\n", kernel->name); /* so that the last one before a failure is the one that fails */
        uint64_t largest = kernel->metric == KNN_L2 ? 255 * 255 : 255;
        assert_true(kernel->max_dim >= 65536); /* the chunks that longer rows are cut into */
        assert_true(kernel->max_dim <= UINT32_MAX / largest);
        assert_true(kernel->step >= 1 && kernel->ops >= 1);
        if (kernel->pair != NULL) {
            assert_true(kernel->mr == 1 && kernel->nr == 1);
            assert_true(kernel->tile == NULL && kernel->pack_queries == NULL && kernel->pack_train == NULL);
            continue;
        }
        assert_true(kernel->tile != NULL && kernel->pack_queries != NULL && kernel->pack_train != NULL);
        assert_in_range(kernel->mr, 1, KNN_MAX_MR);
        assert_in_range(kernel->mr * kernel->nr, 1, KNN_MAX_TILE);
        assert_true(kernel->group >= 1 && kernel->query_width >= 1);
        for (size_t dim = 1; dim <= 130; dim++) {
            size_t query = knn_query_panel_bytes(kernel, dim), train = knn_train_panel_bytes(kernel, dim);
            assert_true(query % KNN_PANEL_ALIGN == 0 && query >= kernel->mr * dim * kernel->query_width);
            assert_true(train % KNN_PANEL_ALIGN == 0 && train >= kernel->nr * dim);
        }
    }
}

static void test_order(void **state) {
    (void)state;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 1; i < count; i++)
        assert_true(kernels[i - 1]->metric <= kernels[i]->metric);
    assert_ptr_equal(knn_kernel_reference(KNN_L1), knn_kernel_find("l1_scalar"));
    assert_ptr_equal(knn_kernel_reference(KNN_L2), knn_kernel_find("l2_scalar"));
    assert_null(knn_kernel_reference(KNN_L1WRAP));
    assert_string_equal(knn_metrics[KNN_L1].name, "l1");
    assert_string_equal(knn_metrics[KNN_L2].name, "l2");
    assert_string_equal(knn_metrics[KNN_L1WRAP].name, "l1wrap");
}

static void test_isas(void **state) {
    (void)state;
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    assert_true(count > 0);
    assert_int_equal(isas[0].features, 0);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(knn_isa_find(isas[i].name), &isas[i]);
        assert_true(strlen(isas[i].summary) > 0);
        assert_null(strchr(isas[i].name, '_')); /* it stands between two of them in a kernel's name */
    }
    assert_null(knn_isa_find("abacus"));
    assert_null(knn_isa_find(""));
    assert_int_equal(knn_cpu_features() & ~known_features(), 0);
}

/* With any subset of the features, the default runs, and is the last in the registry that does. */
static void test_default(void **state) {
    (void)state;
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    unsigned all = known_features(), features = all;
    do {
        for (unsigned metric = 0; metric < KNN_METRICS; metric++) {
            if (!knn_metrics[metric].timed)
                continue;
            const struct knn_kernel *last = NULL, *chosen = knn_kernel_default(metric, features);
            for (size_t i = 0; i < count; i++)
                if (kernels[i]->metric == metric && knn_kernel_runs(kernels[i], features))
                    last = kernels[i];
            assert_non_null(chosen);
            assert_ptr_equal(chosen, last);
            assert_int_equal(chosen->metric, metric);
            assert_int_equal(chosen->features & ~features, 0);
        }
        features = (features - 1) & all; /* the next smaller subset, and after none all again */
    } while (features != all);
}

/* -- the run ------------------------------------------------------------------------------------------------------- */

static size_t add_kernels(struct CMUnitTest *tests, size_t used, const char *pattern) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count && used < MAX_TESTS; i++)
        if (pattern == NULL || fnmatch(pattern, kernels[i]->name, 0) == 0)
            tests[used++] = (struct CMUnitTest){
                .name = kernels[i]->name,
                .test_func = test_kernel,
                .initial_state = (void *)(uintptr_t)kernels[i],
            };
    return used;
}

static int unknown_kernel(const char *pattern) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    fprintf(stderr, "KNNMARK_KERNEL=%s is no kernel of this build; there are:", pattern);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, " %s", kernels[i]->name);
    fprintf(stderr, "\n");
    return 1;
}

int main(void) {
    /* What is not filled in has no function, and cmocka leaves it out. */
    static struct CMUnitTest tests[MAX_TESTS] = {
        cmocka_unit_test(test_reference), cmocka_unit_test(test_reference_largest), cmocka_unit_test(test_find),
        cmocka_unit_test(test_names),     cmocka_unit_test(test_descriptors),       cmocka_unit_test(test_order),
        cmocka_unit_test(test_isas),      cmocka_unit_test(test_default),
    };
    struct knn_error error;
    uint64_t seed;
    size_t count, used = 0;
    const char *only = getenv("KNNMARK_KERNEL"), *shapes = getenv("KNNMARK_SHAPES");
    if (only != NULL && *only == '\0')
        only = NULL;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (shapes != NULL && *shapes != '\0' && strcmp(shapes, "few") != 0) {
        fprintf(stderr, "KNNMARK_SHAPES=%s is unknown: give few, or nothing for all\n", shapes);
        return 1;
    }
    few = shapes != NULL && *shapes != '\0';
    if (only != NULL) {
        memset(tests, 0, sizeof tests);
        tests[0] = (struct CMUnitTest)cmocka_unit_test(test_names);
        tests[1] = (struct CMUnitTest)cmocka_unit_test(test_descriptors);
    }
    while (tests[used].test_func != NULL)
        used++;
    knn_kernels(&count);
    if (used + count > MAX_TESTS) {
        fprintf(stderr, "%zu kernels and no room for their tests: raise MAX_TESTS in tests/kernels/test_kernels.c\n",
                count);
        return 1;
    }
    if (add_kernels(tests, used, only) == used)
        return unknown_kernel(only);
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a sanitizer that ends the run leaves the name of the test */
    printf("seed %llu (KNNMARK_SEED=%llu repeats it)\n", (unsigned long long)seed, (unsigned long long)seed);
    harness_open(&harness, seed);
    int failed = cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
    harness_close(&harness);
    return failed != 0;
}
