/* What recorded times mean: the decisions of a comparison, without a clock or a process, so that tests can put any
 * timings before them.
 *
 * All values are logarithms: d = ln(t_head / t_base) of a pair of neighbouring epochs. With m benchmarks and two looks
 * every interval has confidence 1 - alpha / (2 m), so that by Bonferroni the intervals of the benchmarks hold at once
 * with confidence 1 - alpha. Those of the controls and of the confirmation have the same level, and come on top: they
 * can only take a verdict back.
 *
 * The floor is half the width of the interval of base against its own copy, at the same level: what this machine cannot
 * tell from nothing at the moment. The threshold is tau, or the floor where that is higher; noise that raises it beyond
 * `most` would make "same" a blind word, which then is not given. A control that leaves the
 * limit (1 %, or the floor) means that something else than the code differed between the sides: the run is disturbed.
 * So it is if the copy's interval lies wholly beyond 1 %: a floor is noise, and base that differs from base is not.
 *
 *     slower      the interval lies wholly above the threshold, and fresh processes confirm it
 *     faster      the interval lies wholly below minus the threshold
 *     same        its upper end is below the threshold ("same or faster"), which is no higher than `most`
 *     undecided   none of these; the number of pairs is doubled once, and all is judged again. So it is after a first
 *                 look that was disturbed */
#ifndef REGRESS_VERDICT_H
#define REGRESS_VERDICT_H

#include "statistics.h"

struct rules {
    double tau, most, control; /* logarithms: the threshold, the highest that noise may make it, the controls' limit */
    double alpha, power;       /* of all intervals of a run together; for the smallest slowdown that would be found */
    size_t benchmarks, looks;
};

/* tau 3 %, most 10 %, controls 1 %, alpha 0.05, power 0.9, two looks. */
struct rules rules_default(size_t benchmarks);

/* alpha of one interval. */
double rules_level(const struct rules *rules);

enum verdict { VERDICT_SAME, VERDICT_FASTER, VERDICT_SLOWER, VERDICT_UNDECIDED };

struct judgement {
    struct interval interval;
    enum verdict verdict;
    double threshold;  /* it was judged by */
    double detectable; /* the smallest slowdown that this many pairs, scattered as they are, show with rules.power */
};

struct control {
    struct interval interval;
    int measured; /* 0: this system does not tell */
    int outside;  /* it left the limit */
};

struct controls {
    struct control reference, copy, waiting;
    size_t outside; /* how many left the limit */
    double floor;
};

/* "same", "faster", "slower", "undecided". */
const char *verdict_name(enum verdict verdict);

/* A floor of 0 where there was no copy to compare with. */
double floor_of(const struct control *copy);
double threshold_of(const struct rules *rules, double floor);

struct judgement judge(const struct rules *rules, const double *d, size_t n, double threshold);
struct control judge_control(const struct rules *rules, const double *d, size_t n);

/* Sets `outside` of the copy, whose interval gives the floor, and of the other controls. Returns how many are. */
size_t find_disturbed(const struct rules *rules, struct control *copy, struct control *const *others, size_t count);

/* Whether pairs from fresh processes show the same slowdown: their median is above its threshold and their interval
 * wholly above 0. A slowdown that came with the layout of one process's memory does not come back. */
int confirms(const struct judgement *fresh);

/* -- a whole run --------------------------------------------------------------------------------------------------- */

struct values {
    double *d;
    size_t count;
};

/* What was timed in one set of processes or, before a confirmation, in the two looks together. */
struct timings {
    struct values reference, copy, waiting;
    struct values *benchmarks; /* rules->benchmarks of them */
};

/* What a run says of one benchmark. */
struct finding {
    struct judgement judgement, confirmation; /* confirmation: of the pairs from fresh processes, if there are any */
    int confirmed;                            /* a "slower" that came back */
    enum verdict verdict;                     /* the last word: a "slower" that did not come back is undecided */
};

/* Exit statuses. */
enum outcome { NO_REGRESSION = 0, REGRESSION = 1, FAILED = 2, UNDECIDED = 3 };

/* The outcome of what went before and one benchmark more, whose "slower" is a confirmed one. */
enum outcome outcome_with(enum outcome outcome, enum verdict verdict);

struct decision {
    struct controls controls, fresh_controls;
    enum outcome outcome;
};

/* All decisions, from the timings to the exit status. `fresh` has no values as long as nothing was confirmed.
 * findings: rules->benchmarks of them, to be set. */
void decide(const struct rules *rules, const struct timings *first, const struct timings *fresh,
            struct finding *findings, struct decision *decision);

#endif
