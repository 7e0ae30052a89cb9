/* knnmark-report: pages of tables and pictures from result files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "page.h"
#include "results/check.h"
#include "results/summary.h"
#include "several.h"

enum { MAX_PICTURES = 16 };

/* -- outputs ------------------------------------------------------------------------------------------------------- */

/* What is written, in every form that is asked for. */
struct task {
    const char *otherwise;                                  /* the page's name where none is given */
    int (*prepare)(void *context, struct knn_error *error); /* the slow part, which may fail; or NULL */
    void (*write)(FILE *stream, const void *context, enum form form);
    void *context;
};

/* Writes all outputs or, if one cannot be opened, none: they are opened before the slow part. */
static int write_outputs(const struct options *options, const struct task *task, struct knn_error *error) {
    struct knn_output outputs[MAX_OUTPUTS] = {{0}};
    const char *const *names = options->output_count > 0 ? options->outputs : &task->otherwise;
    size_t count = options->output_count > 0 ? options->output_count : 1;
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = knn_output_open(&outputs[i], names[i], error);
    if (status == 0 && task->prepare != NULL)
        status = task->prepare(task->context, error);
    for (size_t i = 0; i < count && status == 0; i++)
        task->write(outputs[i].stream, task->context, options->output_count > 0 ? options->forms[i] : FORM_HTML);
    if (status == 0)
        status = knn_output_commit_all(outputs, count, error);
    for (size_t i = 0; i < count; i++)
        knn_output_discard(&outputs[i]);
    for (size_t i = 0; i < count && status == 0; i++)
        puts(names[i]);
    return status;
}

/* -- one result ---------------------------------------------------------------------------------------------------- */

struct report {
    const struct options *options;
    const struct results *results;
    struct drawn drawn[MAX_PICTURES];
    size_t count;
};

static int draw(void *context, struct knn_error *error) {
    struct report *report = context;
    return draw_all(report->drawn, report->count, report->results, report->options->plots, error);
}

static void write_report(FILE *stream, const void *context, enum form form) {
    const struct report *report = context;
    if (form == FORM_HTML)
        page_write(stream, report->results, report->drawn, report->count);
    else
        summary_write(stream, report->results, form);
}

static int write_pictures(struct report *report, const char *folder, struct knn_error *error) {
    if (access(folder, W_OK) != 0)
        return knn_fail(error, "cannot write into %s: %s; name a folder that is there", folder, strerror(errno));
    return draw(report, error) != 0 ? -1 : draw_write(report->drawn, report->count, folder, error);
}

static int report_one(const struct options *options, const struct results *results, struct knn_error *error) {
    struct report report = {.options = options, .results = results};
    const struct task task = {"results/report.html", options_want_page(options) ? draw : NULL, write_report, &report};
    const struct picture *all = pictures(&report.count);
    for (size_t i = 0; i < report.count; i++)
        report.drawn[i].picture = &all[i];
    int status = options->pictures != NULL ? write_pictures(&report, options->pictures, error)
                                           : write_outputs(options, &task, error);
    draw_free(report.drawn, report.count);
    return status;
}

static int report_with_peers(const struct options *options, struct results *results, struct results *peers,
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

static int report_cpus(const struct options *options, const struct results *results, size_t count,
                       struct knn_error *error) {
    struct cpus cpus;
    const struct task task = {"results/cpus.html", NULL, cpus_write, &cpus};
    return cpus_gather(&cpus, results, count, error) != 0 ? -1 : write_outputs(options, &task, error);
}

static int report_history(const struct options *options, const struct results *results, size_t count,
                          struct knn_error *error) {
    struct history history;
    const struct task task = {"results/history.html", NULL, history_write, &history};
    return history_gather(&history, results, count, error) != 0 ? -1 : write_outputs(options, &task, error);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

/* 0, 1 for a run that is not fit to be published, or -1 with an error. */
static int report(const struct options *options, struct results *files, struct knn_error *error) {
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
