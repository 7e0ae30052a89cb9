/* What recorded times mean: the decisions of a comparison, without a clock or a process, so that tests can put any
 * timings before them.
 *
 * All values are logarithms: d = ln(t_head / t_base) of a pair of neighbouring epochs, whose order a coin decided. They
 * are judged after every round, by intervals that hold however often one looks (sequential_interval()). With m
 * benchmarks each interval has confidence 1 - alpha / m: by Bonferroni, all of them hold at once with confidence 1 -
 * alpha. Controls and confirmation use the same level and do not count in m: they can only take a verdict back.
 *
 *     slower      the interval lies wholly above tau, and fresh processes confirm it
 *     faster      the interval lies wholly below -tau
 *     same        its upper end is below tau ("same or faster")
 *     undecided   none of these: there are more rounds, until the time is over
 *
 * When the time is over, a benchmark too noisy for tau is still the same if its interval contains 0 and ends at `most`
 * or below. Its threshold is then that upper end, and is shown: a greater slowdown is ruled out.
 *
 * A control compares what is the same on both sides. If it moved by more than its limit, and its interval does not
 * contain 0, something other than the code differed: the run is disturbed. */
#ifndef REGRESS_VERDICT_H
#define REGRESS_VERDICT_H

#include "statistics.h"

struct rules {
    double tau, most, control; /* logarithms: the threshold, the highest that noise may make it, the controls' limit */
    double alpha;              /* of all benchmarks' intervals together */
    size_t benchmarks;
};

/* tau 3 %, most 10 %, controls 1 %, alpha 0.05. */
struct rules rules_default(size_t benchmarks);

/* alpha of one interval. */
double rules_level(const struct rules *rules);

enum verdict { VERDICT_SAME, VERDICT_FASTER, VERDICT_SLOWER, VERDICT_UNDECIDED };

struct judgement {
    struct interval interval;
    enum verdict verdict;
    double threshold; /* that decided: tau, or higher because of noise */
};

struct control {
    struct interval interval;
    int measured; /* 0: this system does not tell */
    int outside;  /* it left the limit */
};

enum { CONTROLS = 3 };

struct controls {
    struct control reference, copy, waiting;
    size_t outside; /* how many left the limit */
};

/* "same", "faster", "slower", "undecided". */
const char *verdict_name(enum verdict verdict);

/* `last`: the time is over, so that noise may raise the threshold. */
struct judgement judge(const struct rules *rules, const double *d, size_t n, int last);
struct control judge_control(const struct rules *rules, const double *d, size_t n);

/* Whether pairs from fresh processes confirm a slowdown (their median is above tau, their interval wholly above 0), or
 * refute it (the interval ends below tau). A slowdown due to one process's memory layout does not come back. */
int confirms(const struct rules *rules, const struct judgement *fresh);
int refutes(const struct rules *rules, const struct judgement *fresh);

/* -- a whole run --------------------------------------------------------------------------------------------------- */

struct values {
    double *d;
    size_t count;
};

/* What was timed before a confirmation, or in it. */
struct timings {
    struct values reference, copy, waiting;
    struct values *benchmarks; /* rules->benchmarks of them */
};

/* What a run says of one benchmark. */
struct finding {
    struct judgement judgement, confirmation; /* confirmation: of the pairs from fresh processes, if there are any */
    int confirmed, refuted;                   /* a "slower" that came back, or did not */
    enum verdict verdict;                     /* the last word: a "slower" that is not confirmed is undecided */
};

/* Exit statuses. */
enum outcome { NO_REGRESSION = 0, REGRESSION = 1, FAILED = 2, UNDECIDED = 3 };

/* Updates an outcome by the verdict of one more benchmark. A "slower" must be confirmed. */
enum outcome outcome_with(enum outcome outcome, enum verdict verdict);

struct decision {
    struct controls controls, fresh_controls;
    enum outcome outcome;
};

/* All decisions, from the timings to the exit status. `fresh` is empty before the confirmation. Sets *decision and
 * rules->benchmarks findings. */
void decide(const struct rules *rules, const struct timings *first, const struct timings *fresh, int last,
            struct finding *findings, struct decision *decision);

#endif
