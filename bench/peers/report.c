#include <stdio.h>

#include "contest.h"

/* One repetition after the other, as the rounds went. */
struct repetitions {
    const struct contest *contest;
    const struct contestant *contestant;
    unsigned next;
};

static int is_scaled(const struct contest *contest, const struct contestant *c) {
    return c->queries != FULL_QUERIES || contest->job.train->rows != FULL_ROWS;
}

/* The setting, and how far rounding was off. */
static void describe(const struct contest *contest, const struct contestant *c, char *text, size_t size) {
    char off[128] = "";
    if (c->differences > 0)
        snprintf(off, sizeof off,
                 "; of %zu checked queries %zu got another row than the nearest, by up to %.1f roundings (2^-24) of "
                 "|q|^2 + |t|^2",
                 contest->checked, c->differences, c->worst);
    snprintf(text, size, "%s%s%s", c->setting, is_scaled(contest, c) ? "; full job scaled" : "", off);
}

static int repeat(struct gb_state *state, void *context, struct knn_error *error) {
    struct repetitions *r = context;
    const struct contestant *c = r->contestant;
    char label[512];
    if (c->error[0] != '\0')
        return knn_fail(error, "%s", c->error);
    unsigned round = r->next++ % r->contest->finished;
    int64_t iterations = gb_start(state);
    gb_set_iteration_time(state, c->seconds[round] * (double)iterations);
    gb_stop(state);
    gb_counter(state, "queries", (double)c->queries, 0);
    gb_counter(state, "full_job_s", contest_full_job(r->contest, c, round), 0);
    if (contest_ratio(r->contest, c, round) > 0)
        gb_counter(state, "x_ours", contest_ratio(r->contest, c, round), 0);
    describe(r->contest, c, label, sizeof label);
    gb_label(state, label);
    return 0;
}

int report_register(struct contest *contest) {
    struct knn_error error;
    for (size_t i = 0; i < contest->count; i++) {
        const struct contestant *c = &contest->list[i];
        const struct repetitions none = {contest, c, 0};
        const struct identity identity = {.group = "peer",
                                          .peer = c->peer->name,
                                          .metric = knn_metrics[c->peer->metric].name,
                                          .search = "exhaustive",
                                          .k = 1,
                                          .dim = contest->job.train->dim,
                                          .batch = c->queries,
                                          .threads = contest->job.team->threads,
                                          .named = NAME_THREADS};
        if (bench_add(contest->job.bench, &identity, repeat, GB_MS, &none, sizeof none, &error) != 0)
            return -1;
    }
    return 0;
}
