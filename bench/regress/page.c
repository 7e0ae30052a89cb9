/* The page, which needs no other file: a row with its interval for every benchmark, and every pair. The pictures are
 * stretched to the page's width. So they hold only lines, whose width does not stretch; all text is HTML. */
#include <math.h>

#include "forms.h"
#include "html/template.h"
#include "plural.h"
#include "results/text.h"
#include "tables.h"
#include "words.h"

enum { WIDE = 1000, TALL = 140 };

extern const char regress_page_html[], regress_style_css[]; /* the files page.html and style.css */

/* -- pairs --------------------------------------------------------------------------------------------------------- */

static double series_range(const struct series *series, double range) {
    for (size_t i = 0; i < series->count; i++)
        range = fmax(range, fabs(log(series->pairs[i].head.seconds / series->pairs[i].base.seconds)));
    return range;
}

static void write_dots(FILE *stream, const struct series *series, const char *class, size_t from, size_t total,
                       double range) {
    for (size_t i = 0; i < series->count; i++) {
        double d = log(series->pairs[i].head.seconds / series->pairs[i].base.seconds);
        fprintf(stream, "<path class=\"%s\" d=\"M%.1f %.1fh0\"/>", class,
                WIDE * ((double)(from + i) + 0.5) / (double)total, place(-d, range, TALL));
    }
}

/* `again` is what was measured in fresh processes. */
static void write_series(FILE *stream, const char *name, const char *id, const struct series *series,
                         const struct series *again, double threshold) {
    size_t total = series->count + again->count;
    double range = fmin(1.05 * series_range(again, series_range(series, 1.5 * threshold)), log(2));
    fprintf(stream, "<figure id=\"%s\"><figcaption>", id);
    put_name(stream, name);
    put_format(stream, FORM_HTML, ": %zu pair%s, %s to %s%s", total, knn_plural(total), change_of(-range).text,
               change_of(range).text, again->count > 0 ? "; the second colour marks fresh processes" : "");
    fprintf(stream,
            "</figcaption>\n<svg class=\"dots\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
            "aria-label=\"pair by "
            "pair\">",
            WIDE, TALL);
    double high = place(-threshold, range, TALL), low = place(threshold, range, TALL);
    fprintf(stream, "<rect class=\"band\" x=\"0\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>", high, WIDE, low - high);
    fprintf(stream, "<path class=\"zero\" d=\"M0 %dH%d\"/>", TALL / 2, WIDE);
    if (again->count > 0)
        fprintf(stream, "<path class=\"edge\" d=\"M%.1f 0V%d\"/>", WIDE * (double)series->count / (double)total, TALL);
    write_dots(stream, series, "dot", 0, total, range);
    write_dots(stream, again, "dot again", series->count, total, range);
    fputs("</svg></figure>\n", stream);
}

static void put_pairs(FILE *stream, const void *context) {
    const struct comparison *c = context;
    char id[32];
    for (size_t i = 0; i < c->count; i++) {
        const struct benchmark *b = &c->benchmarks[i];
        snprintf(id, sizeof id, "pairs-%zu", i + 1);
        write_series(stream, b->name, id, &b->first, &b->fresh, b->found.judgement.threshold);
    }
    if (c->count > 0)
        write_series(stream, "base against its copy", "pairs-copy", &c->copies, &c->fresh_copies, c->rules.control);
}

/* -- the page ------------------------------------------------------------------------------------------------------ */

static void put_table(FILE *stream, struct table table) {
    table_write(&table, stream, FORM_HTML);
    table_free(&table);
}

static void put_benchmarks(FILE *stream, const void *comparison) {
    put_table(stream, benchmarks_table(comparison));
}

static void put_controls(FILE *stream, const void *comparison) {
    const struct comparison *c = comparison;
    if (c->count > 0)
        put_table(stream, controls_table(comparison));
}

static void put_conclusion(FILE *stream, const void *comparison) {
    write_conclusion(stream, comparison);
}

static void put_advice(FILE *stream, const void *comparison) {
    write_advice(stream, comparison);
}

static void put_machine(FILE *stream, const void *comparison) {
    write_machine(stream, comparison);
}

void write_page(FILE *stream, const struct comparison *c) {
    const struct settings *s = &c->settings;
    char topology[256], rounds[128];
    struct change limit = change_of(c->rules.control), tau = change_of(c->rules.tau), most = change_of(c->rules.most);
    knn_topology_describe(c->team.topology, topology, sizeof topology);
    snprintf(rounds, sizeof rounds, "%zu, in %u set%s of processes, seed %llu; budget %.0f s, %.0f s in all",
             c->copies.count + c->fresh_copies.count, c->sets[0] + c->sets[1], knn_plural(c->sets[0] + c->sets[1]),
             (unsigned long long)s->seed, s->budget, c->seconds);
    const struct field fields[] = {{"title", .text = "regress"},
                                   {"head", .text = s->head_name},
                                   {"base", .text = s->base_name},
                                   {"kind", .text = c->decision.outcome == NO_REGRESSION ? "missing" : "warn"},
                                   {"conclusion", .write = put_conclusion},
                                   {"advice", .write = put_advice},
                                   {"benchmarks", .write = put_benchmarks},
                                   {"limit", .text = limit.text},
                                   {"controls", .write = put_controls},
                                   {"pairs", .write = put_pairs},
                                   {"machine", .write = put_machine},
                                   {"topology", .text = topology},
                                   {"compiler", .text = KNN_COMPILER},
                                   {"flags", .text = KNN_FLAGS},
                                   {"data", .text = c->source},
                                   {"tau", .text = tau.text},
                                   {"most", .text = most.text},
                                   {"rounds", .text = rounds},
                                   {0}};
    template_page(stream, regress_page_html, regress_style_css, fields, c);
}
