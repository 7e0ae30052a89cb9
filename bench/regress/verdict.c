#include "verdict.h"

#include <math.h>

struct rules rules_default(size_t benchmarks) {
    return (struct rules){
        .tau = log(1.03), .most = log(1.1), .control = log(1.01), .alpha = 0.05, .benchmarks = benchmarks};
}

/* Counts at least as many benchmarks as there are controls: so small runs need as many pairs for a finite interval. */
double rules_level(const struct rules *rules) {
    return rules->alpha / (double)(rules->benchmarks > CONTROLS ? rules->benchmarks : CONTROLS);
}

const char *verdict_name(enum verdict verdict) {
    static const char *const names[] = {"same", "faster", "slower", "undecided"};
    return names[verdict];
}

struct judgement judge(const struct rules *rules, const double *d, size_t n, int last) {
    struct judgement judgement = {.interval = sequential_interval(d, n, rules_level(rules)),
                                  .threshold = rules->tau,
                                  .verdict = VERDICT_UNDECIDED};
    const struct interval *interval = &judgement.interval;
    if (interval->low > rules->tau)
        judgement.verdict = VERDICT_SLOWER;
    else if (interval->high < -rules->tau)
        judgement.verdict = VERDICT_FASTER;
    else if (interval->high < rules->tau)
        judgement.verdict = VERDICT_SAME;
    else if (last && interval->low <= 0 && interval->high <= rules->most) {
        judgement.verdict = VERDICT_SAME;
        judgement.threshold = interval->high;
    }
    return judgement;
}

struct control judge_control(const struct rules *rules, const double *d, size_t n) {
    struct control control = {.interval = sequential_interval(d, n, rules_level(rules)), .measured = n > 0};
    const struct interval *interval = &control.interval;
    control.outside = fabs(interval->estimate) > rules->control && (interval->low > 0 || interval->high < 0);
    return control;
}

int confirms(const struct rules *rules, const struct judgement *fresh) {
    return fresh->interval.estimate > rules->tau && fresh->interval.low > 0;
}

int refutes(const struct rules *rules, const struct judgement *fresh) {
    return fresh->interval.high < rules->tau;
}

enum outcome outcome_with(enum outcome outcome, enum verdict verdict) {
    if (verdict == VERDICT_SLOWER)
        return REGRESSION;
    return verdict == VERDICT_UNDECIDED && outcome == NO_REGRESSION ? UNDECIDED : outcome;
}

/* -- a whole run --------------------------------------------------------------------------------------------------- */

static struct controls judge_controls(const struct rules *rules, const struct timings *timings) {
    struct controls controls = {.reference = judge_control(rules, timings->reference.d, timings->reference.count),
                                .copy = judge_control(rules, timings->copy.d, timings->copy.count),
                                .waiting = judge_control(rules, timings->waiting.d, timings->waiting.count)};
    const struct control *all[CONTROLS] = {&controls.reference, &controls.copy, &controls.waiting};
    for (size_t i = 0; i < CONTROLS; i++)
        controls.outside += all[i]->outside != 0;
    return controls;
}

static struct finding find(const struct rules *rules, const struct values *first, const struct values *fresh,
                           int last) {
    struct finding finding = {.judgement = judge(rules, first->d, first->count, last),
                              .confirmation = judge(rules, fresh->d, fresh->count, last)};
    finding.verdict = finding.judgement.verdict;
    if (finding.verdict == VERDICT_SLOWER) {
        finding.confirmed = confirms(rules, &finding.confirmation);
        finding.refuted = refutes(rules, &finding.confirmation);
        finding.verdict = finding.confirmed ? VERDICT_SLOWER : VERDICT_UNDECIDED;
    }
    return finding;
}

void decide(const struct rules *rules, const struct timings *first, const struct timings *fresh, int last,
            struct finding *findings, struct decision *decision) {
    decision->controls = judge_controls(rules, first);
    decision->fresh_controls = judge_controls(rules, fresh);
    decision->outcome = NO_REGRESSION;
    for (size_t i = 0; i < rules->benchmarks; i++) {
        findings[i] = find(rules, &first->benchmarks[i], &fresh->benchmarks[i], last);
        decision->outcome = outcome_with(decision->outcome, findings[i].verdict);
    }
    if (decision->controls.outside + decision->fresh_controls.outside > 0)
        decision->outcome = UNDECIDED; /* a disturbed run has no verdict, whatever was found */
}
