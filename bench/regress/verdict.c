#include "verdict.h"

#include <math.h>

struct rules rules_default(size_t benchmarks) {
    return (struct rules){.tau = log(1.03),
                          .most = log(1.1),
                          .control = log(1.01),
                          .alpha = 0.05,
                          .power = 0.9,
                          .benchmarks = benchmarks,
                          .looks = 2};
}

double rules_level(const struct rules *rules) {
    return rules->alpha / (double)(rules->looks * (rules->benchmarks > 0 ? rules->benchmarks : 1));
}

const char *verdict_name(enum verdict verdict) {
    static const char *const names[] = {"same", "faster", "slower", "undecided"};
    return names[verdict];
}

double floor_of(const struct control *copy) {
    return copy->measured ? (copy->interval.high - copy->interval.low) / 2 : 0;
}

double threshold_of(const struct rules *rules, double floor) {
    return fmax(rules->tau, floor);
}

/* Without a measured floor, for lack of pairs, nothing is decided. */
static enum verdict verdict_of(const struct interval *interval, double threshold, double most) {
    if (!isfinite(threshold))
        return VERDICT_UNDECIDED;
    if (interval->low > threshold)
        return VERDICT_SLOWER;
    if (interval->high < -threshold)
        return VERDICT_FASTER;
    return interval->high < threshold && threshold <= most ? VERDICT_SAME : VERDICT_UNDECIDED;
}

struct judgement judge(const struct rules *rules, const double *d, size_t n, double threshold) {
    struct judgement judgement = {.interval = sign_interval(d, n, rules_level(rules)), .threshold = threshold};
    judgement.verdict = verdict_of(&judgement.interval, threshold, fmax(rules->tau, rules->most));
    judgement.detectable =
        threshold + sign_power_shift(n, judgement.interval.rank, rules->power) * robust_deviation(d, n);
    if (judgement.interval.rank == 0)
        judgement.detectable = INFINITY;
    return judgement;
}

struct control judge_control(const struct rules *rules, const double *d, size_t n) {
    return (struct control){.interval = sign_interval(d, n, rules_level(rules)), .measured = n > 0};
}

size_t find_disturbed(const struct rules *rules, struct control *copy, struct control *const *others, size_t count) {
    double limit = fmax(rules->control, floor_of(copy));
    copy->outside = copy->measured && (fabs(copy->interval.estimate) > limit || copy->interval.low > rules->control ||
                                       copy->interval.high < -rules->control);
    size_t disturbed = (size_t)copy->outside;
    for (size_t i = 0; i < count; i++) {
        others[i]->outside = others[i]->measured && fabs(others[i]->interval.estimate) > limit;
        disturbed += (size_t)others[i]->outside;
    }
    return disturbed;
}

int confirms(const struct judgement *fresh) {
    return fresh->interval.estimate > fresh->threshold && fresh->interval.low > 0;
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
    struct control *others[] = {&controls.reference, &controls.waiting};
    controls.floor = floor_of(&controls.copy);
    controls.outside = find_disturbed(rules, &controls.copy, others, 2);
    return controls;
}

static struct finding find(const struct rules *rules, const struct values *first, const struct values *fresh,
                           double threshold, double fresh_threshold) {
    struct finding finding = {.judgement = judge(rules, first->d, first->count, threshold),
                              .confirmation = judge(rules, fresh->d, fresh->count, fresh_threshold)};
    finding.verdict = finding.judgement.verdict;
    if (finding.verdict == VERDICT_SLOWER) {
        finding.confirmed = confirms(&finding.confirmation);
        finding.verdict = finding.confirmed ? VERDICT_SLOWER : VERDICT_UNDECIDED;
    }
    return finding;
}

void decide(const struct rules *rules, const struct timings *first, const struct timings *fresh,
            struct finding *findings, struct decision *decision) {
    decision->controls = judge_controls(rules, first);
    decision->fresh_controls = judge_controls(rules, fresh);
    double threshold = threshold_of(rules, decision->controls.floor);
    double fresh_threshold = threshold_of(rules, decision->fresh_controls.floor);
    decision->outcome = NO_REGRESSION;
    for (size_t i = 0; i < rules->benchmarks; i++) {
        findings[i] =
            find(rules, &first->benchmarks[i], &fresh->benchmarks[i], threshold, fmax(threshold, fresh_threshold));
        decision->outcome = outcome_with(decision->outcome, findings[i].verdict);
    }
    if (decision->controls.outside + decision->fresh_controls.outside > 0)
        decision->outcome = UNDECIDED; /* a disturbed run is no verdict, whatever was found */
}
