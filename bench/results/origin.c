/* Where a result file comes from, and what makes it doubtful. */
#include <stdarg.h>
#include <string.h>

#include "jobs.h"
#include "plural.h"
#include "summary.h"

void write_origin(FILE *stream, const struct results *results, enum form form) {
    const char *cpu = results_text(results, "knnmark.cpu.name", "context.cpu"),
               *date = results_text(results, "context.date", NULL),
               *commit = results_text(results, "knnmark.commit", "context.commit"),
               *data = results_text(results, "knnmark.data.source", "context.data");
    double threads = results_threads(results);
    put_words(stream, form, cpu != NULL ? cpu : "a CPU without a name");
    if (threads > 0)
        put_format(stream, form, ", %.0f thread%s", threads, knn_plural((size_t)threads));
    if (date != NULL)
        put_format(stream, form, ", %.10s", date);
    if (commit != NULL)
        put_format(stream, form, ", commit %.12s", commit);
    if (data != NULL)
        put_format(stream, form, ", on %.200s", data);
}

void write_peers_origin(FILE *stream, const struct results *results, enum form form) {
    const struct results *files[] = {results, results->peers};
    if (results->peers == NULL)
        return;
    put_format(stream, form, "Peers from %s: ", results->peers->name);
    write_origin(stream, results->peers, form);
    for (size_t i = 0; i < 2; i++)
        if (results_text(files[i], "knnmark.data.sha256", "context.data_sha256") == NULL)
            put_format(stream, form, "; without a checksum %s does not say on which data it was measured",
                       files[i]->name);
    put_words(stream, form, ".");
}

/* -- warnings ------------------------------------------------------------------------------------------------------ */

static void warn(FILE *stream, enum form form, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void warn(FILE *stream, enum form form, const char *format, ...) {
    static const char *const starts[] = {"\nWarning: ", "\n**Warning:** ",
                                         "<p class=\"warn\"><strong>Warning:</strong> ", ""};
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (form == FORM_CSV)
        return;
    fputs(starts[form], stream);
    put_words(stream, form, text);
    fputs(form == FORM_HTML ? "</p>\n" : "\n", stream);
}

double ceiling_growth(const struct results *results, double threads) {
    double one = 0, all = 0;
    struct run_list alone = select_runs(results, .group = "ceiling", .counter = "byte_pairs_per_s", .threads = 1);
    struct run_list together =
        select_runs(results, .group = "ceiling", .counter = "byte_pairs_per_s", .threads = threads);
    for (size_t i = 0; i < alone.count; i++)
        for (size_t j = 0; j < together.count; j++)
            if (strcmp(alone.items[i]->subject, together.items[j]->subject) == 0) {
                one += run_median(alone.items[i], "byte_pairs_per_s");
                all += run_median(together.items[j], "byte_pairs_per_s");
            }
    return one > 0 ? all / one : 0;
}

/* Threads have cores of their own only if the ceilings grow with them. */
static void warn_of_sharing(FILE *stream, const struct results *results, enum form form) {
    const double enough = 0.9, threads = results_most_threads(results, "ceiling");
    double growth = ceiling_growth(results, threads);
    if (threads >= 2 && growth > 0 && growth < enough * threads)
        warn(stream, form,
             "the ceilings of %.0f threads are only %.2f times those of one. The machine was shared; repeat the run on "
             "an idle one.",
             threads, growth);
}

/* Warns of a default kernel that is slower than another by more than the spread. */
static void warn_of_choice(FILE *stream, const struct results *results, enum form form, unsigned metric) {
    struct jobs jobs = jobs_of(results, metric);
    struct choice choice = choice_of(results, &jobs, metric);
    if (choice.beyond)
        warn(stream, form,
             "%s's default kernel, %s, takes %s times as long as %s, which is more than they vary: on this CPU the "
             "order in kernels/kernels.def should be another.",
             metric_title(metric), choice.chosen->run->subject, number_plain(choice.longer).text,
             choice.fastest->run->subject);
    jobs_free(&jobs);
}

void write_warnings(FILE *stream, const struct results *results, enum form form) {
    if (json_is_false(results_fact(results, "knnmark.complete", NULL)))
        warn(stream, form, "this run did not finish; what is missing here was not measured.");
    if (results->left_out[0] != '\0')
        warn(stream, form, "%s.", results->left_out);
    else if (results->peers != NULL && json_is_false(results_fact(results->peers, "knnmark.complete", NULL)))
        warn(stream, form, "the peers' run did not finish: they have fewer repetitions than they should.");
    warn_of_sharing(stream, results, form);
    for (size_t i = 0; i < results->failed_count; i++) {
        const struct run *run = &results->failed[i];
        if (!run_is_peer(run)) /* those have a row of their own */
            warn(stream, form, "%s failed: %s", run->name, run_error(run));
    }
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++)
        warn_of_choice(stream, results, form, metric);
}
