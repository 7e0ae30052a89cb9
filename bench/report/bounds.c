/* The search by bounds (docs/bounds.md), apart from the exhaustive one: its tables, and when its build is paid for. */
#include <math.h>
#include <string.h>

#include "results/summary.h"
#include "results/text.h"

static struct run_list all_of(const struct results *results, int random) {
    struct run_list all = results_select(results, "bounds", "x_exhaustive", 0, results_most_threads(results, "bounds"));
    struct run_list kept = {.count = 0};
    for (size_t i = 0; i < all.count; i++)
        if ((strstr(all.items[i]->name, "/random/") != NULL) == random)
            kept.items[kept.count++] = all.items[i];
    return kept;
}

struct run_list bounds_by_k(const struct results *results, int random) {
    struct run_list all = all_of(results, random), kept = {.count = 0};
    double largest = 0;
    for (size_t i = 0; i < all.count; i++)
        largest = fmax(largest, all.items[i]->batch);
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i]->batch == largest)
            kept.items[kept.count++] = all.items[i];
    return kept;
}

struct run_list bounds_by_batch(const struct results *results) {
    struct run_list all = all_of(results, 0), kept = {.count = 0};
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i]->k == 1)
            kept.items[kept.count++] = all.items[i];
    return kept;
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

static void put_line(FILE *stream, int markdown, const char *cell, const char *const *texts) {
    if (!markdown) {
        put_cells(stream, cell, texts);
        return;
    }
    for (size_t i = 0; texts[i] != NULL; i++) {
        fputs("| ", stream);
        put_markdown(stream, texts[i]);
        fputc(' ', stream);
    }
    fputs(strcmp(cell, "th") == 0 ? "|\n|:---|---:|---:|---:|---:|---:|\n" : "|\n", stream);
}

static void put_runs(FILE *stream, int markdown, const struct run_list *list, int by_batch, const char *more) {
    for (size_t i = 0; i < list->count; i++) {
        const struct run *run = list->items[i];
        char name[sizeof run->subject + 32];
        snprintf(name, sizeof name, "%s%s", run->subject, more);
        put_line(stream, markdown, "td",
                 (const char *const[]){name, number_exact(by_batch ? run->batch : run->k).text,
                                       number_plain(run_spread(run, "full_job_s").median).text,
                                       number_plain(run_spread(run, "x_exhaustive").median).text,
                                       number_percent(run_spread(run, "share_full").median).text,
                                       number_plain(run_spread(run, "build_s").median).text, NULL});
    }
}

static void put_table(FILE *stream, const struct results *results, int markdown, int by_batch) {
    struct run_list list = by_batch ? bounds_by_batch(results) : bounds_by_k(results, 0), random = {.count = 0};
    if (!by_batch)
        random = bounds_by_k(results, 1);
    fprintf(stream, markdown ? "\n%s\n\n" : "<h3>%s</h3>\n<div class=\"scroll\" tabindex=\"0\"><table>\n",
            by_batch ? "By batch, k = 1" : "By k, in the largest batch");
    put_line(stream, markdown, "th",
             (const char *const[]){"kernel", by_batch ? "batch" : "k", "full job, s", "× exhaustive", "rows in full",
                                   "build, s", NULL});
    put_runs(stream, markdown, &list, by_batch, "");
    put_runs(stream, markdown, &random, by_batch, ", auto, random bytes");
    fputs(markdown ? "" : "</table></div>\n", stream);
}

static const char what[] =
    "The search by bounds gives the answers of the exhaustive one, bit for bit, and compares few rows in full. The "
    "full "
    "job is as above, with the build counted. Random bytes are where bounds rule nothing out: there auto shows what "
    "it costs to find that out, and its build is that and packing.";

void write_bounds_tables(FILE *stream, const struct results *results) {
    fprintf(stream, "<p class=\"muted\">%s</p>\n", what);
    put_table(stream, results, 0, 0);
    put_table(stream, results, 0, 1);
}

void write_bounds_markdown(FILE *stream, const struct results *results) {
    if (all_of(results, 0).count == 0)
        return;
    fprintf(stream, "\n#### The same answers for less work\n\n%s\n", what);
    put_table(stream, results, 1, 0);
    put_table(stream, results, 1, 1);
    fputc('\n', stream);
    write_break_even(stream, results, put_markdown);
    fputc('\n', stream);
}

/* -- when it pays -------------------------------------------------------------------------------------------------- */

/* 0 if never. */
static double break_even(const struct run *run) {
    double saved = run_spread(run, "exhaustive_query_s").median - run_spread(run, "query_s").median;
    return saved > 0 ? ceil(run_spread(run, "build_s").median / saved) : 0;
}

void write_break_even(FILE *stream, const struct results *results, void put(FILE *stream, const char *text)) {
    struct run_list list = bounds_by_k(results, 0);
    size_t some = 0;
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        if (run->k != 1)
            continue;
        fputs(some++ ? ", " : "For k = 1 the build is paid for ", stream);
        if (break_even(run) > 0)
            fprintf(stream, "after %.0f queries by ", break_even(run));
        else
            fputs("never by ", stream);
        put(stream, run->subject);
    }
    fputs(some ? "." : "", stream);
}
