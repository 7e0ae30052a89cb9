/* One page without any other file: a row with its interval for every benchmark, and what was measured pair by pair.
 * The pictures are stretched to the page's width, so they hold lines only, whose width does not stretch; text is
 * HTML's. */
#include <math.h>

#include "forms.h"
#include "plural.h"
#include "report/style.h"
#include "results/text.h"
#include "tables.h"
#include "words.h"

enum { WIDE = 1000, TALL = 140 };

static const char extra_style[] = ".bar{height:1.5rem;min-width:14rem;width:100%}\n"
                                  ".dots{height:9rem;width:100%;background:var(--card)}\n"
                                  "svg *{vector-effect:non-scaling-stroke}\n"
                                  ".band{fill:var(--grid)}\n"
                                  ".zero{stroke:var(--muted);stroke-width:1}\n"
                                  ".edge{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 3}\n"
                                  ".range{stroke:var(--l1);stroke-width:3}\n"
                                  ".bad{stroke:var(--l2)}\n"
                                  ".middle{stroke:var(--ink);stroke-width:3}\n"
                                  ".dot{stroke:var(--l1);stroke-width:5;stroke-linecap:round}\n"
                                  ".dot.again{stroke:var(--l2)}\n"
                                  "td.picture{width:34%;padding:0 .5rem}\n"
                                  "th[scope=row]{min-width:11rem}\n"
                                  ".scale{display:flex;justify-content:space-between}\n";

static void write_section_table(FILE *stream, struct table table) {
    table_write(&table, stream, FORM_HTML);
    table_free(&table);
    fputs("</section>\n", stream);
}

static void write_benchmarks(FILE *stream, const struct comparison *c) {
    fputs("<section id=\"benchmarks\">\n<h2>Benchmarks</h2>\n<p class=\"muted\">How much longer head takes than base: "
          "the median of all pairs, its interval, and the band within which a change is none. An interval wholly right "
          "of the band is slower, one that ends in it or left of it is the same or faster. These intervals hold at "
          "once with 95 % confidence. A slowdown as large as &#8220;detectable&#8221; would lie wholly above the band "
          "nine times in ten.</p>\n",
          stream);
    write_section_table(stream, benchmarks_table(c));
}

static void write_controls(FILE *stream, const struct comparison *c) {
    fprintf(stream,
            "<section id=\"controls\">\n<h2>Controls</h2>\n<p class=\"muted\">What must be the same for both sides: a "
            "loop that never changes, timed before every epoch; base against a second copy of itself; the share of "
            "the time that a worker&#8217;s threads waited for a CPU. The band is the limit, %s or this "
            "machine&#8217;s floor.</p>\n",
            change_of(c->rules.control).text);
    write_section_table(stream, controls_table(c));
}

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
    fprintf(stream, ": %zu pair%s, %s to %s%s</figcaption>\n", total, knn_plural(total), change_of(-range).text,
            change_of(range).text, again->count > 0 ? "; the second colour is in fresh processes" : "");
    fprintf(stream,
            "<svg class=\"dots\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"pair by "
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

static void write_all_series(FILE *stream, const struct comparison *c) {
    char id[32];
    fputs("<section id=\"pairs\">\n<h2>Pair by pair</h2>\n<p class=\"muted\">Every dot is a pair of neighbouring "
          "epochs, in the order of the rounds: above the middle head took longer.</p>\n",
          stream);
    for (size_t i = 0; i < c->count; i++) {
        const struct benchmark *b = &c->benchmarks[i];
        snprintf(id, sizeof id, "pairs-%zu", i + 1);
        write_series(stream, b->name, id, &b->first, &b->fresh, b->found.judgement.threshold);
    }
    write_series(stream, "base against its copy", "pairs-copy", &c->copies, &c->fresh_copies,
                 fmax(c->rules.control, c->decision.controls.floor));
    fputs("</section>\n", stream);
}

/* -- the page ------------------------------------------------------------------------------------------------------ */

static void put_fact(FILE *stream, const char *name, const char *text) {
    fprintf(stream, "<dt>%s</dt><dd>", name);
    put_html(stream, text);
    fputs("</dd>\n", stream);
}

static void write_facts(FILE *stream, const struct comparison *c) {
    char text[256];
    fputs("<section id=\"measured\">\n<h2>How this was measured</h2>\n<dl>\n<dt>Machine</dt><dd>", stream);
    write_machine(stream, c);
    fputs("</dd>\n", stream);
    knn_topology_describe(c->team.topology, text, sizeof text);
    put_fact(stream, "Topology", text);
    put_fact(stream, "Base", c->settings.base_name);
    put_fact(stream, "Head", c->settings.head_name);
    put_fact(stream, "Compiler", KNN_COMPILER);
    put_fact(stream, "Flags", KNN_FLAGS);
    put_fact(stream, "Data", c->source);
    snprintf(text, sizeof text, "%s: asked for %s, this machine's floor %s",
             change_of(threshold_of(&c->rules, c->decision.controls.floor)).text, change_of(c->rules.tau).text,
             change_of(c->decision.controls.floor).text);
    put_fact(stream, "Threshold", text);
    snprintf(text, sizeof text, "%u round%s, epochs of at least %.0f ms, seed %llu; %.0f s in all", c->settings.rounds,
             knn_plural(c->settings.rounds), 1e3 * c->settings.epoch, (unsigned long long)c->settings.seed, c->seconds);
    put_fact(stream, "Rounds", text);
    fputs("</dl>\n</section>\n", stream);
}

void write_page(FILE *stream, const struct comparison *c) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<title>knnmark: regress</title>\n<style>\n",
          stream);
    style_write_colours(stream);
    fputs(style_sheet, stream);
    fputs(extra_style, stream);
    fputs("</style>\n</head>\n<body>\n<header>\n<h1>knnmark regress</h1>\n<p class=\"muted\">", stream);
    put_html(stream, c->settings.head_name);
    fputs(" against ", stream);
    put_html(stream, c->settings.base_name);
    fprintf(stream, "</p>\n<p class=\"%s\">", c->decision.outcome == NO_REGRESSION ? "missing" : "warn");
    write_conclusion(stream, c);
    fputs(".</p>\n</header>\n<main>\n", stream);
    write_benchmarks(stream, c);
    write_controls(stream, c);
    write_all_series(stream, c);
    write_facts(stream, c);
    fputs("</main>\n<footer>Written by knnmark-regress.</footer>\n</body>\n</html>\n", stream);
}
