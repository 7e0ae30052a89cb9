#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "interrupt.h"
#include "random.h"
#include "reference.h"

static const double REFERENCE_SECONDS = 0.004;

/* -- values, as logarithms ----------------------------------------------------------------------------------------- */

static double time_ratio(const struct pair *pair) {
    return log(pair->head.seconds / pair->base.seconds);
}

static double reference_ratio(const struct pair *pair) {
    return log(pair->head.reference / pair->base.reference);
}

/* Waiting for a share w of the time makes it 1 / (1 - w) times as long. */
static double waiting_ratio(const struct pair *pair) {
    if (pair->head.waiting < 0 || pair->base.waiting < 0)
        return NAN;
    return log1p(-fmin(pair->base.waiting, 0.99)) - log1p(-fmin(pair->head.waiting, 0.99));
}

/* Adds those of a series, without what could not be measured. */
static int add_values(struct values *values, const struct series *series, double (*value)(const struct pair *)) {
    double *d = realloc(values->d, (values->count + series->count + 1) * sizeof *d);
    if (d == NULL)
        return -1;
    values->d = d;
    for (size_t i = 0; i < series->count; i++) {
        d[values->count] = value(&series->pairs[i]);
        values->count += isfinite(d[values->count]);
    }
    return 0;
}

/* The reference and the waiting are taken over the pairs of all benchmarks. */
static int gather(const struct comparison *c, int fresh, struct timings *timings) {
    int status = add_values(&timings->copy, fresh ? &c->fresh_copies : &c->copies, time_ratio);
    for (size_t i = 0; i < c->count && status == 0; i++) {
        const struct series *series = fresh ? &c->benchmarks[i].fresh : &c->benchmarks[i].first;
        status = add_values(&timings->benchmarks[i], series, time_ratio) != 0 ||
                         add_values(&timings->reference, series, reference_ratio) != 0 ||
                         add_values(&timings->waiting, series, waiting_ratio) != 0
                     ? -1
                     : 0;
    }
    return status;
}

static void release(const struct timings *timings, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(timings->benchmarks[i].d);
    free(timings->reference.d);
    free(timings->copy.d);
    free(timings->waiting.d);
}

/* -- judging ------------------------------------------------------------------------------------------------------- */

static int judge_all(struct comparison *c, struct knn_error *error) {
    struct values values[2][MOST_BENCHMARKS] = {{{0}}};
    struct finding findings[MOST_BENCHMARKS];
    struct timings first = {.benchmarks = values[0]}, fresh = {.benchmarks = values[1]};
    int status = gather(c, 0, &first) != 0 || gather(c, 1, &fresh) != 0 ? knn_fail(error, "no memory to judge in") : 0;
    if (status == 0)
        decide(&c->rules, &first, &fresh, findings, &c->decision);
    for (size_t i = 0; i < c->count && status == 0; i++)
        c->benchmarks[i].found = findings[i];
    release(&first, c->count);
    release(&fresh, c->count);
    return status;
}

/* Times the marked benchmarks and judges all by all their pairs, for the floor may have changed; marks those that are
 * open. Returns how many there are, or -1. */
static int look(struct comparison *c, char *take, struct knn_error *error) {
    int open = 0;
    if (run_rounds(c, take, 0, error) != 0 || judge_all(c, error) != 0)
        return -1;
    for (size_t i = 0; i < c->count; i++) {
        struct benchmark *b = &c->benchmarks[i];
        b->looks += take[i];
        take[i] = b->found.judgement.verdict == VERDICT_UNDECIDED || c->decision.controls.outside > 0;
        open += take[i];
    }
    return open;
}

static int confirm(struct comparison *c, char *take, struct knn_error *error) {
    size_t slower = 0;
    for (size_t i = 0; i < c->count; i++)
        slower += (size_t)(take[i] = c->benchmarks[i].found.judgement.verdict == VERDICT_SLOWER);
    if (slower == 0 || c->decision.controls.outside > 0)
        return 0;
    return restart_workers(c, error) != 0 || run_rounds(c, take, 1, error) != 0 ? -1 : judge_all(c, error);
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static int measure(struct comparison *c, struct knn_error *error) {
    char take[MOST_BENCHMARKS];
    memset(take, 1, sizeof take);
    int open = look(c, take, error);
    if (open > 0)
        open = restart_workers(c, error) != 0 ? -1 : look(c, take, error);
    return open < 0 ? -1 : confirm(c, take, error);
}

/* Too few pairs have no interval at all. */
static int set_rules(struct comparison *c, struct knn_error *error) {
    unsigned needed = 1;
    c->rules = rules_default(c->count);
    c->rules.tau = log1p(c->settings.tau);
    c->rules.most = log1p(c->settings.most);
    c->rules.control = log1p(c->settings.control);
    while (sign_rank(2 * (size_t)needed, rules_level(&c->rules)) == 0)
        needed++;
    if (c->settings.rounds >= needed || c->count == 0)
        return 0;
    return knn_fail(error, "--rounds=%u are too few for %zu benchmarks: give %u at least", c->settings.rounds, c->count,
                    needed);
}

static void print_list(const struct comparison *c) {
    for (size_t i = 0; i < c->count; i++)
        puts(c->benchmarks[i].name);
    for (size_t i = 0; i < c->unchanged_count; i++)
        printf("%s (unchanged)\n", c->unchanged[i]);
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
    else if (status == 0 && c->count > 0)
        status = calibrate(c, error) != 0 ? -1 : measure(c, error);
    stop_workers(c);
    load_stop(&c->load);
    show_progress("%s", "");
    c->seconds = regress_seconds() - start;
    if (status == 0 && knn_interrupted())
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
    free(c->unchanged);
    free(c->copies.pairs);
    free(c->fresh_copies.pairs);
    knn_team_close(&c->team);
    c->count = 0;
    c->benchmarks = NULL;
    c->unchanged = NULL;
}
