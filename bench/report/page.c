#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "html/template.h"
#include "results/jobs.h"
#include "results/summary.h"
#include "results/text.h"
#include "svg.h"

extern const char report_page_html[]; /* the file page.html */

/* What the fields' functions are given. */
struct page {
    const struct results *results;
    const struct drawn *drawn;
    size_t count;
};

/* -- tiles: the fastest kernel of each metric ---------------------------------------------------------------------- */

struct tile {
    const struct jobs *jobs;
    const struct job *best;
};

static void put_kernel(FILE *stream, const void *tile) {
    put_name(stream, ((const struct tile *)tile)->best->run->subject);
}

static void put_compared(FILE *stream, const void *context) {
    const struct tile *tile = context;
    const struct job *job = tile->best;
    fprintf(stream, "%s of the ceiling", number_percent(job->share.median).text);
    if (job->x_scalar > 0)
        fprintf(stream, ", %s&nbsp;×&nbsp;scalar", number_plain(job->x_scalar).text);
    if (job->x_peer > 0)
        fprintf(stream, ", %s&nbsp;×&nbsp;best&nbsp;peer%s", number_plain(job->x_peer).text,
                peers_are_slow(tile->jobs) ? ", which is slower than scalar code" : "");
}

static void put_tiles(FILE *stream, const void *context) {
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct jobs jobs = jobs_of(((const struct page *)context)->results, metric);
        const struct job *best = jobs_best(&jobs);
        if (best != NULL) {
            struct number seconds = number_plain(best->seconds);
            const struct field fields[] = {{"metric", .text = knn_metrics[metric - 1].name},
                                           {"title", .text = metric_title(metric)},
                                           {"seconds", .text = seconds.text},
                                           {"compared", .write = put_compared},
                                           {"kernel", .write = put_kernel},
                                           {0}};
            template_write(stream, report_page_html, "tile", fields, &(struct tile){&jobs, best});
        }
        jobs_free(&jobs);
    }
}

static void put_facts(FILE *stream, const void *context) {
    const char *label;
    char *text;
    for (size_t i = 0; text = fact_at(((const struct page *)context)->results, i, &label), label != NULL;
         i++, free(text)) {
        const struct field fields[] = {{"label", .text = label}, {"text", .text = text}, {0}};
        if (text != NULL && text[0] != '\0')
            template_write(stream, report_page_html, "fact", fields, NULL);
    }
}

/* -- pictures ------------------------------------------------------------------------------------------------------ */

static void put_contents(FILE *stream, const void *context) {
    const struct page *page = context;
    for (size_t i = 0; i < page->count; i++)
        if (page->drawn[i].things > 0)
            fprintf(stream, " <a href=\"#%s\">%s</a>", page->drawn[i].picture->name, page->drawn[i].picture->title);
}

static int is_pictured(const struct drawn *drawn) {
    return drawn->svg[0] != NULL && drawn->svg[1] != NULL;
}

static void put_pictures(FILE *stream, const void *context) {
    static const char *const kinds[] = {"wide", "narrow"};
    const struct drawn *drawn = context;
    for (size_t i = 0; i < 2 && is_pictured(drawn); i++) {
        char id[64];
        snprintf(id, sizeof id, "%s-%s", drawn->picture->name, kinds[i]);
        fprintf(stream, "<div class=\"%s\">\n", kinds[i]);
        svg_write(stream, drawn->svg[i], id, drawn->picture->title, drawn->picture->how, NULL);
        fputs("</div>\n", stream);
    }
    if (!is_pictured(drawn))
        template_write(stream, report_page_html, "undrawn", &(struct field){0}, NULL);
}

static void put_numbers(FILE *stream, const void *context) {
    table_write(&((const struct drawn *)context)->table, stream, FORM_HTML);
}

static void put_figures(FILE *stream, const void *context) {
    const struct page *page = context;
    for (size_t i = 0; i < page->count; i++) {
        const struct drawn *drawn = &page->drawn[i];
        const struct picture *picture = drawn->picture;
        const struct field fields[] = {
            {"name", .text = picture->name},
            {"title", .text = picture->title},
            {"how", .text = picture->how},
            {"finding", .html = drawn->finding},
            {"pictures", .write = put_pictures},
            {"numbers", .write = put_numbers},
            {"open", .text = is_pictured(drawn) ? "" : " open"},
            {"tables", .write_results = picture->write_tables, .results = page->results},
            {0},
        };
        if (drawn->things > 0)
            template_write(stream, report_page_html, "section", fields, drawn);
    }
}

static void put_missing(FILE *stream, const void *context) {
    const struct page *page = context;
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct picture *picture = page->drawn[i].picture;
        if (page->drawn[i].things == 0 && picture->source != NULL)
            fprintf(stream, "%s%s (%s)", count++ == 0 ? "<p class=\"missing\">Not in this result file: " : ", ",
                    picture->title, picture->source);
    }
    if (count > 0)
        fputs(".</p>\n", stream);
}

int page_write_picture(FILE *stream, const struct drawn *drawn) {
    char style[2048];
    if (drawn->svg[0] == NULL)
        return -1;
    snprintf(style, sizeof style, "%stext{font-family:system-ui,sans-serif}\n", html_colours_css);
    return svg_write(stream, drawn->svg[0], drawn->picture->name, drawn->picture->title, drawn->picture->how, style);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

void page_write(FILE *stream, const struct results *results, const struct drawn *drawn, size_t count) {
    const struct page page = {results, drawn, count};
    struct number dim = number_exact(results_dim(results));
    const struct field fields[] = {
        {"title", .write_results = write_origin, .results = results},
        {"origin", .write_results = write_origin, .results = results},
        {"peers-origin", .write_results = write_peers_origin, .results = results},
        {"warnings", .write_results = write_warnings, .results = results},
        {"tiles", .write = put_tiles},
        {"contents", .write = put_contents},
        {"dim", .text = dim.text},
        {"full-job", .write_results = write_full_job, .results = results},
        {"peer-settings", .write_results = write_peer_settings, .results = results},
        {"other-searches", .write_results = write_other_searches, .results = results},
        {"latencies", .write_results = write_latencies, .results = results},
        {"figures", .write = put_figures},
        {"facts", .write = put_facts},
        {"missing", .write = put_missing},
        {"source", .text = results->name},
        {0},
    };
    template_page(stream, report_page_html, "", fields, &page);
}
