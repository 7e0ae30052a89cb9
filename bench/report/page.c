#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "results/summary.h"
#include "results/text.h"
#include "style.h"
#include "svg.h"

static void write_head(FILE *stream, const struct results *results) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>knnmark: ",
          stream);
    write_origin(stream, results, 0, put_html);
    fputs("</title>\n<style>\n", stream);
    style_write_colours(stream);
    fputs(style_sheet, stream);
    fputs("</style>\n</head>\n<body>\n", stream);
}

static int belongs(const struct drawn *drawn) {
    return drawn->things > 0 || drawn->picture->source != NULL;
}

static void write_header(FILE *stream, const struct results *results, const struct drawn *drawn, size_t count) {
    fputs("<header>\n<h1>knnmark</h1>\n<p class=\"muted\">Exhaustive nearest-neighbour search on bytes: ", stream);
    write_origin(stream, results, 0, put_html);
    if (results->file_count > 1) {
        fputs("</p>\n<p class=\"muted\">", stream);
        write_peers_origin(stream, results, put_html);
    }
    fputs("</p>\n</header>\n", stream);
    write_warnings(stream, results, 0);
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
    write_full_job(stream, results);
    write_other_searches(stream, results);
    write_latencies(stream, results);
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
        picture->write_tables(stream, results);
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
    fprintf(stream,
            "<details%s><summary>The numbers</summary>\n<div class=\"scroll\" "
            "tabindex=\"0\"><table>\n%s</table></div></details>\n",
            pictured ? "" : " open", drawn->table);
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

void page_write(FILE *stream, const struct results *results, const struct drawn *drawn, size_t count,
                const char *source) {
    write_head(stream, results);
    write_header(stream, results, drawn, count);
    write_tables(stream, results);
    for (size_t i = 0; i < count; i++)
        if (belongs(&drawn[i]))
            write_figure(stream, results, &drawn[i]);
    fputs("<section id=\"measured\">\n<h2>How this was measured</h2>\n", stream);
    write_facts(stream, results);
    fputs("</section>\n</main>\n<footer>Written by knnmark-report from ", stream);
    put_html(stream, source);
    fputs(".</footer>\n</body>\n</html>\n", stream);
}

void page_write_markdown(FILE *stream, const struct results *results, const char *source) {
    fputs("### knnmark: ", stream);
    write_origin(stream, results, 0, put_markdown);
    fputs("\n", stream);
    if (results->file_count > 1) {
        fputs("\n", stream);
        write_peers_origin(stream, results, put_markdown);
        fputs("\n", stream);
    }
    write_warnings(stream, results, 1);
    write_full_job_markdown(stream, results);
    write_bounds_markdown(stream, results);
    fputs("\nMedians of the repetitions, from ", stream);
    put_markdown(stream, source);
    fputs(".\n", stream);
}
