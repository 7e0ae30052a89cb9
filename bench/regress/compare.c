#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "random.h"
#include "reference.h"

static const double REFERENCE_SECONDS = 0.004;

/* -- values -------------------------------------------------------------------------------------------------------- */

double *log_ratios(const struct series *series) {
    double *d = series->count > 0 ? malloc(series->count * sizeof *d) : NULL;
    for (size_t i = 0; d != NULL && i < series->count; i++)
        d[i] = log(series->pairs[i].head.seconds / series->pairs[i].base.seconds);
    return d;
}

static struct judgement judge_series(const struct rules *rules, const struct series *series, double threshold) {
    double *d = log_ratios(series);
    struct judgement judgement = judge(rules, d, d != NULL ? series->count : 0, threshold);
    free(d);
    return judgement;
}

static double reference_ratio(const struct pair *pair) {
    return log(pair->head.reference / pair->base.reference);
}

/* As a logarithm of times: waiting for a share w of the time makes it 1 / (1 - w) times as long. */
static double waiting_ratio(const struct pair *pair) {
    if (pair->head.waiting < 0 || pair->base.waiting < 0)
        return NAN;
    return log1p(-fmin(pair->base.waiting, 0.99)) - log1p(-fmin(pair->head.waiting, 0.99));
}

/* A control over the pairs of all benchmarks; not measured where a value is missing. */
static struct control pooled(const struct comparison *c, int fresh, double (*value)(const struct pair *)) {
    size_t total = 0, count = 0;
    for (size_t i = 0; i < c->count; i++)
        total += fresh ? c->benchmarks[i].fresh.count : c->benchmarks[i].first.count;
    double *values = malloc((total + 1) * sizeof *values);
    for (size_t i = 0; values != NULL && i < c->count; i++) {
        const struct series *series = fresh ? &c->benchmarks[i].fresh : &c->benchmarks[i].first;
        for (size_t j = 0; j < series->count; j++) {
            values[count] = value(&series->pairs[j]);
            count += isfinite(values[count]);
        }
    }
    struct control control = judge_control(&c->rules, values, count);
    free(values);
    return control;
}

/* -- judging ------------------------------------------------------------------------------------------------------- */

static struct controls judge_controls(const struct comparison *c, int fresh) {
    struct controls controls = {.reference = pooled(c, fresh, reference_ratio),
                                .waiting = pooled(c, fresh, waiting_ratio)};
    double *d = log_ratios(fresh ? &c->fresh_copies : &c->copies);
    controls.copy = judge_control(&c->rules, d, d != NULL ? (fresh ? c->fresh_copies : c->copies).count : 0);
    free(d);
    controls.floor = floor_of(&controls.copy);
    struct control *others[] = {&controls.reference, &controls.waiting};
    controls.outside = find_disturbed(&c->rules, &controls.copy, others, 2);
    return controls;
}

/* Times the marked benchmarks and judges all by all their pairs, for the floor may have changed; marks those that are
 * open. Returns how many there are, or -1. */
static int look(struct comparison *c, char *take, struct knn_error *error) {
    int open = 0;
    if (run_rounds(c, take, 0, error) != 0)
        return -1;
    c->controls = judge_controls(c, 0);
    double threshold = threshold_of(&c->rules, c->controls.floor);
    for (size_t i = 0; i < c->count; i++) {
        struct benchmark *b = &c->benchmarks[i];
        b->judgement = judge_series(&c->rules, &b->first, threshold);
        b->looks += take[i];
        take[i] = b->judgement.verdict == VERDICT_UNDECIDED || c->controls.outside > 0;
        open += take[i];
    }
    return open;
}

static int confirm(struct comparison *c, char *take, struct knn_error *error) {
    size_t slower = 0;
    for (size_t i = 0; i < c->count; i++)
        slower += (size_t)(take[i] = c->benchmarks[i].judgement.verdict == VERDICT_SLOWER);
    if (slower == 0 || c->controls.outside > 0)
        return 0;
    if (restart_workers(c, error) != 0 || run_rounds(c, take, 1, error) != 0)
        return -1;
    c->fresh_controls = judge_controls(c, 1);
    double fresh_threshold = threshold_of(&c->rules, c->fresh_controls.floor);
    for (size_t i = 0; i < c->count; i++) {
        struct benchmark *b = &c->benchmarks[i];
        if (!take[i])
            continue;
        b->confirmation = judge_series(&c->rules, &b->fresh, fmax(fresh_threshold, b->judgement.threshold));
        b->confirmed = confirms(&b->confirmation);
    }
    return 0;
}

enum verdict final_verdict(const struct benchmark *b) {
    return b->judgement.verdict == VERDICT_SLOWER && !b->confirmed ? VERDICT_UNDECIDED : b->judgement.verdict;
}

static enum outcome decide(const struct comparison *c) {
    enum verdict verdicts[MOST_BENCHMARKS];
    for (size_t i = 0; i < c->count; i++)
        verdicts[i] = final_verdict(&c->benchmarks[i]);
    return outcome_of(verdicts, c->count, c->controls.outside > 0 || c->fresh_controls.outside > 0);
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static int measure(struct comparison *c, struct knn_error *error) {
    char take[MOST_BENCHMARKS];
    memset(take, 1, sizeof take);
    int open = look(c, take, error);
    if (open > 0)
        open = restart_workers(c, error) != 0 ? -1 : look(c, take, error);
    if (open < 0 || confirm(c, take, error) != 0)
        return -1;
    c->outcome = decide(c);
    return 0;
}

/* Too few pairs have no interval at all. */
static int set_rules(struct comparison *c, struct knn_error *error) {
    unsigned needed = 1;
    c->rules = rules_default(c->count);
    c->rules.tau = log1p(c->settings.tau);
    c->rules.control = log1p(c->settings.control);
    while (sign_rank(2 * (size_t)needed, rules_level(&c->rules)) == 0)
        needed++;
    if (c->settings.rounds >= needed)
        return 0;
    return knn_fail(error, "--rounds=%u are too few for %zu benchmarks: give %u at least", c->settings.rounds, c->count,
                    needed);
}

static void print_list(const struct comparison *c) {
    for (size_t i = 0; i < c->count; i++)
        puts(c->benchmarks[i].name);
}

static int open_all(struct comparison *c, struct knn_error *error) {
    const struct settings *s = &c->settings;
    show_progress("writing the data");
    return knn_team_open(&c->team, s->threads, 1, error) != 0 || load_start(&c->load, s->load, &c->team, error) != 0 ||
                   regress_data_write(s->data_file, s->data, c->source, sizeof c->source, error) != 0 ||
                   start_workers(c, error) != 0 || find_benchmarks(c, error) != 0 || set_rules(c, error) != 0
               ? -1
               : 0;
}

int compare(struct comparison *c, const struct settings *settings, struct knn_error *error) {
    double start = regress_seconds();
    *c = (struct comparison){.settings = *settings, .random = settings->seed};
    c->reference_rounds = reference_rounds(REFERENCE_SECONDS);
    int status = open_all(c, error);
    if (status == 0 && settings->list)
        print_list(c);
    else if (status == 0)
        status = calibrate(c, error) != 0 ? -1 : measure(c, error);
    stop_workers(c);
    load_stop(&c->load);
    show_progress("%s", "");
    c->seconds = regress_seconds() - start;
    if (status == 0 && interrupted())
        return knn_fail(error, "interrupted: there is no verdict, and nothing was written");
    return status;
}

void comparison_free(struct comparison *c) {
    stop_workers(c);
    load_stop(&c->load);
    for (size_t i = 0; i < c->count; i++) {
        free(c->benchmarks[i].first.pairs);
        free(c->benchmarks[i].fresh.pairs);
    }
    free(c->benchmarks);
    free(c->copies.pairs);
    free(c->fresh_copies.pairs);
    knn_team_close(&c->team);
    c->count = 0;
    c->benchmarks = NULL;
}
