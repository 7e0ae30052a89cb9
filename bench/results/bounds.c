/* The search by bounds, apart from the exhaustive one. */
#include <math.h>

#include "summary.h"

struct run_list bounds_by_k(const struct results *results, int random) {
    return select_runs(results, .group = "bounds", .counter = "x_exhaustive", .threads = MOST_THREADS, .largest = 1,
                       .random = random);
}

struct run_list bounds_by_batch(const struct results *results) {
    return select_runs(results, .group = "bounds", .counter = "x_exhaustive", .k = 1, .threads = MOST_THREADS);
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

static void add_runs(struct table *table, struct run_list list, int by_batch, const char *more) {
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        char name[sizeof run->subject + 32];
        snprintf(name, sizeof name, "%s%s", run->subject, more);
        table_add(table, words(name), number_exact(by_batch ? run->batch : run->k),
                  number_plain(run_median(run, "full_job_s")), number_plain(run_median(run, "x_exhaustive")),
                  number_percent(run_median(run, "share_full")), number_plain(run_median(run, "build_s")));
    }
}

static void write_table(FILE *stream, const struct results *results, enum form form, int by_batch) {
    struct table table;
    table_start(&table, by_batch ? "By batch, k = 1" : "By k, in the largest batch", "kernel", by_batch ? "batch" : "k",
                "full job, s", "× exhaustive", "rows in full", "build, s");
    add_runs(&table, by_batch ? bounds_by_batch(results) : bounds_by_k(results, 0), by_batch, "");
    if (!by_batch)
        add_runs(&table, bounds_by_k(results, 1), 0, ", auto, random bytes");
    table_end(&table, stream, form);
}

void write_bounds(FILE *stream, const struct results *results, enum form form) {
    if (bounds_by_k(results, 0).count == 0)
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

void write_break_even(FILE *stream, const struct results *results, enum form form) {
    struct run_list list = bounds_by_k(results, 0);
    size_t some = 0;
    for (size_t i = 0; i < list.count; i++) {
        const struct run *run = list.items[i];
        double saved = run_median(run, "exhaustive_query_s") - run_median(run, "query_s");
        if (run->k != 1)
            continue;
        fputs(some++ ? ", " : "For k = 1 the build is paid for ", stream);
        if (saved > 0 && run_median(run, "build_s") > 0)
            fprintf(stream, "after %.0f queries by ", ceil(run_median(run, "build_s") / saved));
        else
            fputs("never by ", stream);
        put_words(stream, form, run->subject);
    }
    fputs(some ? "." : "", stream);
}
