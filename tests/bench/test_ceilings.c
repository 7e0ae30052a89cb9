/* The measured ceilings: the tables say what they hold, every mix that this CPU has runs, and rates are rates. How fast
 * they are is not tested: that is what the benchmarks are for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ceilings.h"
#include "cpu.h"

static const double moment = 0.001; /* seconds */

static const struct ceiling *all;
static size_t count;

static int positive(double rate) {
    return isfinite(rate) && rate > 0;
}

/* The instruction set that a mix is named after. The one that every CPU of an architecture has goes by the
 * architecture's name, and has no bits. */
static const struct knn_isa *isa_of(const struct ceiling *ceiling) {
    char isa[32];
    assert_int_equal(sscanf(ceiling->name, "l%*1[12]_%31[a-z0-9]_", isa), 1);
    return knn_isa_find(strcmp(isa, "sse2") == 0 || strcmp(isa, "neon") == 0 ? "baseline" : isa);
}

static void test_names(void **state) {
    (void)state;
    for (size_t i = 0; i < count; i++) {
        char metric[4];
        snprintf(metric, sizeof metric, "%.3s", all[i].name);
        assert_string_equal(metric, all[i].metric == KNN_L1 ? "l1_" : "l2_");
        assert_non_null(strchr(all[i].name + strlen("lN_"), '_'));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(all[i].name, all[k].name);
    }
}

static void test_features(void **state) {
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct knn_isa *isa = isa_of(&all[i]);
        if (isa == NULL)
            fail_msg("%s is named after an instruction set that --isa does not know", all[i].name);
        if ((all[i].features & ~isa->features) != 0 || (all[i].features == 0) != (isa->features == 0))
            fail_msg("%s needs features 0x%x, but %s has 0x%x", all[i].name, all[i].features, isa->name, isa->features);
    }
}

static void test_groups(void **state) {
    (void)state;
    for (size_t i = 0; i < count; i++)
        assert_in_range(all[i].bytes, 1, 256);
}

/* An odd and an even number of rounds, for a loop may hold more than one; and the smallest. */
static void test_runs(void **state) {
    (void)state;
    uint8_t operands[CEILING_OPERANDS];
    for (size_t i = 0; i < CEILING_OPERANDS; i++)
        operands[i] = (uint8_t)(i * 37);
    for (size_t i = 0; i < count; i++) {
        if ((all[i].features & ~knn_cpu_features()) != 0)
            continue;
        print_message("%s\n", all[i].name); /* the mix to blame if a signal comes */
        for (uint64_t rounds = 1; rounds <= 4; rounds++)
            all[i].run(operands, rounds);
        assert_true(positive(ceiling_rate(&all[i], 1, moment, NULL)));
    }
}

static void test_threads(void **state) {
    (void)state;
    if (count == 0)
        skip(); /* an architecture without mixes */
    double rate = ceiling_rate(&all[0], 2, moment, NULL);
    assert_true(rate == 0 || positive(rate)); /* 0: the runtime may grant fewer threads */
}

static void test_clock(void **state) {
    (void)state;
    for (double seconds = 0; seconds <= moment; seconds += moment) {
        double rate = clock_rate(seconds);
        assert_true(count == 0 ? rate == 0 : positive(rate));
    }
}

static void test_reads(void **state) {
    (void)state;
    static uint8_t buffer[100003]; /* no multiple of anything */
    memset(buffer, 1, sizeof buffer);
    assert_true(positive(read_rate(buffer, sizeof buffer, 1, 3, NULL)));
}

int main(void) {
    all = ceilings(&count);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_features), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_runs),  cmocka_unit_test(test_threads),  cmocka_unit_test(test_clock),
        cmocka_unit_test(test_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
