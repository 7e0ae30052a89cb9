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
        double p = ((double)i + 0.5) / (double)n, z = log(p / (1 - p)) / 1.7; /* logistic */
        d[i] = middle + deviation * (fabs(z) > 1.5 ? 3 * z : z);
    }
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(knn_random(&random) % i);
        double value = d[i - 1];
        d[i - 1] = d[j];
        d[j] = value;
    }
}

static struct judgement judge_at(double middle, double deviation, size_t n, int last) {
    struct rules rules = rules_default(TEN);
    double d[2 * PAIRS];
    spread(d, n, middle, deviation);
    return judge(&rules, d, n, last);
}

static struct judgement judge_spread(double middle, double deviation, size_t n) {
    return judge_at(middle, deviation, n, 0);
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

/* When the time is over, noise raises the threshold, up to a limit, of benchmarks that are not known to be slower. */
static void test_raised_threshold(void **state) {
    (void)state;
    struct rules rules = rules_default(TEN);
    for (int last = 0; last <= 1; last++) {
        struct judgement noisy = judge_at(0, 0.06, PAIRS, last), blind = judge_at(0, 0.3, PAIRS, last);
        struct judgement slower = judge_at(0.032, 0.01, PAIRS, last), much = judge_at(0.10, 0.02, PAIRS, last);
        assert_true(noisy.interval.high > rules.tau && noisy.interval.high < rules.most);
        assert_int_equal(noisy.verdict, last ? VERDICT_SAME : VERDICT_UNDECIDED);
        assert_true(noisy.threshold == (last ? noisy.interval.high : rules.tau));
        assert_true(blind.interval.high > rules.most);
        assert_int_equal(blind.verdict, VERDICT_UNDECIDED);
        assert_true(slower.interval.low > 0 && slower.interval.low < rules.tau && slower.interval.high < rules.most);
        assert_int_equal(slower.verdict, VERDICT_UNDECIDED);
        assert_int_equal(much.verdict, VERDICT_SLOWER);
        assert_true(much.threshold == rules.tau);
    }
}

/* More pairs decide what was open. */
static void test_more_pairs(void **state) {
    (void)state;
    assert_int_equal(judge_spread(0.042, 0.02, PAIRS).verdict, VERDICT_UNDECIDED);
    assert_int_equal(judge_spread(0.042, 0.02, 2 * PAIRS).verdict, VERDICT_SLOWER);
    struct judgement few = judge_spread(0.042, 0.02, PAIRS), many = judge_spread(0.042, 0.02, 2 * PAIRS);
    assert_true(many.interval.high - many.interval.low < few.interval.high - few.interval.low);
}

static void test_too_few_pairs(void **state) {
    (void)state;
    struct judgement judgement = judge_at(0.5, 0.001, 4, 1);
    assert_int_equal(judgement.verdict, VERDICT_UNDECIDED);
    assert_true(isinf(judgement.interval.high));
}

/* The benchmarks share alpha; no interval has more of it than if there were three of them. */
static void test_level(void **state) {
    (void)state;
    struct rules rules = rules_default(TEN);
    assert_true(fabs(rules_level(&rules) - 0.005) < 1e-15);
    for (rules.benchmarks = 0; rules.benchmarks <= CONTROLS; rules.benchmarks++)
        assert_true(fabs(rules_level(&rules) - 0.05 / 3) < 1e-15);
}

/* -- controls ------------------------------------------------------------------------------------------------------ */

static int outside(double middle, double deviation, size_t n) {
    struct rules rules = rules_default(TEN);
    double d[PAIRS];
    spread(d, n, middle, deviation);
    return judge_control(&rules, d, n).outside;
}

/* A control is outside if it certainly moved beyond the limit. */
static void test_controls(void **state) {
    (void)state;
    assert_false(outside(0.002, 0.002, PAIRS));
    assert_false(outside(0, 0, PAIRS));
    assert_true(outside(0.4, 0.02, PAIRS));
    assert_true(outside(0.02, 0.002, PAIRS));
    assert_true(outside(-0.02, 0.002, PAIRS));
    assert_false(outside(0.009, 0.0001, PAIRS)); /* certain, and within the limit */
    assert_false(outside(0.02, 0.1, PAIRS));     /* noise */
    assert_false(outside(0.4, 0.02, 4));         /* too few to be certain */
    struct rules rules = rules_default(TEN);
    assert_false(judge_control(&rules, NULL, 0).measured);
    assert_false(judge_control(&rules, NULL, 0).outside);
}

/* -- the end ------------------------------------------------------------------------------------------------------- */

static void test_confirmation(void **state) {
    (void)state;
    static const struct {
        double middle, deviation;
        int confirms, refutes;
    } cases[] = {{0.09, 0.02, 1, 0}, {0.001, 0.02, 0, 1}, {0.02, 0.002, 0, 1}, {0.08, 0.3, 0, 0}, {0.04, 0.01, 1, 0}};
    struct rules rules = rules_default(TEN);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct judgement fresh = judge_spread(cases[i].middle, cases[i].deviation, PAIRS);
        assert_int_equal(confirms(&rules, &fresh), cases[i].confirms);
        assert_int_equal(refutes(&rules, &fresh), cases[i].refutes);
    }
    struct judgement none = judge(&rules, NULL, 0, 1);
    assert_false(confirms(&rules, &none) || refutes(&rules, &none));
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

/* As if head were slower by `shift`. */
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
    decide(&rules, &first.timings, &fresh.timings, 1, findings, &decision);
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
    assert_int_equal(replay(&run_busy, 0, findings), NO_REGRESSION); /* base against itself while compilers ran: */
    assert_true(findings[0].judgement.threshold > log(1.03));        /* noise has raised the threshold */
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

/* A machine whose speed drifts, jumps for a while, and has heavy tails: what it does to the next epoch's logarithm. */
struct machine {
    uint64_t random;
    double state, drift, load;
};

static double uniform(struct machine *m) {
    return ((double)(knn_random(&m->random) >> 11) + 0.5) * 0x1p-53;
}

static double next_epoch(struct machine *m) {
    double p = uniform(m), heavy = tan(3.14159265 * (p - 0.5)); /* Cauchy's: it has no variance */
    m->state = 0.9 * m->state + 0.005 * fmax(-50, fmin(heavy, 50));
    m->drift += 0.0005;
    if (uniform(m) < 0.1)
        m->load = uniform(m) < 0.5 ? 0 : 0.5 * uniform(m);
    return m->state + m->drift + m->load;
}

/* Of `RUNS` runs those whose interval misses the truth at one look or more. `coin` 0: base is always first. */
static size_t count_missed(struct interval (*interval)(const double *, size_t, double), int coin) {
    enum { RUNS = 400, LOOKS = 120 };
    const double truth = 0.05;
    struct machine m = {.random = 7};
    size_t missed = 0;
    for (size_t run = 0; run < RUNS; run++) {
        double d[LOOKS];
        int missing = 0;
        for (size_t n = 0; n < LOOKS && !missing; n++) {
            double first = next_epoch(&m), second = next_epoch(&m);
            d[n] = truth + (coin && knn_random(&m.random) >> 63 ? first - second : second - first);
            struct interval at = interval(d, n + 1, 0.05);
            missing = at.low > truth || at.high < truth;
        }
        missed += (size_t)missing;
    }
    return missed * 100 / RUNS;
}

/* The intervals hold at all looks at once with the confidence that they claim, whatever the machine does; and they
 * would not if they were made for one look, or without the coin. */
static void test_coverage(void **state) {
    (void)state;
    assert_true(count_missed(sequential_interval, 1) <= 5);
    assert_true(count_missed(sign_interval, 1) > 10);
    assert_true(count_missed(sequential_interval, 0) > 10);
}

/* The same for recorded pairs, in stretches of eight that came one after another, from random places on. */
static void test_coverage_of_recorded(void **state) {
    enum { RUNS = 400, LOOKS = 96, STRETCH = 8 };
    (void)state;
    const struct recorded *all[] = {&run_same.pairs[0], &run_same.pairs[1], &run_busy.pairs[0], &run_busy.pairs[1]};
    uint64_t random = 3;
    size_t missed = 0;
    for (size_t run = 0; run < RUNS; run++) {
        const struct recorded *from = all[run % 4];
        double d[LOOKS];
        int missing = 0;
        size_t at = 0;
        for (size_t n = 0; n < LOOKS && !missing; n++) {
            at = n % STRETCH == 0 ? knn_random(&random) % from->count : (at + 1) % from->count;
            d[n] = (knn_random(&random) >> 63 ? 1 : -1) * from->values[at] / 1e4;
            struct interval interval = sequential_interval(d, n + 1, 0.05);
            missing = interval.low > 0 || interval.high < 0;
        }
        missed += (size_t)missing;
    }
    assert_true(missed <= RUNS / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_runs),
        cmocka_unit_test(test_unconfirmed_runs),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_more_pairs),
        cmocka_unit_test(test_raised_threshold),
        cmocka_unit_test(test_too_few_pairs),
        cmocka_unit_test(test_level),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_confirmation),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_coverage_of_recorded),
    };
    return cmocka_run_group_tests_name("regress_verdict", tests, NULL, NULL);
}
