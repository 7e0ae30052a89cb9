/* Pictures of lines in two panels. The data file's first block holds the labels at the lines' ends, every further block
 * a line:
 *
 *   panel "label" shade x y                     panel shade x median lowest highest
 */
#include <math.h>
#include <string.h>

#include "picture.h"
#include "results/summary.h"
#include "results/text.h"

enum { PANELS = 2, MAX_SERIES = 96, MAX_POINTS = 32, IDEAL = 3 };

struct series {
    unsigned panel, shade; /* IDEAL: what would be perfect */
    const struct run *run; /* any of those it is made from: they have their subject in common */
    size_t count;
    double x[MAX_POINTS];
    struct spread y[MAX_POINTS];
};

struct lines {
    struct series series[MAX_SERIES];
    size_t count;
    int linear[PANELS + 1]; /* by panel, from 1; the others are logarithmic */
};

/* -- collecting ---------------------------------------------------------------------------------------------------- */

static struct series *series_of(struct lines *lines, unsigned panel, unsigned shade, const struct run *run) {
    for (size_t i = 0; i < lines->count; i++) {
        struct series *series = &lines->series[i];
        if (series->panel == panel && series->shade == shade && strcmp(series->run->subject, run->subject) == 0)
            return series;
    }
    if (lines->count == MAX_SERIES)
        return NULL;
    struct series *series = &lines->series[lines->count++];
    *series = (struct series){.panel = panel, .shade = shade, .run = run};
    return series;
}

/* Keeps the points sorted by x; leaves out those beyond what a picture can show. */
static void add_point(struct lines *lines, unsigned panel, unsigned shade, const struct run *run, double x,
                      struct spread y) {
    struct series *series = series_of(lines, panel, shade, run);
    if (series == NULL || series->count == MAX_POINTS || x <= 0 || y.n == 0)
        return;
    size_t to = series->count++;
    for (; to > 0 && series->x[to - 1] > x; to--) {
        series->x[to] = series->x[to - 1];
        series->y[to] = series->y[to - 1];
    }
    series->x[to] = x;
    series->y[to] = y;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static double scaled(const struct lines *lines, unsigned panel, double value) {
    return lines->linear[panel] ? value : log(value);
}

static void put_labels(FILE *stream, const struct lines *lines, unsigned panel) {
    const struct series *labelled[MAX_SERIES];
    double at[MAX_SERIES], x = 0, lowest = INFINITY, highest = -INFINITY;
    size_t count = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct series *series = &lines->series[i];
        if (series->panel != panel || series->count == 0)
            continue;
        for (size_t p = 0; p < series->count; p++) {
            lowest = fmin(lowest, scaled(lines, panel, series->y[p].lowest));
            highest = fmax(highest, scaled(lines, panel, series->y[p].highest));
        }
        x = fmax(x, series->x[series->count - 1]);
        if (series->shade == IDEAL)
            continue;
        labelled[count] = series;
        at[count++] = scaled(lines, panel, series->y[series->count - 1].median);
    }
    if (lines->linear[panel])
        lowest = 0;
    double range = fmax(highest - lowest, 0.05);
    spread_labels(at, count, highest - range, highest, 0.06 * (range + (lines->linear[panel] ? 0 : 0.28)));
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "%u ", panel);
        put_quoted(stream, labelled[i]->run->subject);
        fprintf(stream, " %u %.6g %.6g\n", labelled[i]->shade, x, lines->linear[panel] ? at[i] : exp(at[i]));
    }
}

/* Returns how many points there are. */
static size_t put_lines(FILE *stream, const struct lines *lines) {
    size_t points = 0;
    for (unsigned panel = 1; panel <= PANELS; panel++)
        put_labels(stream, lines, panel);
    for (size_t i = 0; i < lines->count; i++) {
        const struct series *series = &lines->series[i];
        if (series->count > 0)
            fputs("\n\n", stream);
        for (size_t p = 0; p < series->count; p++, points++)
            fprintf(stream, "%u %u %.6g %.6g %.6g %.6g\n", series->panel, series->shade, series->x[p],
                    series->y[p].median, series->y[p].lowest, series->y[p].highest);
    }
    return points;
}

/* -- the pictures -------------------------------------------------------------------------------------------------- */

size_t draw_dim(const struct drawing *drawing) {
    struct run_list list = select_runs(drawing->results, .group = "kernel", .counter = "byte_pairs_per_s");
    struct lines lines = {.count = 0};
    table_start(drawing->table, NULL, "kernel", "row bytes", "byte pairs/s", "lowest", "highest", "byte pairs/cycle",
                "% of ceiling");
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        if (run->metric == 0 || run->dim <= 0)
            continue;
        struct spread rate = run_spread(run, "byte_pairs_per_s");
        add_point(&lines, run->metric, shade_of(run), run, run->dim, rate);
        table_add(drawing->table, words(run->subject), number_exact(run->dim), number_si(rate.median),
                  number_si(rate.lowest), number_si(rate.highest),
                  number_plain(run_median(run, "byte_pairs_per_cycle")), number_percent(run_median(run, "of_ceiling")));
    }
    return put_lines(drawing->data, &lines);
}

/* One thread's rate times the threads. */
static void add_ideal(struct lines *lines, const struct run_list *list) {
    for (size_t i = 0; i < list->count; i++)
        for (size_t one = 0; one < list->count; one++) {
            const struct run *run = list->items[i];
            if (list->items[one]->threads != 1 || strcmp(list->items[one]->subject, run->subject) != 0)
                continue;
            double rate = run->threads * run_median(list->items[one], "distances_per_s");
            add_point(lines, 1, IDEAL, run, run->threads, (struct spread){1, rate, rate, rate});
            add_point(lines, 2, IDEAL, run, run->threads, (struct spread){1, 100, 100, 100});
        }
}

size_t draw_scaling(const struct drawing *drawing) {
    struct run_list list = select_runs(drawing->results, .group = "scaling", .counter = "distances_per_s");
    struct lines lines = {.linear = {0, 0, 1}};
    double most = results_most_threads(drawing->results, "scaling");
    table_start(drawing->table, NULL, "kernel", "threads", "distances/s", "lowest", "highest", "efficiency",
                "% of ceiling");
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        struct spread rate = run_spread(run, "distances_per_s"), share = run_spread(run, "efficiency");
        add_point(&lines, 1, shade_of(run), run, run->threads, rate);
        add_point(&lines, 2, shade_of(run), run, run->threads,
                  (struct spread){share.n, 100 * share.median, 100 * share.lowest, 100 * share.highest});
        table_add(drawing->table, words(run->subject), number_exact(run->threads), number_si(rate.median),
                  number_si(rate.lowest), number_si(rate.highest), number_percent(share.median),
                  number_percent(run_median(run, "of_ceiling")));
        if (run->threads != most || most == 1 || share.n == 0)
            continue;
        put_format(drawing->finding, FORM_HTML, "%s keeps an efficiency of %s on %.0f threads. ", run->subject,
                   number_percent(share.median).text, most);
    }
    add_ideal(&lines, &list);
    return put_lines(drawing->data, &lines);
}

size_t draw_batch(const struct drawing *drawing) {
    struct run_list list =
        select_runs(drawing->results, .group = "stream", .counter = "distances_per_s", .threads = MOST_THREADS);
    struct lines lines = {.count = 0};
    table_start(drawing->table, NULL, "kernel", "batch", "distances/s", "median ms", "99th percentile ms",
                "shortest ms", "longest ms", "batches");
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        struct spread rate = run_spread(run, "distances_per_s"), middle = run_spread(run, "p50_ms"),
                      late = run_spread(run, "p99_ms");
        add_point(&lines, 1, shade_of(run), run, run->batch, rate);
        add_point(&lines, 2, shade_of(run), run, run->batch,
                  (struct spread){middle.n, middle.median, middle.median, fmax(middle.median, late.median)});
        table_add(drawing->table, words(run->subject), number_exact(run->batch), number_si(rate.median),
                  number_plain(middle.median), number_plain(late.median),
                  number_plain(run_spread(run, "min_ms").lowest), number_plain(run_spread(run, "max_ms").highest),
                  number_exact(run_median(run, "batches")));
        if (run->batch != 1 || late.n == 0)
            continue;
        put_format(drawing->finding, FORM_HTML, "%s answers one query in %s ms, 99 of 100 in %s ms. ", run->subject,
                   number_plain(middle.median).text, number_plain(late.median).text);
    }
    return put_lines(drawing->data, &lines);
}

static void add_bounds(struct lines *lines, unsigned panel, const struct run *run, double x) {
    add_point(lines, panel, shade_of(run), run, x, run_spread(run, "x_exhaustive"));
    add_point(lines, panel, IDEAL, run, x, (struct spread){1, 1, 1, 1});
}

size_t draw_bounds(const struct drawing *drawing) {
    struct run_list ks = bounds_by_k(drawing->results, 0), batches = bounds_by_batch(drawing->results);
    struct lines lines = {.count = 0};
    table_start(drawing->table, NULL, "kernel", "k", "batch", "× exhaustive", "lowest", "highest");
    for (size_t i = 0; i < ks.count + batches.count; i++) {
        const struct run *run = i < ks.count ? ks.items[i] : batches.items[i - ks.count];
        struct spread ratio = run_spread(run, "x_exhaustive");
        add_bounds(&lines, i < ks.count ? 1 : 2, run, i < ks.count ? run->k : run->batch);
        table_add(drawing->table, words(run->subject), number_exact(run->k), number_exact(run->batch),
                  number_plain(ratio.median), number_plain(ratio.lowest), number_plain(ratio.highest));
    }
    write_break_even(drawing->finding, drawing->results, FORM_HTML);
    return put_lines(drawing->data, &lines);
}
