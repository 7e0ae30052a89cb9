#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "results/facts.h"
#include "results/jobs.h"
#include "results/summary.h"
#include "results/text.h"
#include "style.h"
#include "svg.h"

static void write_head(FILE *stream, const struct results *results) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>knnmark: ",
          stream);
    write_origin(stream, results, FORM_HTML);
    fputs("</title>\n<style>\n", stream);
    style_write_colours(stream);
    fputs(style_sheet, stream);
    fputs("</style>\n</head>\n<body>\n", stream);
}

/* The fastest kernel of each metric. */
static void write_tiles(FILE *stream, const struct results *results) {
    int some = 0;
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct jobs jobs = jobs_of(results, metric);
        const struct job *best = jobs_best(&jobs);
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
        jobs_free(&jobs);
    }
    fputs(some ? "</div>\n" : "", stream);
}

static int belongs(const struct drawn *drawn) {
    return drawn->things > 0 || drawn->picture->source != NULL;
}

static void write_header(FILE *stream, const struct results *results, const struct drawn *drawn, size_t count) {
    fputs("<header>\n<h1>knnmark</h1>\n<p class=\"muted\">Exhaustive nearest-neighbour search on bytes: ", stream);
    write_origin(stream, results, FORM_HTML);
    if (results->peers != NULL) {
        fputs("</p>\n<p class=\"muted\">", stream);
        write_peers_origin(stream, results, FORM_HTML);
    }
    fputs("</p>\n</header>\n", stream);
    write_warnings(stream, results, FORM_HTML);
    write_tiles(stream, results);
    fputs("<nav aria-label=\"Contents\"><a href=\"#full-job\">The full job</a>", stream);
    for (size_t i = 0; i < count; i++)
        if (belongs(&drawn[i]))
            fprintf(stream, " <a href=\"#%s\">%s</a>", drawn[i].picture->name, drawn[i].picture->title);
    fputs(" <a href=\"#measured\">How this was measured</a></nav>\n<main>\n", stream);
}

static void write_tables(FILE *stream, const struct results *results) {
    fprintf(
        stream,
        "<section id=\"full-job\">\n<h2>The full job</h2>\n"
        "<p class=\"muted\">The nearest of 50 000 train rows to each of 10 000 queries, rows of %.0f bytes, on all "
        "threads. Medians of the repetitions; a time measured on fewer queries is scaled to all. The ceiling is the "
        "measured rate of the fastest instruction mix that the kernel's CPU features allow; the small numbers "
        "are its range over the repetitions.</p>\n",
        results_dim(results));
    write_full_job(stream, results, FORM_HTML);
    write_peer_settings(stream, results, FORM_HTML);
    write_other_searches(stream, results, FORM_HTML);
    write_latencies(stream, results, FORM_HTML);
    fputs("</section>\n", stream);
}

/* -- pictures ------------------------------------------------------------------------------------------------------ */

static void write_svg(FILE *stream, const struct drawn *drawn, int narrow) {
    const struct picture *picture = drawn->picture;
    char id[64];
    const char *kind = narrow ? "narrow" : "wide";
    snprintf(id, sizeof id, "%s-%s", picture->name, kind);
    fprintf(stream, "<div class=\"%s\">\n", kind);
    svg_write(stream, drawn->svg[narrow], id, picture->title, picture->how, NULL);
    fputs("</div>\n", stream);
}

static void write_figure(FILE *stream, const struct results *results, const struct drawn *drawn) {
    const struct picture *picture = drawn->picture;
    int pictured = drawn->svg[0] != NULL && drawn->svg[1] != NULL;
    fprintf(stream, "<section id=\"%s\">\n<h2>%s</h2>\n", picture->name, picture->title);
    if (drawn->things == 0) {
        fprintf(stream, "<p class=\"missing\">Not in this result file: %s.</p>\n</section>\n", picture->source);
        return;
    }
    if (picture->write_tables != NULL)
        picture->write_tables(stream, results, FORM_HTML);
    fputs("<figure>\n<figcaption>", stream);
    put_html(stream, picture->how);
    fputs("</figcaption>\n", stream);
    if (drawn->finding[0] != '\0')
        fprintf(stream, "<p>%s</p>\n", drawn->finding);
    for (int narrow = 0; pictured && narrow < 2; narrow++)
        write_svg(stream, drawn, narrow);
    if (!pictured)
        fputs("<p class=\"missing\">Not drawn: gnuplot was missing or failed when this report was written.</p>\n",
              stream);
    fprintf(stream, "<details%s><summary>The numbers</summary>\n", pictured ? "" : " open");
    table_write(&drawn->table, stream, FORM_HTML);
    fputs("</details>\n", stream);
    fputs("</figure>\n</section>\n", stream);
}

int page_write_picture(FILE *stream, const struct drawn *drawn) {
    char *colours = NULL;
    size_t size;
    FILE *memory = drawn->svg[0] != NULL ? open_memstream(&colours, &size) : NULL;
    if (memory == NULL)
        return -1;
    style_write_colours(memory);
    fputs("text{font-family:system-ui,sans-serif}\n", memory);
    fclose(memory);
    int status =
        svg_write(stream, drawn->svg[0], drawn->picture->name, drawn->picture->title, drawn->picture->how, colours);
    free(colours);
    return status;
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static void write_facts(FILE *stream, const struct results *results) {
    const char *label;
    char *text;
    fputs("<dl>\n", stream);
    for (size_t i = 0; text = fact_at(results, i, &label), label != NULL; i++, free(text)) {
        if (text == NULL || text[0] == '\0')
            continue;
        fprintf(stream, "<dt>%s</dt><dd>", label);
        put_html(stream, text);
        fputs("</dd>\n", stream);
    }
    fputs("</dl>\n", stream);
}

void page_write(FILE *stream, const struct results *results, const struct drawn *drawn, size_t count) {
    write_head(stream, results);
    write_header(stream, results, drawn, count);
    write_tables(stream, results);
    for (size_t i = 0; i < count; i++)
        if (belongs(&drawn[i]))
            write_figure(stream, results, &drawn[i]);
    fputs("<section id=\"measured\">\n<h2>How this was measured</h2>\n", stream);
    write_facts(stream, results);
    fputs("</section>\n</main>\n<footer>Written by knnmark-report from ", stream);
    put_html(stream, results->name);
    fputs(".</footer>\n</body>\n</html>\n", stream);
}
