#include "bounds.h"

#include <math.h>

static struct run_list all_of(const struct results *results, int random) {
    struct run_list all = results_select(results, "bounds", "x_exhaustive", 0, results_most_threads(results, "bounds"));
    struct run_list kept = {.count = 0};
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i]->random == random)
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

static void add_runs(struct table *table, const struct run_list *list, int by_batch, const char *more) {
    for (size_t i = 0; i < list->count; i++) {
        const struct run *run = list->items[i];
        char name[sizeof run->subject + 32];
        snprintf(name, sizeof name, "%s%s", run->subject, more);
        table_add(
            table, words(name), number_exact(by_batch ? run->batch : run->k),
            number_plain(run_spread(run, "full_job_s").median), number_plain(run_spread(run, "x_exhaustive").median),
            number_percent(run_spread(run, "share_full").median), number_plain(run_spread(run, "build_s").median));
    }
}

static void write_table(FILE *stream, const struct results *results, enum form form, int by_batch) {
    struct run_list list = by_batch ? bounds_by_batch(results) : bounds_by_k(results, 0), random = {.count = 0};
    struct table table;
    table_start(&table, by_batch ? "By batch, k = 1" : "By k, in the largest batch", "kernel", by_batch ? "batch" : "k",
                "full job, s", "× exhaustive", "rows in full", "build, s");
    if (!by_batch)
        random = bounds_by_k(results, 1);
    add_runs(&table, &list, by_batch, "");
    add_runs(&table, &random, by_batch, ", auto, random bytes");
    table_write(&table, stream, form);
    table_free(&table);
}

void write_bounds(FILE *stream, const struct results *results, enum form form) {
    if (all_of(results, 0).count == 0)
        return;
    put_heading(stream, form, "The same answers for less work");
    put_paragraph(stream, form,
                  "The search by bounds gives the answers of the exhaustive one, bit for bit, and compares few rows in "
                  "full. The full job is as above, with the build counted. Random bytes are where bounds rule nothing "
                  "out: there auto shows what it costs to find that out, and its build is that and packing.");
    write_table(stream, results, form, 0);
    write_table(stream, results, form, 1);
    if (form == FORM_HTML || form == FORM_CSV)
        return;
    fputc('\n', stream);
    write_break_even(stream, results, form);
    fputc('\n', stream);
}

/* -- when it pays -------------------------------------------------------------------------------------------------- */

/* 0 if never. */
static double break_even(const struct run *run) {
    double saved = run_spread(run, "exhaustive_query_s").median - run_spread(run, "query_s").median;
    return saved > 0 ? ceil(run_spread(run, "build_s").median / saved) : 0;
}

void write_break_even(FILE *stream, const struct results *results, enum form form) {
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
        put_words(stream, form, run->subject);
    }
    fputs(some ? "." : "", stream);
}
