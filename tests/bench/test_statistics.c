/* The statistics of `make regress` beside values computed by hand or known from tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "statistics.h"

#define assert_near(value, expected, tolerance)                                                                        \
    do {                                                                                                               \
        double v = (value), e = (expected);                                                                            \
        if (!(fabs(v - e) <= (tolerance)))                                                                             \
            fail_msg("%s is %.12g, not %.12g", #value, v, e);                                                          \
    } while (0)

static void test_binomial(void **state) {
    (void)state;
    assert_near(binomial_half(0, 0), 1, 1e-15);
    assert_near(binomial_half(0, 1), 0.5, 1e-15);
    assert_near(binomial_half(1, 4), 4.0 / 16, 1e-15);
    assert_near(binomial_half(10, 40) * pow(2, 40), 847660528, 0.1); /* C(40, 10) */
    assert_near(binomial_half(2000, 4000), 0.012614, 1e-6);          /* where the coefficient is beyond a double */
    assert_true(binomial_half(0, 4000) >= 0 && binomial_half(0, 4000) < 1e-300);
}

/* P(X <= k), for what is to be shown. */
static double tail(size_t k, size_t n) {
    double sum = 0;
    for (size_t i = 0; i <= k; i++)
        sum += binomial_half(i, n);
    return sum;
}

/* For n = 40 and ten benchmarks, the 11th to the 30th value, with one look and with two. */
static void test_rank(void **state) {
    (void)state;
    assert_int_equal(sign_rank(40, 0.05 / 10), 11);
    assert_int_equal(sign_rank(40, 0.025 / 10), 11);
    assert_int_equal(sign_rank(40, 0.05), 14); /* as in tables of the sign test: 13 or fewer */
    assert_int_equal(sign_rank(20, 0.05), 6);
    assert_int_equal(sign_rank(10, 0.05), 2);
    assert_int_equal(sign_rank(6, 0.05), 1);
    assert_int_equal(sign_rank(5, 0.05), 0); /* 2 / 32 is more than 0.05 */
    assert_int_equal(sign_rank(0, 0.05), 0);
    assert_int_equal(sign_rank(4, 1), 2);
}

/* Whatever n is, the rank is the largest one that keeps to alpha. */
static void test_rank_is_exact(void **state) {
    (void)state;
    for (size_t n = 1; n <= 400; n++) {
        size_t rank = sign_rank(n, 0.01);
        assert_true(2 * rank <= n + 1);
        if (rank > 0)
            assert_true(2 * tail(rank - 1, n) <= 0.01);
        assert_true(2 * tail(rank, n) > 0.01);
    }
}

/* By hand: 2^n is at least (n + 1) C(n, r - 1) / alpha. */
static void test_sequential_rank(void **state) {
    (void)state;
    assert_int_equal(sequential_rank(40, 0.005), 9);
    assert_int_equal(sequential_rank(12, 0.005), 1); /* 4096 >= 13 / 0.005 = 2600 */
    assert_int_equal(sequential_rank(11, 0.005), 0); /* 2048 <  12 / 0.005 = 2400 */
    assert_int_equal(sequential_rank(8, 0.05), 1);
    assert_int_equal(sequential_rank(7, 0.05), 0);
    assert_int_equal(sequential_rank(0, 0.05), 0);
    for (size_t n = 1; n <= 400; n++)
        assert_true(sequential_rank(n, 0.01) <= sign_rank(n, 0.01)); /* looking often costs something */
}

static void test_interval(void **state) {
    (void)state;
    double values[40];
    for (size_t i = 0; i < 40; i++)
        values[i] = (double)(i * 7 % 40) + 1; /* 1 ... 40, in disorder */
    struct interval interval = sign_interval(values, 40, 0.005);
    assert_near(interval.estimate, 20.5, 0);
    assert_near(interval.low, 11, 0);
    assert_near(interval.high, 30, 0);
    assert_int_equal(interval.count, 40);
    assert_int_equal(interval.rank, 11);
    assert_near(values[1], 8, 0); /* left as they were */
    interval = sequential_interval(values, 40, 0.005);
    assert_near(interval.estimate, 20.5, 0);
    assert_near(interval.low, 9, 0);
    assert_near(interval.high, 32, 0);
    interval = sign_interval(values, 3, 0.005);
    assert_true(isinf(interval.low) && interval.low < 0 && isinf(interval.high) && interval.high > 0);
    assert_near(interval.estimate, 8, 0);
    interval = sign_interval(values, 0, 0.005);
    assert_true(isinf(interval.low) && isinf(interval.high));
}

static void test_median(void **state) {
    (void)state;
    const double values[] = {5, 1, 100, 2};
    assert_near(median(values, 4), 3.5, 0);
    assert_near(median(values, 3), 5, 0);
    assert_near(median(values, 1), 5, 0);
    assert_near(median(values, 0), 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binomial), cmocka_unit_test(test_rank),   cmocka_unit_test(test_rank_is_exact),
        cmocka_unit_test(test_interval), cmocka_unit_test(test_median), cmocka_unit_test(test_sequential_rank),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
