#include <stdlib.h>
#include <string.h>

#include "contest.h"
#include "plural.h"
#include "samples.h"

/* One repetition after the other, as the rounds went. */
struct repetitions {
    const struct contest *contest;
    const struct contestant *contestant;
    unsigned next;
};

static int is_scaled(const struct contest *contest, const struct contestant *c) {
    return c->queries != FULL_QUERIES || contest->job.train->rows != FULL_ROWS;
}

static void repeat(struct gb_state *state, void *context) {
    struct repetitions *r = context;
    const struct contestant *c = r->contestant;
    char label[320];
    if (c->error[0] != '\0') {
        gb_skip_with_error(state, "%s", c->error);
        return;
    }
    unsigned round = r->next++ % r->contest->finished;
    int64_t iterations = gb_start(state);
    gb_set_iteration_time(state, c->seconds[round] * (double)iterations);
    gb_stop(state);
    gb_counter(state, "queries", (double)c->queries, 0);
    gb_counter(state, "full_job_s", contest_full_job(r->contest, c, round), 0);
    if (contest_ratio(r->contest, c, round) > 0)
        gb_counter(state, "x_ours", contest_ratio(r->contest, c, round), 0);
    snprintf(label, sizeof label, "%s%s", c->setting, is_scaled(r->contest, c) ? "; full job scaled" : "");
    gb_label(state, label);
}

int report_register(struct contest *contest) {
    static struct repetitions repetitions[MAX_PEERS];
    for (size_t i = 0; i < contest->count; i++) {
        const struct contestant *c = &contest->list[i];
        char name[IDENTITY_NAME];
        struct gb_field fields[IDENTITY_FIELDS];
        const struct identity identity = {.group = "peer",
                                          .peer = c->peer->name,
                                          .metric = knn_metrics[c->peer->metric].name,
                                          .search = "exhaustive",
                                          .k = 1,
                                          .dim = contest->job.train->dim,
                                          .batch = c->queries,
                                          .threads = contest->job.team->threads,
                                          .named = NAME_THREADS};
        identity_name(&identity, name);
        repetitions[i] = (struct repetitions){contest, c, 0};
        if (gb_register(&(struct gb_benchmark){.name = name,
                                               .function = repeat,
                                               .context = &repetitions[i],
                                               .unit = GB_MS,
                                               .clock = GB_MANUAL_TIME,
                                               .fields_name = "knnmark",
                                               .fields = fields,
                                               .field_count = identity_fields(&identity, fields)}) == NULL)
            return -1;
    }
    return 0;
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

static void print_row(FILE *stream, const struct contest *contest, const struct contestant *c) {
    double full[MAX_ROUNDS], ratio[MAX_ROUNDS];
    unsigned rounds = contest->finished;
    fprintf(stream, "| %-11s | %-6s |", c->peer->name, knn_metrics[c->peer->metric].name);
    if (c->error[0] != '\0') {
        fprintf(stream, " %8s | %15s | %7s | %7s | %13s | error: %s |\n", "", "", "", "", "", c->error);
        return;
    }
    for (unsigned round = 0; round < rounds; round++) {
        full[round] = contest_full_job(contest, c, round);
        ratio[round] = contest_ratio(contest, c, round);
    }
    samples_sort(full, rounds);
    samples_sort(ratio, rounds);
    double full_median = samples_median(full, rounds), ratio_median = samples_median(ratio, rounds);
    char spread[32], range[32];
    snprintf(spread, sizeof spread, "%.2f-%.2f", full[0], full[rounds - 1]);
    snprintf(range, sizeof range, "%.2f-%.2f", ratio[0], ratio[rounds - 1]);
    fprintf(stream, " %8.2f | %15s | %7zu | %7.2f | %13s | %s%s |\n", full_median, spread, c->queries, ratio_median,
            range, c->setting, is_scaled(contest, c) ? "; scaled" : "");
}

/* How far floats were off. */
static void print_differences(FILE *stream, const struct contest *contest) {
    for (size_t i = 0; i < contest->count; i++) {
        const struct contestant *c = &contest->list[i];
        if (c->error[0] == '\0' && c->differences > 0)
            fprintf(stream,
                    "- %s %s: of %zu checked queries %zu got another row than the nearest, by up to %.1f roundings "
                    "(2^-24) of |q|^2 + |t|^2\n",
                    c->peer->name, knn_metrics[c->peer->metric].name, contest->checked, c->differences, c->worst);
    }
}

void report_table(FILE *stream, const struct contest *contest) {
    char cpu[64], topology[256];
    knn_cpu_name(cpu, sizeof cpu);
    knn_topology_describe(contest->job.team->topology, topology, sizeof topology);
    fprintf(stream, "%s; %s; %s\n%s\n\n", cpu, topology, KNN_COMPILER, contest->job.bench->dataset.source);
    fprintf(
        stream,
        "The nearest of %d train rows x %zu bytes for %d queries, selection included, %u thread%s, %u round%s of all "
        "in turn. `x ours` compares with knnmark in the same round; medians and ranges. A time of fewer queries, or "
        "of fewer rows, is scaled to the full job and says so.\n\n",
        FULL_ROWS, contest->job.train->dim, FULL_QUERIES, contest->job.team->threads,
        knn_plural(contest->job.team->threads), contest->finished, knn_plural(contest->finished));
    fprintf(stream, "| peer        | metric |   full s |           range | queries |  x ours |         range | version "
                    "and setting |\n"
                    "|:------------|:-------|---------:|----------------:|--------:|--------:|--------------:|:--------"
                    "------------|\n");
    for (size_t i = 0; i < contest->count; i++)
        print_row(stream, contest, &contest->list[i]);
    fprintf(stream, "\n");
    print_differences(stream, contest);
    if (contest->finished < contest->rounds)
        fprintf(stream, "- interrupted: %u of %u rounds %s measured\n", contest->finished, contest->rounds,
                contest->finished == 1 ? "was" : "were");
    if (peers_absent()[0] != '\0')
        fprintf(stream, "- not in this build, for lack of their packages:%s\n", peers_absent());
}
