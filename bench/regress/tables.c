/* A row with its interval for every benchmark and every control. */
#include "tables.h"

#include <math.h>
#include <stdlib.h>

#include "statistics.h"
#include "words.h"

enum { WIDE = 1000, BAR = 24 };

/* -- the scale: one for all rows ----------------------------------------------------------------------------------- */

static void widen(double *range, const struct interval *interval) {
    const double values[] = {interval->estimate, interval->low, interval->high};
    for (size_t i = 0; i < 3; i++)
        if (isfinite(values[i]))
            *range = fmax(*range, fabs(values[i]));
}

static double range_of(const struct comparison *c) {
    double range = 1.5 * c->rules.tau;
    for (size_t i = 0; i < c->count; i++) {
        widen(&range, &c->benchmarks[i].found.judgement.interval);
        widen(&range, &c->benchmarks[i].found.confirmation.interval);
    }
    return 1.05 * range;
}

double place(double value, double range, int size) {
    return size * (fmin(fmax(value / range, -1), 1) + 1) / 2;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* A picture of the interval over the band of changes that count as none. To be freed; NULL without memory. */
static char *bar_of(const struct interval *interval, double threshold, double range, int bad) {
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    double low = place(-threshold, range, WIDE), high = place(threshold, range, WIDE);
    fprintf(stream,
            "<svg class=\"bar\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
            "aria-label=\"%s to %s\">",
            WIDE, BAR, change_of(interval->low).text, change_of(interval->high).text);
    fprintf(stream, "<rect class=\"band\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\"/>", low, high - low, BAR);
    fprintf(stream, "<path class=\"zero\" d=\"M%d 0V%d\"/>", WIDE / 2, BAR);
    fprintf(stream, "<path class=\"range%s\" d=\"M%.1f %dH%.1f\"/>", bad ? " bad" : "",
            place(interval->low, range, WIDE), BAR / 2, place(interval->high, range, WIDE));
    fprintf(stream, "<path class=\"middle\" d=\"M%.1f 5v%d\"/></svg>", place(interval->estimate, range, WIDE),
            BAR - 10);
    fclose(stream);
    return text;
}

struct row {
    const char *name, *verdict;
    const struct interval *interval;
    double threshold, ms, epoch; /* milliseconds of an iteration and of an epoch; 0: not shown */
    int bad;
};

static void add_row(struct table *table, const struct row *row, double range) {
    char interval[64], *bar = bar_of(row->interval, row->threshold, range, row->bad);
    struct number ms = number_short(row->ms), epoch = number_short(row->epoch);
    snprintf(interval, sizeof interval, "%s to %s", change_of(row->interval->low).text,
             change_of(row->interval->high).text);
    table_add(table, words(row->name), words(bar != NULL ? bar : ""), words(change_of(row->interval->estimate).text),
              words(interval), number_exact((double)row->interval->count), row->ms > 0 ? ms : words(""),
              row->epoch > 0 ? epoch : words(""), words(row->verdict));
    free(bar);
}

static struct table start(const char *first, double range) {
    struct table table;
    char scale[160];
    snprintf(scale, sizeof scale, "<span class=\"scale\"><span>%s</span><span>0</span><span>%s</span></span>",
             change_of(-range).text, change_of(range).text);
    table_start(&table, NULL, first, scale, "change", "interval", "pairs", "ms", "epoch ms", "verdict");
    table.columns[1].kind = COLUMN_PICTURE;
    table.columns[5].kind = COLUMN_WIDE;
    table.columns[6].kind = COLUMN_WIDE;
    table.columns[7].kind = COLUMN_WORDS;
    return table;
}

/* The time of one iteration: the median of base's epochs. The first ones are enough. */
static double base_ms(const struct benchmark *b) {
    double seconds[256];
    size_t count = 0;
    for (; count < b->first.count && count < sizeof seconds / sizeof seconds[0]; count++)
        seconds[count] = b->first.pairs[count].base.seconds;
    return 1e3 * median(seconds, count) / (double)b->iterations;
}

struct table benchmarks_table(const struct comparison *c) {
    double range = range_of(c);
    struct table table = start("benchmark", range);
    for (size_t i = 0; i < c->count; i++) {
        const struct benchmark *b = &c->benchmarks[i];
        const struct judgement *judged = &b->found.judgement;
        double ms = base_ms(b);
        add_row(&table,
                &(struct row){b->name, verdict_text(b), &judged->interval, judged->threshold, ms,
                              ms * (double)b->iterations, b->found.verdict == VERDICT_SLOWER},
                range);
        if (b->fresh.count > 0)
            add_row(&table,
                    &(struct row){"– in fresh processes", "", &b->found.confirmation.interval, judged->threshold, 0, 0,
                                  b->found.confirmed},
                    range);
    }
    for (size_t i = 0; i < c->unchanged_count; i++)
        table_add(&table, words(c->unchanged[i]), words(""), words(""), words(""), words(""), words(""), words(""),
                  words("unchanged: the same code"));
    return table;
}

struct table controls_table(const struct comparison *c) {
    double range = range_of(c);
    struct table table = start("control", range);
    for (int confirming = 0; confirming <= has_fresh(c); confirming++) {
        struct named_control all[CONTROLS];
        list_controls(c, confirming, all);
        for (size_t i = 0; i < CONTROLS; i++) {
            const struct control *control = all[i].control;
            const char *verdict = !control->measured ? "not told by this system"
                                  : control->outside ? "disturbed"
                                  : confirming       ? "quiet (fresh processes)"
                                                     : "quiet";
            if (control->measured)
                add_row(
                    &table,
                    &(struct row){all[i].name, verdict, &control->interval, c->rules.control, 0, 0, control->outside},
                    range);
            else
                table_add(&table, words(all[i].name), words(""), words(""), words(""), words(""), words(""), words(""),
                          words(verdict));
        }
    }
    return table;
}
