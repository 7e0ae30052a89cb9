#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "interrupt.h"
#include "plural.h"
#include "random.h"
#include "reference.h"

static const double REFERENCE_SECONDS = 0.002; /* or less, where an epoch is that short */

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

/* Adds the values of a series, without those that could not be measured. */
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

/* `last`: the time is over. */
static int judge_all(struct comparison *c, int last, struct knn_error *error) {
    struct values values[2][MOST_BENCHMARKS] = {{{0}}};
    struct finding findings[MOST_BENCHMARKS];
    struct timings first = {.benchmarks = values[0]}, fresh = {.benchmarks = values[1]};
    int status = gather(c, 0, &first) != 0 || gather(c, 1, &fresh) != 0 ? knn_fail(error, "no memory to judge in") : 0;
    if (status == 0)
        decide(&c->rules, &first, &fresh, last, findings, &c->decision);
    for (size_t i = 0; i < c->count && status == 0; i++)
        c->benchmarks[i].found = findings[i];
    release(&first, c->count);
    release(&fresh, c->count);
    return status;
}

/* ROUNDS: in one set of processes, so few that no interval is finite before the third set: where one set's memory lies
 * can change a memory-bound benchmark by a tenth. GIVEN_UP: after so many rounds a disturbed run ends. */
enum { ROUNDS = 4, GIVEN_UP = 96 };

/* Marks and counts the benchmarks that need more rounds. A disturbed run needs more of all, up to GIVEN_UP. */
static size_t mark_open(const struct comparison *c, int fresh, char *open) {
    size_t count = 0, copies = fresh ? c->fresh_copies.count : c->copies.count;
    int disturbed = (fresh ? &c->decision.fresh_controls : &c->decision.controls)->outside > 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct finding *found = &c->benchmarks[i].found;
        int concerned = !fresh || found->judgement.verdict == VERDICT_SLOWER;
        int decided = fresh ? found->confirmed || found->refuted : found->judgement.verdict != VERDICT_UNDECIDED;
        open[i] = (char)(concerned && (disturbed ? copies < GIVEN_UP : !decided));
        count += (size_t)open[i];
    }
    return count;
}

/* When the rounds end. Once something is slower, a third of the budget is kept to confirm it. */
static double end_of(const struct comparison *c, int fresh) {
    int slower = 0;
    for (size_t i = 0; i < c->count && !fresh; i++)
        slower |= c->benchmarks[i].found.judgement.verdict == VERDICT_SLOWER;
    return c->start + c->settings.budget * (slower ? 2.0 / 3 : 1);
}

/* Runs rounds of the open benchmarks in one set of processes. */
static int run_set(struct comparison *c, char *open, int fresh, struct knn_error *error) {
    size_t count = mark_open(c, fresh, open);
    double left = end_of(c, fresh) - regress_seconds();
    if (warm_up(c, open, error) != 0)
        return -1;
    c->sets[fresh]++;
    for (unsigned round = 0; round < ROUNDS && count > 0 && left > 0; round++) {
        show_progress("%s%zu benchmark%s open, %.0f s left at most", fresh ? "confirming, " : "", count,
                      knn_plural(count), left);
        if (run_round(c, open, fresh, error) != 0 || judge_all(c, 0, error) != 0)
            return -1;
        count = mark_open(c, fresh, open);
        left = end_of(c, fresh) - regress_seconds();
    }
    return 0;
}

/* The processes that did the pilot are the first set. */
static int run_sets(struct comparison *c, int fresh, struct knn_error *error) {
    char open[MOST_BENCHMARKS];
    while (mark_open(c, fresh, open) > 0 && regress_seconds() < end_of(c, fresh))
        if (((fresh || c->sets[0] > 0) && restart_workers(c, error) != 0) || run_set(c, open, fresh, error) != 0)
            return -1;
    return 0;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

/* A disturbed run is not confirmed. */
static int measure(struct comparison *c, struct knn_error *error) {
    c->start = regress_seconds();
    if (run_pilot(c, error) != 0 || judge_all(c, 0, error) != 0 || run_sets(c, 0, error) != 0 ||
        judge_all(c, 1, error) != 0)
        return -1;
    if (c->decision.controls.outside > 0)
        return 0;
    return run_sets(c, 1, error) != 0 ? -1 : judge_all(c, 1, error);
}

static void set_rules(struct comparison *c) {
    c->rules = rules_default(c->count);
    c->rules.tau = log1p(c->settings.tau);
    c->rules.most = log1p(c->settings.most);
    c->rules.control = log1p(c->settings.control);
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
                   start_workers(c, error) != 0 || find_benchmarks(c, error) != 0
               ? -1
               : 0;
}

int compare(struct comparison *c, const struct settings *settings, struct knn_error *error) {
    double start = regress_seconds();
    *c = (struct comparison){.settings = *settings, .random = settings->seed};
    c->reference_rounds =
        reference_rounds(settings->epoch > 0 ? fmin(REFERENCE_SECONDS, settings->epoch / 4) : REFERENCE_SECONDS);
    int status = open_all(c, error);
    if (status == 0 && settings->list)
        print_list(c);
    else if (status == 0 && c->count > 0) {
        set_rules(c);
        status = measure(c, error);
    }
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
