/* Pictures of rows, each a line of text with a mark beside it. A line of the data file is a heading (kind 0), a row (1)
 * or a point on the last row (2):
 *
 *   kind y "label" shade value lowest highest ceiling "text" "second text" */
#include <math.h>

#include "picture.h"
#include "results/text.h"

enum { HEADING, ROW, POINT };

/* What is not there is written as NaN, which gnuplot leaves out. */
static void put_number(FILE *stream, double value) {
    if (value > 0)
        fprintf(stream, " %.6g", value);
    else
        fputs(" NaN", stream);
}

static void put_line(FILE *stream, int kind, size_t y, const char *label, unsigned shade, const struct spread *value,
                     double ceiling, const char *text, const char *second) {
    fprintf(stream, "%d %zu ", kind, y);
    put_quoted(stream, label);
    fprintf(stream, " %u", shade);
    put_number(stream, value->median);
    put_number(stream, value->lowest);
    put_number(stream, value->highest);
    put_number(stream, ceiling);
    fputc(' ', stream);
    put_quoted(stream, text);
    fputc(' ', stream);
    put_quoted(stream, second);
    fputc('\n', stream);
}

/* The texts are headings for those of the rows. */
static void put_row_heading(FILE *stream, size_t y, const char *label, double ceiling, const char *text,
                            const char *second) {
    put_line(stream, HEADING, y, label, 0, &(struct spread){0}, ceiling, text, second);
}

/* The full job on all threads. */
static struct run_list searches_of(const struct drawing *drawing, unsigned metric, const char *counter) {
    struct run_list list = select_runs(drawing->results, .group = "search", .counter = counter, .metric = metric,
                                       .k = 1, .threads = MOST_THREADS);
    run_list_sort(&list, counter);
    return list;
}

/* -- throughput ---------------------------------------------------------------------------------------------------- */

/* The rate that would be 100 % of the ceiling. */
static double ceiling_of(const struct run *run) {
    double share = run_median(run, "of_ceiling");
    return share > 0 ? run_median(run, "distances_per_s") / share : 0;
}

static void put_throughput(const struct drawing *drawing, const struct run *run, size_t y) {
    struct spread rate = run_spread(run, "distances_per_s"), share = run_spread(run, "of_ceiling");
    double ceiling = ceiling_of(run);
    put_line(drawing->data, ROW, y, run->subject, shade_of(run), &rate, ceiling, number_si(rate.median).text,
             number_percent(share.median).text);
    table_add(drawing->table, words(run->subject), number_si(rate.median), number_si(rate.lowest),
              number_si(rate.highest), number_si(ceiling), number_percent(share.median));
}

size_t draw_throughput(const struct drawing *drawing) {
    size_t y = 0;
    table_start(drawing->table, NULL, "kernel", "distances/s", "lowest", "highest", "ceiling", "% of ceiling");
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct run_list list = searches_of(drawing, metric, "distances_per_s");
        double ceiling = 0;
        for (size_t i = 0; i < list.count; i++)
            ceiling = fmax(ceiling, ceiling_of(list.items[i]));
        if (list.count > 0)
            put_row_heading(drawing->data, y++, metric_title(metric), ceiling, "", "of it");
        for (size_t i = list.count; i-- > 0;)
            put_throughput(drawing, list.items[i], y++);
    }
    return y;
}

/* -- scheduler policies -------------------------------------------------------------------------------------------- */

static void put_policy(const struct drawing *drawing, const struct run *run, size_t y) {
    struct spread ratio = run_spread(run, "x_default");
    char times[48];
    snprintf(times, sizeof times, "%s ×", number_plain(ratio.median).text);
    put_line(drawing->data, ROW, y, run->subject, 1, &ratio, 0, times,
             number_percent(run_median(run, "of_ceiling")).text);
    table_add(drawing->table, words(run->subject), number_exact(run->batch), number_plain(ratio.median),
              number_plain(ratio.lowest), number_plain(ratio.highest), number_si(run_median(run, "distances_per_s")),
              number_percent(run_median(run, "of_ceiling")), number_plain(run_median(run, "batch_ms")));
}

/* The smallest batch above this one; 0 where there is none. */
static double next_batch(const struct run_list *list, double batch) {
    double next = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->batch > batch && (next == 0 || list->items[i]->batch < next))
            next = list->items[i]->batch;
    return next;
}

size_t draw_schedule(const struct drawing *drawing) {
    struct run_list list =
        select_runs(drawing->results, .group = "schedule", .counter = "x_default", .threads = MOST_THREADS);
    size_t y = 0;
    table_start(drawing->table, NULL, "policy", "batch", "x default", "lowest", "highest", "distances/s",
                "% of ceiling", "batch ms");
    double batch = 0;
    while ((batch = next_batch(&list, batch)) > 0) {
        char heading[64];
        snprintf(heading, sizeof heading, batch == 1 ? "one query" : "%.0f queries", batch);
        put_row_heading(drawing->data, y++, heading, 0, "", "of ceiling");
        for (size_t i = 0; i < list.count; i++)
            if (list.items[i]->batch == batch)
                put_policy(drawing, list.items[i], y++);
    }
    return y;
}

/* -- repetitions --------------------------------------------------------------------------------------------------- */

/* The time over its median, in every repetition. */
static void put_repetitions(const struct drawing *drawing, const struct run *run, size_t y) {
    struct spread time = run_spread(run, "full_job_s");
    char text[48];
    double width = (time.highest - time.lowest) / time.median;
    snprintf(text, sizeof text, "%s", width > 0 ? number_percent(width).text : "0 %");
    struct spread ratio = {time.n, 1, time.lowest / time.median, time.highest / time.median};
    put_line(drawing->data, ROW, y, run->subject, shade_of(run), &ratio, 0, text, "");
    for (size_t i = 0; i < run->count; i++) {
        ratio.median = run_value(run, i, "full_job_s") / time.median;
        put_line(drawing->data, POINT, y, "", shade_of(run), &ratio, 0, "", "");
    }
    table_add(drawing->table, words(run->subject), number_exact((double)time.n), number_plain(time.median),
              number_plain(time.lowest), number_plain(time.highest), words(text));
}

size_t draw_repetitions(const struct drawing *drawing) {
    size_t y = 0;
    table_start(drawing->table, NULL, "kernel", "repetitions", "median s", "fastest s", "slowest s", "width");
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct run_list list = searches_of(drawing, metric, "full_job_s");
        int headed = 0;
        for (size_t i = 0; i < list.count; i++) {
            if (run_spread(list.items[i], "full_job_s").n < 2)
                continue;
            if (!headed)
                put_row_heading(drawing->data, y++, metric_title(metric), 0, "range", "");
            headed = 1;
            put_repetitions(drawing, list.items[i], y++);
        }
    }
    return y;
}
