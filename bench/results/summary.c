#include "summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plural.h"
#include "text.h"

static const double FULL_JOB = 10000.0 * 50000.0; /* distances */

/* A line of the main table. */
struct row {
    const struct run *run;
    double seconds, x_scalar, x_peer; /* 0: unknown */
    struct spread share;
};

struct rows {
    struct row *items; /* fastest first */
    size_t count;
    int with_peers;
};

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* Among the peers knnmark runs, too, for comparison. */
static int is_peer(const struct run *run) {
    return strcmp(run->group, "peer") == 0 && strcmp(run->subject, "knnmark") != 0;
}

static int belongs(const struct run *run, unsigned metric, double threads) {
    int searched = strcmp(run->group, "search") == 0 && run->k == 1;
    return run->metric == metric && run->threads == threads && (searched || is_peer(run)) &&
           run_spread(run, "full_job_s").n > 0;
}

static int faster_first(const void *a, const void *b) {
    double x = ((const struct row *)a)->seconds, y = ((const struct row *)b)->seconds;
    return (x > y) - (x < y);
}

/* Machines drift from one run to the next. So a peer's time is taken to be that over ours, measured in turn, times ours
 * in this file; where a file does not tell, as measured. */
static double comparable(const struct row *row, double ours) {
    double ratio = is_peer(row->run) ? run_spread(row->run, "x_ours").median : 0;
    return ratio > 0 && isfinite(ours) ? ratio * ours : row->seconds;
}

/* The scalar search's time, for k = 1 on the same threads, over these comparable seconds; where the file has none, what
 * was counted against a scalar search of a few queries. */
static double over_scalar(const struct results *results, const struct run *run, double seconds) {
    struct run_list list = results_select(results, "search", "full_job_s", 1, run->threads);
    char scalar[24];
    snprintf(scalar, sizeof scalar, "l%u_scalar", run->metric);
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i]->subject, scalar) == 0)
            return run_spread(list.items[i], "full_job_s").median / seconds;
    return run_spread(run, "x_scalar").median;
}

static void compare(const struct results *results, struct rows *rows) {
    double ours = INFINITY, peer = INFINITY;
    for (size_t i = rows->count; i-- > 0;)
        if (!is_peer(rows->items[i].run))
            ours = rows->items[i].seconds;
    for (size_t i = 0; i < rows->count; i++)
        if (is_peer(rows->items[i].run))
            peer = fmin(peer, comparable(&rows->items[i], ours));
    for (size_t i = 0; i < rows->count; i++) {
        struct row *row = &rows->items[i];
        row->x_scalar = over_scalar(results, row->run, comparable(row, ours));
        row->x_peer = isfinite(peer) ? peer / comparable(row, ours) : 0;
    }
    rows->with_peers = isfinite(peer);
}

/* To be freed; without rows where there is no memory. */
static struct rows rows_of(const struct results *results, unsigned metric) {
    double threads = results_most_threads(results, "search");
    struct rows rows = {.items = calloc(results->count + 1, sizeof *rows.items)};
    if (threads == 0)
        threads = results_most_threads(results, "peer");
    for (size_t i = 0; rows.items != NULL && i < results->count; i++) {
        const struct run *run = &results->runs[i];
        if (belongs(run, metric, threads))
            rows.items[rows.count++] = (struct row){
                .run = run, .seconds = run_spread(run, "full_job_s").median, .share = run_spread(run, "of_ceiling")};
    }
    if (rows.count > 0)
        qsort(rows.items, rows.count, sizeof *rows.items, faster_first);
    compare(results, &rows);
    return rows;
}

/* The fastest of ours. */
static const struct row *best_of(const struct rows *rows) {
    for (size_t i = 0; i < rows->count; i++)
        if (!is_peer(rows->items[i].run))
            return &rows->items[i];
    return NULL;
}

static double rate_of(const struct row *row) {
    double rate = run_spread(row->run, "distances_per_s").median;
    return rate > 0 ? rate : FULL_JOB / row->seconds;
}

/* -- HTML ---------------------------------------------------------------------------------------------------------- */

void write_tiles(FILE *stream, const struct results *results) {
    int some = 0;
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct rows rows = rows_of(results, metric);
        const struct row *best = best_of(&rows);
        if (best != NULL) {
            fprintf(stream, "%s<div class=\"tile l%u\">\n<p class=\"muted\">%s, full job</p>\n",
                    some++ ? "" : "<div class=\"tiles\">\n", metric, metric_title(metric));
            fprintf(stream, "<p class=\"big\">%s s</p>\n<p>%s of the ceiling", number_plain(best->seconds).text,
                    number_percent(best->share.median).text);
            if (best->x_scalar > 0)
                fprintf(stream, ", %s&nbsp;×&nbsp;scalar", number_plain(best->x_scalar).text);
            if (best->x_peer > 0)
                fprintf(stream, ", %s&nbsp;×&nbsp;best&nbsp;peer", number_plain(best->x_peer).text);
            fputs("</p>\n<p class=\"muted\">", stream);
            put_name(stream, best->run->subject);
            fputs("</p>\n</div>\n", stream);
        }
        free(rows.items);
    }
    fputs(some ? "</div>\n" : "", stream);
}

static void put_share(FILE *stream, const struct spread *share) {
    fprintf(stream, "<td class=\"share\">%s", number_percent(share->median).text);
    int range = share->highest > share->lowest;
    fprintf(stream, " <small>%s</small>", range ? number_percent_range(share->lowest, share->highest).text : "");
    fputs("</td>", stream);
}

static void put_result(FILE *stream, const struct row *row, int best) {
    fprintf(stream, "<tr%s><th scope=\"row\">", best ? " class=\"best\"" : "");
    fputs(is_peer(row->run) ? "peer " : "", stream);
    put_name(stream, row->run->subject);
    fprintf(stream, "</th><td>%s</td><td>%s</td>", number_plain(row->seconds).text, number_si(rate_of(row)).text);
    put_share(stream, &row->share);
    fprintf(stream, "<td>%s</td><td>%s</td></tr>\n", number_plain(row->x_scalar).text, number_plain(row->x_peer).text);
}

void write_full_job(FILE *stream, const struct results *results) {
    int some = 0;
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct rows rows = rows_of(results, metric);
        const struct row *best = best_of(&rows);
        if (rows.count > 0) {
            fprintf(
                stream,
                "<h3>%s</h3>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">variant</th>"
                "<th scope=\"col\">full job, s</th><th scope=\"col\">distances/<wbr>s</th><th scope=\"col\" "
                "class=\"share\">%% of ceiling"
                "</th><th scope=\"col\">× scalar</th><th scope=\"col\">× best peer</th></tr></thead>\n<tbody>\n",
                metric_title(metric));
            for (size_t i = 0; i < rows.count; i++)
                put_result(stream, &rows.items[i], &rows.items[i] == best);
            fputs("</tbody></table></div>\n", stream);
            if (rows.with_peers)
                fputs("<p class=\"muted\">Peers ran in turn with the fastest kernel; × best peer compares within that "
                      "run.</p>\n",
                      stream);
            else if (results->left_out[0] == '\0')
                fputs("<p class=\"muted\">No other library was timed on this metric.</p>\n", stream);
            some = 1;
        }
        free(rows.items);
    }
    if (!some)
        fputs("<p class=\"missing\">Not in this result file: search/.../k:1.</p>\n", stream);
}

static void put_time(FILE *stream, const struct results *results, const struct run *run) {
    struct spread spread = run_spread(run, "of_ceiling");
    double seconds = run_spread(run, "full_job_s").median;
    char what[128];
    int threads = (int)run->threads;
    snprintf(what, sizeof what, "%s, k %.0f, %d thread%s", run->subject, run->k, threads, knn_plural((size_t)threads));
    put_row(stream, what, number_plain(seconds).text, number_percent(spread.median).text,
            number_percent_range(spread.lowest, spread.highest).text,
            number_plain(over_scalar(results, run, seconds)).text);
}

void write_other_searches(FILE *stream, const struct results *results) {
    double threads = results_most_threads(results, "search");
    struct run_list list = results_select(results, "search", "full_job_s", 0, 0);
    int some = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (belongs(list.items[i], list.items[i]->metric, threads))
            continue;
        if (!some++) {
            fputs("<details><summary>Other thread counts and other k</summary>\n<div class=\"scroll\" "
                  "tabindex=\"0\"><table>\n",
                  stream);
            put_head(stream, "search", "full job, s", "% of ceiling", "spread", "× scalar");
        }
        put_time(stream, results, list.items[i]);
    }
    fputs(some ? "</table></div></details>\n" : "", stream);
}

void write_latencies(FILE *stream, const struct results *results) {
    struct run_list list = results_select(results, "latency", "query_ms", 0, 0);
    if (list.count == 0)
        return;
    fputs("<h3>One query at a time</h3>\n<p class=\"muted\">Beside the rate at which the same threads just read the "
          "train rows.</p>\n<div class=\"scroll\" tabindex=\"0\"><table>\n",
          stream);
    put_head(stream, "kernel", "ms", "% of reading", "spread");
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        struct spread share = run_spread(run, "of_read_ceiling");
        put_row(stream, run->subject, number_plain(run_spread(run, "query_ms").median).text,
                number_percent(share.median).text, number_percent_range(share.lowest, share.highest).text);
    }
    fputs("</table></div>\n", stream);
}

/* -- Markdown ------------------------------------------------------------------------------------------------------ */

void write_full_job_markdown(FILE *stream, const struct results *results) {
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct rows rows = rows_of(results, metric);
        if (rows.count > 0)
            fprintf(stream,
                    "\n| %s, full job | s | distances/s | %% of ceiling | spread | x scalar | x best peer |\n"
                    "|:---|---:|---:|---:|---:|---:|---:|\n",
                    metric_title(metric));
        for (size_t i = 0; i < rows.count; i++) {
            const struct row *row = &rows.items[i];
            fputs(is_peer(row->run) ? "| peer " : "| ", stream);
            put_markdown(stream, row->run->subject);
            fprintf(stream, " | %s | %s | %s | %s | %s | %s |\n", number_plain(row->seconds).text,
                    number_si(rate_of(row)).text, number_percent(row->share.median).text,
                    number_percent_range(row->share.lowest, row->share.highest).text, number_plain(row->x_scalar).text,
                    number_plain(row->x_peer).text);
        }
        free(rows.items);
    }
}
