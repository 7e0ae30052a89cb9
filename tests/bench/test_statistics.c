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

static void test_binomial_tail(void **state) {
    (void)state;
    assert_near(binomial_tail(0, 1, 0.5), 0.5, 1e-15);
    assert_near(binomial_tail(1, 4, 0.5), 5.0 / 16, 1e-15);
    assert_near(binomial_tail(2, 5, 0.2), 0.94208, 1e-14); /* 0.32768 + 0.4096 + 0.2048 */
    assert_near(binomial_tail(10, 10, 0.3), 1, 0);
    assert_near(binomial_tail(9, 10, 0.9), 1 - 0.3486784401, 1e-13);
    assert_near(binomial_tail(3, 7, 0), 1, 0);
    assert_near(binomial_tail(3, 7, 1), 0, 0);
    assert_near(binomial_tail(10, 40, 0.5) * pow(2, 40), 1221246132, 1); /* sum of C(40, 0...10), exactly */
}

/* Where 2^-n and the coefficients are far outside of what a double holds. */
static void test_binomial_tail_of_thousands(void **state) {
    (void)state;
    assert_near(binomial_tail(2000, 4001, 0.5), 0.5, 1e-12);
    double exact = 0.5 + 0.5 * exp(lgamma(4001) - 2 * lgamma(2001) - 4000 * log(2)); /* and half of the middle term */
    assert_near(binomial_tail(2000, 4000, 0.5), exact, 1e-9);
    assert_near(binomial_tail(1900, 4000, 0.5), 0.000823, 2e-5); /* Phi(-3.146), with the correction of continuity */
    assert_true(binomial_tail(0, 4000, 0.5) >= 0 && binomial_tail(0, 4000, 0.5) < 1e-300);
    for (size_t k = 1; k < 4000; k++)
        assert_true(binomial_tail(k, 4000, 0.5) >= binomial_tail(k - 1, 4000, 0.5));
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
            assert_true(2 * binomial_tail(rank - 1, n, 0.5) <= 0.01);
        assert_true(2 * binomial_tail(rank, n, 0.5) > 0.01);
    }
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

/* Of a normal sample about its deviation; outliers do not move it. */
static void test_robust_deviation(void **state) {
    (void)state;
    enum { N = 999 };
    double values[N];
    for (size_t i = 0; i < N; i++)
        values[i] = 10 + 2 * normal_quantile(((double)i + 0.5) / N);
    assert_near(robust_deviation(values, N), 2, 0.01);
    for (size_t i = 0; i < 50; i++)
        values[N - 1 - i] = 1e6;
    assert_near(robust_deviation(values, N), 2, 0.05);
    assert_near(robust_deviation(values, 1), 0, 0);
}

static void test_normal_quantile(void **state) {
    (void)state;
    assert_near(normal_quantile(0.5), 0, 1e-12);
    assert_near(normal_quantile(0.975), 1.959963985, 1e-8);
    assert_near(normal_quantile(0.1), -1.281551566, 1e-8);
    assert_near(normal_quantile(1e-9), -5.997807015, 1e-6);
}

/* 0.91 standard deviations beyond the threshold are found nine times in ten by the 11th of 40. */
static void test_power(void **state) {
    (void)state;
    double z = sign_power_shift(40, 11, 0.9);
    assert_near(z, 0.905, 0.0005);
    double p = erfc(z / sqrt(2)) / 2; /* of a value below the threshold */
    assert_near(binomial_tail(10, 40, p), 0.9, 1e-9);
    assert_true(sign_power_shift(80, sign_rank(80, 0.0025), 0.9) < z);
    assert_true(isinf(sign_power_shift(4, 0, 0.9)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binomial_tail),
        cmocka_unit_test(test_binomial_tail_of_thousands),
        cmocka_unit_test(test_rank),
        cmocka_unit_test(test_rank_is_exact),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_robust_deviation),
        cmocka_unit_test(test_normal_quantile),
        cmocka_unit_test(test_power),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
