/* The decisions of `make regress` on timings that are put before them: recorded ones and made-up ones, never live. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures/regress_runs.h"
#include "random.h"
#include "regress/verdict.h"

enum { PAIRS = 40, TEN = 10 };

/* Evenly spread values of a distribution with heavy tails, in disorder, about a median. */
static void spread(double *d, size_t n, double middle, double deviation) {
    uint64_t random = 1;
    for (size_t i = 0; i < n; i++) {
        double z = normal_quantile(((double)i + 0.5) / (double)n);
        d[i] = middle + deviation * (fabs(z) > 1.5 ? 3 * z : z);
    }
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(knn_random(&random) % i);
        double value = d[i - 1];
        d[i - 1] = d[j];
        d[j] = value;
    }
}

static struct judgement judge_spread(double middle, double deviation, size_t n) {
    struct rules rules = rules_default(TEN);
    double d[2 * PAIRS];
    spread(d, n, middle, deviation);
    return judge(&rules, d, n, rules.tau);
}

/* -- one benchmark ------------------------------------------------------------------------------------------------- */

static void test_verdicts(void **state) {
    (void)state;
    assert_int_equal(judge_spread(0, 0.01, PAIRS).verdict, VERDICT_SAME);
    assert_int_equal(judge_spread(0.10, 0.02, PAIRS).verdict, VERDICT_SLOWER);
    assert_int_equal(judge_spread(-0.10, 0.02, PAIRS).verdict, VERDICT_FASTER);
    assert_int_equal(judge_spread(-0.02, 0.005, PAIRS).verdict, VERDICT_SAME);
    assert_int_equal(judge_spread(0.03, 0.02, PAIRS).verdict, VERDICT_UNDECIDED); /* at the threshold */
    assert_int_equal(judge_spread(0, 0.2, PAIRS).verdict, VERDICT_UNDECIDED);     /* noise */
}

/* Where noise raises the threshold too far, nothing is the same, but what is slower or faster is. */
static void test_blind(void **state) {
    (void)state;
    for (int blind = 0; blind <= 1; blind++) {
        struct rules rules = rules_default(TEN);
        double d[PAIRS], threshold = rules.most + (blind ? 1e-9 : 0);
        spread(d, PAIRS, 0, 0.01);
        assert_int_equal(judge(&rules, d, PAIRS, threshold).verdict, blind ? VERDICT_UNDECIDED : VERDICT_SAME);
        spread(d, PAIRS, 0.3, 0.01);
        assert_int_equal(judge(&rules, d, PAIRS, threshold).verdict, VERDICT_SLOWER);
        spread(d, PAIRS, -0.3, 0.01);
        assert_int_equal(judge(&rules, d, PAIRS, threshold).verdict, VERDICT_FASTER);
    }
}

/* Twice the pairs decide what was open. */
static void test_second_look(void **state) {
    (void)state;
    assert_int_equal(judge_spread(0.042, 0.02, PAIRS).verdict, VERDICT_UNDECIDED);
    assert_int_equal(judge_spread(0.042, 0.02, 2 * PAIRS).verdict, VERDICT_SLOWER);
    struct judgement few = judge_spread(0.042, 0.02, PAIRS), many = judge_spread(0.042, 0.02, 2 * PAIRS);
    assert_true(many.interval.high - many.interval.low < few.interval.high - few.interval.low);
    assert_true(many.detectable < few.detectable);
}

static void test_too_few_pairs(void **state) {
    (void)state;
    struct judgement judgement = judge_spread(0.5, 0.001, 4);
    assert_int_equal(judgement.verdict, VERDICT_UNDECIDED);
    assert_true(isinf(judgement.detectable));
}

/* One look more and ten benchmarks share alpha. */
static void test_level(void **state) {
    (void)state;
    struct rules rules = rules_default(TEN);
    assert_true(fabs(rules_level(&rules) - 0.0025) < 1e-15);
    rules.looks = 1;
    assert_true(fabs(rules_level(&rules) - 0.005) < 1e-15);
    rules.benchmarks = 0;
    assert_true(fabs(rules_level(&rules) - 0.05) < 1e-15);
}

static void test_detectable(void **state) {
    (void)state;
    struct rules rules = rules_default(TEN);
    double d[PAIRS];
    for (size_t i = 0; i < PAIRS; i++)
        d[i] = 0.02 * normal_quantile(((double)i + 0.5) / PAIRS);
    double expected = rules.tau + 0.91 * 0.02;
    assert_true(fabs(judge(&rules, d, PAIRS, rules.tau).detectable - expected) < 0.001);
}

/* -- controls ------------------------------------------------------------------------------------------------------ */

static struct control control_of(double middle, double deviation) {
    struct rules rules = rules_default(TEN);
    double d[PAIRS];
    spread(d, PAIRS, middle, deviation);
    return judge_control(&rules, d, PAIRS);
}

static size_t disturbed(struct control *reference, struct control *copy, struct control *waiting) {
    struct rules rules = rules_default(TEN);
    struct control *others[] = {reference, waiting};
    return find_disturbed(&rules, copy, others, 2);
}

static void test_controls(void **state) {
    (void)state;
    struct control quiet = control_of(0.002, 0.002), copy = control_of(-0.001, 0.002), waiting = control_of(0, 0);
    assert_int_equal(disturbed(&quiet, &copy, &waiting), 0);
    struct control loaded = control_of(0.4, 0.02);
    assert_int_equal(disturbed(&loaded, &copy, &waiting), 1);
    assert_int_equal(loaded.outside, 1);
    assert_int_equal(copy.outside, 0);
    assert_int_equal(disturbed(&quiet, &copy, &loaded), 1); /* only while head ran */
    struct control moved = control_of(-0.02, 0.002);
    assert_int_equal(disturbed(&quiet, &moved, &waiting), 1);
    struct control unknown = {.measured = 0};
    assert_int_equal(disturbed(&quiet, &copy, &unknown), 0);
    assert_int_equal(disturbed(&quiet, &unknown, &waiting), 0);
}

/* A copy that differs from base beyond doubt is no noise, however wide its interval. */
static void test_skewed_copy(void **state) {
    (void)state;
    struct rules rules = rules_default(TEN);
    struct control quiet = control_of(0, 0.002), copy = {.measured = 1};
    double d[PAIRS];
    for (size_t i = 0; i < PAIRS; i++)
        d[i] = i < PAIRS / 2 ? 0.02 + 0.001 * (double)i : 0.2;
    copy = judge_control(&rules, d, PAIRS);
    assert_true(copy.interval.estimate < floor_of(&copy) + 0.05 && copy.interval.low > rules.control);
    assert_int_equal(disturbed(&quiet, &copy, &quiet), 1);
    for (size_t i = 0; i < PAIRS; i++)
        d[i] = -d[i];
    copy = judge_control(&rules, d, PAIRS);
    assert_int_equal(disturbed(&quiet, &copy, &quiet), 1);
}

/* A noisy machine cannot tell 2 % from nothing; then 2 % are no disturbance, and the threshold is higher. */
static void test_floor(void **state) {
    (void)state;
    struct rules rules = rules_default(TEN);
    struct control noisy = control_of(0, 0.1), quiet = control_of(0, 0.002), moved = control_of(0.02, 0.002);
    assert_true(floor_of(&noisy) > rules.tau && floor_of(&quiet) < rules.control);
    assert_true(threshold_of(&rules, floor_of(&noisy)) == floor_of(&noisy));
    assert_true(threshold_of(&rules, floor_of(&quiet)) == rules.tau);
    assert_int_equal(disturbed(&moved, &noisy, &quiet), 0);
    assert_int_equal(disturbed(&moved, &quiet, &quiet), 1);
    assert_true(floor_of(&(struct control){.measured = 0}) == 0);
    double d[PAIRS]; /* without a finite floor nothing is decided */
    spread(d, PAIRS, 0.1, 0.01);
    assert_int_equal(judge(&rules, d, PAIRS, INFINITY).verdict, VERDICT_UNDECIDED);
}

/* -- the end ------------------------------------------------------------------------------------------------------- */

static void test_confirmation(void **state) {
    (void)state;
    struct judgement again = judge_spread(0.09, 0.02, PAIRS), gone = judge_spread(0.001, 0.02, PAIRS);
    struct judgement less = judge_spread(0.02, 0.002, PAIRS), noisy = judge_spread(0.08, 0.3, PAIRS);
    assert_true(confirms(&again));
    assert_false(confirms(&gone));
    assert_false(confirms(&less));
    assert_false(confirms(&noisy));
    again.threshold = 0.1; /* the floor of the fresh processes */
    assert_false(confirms(&again));
}

static enum outcome outcome_of(enum verdict first, enum verdict second, enum verdict third) {
    return outcome_with(outcome_with(outcome_with(NO_REGRESSION, first), second), third);
}

static void test_outcomes(void **state) {
    (void)state;
    assert_int_equal(outcome_of(VERDICT_SAME, VERDICT_FASTER, VERDICT_SAME), NO_REGRESSION);
    assert_int_equal(outcome_of(VERDICT_SAME, VERDICT_UNDECIDED, VERDICT_FASTER), UNDECIDED);
    assert_int_equal(outcome_of(VERDICT_UNDECIDED, VERDICT_SAME, VERDICT_SLOWER), REGRESSION);
    assert_int_equal(outcome_of(VERDICT_SLOWER, VERDICT_SAME, VERDICT_UNDECIDED), REGRESSION);
}

/* -- whole runs, as they were recorded ----------------------------------------------------------------------------- */

enum { MOST = 256, BENCHMARKS = 2 };

/* The timings of a run or of its confirmation, and where they are kept. */
struct replay {
    double d[BENCHMARKS + 3][MOST];
    struct values benchmarks[BENCHMARKS];
    struct timings timings;
};

/* `shift`: head was slower by as much as that. */
static struct values values_of(double *d, const struct recorded *recorded, double shift) {
    assert_true(recorded->count <= MOST);
    for (size_t i = 0; i < recorded->count; i++)
        d[i] = recorded->values[i] / 1e4 + shift;
    return (struct values){d, recorded->count};
}

static void prepare(struct replay *replay, const struct recorded *benchmarks, const struct recorded *controls,
                    double shift) {
    for (size_t i = 0; i < BENCHMARKS; i++)
        replay->benchmarks[i] = values_of(replay->d[i], &benchmarks[i], shift);
    replay->timings = (struct timings){.reference = values_of(replay->d[BENCHMARKS], &controls[0], 0),
                                       .copy = values_of(replay->d[BENCHMARKS + 1], &controls[1], 0),
                                       .waiting = values_of(replay->d[BENCHMARKS + 2], &controls[2], 0),
                                       .benchmarks = replay->benchmarks};
}

static enum outcome replay(const struct recorded_run *run, double shift, struct finding *findings) {
    static struct replay first, fresh;
    struct rules rules = rules_default(BENCHMARKS);
    struct decision decision;
    prepare(&first, run->pairs, run->controls, shift);
    prepare(&fresh, run->fresh, run->fresh_controls, shift);
    decide(&rules, &first.timings, &fresh.timings, findings, &decision);
    return decision.outcome;
}

static void test_recorded_runs(void **state) {
    (void)state;
    struct finding findings[BENCHMARKS];
    assert_int_equal(replay(&run_same, 0, findings), NO_REGRESSION); /* base against itself */
    assert_int_equal(findings[0].verdict, VERDICT_SAME);
    assert_int_equal(replay(&run_slower, 0, findings), REGRESSION); /* head scans 10 % more rows */
    assert_true(findings[0].confirmed && findings[1].confirmed);
    assert_int_equal(replay(&run_slower, -log(1.1), findings), NO_REGRESSION); /* and all that is taken off again */
    assert_int_equal(replay(&run_busy, 0, findings), UNDECIDED); /* base against itself while compilers ran */
    assert_int_equal(replay(&run_busy, log(1.1), findings), UNDECIDED);
}

/* A slowdown is a regression only with the fresh processes, and if they are quiet. */
static void test_unconfirmed_runs(void **state) {
    (void)state;
    struct finding findings[BENCHMARKS];
    struct recorded_run run = run_slower;
    memcpy(run.fresh, run_same.pairs, sizeof run.fresh);
    assert_int_equal(replay(&run, 0, findings), UNDECIDED); /* it went away */
    assert_int_equal(findings[0].judgement.verdict, VERDICT_SLOWER);
    assert_int_equal(findings[0].verdict, VERDICT_UNDECIDED);
    memset(run.fresh, 0, sizeof run.fresh);
    assert_int_equal(replay(&run, 0, findings), UNDECIDED); /* not tried yet */
    run = run_slower;
    run.fresh_controls[0] = run_slower.pairs[0];
    assert_int_equal(replay(&run, 0, findings), UNDECIDED); /* something else was slower, too */
    run.fresh_controls[0] = run_slower.fresh_controls[0];
    run.controls[0] = run_slower.pairs[0];
    assert_int_equal(replay(&run, 0, findings), UNDECIDED);
    assert_true(findings[0].confirmed); /* which does not help: disturbed is no verdict */
}

/* -- coverage ------------------------------------------------------------------------------------------------------ */

/* Many made-up A/A runs of ten benchmarks: all ten intervals hold the truth in at least 95 % of the runs, and with
 * values as noisy as that none is called slower. */
static void test_coverage(void **state) {
    enum { RUNS = 400 };
    (void)state;
    struct rules rules = rules_default(TEN);
    uint64_t random = 7;
    size_t missed = 0, slower = 0;
    for (size_t run = 0; run < RUNS; run++) {
        int missing = 0;
        for (size_t b = 0; b < TEN; b++) {
            double d[PAIRS];
            for (size_t i = 0; i < PAIRS; i++)
                d[i] = 0.02 * normal_quantile(((double)(knn_random(&random) >> 11) + 0.5) * 0x1p-53);
            struct judgement judgement = judge(&rules, d, PAIRS, rules.tau);
            missing |= judgement.interval.low > 0 || judgement.interval.high < 0;
            slower += judgement.verdict == VERDICT_SLOWER;
        }
        missed += (size_t)missing;
    }
    assert_int_equal(slower, 0);
    assert_true(missed <= RUNS / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_runs), cmocka_unit_test(test_unconfirmed_runs),
        cmocka_unit_test(test_verdicts),      cmocka_unit_test(test_second_look),
        cmocka_unit_test(test_blind),         cmocka_unit_test(test_too_few_pairs),
        cmocka_unit_test(test_level),         cmocka_unit_test(test_detectable),
        cmocka_unit_test(test_controls),      cmocka_unit_test(test_floor),
        cmocka_unit_test(test_confirmation),  cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_skewed_copy),   cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests_name("regress_verdict", tests, NULL, NULL);
}
