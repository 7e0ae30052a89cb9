#include "summary.h"

#include <math.h>
#include <string.h>

#include "jobs.h"
#include "plural.h"

/* How many queries a search was timed on. */
static struct number queries_of(const struct run *run) {
    double queries = run_median(run, "queries");
    return queries > 0 ? number_exact(round(queries)) : words("");
}

/* -- the full job -------------------------------------------------------------------------------------------------- */

static void add_job(struct table *table, const struct job *job) {
    const struct run *run = job->run;
    char name[sizeof run->subject + 8];
    snprintf(name, sizeof name, "%s%s", run_is_peer(run) ? "peer " : "", run->subject);
    table_add(table, words(name), number_plain(job->seconds), number_si(job_rate(job)),
              number_percent(job->share.median), number_percent_range(job->share.lowest, job->share.highest),
              number_plain(job->x_scalar), number_plain(job->x_peer), queries_of(run));
}

static void write_jobs(FILE *stream, const struct results *results, const struct jobs *jobs, const char *title,
                       enum form form) {
    struct table table;
    table_start(&table, title, "variant", "full job, s", "distances/s", "% of ceiling", "spread", "× scalar",
                "× best peer", "queries");
    table.columns[4].kind = COLUMN_NOTE;
    table.columns[7].kind = COLUMN_WIDE;
    for (size_t i = 0; i < jobs->count; i++) {
        add_job(&table, &jobs->items[i]);
        if (&jobs->items[i] == jobs_best(jobs))
            table.best = table.rows;
    }
    table_end(&table, stream, form);
    if (jobs->with_peers)
        put_paragraph(stream, form, "Peers ran in turn with the fastest kernel; × best peer compares within that run.");
    else if (results->left_out[0] == '\0' && form == FORM_HTML)
        put_paragraph(stream, form, "No other library was timed on this metric.");
}

void write_full_job(FILE *stream, const struct results *results, enum form form) {
    int some = 0;
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct jobs jobs = jobs_of(results, metric);
        char title[64];
        snprintf(title, sizeof title, "%s, full job", metric_title(metric));
        if (jobs.count > 0)
            write_jobs(stream, results, &jobs, title, form);
        some |= jobs.count > 0;
        jobs_free(&jobs);
    }
    if (!some && form == FORM_HTML)
        fputs("<p class=\"missing\">Not in this result file: search/.../k:1.</p>\n", stream);
}

/* -- the others ---------------------------------------------------------------------------------------------------- */

void write_other_searches(FILE *stream, const struct results *results, enum form form) {
    struct run_list list = select_runs(results, .group = "search", .counter = "full_job_s");
    struct table table;
    table_start(&table, NULL, "search", "full job, s", "% of ceiling", "spread", "× scalar", "queries");
    table.columns[5].kind = COLUMN_WIDE;
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        struct spread share = run_spread(run, "of_ceiling");
        double seconds = run_median(run, "full_job_s");
        char what[128];
        if (run_is_full_job(results, run))
            continue;
        snprintf(what, sizeof what, "%s, k %.0f, %.0f thread%s", run->subject, run->k, run->threads,
                 knn_plural((size_t)run->threads));
        table_add(&table, words(what), number_plain(seconds), number_percent(share.median),
                  number_percent_range(share.lowest, share.highest), number_plain(over_scalar(results, run, seconds)),
                  queries_of(run));
    }
    table_write_folded(&table, stream, form, "Other thread counts and other k");
    table_free(&table);
}

void write_latencies(FILE *stream, const struct results *results, enum form form) {
    struct run_list list = select_runs(results, .group = "latency", .counter = "query_ms");
    struct table table;
    table_start(&table, "One query at a time", "kernel", "ms", "% of reading", "spread");
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        struct spread share = run_spread(run, "of_read_ceiling");
        table_add(&table, words(run->subject), number_plain(run_median(run, "query_ms")), number_percent(share.median),
                  number_percent_range(share.lowest, share.highest));
    }
    if (table_end(&table, stream, form) > 0)
        put_paragraph(stream, form, "Beside the rate at which the same threads just read the train rows.");
}

/* -- peers --------------------------------------------------------------------------------------------------------- */

static void add_peer(struct table *table, const struct run *run, const char *what) {
    struct spread time = run_spread(run, "full_job_s"), ratio = run_spread(run, "x_ours");
    table_add(table, words(run->subject), words(metric_title(run->metric)), number_plain(time.median),
              number_plain(ratio.median), number_range(ratio.lowest, ratio.highest), queries_of(run), words(what));
}

void write_peer_settings(FILE *stream, const struct results *results, enum form form) {
    struct table table;
    table_start(&table, "Peers, as they were set", "peer", "metric", "full job, s", "× ours", "range", "queries",
                "version and setting");
    table.columns[1].kind = table.columns[6].kind = COLUMN_WORDS;
    table.columns[5].kind = COLUMN_WIDE;
    for (size_t i = 0; i < results->count; i++)
        if (strcmp(results->runs[i].group, "peer") == 0)
            add_peer(&table, &results->runs[i], run_label(&results->runs[i]));
    for (size_t i = 0; i < results->failed_count; i++)
        if (run_is_peer(&results->failed[i]))
            add_peer(&table, &results->failed[i], run_error(&results->failed[i]));
    if (table_end(&table, stream, form) > 0)
        put_paragraph(stream, form,
                      "A time holds everything from the queries to the nearest row of each, selection included; × ours "
                      "compares with knnmark in the same round.");
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static void write_origins(FILE *stream, const struct results *results, enum form form) {
    fputs(form == FORM_MARKDOWN ? "### knnmark: " : "", stream);
    write_origin(stream, results, form);
    fputs(results->peers != NULL ? "\n\n" : "\n", stream);
    write_peers_origin(stream, results, form);
    fputs(results->peers != NULL ? "\n" : "", stream);
    put_paragraph(
        stream, form,
        "Medians of the repetitions; a time measured on fewer queries is scaled to the full job, 10000 of them.");
}

void summary_write(FILE *stream, const struct results *results, enum form form) {
    if (form != FORM_CSV)
        write_origins(stream, results, form);
    write_warnings(stream, results, form);
    write_full_job(stream, results, form);
    write_other_searches(stream, results, form);
    write_latencies(stream, results, form);
    write_peer_settings(stream, results, form);
    write_bounds(stream, results, form);
}
