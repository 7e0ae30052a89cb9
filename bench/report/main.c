/* knnmark-report: pages of tables and pictures from result files. */
#include <stdlib.h>

#include "cpus.h"
#include "draw.h"
#include "history.h"
#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "peers.h"
#include "results/check.h"
#include "results/summary.h"

enum { MAX_PICTURES = 16 };

/* -- outputs ------------------------------------------------------------------------------------------------------- */

typedef void writer(FILE *stream, const void *context, enum form form);

/* All of them or, when one cannot be opened, none. */
static int write_outputs(const struct options *options, writer *write, const void *context, struct knn_error *error) {
    struct knn_output outputs[MAX_OUTPUTS] = {{0}};
    int status = 0;
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        status = knn_output_open(&outputs[i], options->outputs[i], error);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        write(outputs[i].stream, context, options->forms[i]);
    if (status == 0)
        status = knn_output_commit_all(outputs, options->output_count, error);
    for (size_t i = 0; i < options->output_count; i++)
        knn_output_discard(&outputs[i]);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        puts(options->outputs[i]);
    return status;
}

static void choose_output(struct options *options, const char *name) {
    if (options->output_count > 0)
        return;
    options->outputs[0] = name;
    options->forms[0] = FORM_HTML;
    options->output_count = 1;
}

/* -- one result ---------------------------------------------------------------------------------------------------- */

struct report {
    const struct results *results;
    struct drawn drawn[MAX_PICTURES];
    size_t count;
};

static void write_report(FILE *stream, const void *context, enum form form) {
    const struct report *report = context;
    if (form == FORM_HTML)
        page_write(stream, report->results, report->drawn, report->count);
    else
        summary_write(stream, report->results, form);
}

static int report_one(struct options *options, struct results *results, struct knn_error *error) {
    struct report report = {.results = results};
    const struct picture *all = pictures(&report.count);
    int status = 0;
    choose_output(options, "results/report.html");
    for (size_t i = 0; i < report.count; i++)
        report.drawn[i].picture = &all[i];
    if (options->pictures != NULL || options_want_page(options))
        status = draw_all(report.drawn, report.count, results, options->plots, error);
    if (status == 0)
        status = options->pictures != NULL ? draw_write(report.drawn, report.count, options->pictures, error)
                                           : write_outputs(options, write_report, &report, error);
    draw_free(report.drawn, report.count);
    return status;
}

static int report_with_peers(struct options *options, struct results *results, struct results *peers,
                             struct knn_error *error) {
    if (!peers_alone(peers))
        return knn_fail(error,
                        "%s has more than peers; name the file of `make bench` first, then one of `make bench-peers`",
                        peers->name);
    peers_join(results, peers);
    if (results->left_out[0] != '\0')
        fprintf(stderr, "knnmark-report: %s\n", results->left_out);
    return report_one(options, results, error);
}

/* -- several ------------------------------------------------------------------------------------------------------- */

static int report_cpus(struct options *options, const struct results *results, size_t count, struct knn_error *error) {
    struct cpus cpus;
    choose_output(options, "results/cpus.html");
    return cpus_gather(&cpus, results, count, error) != 0 ? -1 : write_outputs(options, cpus_write, &cpus, error);
}

static int report_history(struct options *options, const struct results *results, size_t count,
                          struct knn_error *error) {
    struct history history;
    choose_output(options, "results/history.html");
    return history_gather(&history, results, count, error) != 0
               ? -1
               : write_outputs(options, history_write, &history, error);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

/* 0, 1 for a run that is not fit to be published, or -1 with an error. */
static int report(struct options *options, struct results *files, struct knn_error *error) {
    size_t count = options->file_count;
    for (size_t i = 0; i < count; i++)
        if (results_load(&files[i], options->files[i], error) != 0)
            return -1;
    if (options->check)
        return check_write(stdout, &files[0]) == 0 ? 0 : 1;
    if (options->history)
        return report_history(options, files, count, error);
    if (count == 1)
        return report_one(options, &files[0], error);
    if (count == 2 && (peers_alone(&files[0]) || peers_alone(&files[1])))
        return report_with_peers(options, &files[0], &files[1], error);
    return report_cpus(options, files, count, error);
}

int main(int argc, char **argv) {
    struct options options;
    struct knn_error error;
    knn_catch_interrupts(NULL);
    int status = options_parse(&options, argc, argv, &error);
    if (status == 0 && options.help)
        return fputs(options_usage, stdout) < 0;
    struct results *files = status == 0 ? calloc(options.file_count, sizeof *files) : NULL;
    if (status == 0)
        status = files != NULL ? report(&options, files, &error) : knn_fail(&error, "no memory for the files");
    if (status < 0)
        fprintf(stderr, "knnmark-report: %s\n", error.message);
    for (size_t i = 0; files != NULL && i < options.file_count; i++)
        results_free(&files[i]);
    free(files);
    return status >= 0 ? status : knn_interrupted() ? knn_interrupt_status() : EXIT_FAILURE;
}
