/* knnmark-report: a page of tables and pictures from a result file. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "interrupt.h"
#include "output.h"
#include "peers.h"
#include "results/summary.h"

enum { MAX_PICTURES = 16, MAX_OUTPUTS = 4, MAX_FILES = 2 };

static const char usage[] =
    "usage: knnmark-report [--output=FILE]... [--pictures=FOLDER] [--plots=FOLDER] RESULT.json [PEERS.json]\n"
    "\n"
    "Writes what a result file of knnmark-bench says: as a page with pictures, or its tables alone.\n"
    "\n"
    "  --output=FILE      FILE.html is the page, FILE.md, FILE.csv and FILE.txt have the tables; there may be "
    "several.\n"
    "                     results/report.html unless given\n"
    "  --pictures=FOLDER  only the pictures, into this folder: <name>.svg, and <name>.dat for gnuplot\n"
    "  --plots=FOLDER     where the gnuplot scripts are; unless given, plots of the project it was built in\n";

struct options {
    const char *outputs[MAX_OUTPUTS];
    enum form forms[MAX_OUTPUTS];
    const char *pictures, *plots, *const *files;
    size_t output_count, file_count;
    int help;
};

/* What a name ends with says what is written. */
static int find_form(const char *name, enum form *form, struct knn_error *error) {
    static const char *const endings[] = {
        [FORM_TEXT] = ".txt", [FORM_MARKDOWN] = ".md", [FORM_HTML] = ".html", [FORM_CSV] = ".csv"};
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(ending, endings[i]) == 0) {
            *form = (enum form)i;
            return 0;
        }
    return knn_fail(error,
                    "--output=%s: give a name that ends with .html, for the page, or .md, .csv or .txt, for the "
                    "tables",
                    name);
}

static int add_output(struct options *options, const char *name, struct knn_error *error) {
    if (options->output_count == MAX_OUTPUTS)
        return knn_fail(error, "--output=%s: give %d at most", name, MAX_OUTPUTS);
    options->outputs[options->output_count] = name;
    return find_form(name, &options->forms[options->output_count++], error);
}

static int wants_page(const struct options *options) {
    for (size_t i = 0; i < options->output_count; i++)
        if (options->forms[i] == FORM_HTML)
            return 1;
    return 0;
}

static int parse(struct options *options, int argc, char **argv, struct knn_error *error) {
    static const struct option known[] = {{"output", required_argument, NULL, 'o'},
                                          {"pictures", required_argument, NULL, 'p'},
                                          {"plots", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    *options = (struct options){.outputs = {"results/report.html"}, .forms = {FORM_HTML}};
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (c == 'o' && add_output(options, optarg, error) != 0)
            return -1;
        if (c == 'p')
            options->pictures = optarg;
        else if (c == 's')
            options->plots = optarg;
        else if (c == 'h')
            options->help = 1;
        else if (c == '?')
            return knn_fail(error, "%s: no such option, or its value is missing; --help lists them", argv[optind - 1]);
    }
    options->output_count += options->output_count == 0;
    options->files = (const char *const *)argv + optind;
    options->file_count = (size_t)(argc - optind);
    if (!options->help && (options->file_count < 1 || options->file_count > MAX_FILES))
        return knn_fail(error, "name one result file, and perhaps the peers'; --help says more");
    return 0;
}

/* -- the report ---------------------------------------------------------------------------------------------------- */

struct report {
    const struct results *results;
    struct drawn drawn[MAX_PICTURES];
    size_t count;
};

static void write_one(FILE *stream, const struct report *report, enum form form) {
    if (form == FORM_HTML)
        page_write(stream, report->results, report->drawn, report->count);
    else
        summary_write(stream, report->results, form);
}

/* All of them or, when one cannot be opened, none. */
static int write_outputs(const struct options *options, const struct report *report, struct knn_error *error) {
    struct knn_output outputs[MAX_OUTPUTS] = {{0}};
    int status = 0;
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        status = knn_output_open(&outputs[i], options->outputs[i], error);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        write_one(outputs[i].stream, report, options->forms[i]);
    if (status == 0)
        status = knn_output_commit_all(outputs, options->output_count, error);
    for (size_t i = 0; i < options->output_count; i++)
        knn_output_discard(&outputs[i]);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        puts(options->outputs[i]);
    return status;
}

static int load(const struct options *options, struct results *results, struct results *peers,
                struct knn_error *error) {
    if (results_load(results, options->files[0], error) != 0)
        return -1;
    if (options->file_count == 1)
        return 0;
    if (results_load(peers, options->files[1], error) != 0)
        return -1;
    if (!peers_alone(peers))
        return knn_fail(error,
                        "%s has more than peers; name the file of `make bench` first, then one of `make bench-peers`",
                        options->files[1]);
    peers_join(results, peers);
    if (results->left_out[0] != '\0')
        fprintf(stderr, "knnmark-report: %s\n", results->left_out);
    return 0;
}

static int run(const struct options *options, struct results *results, struct results *peers, struct knn_error *error) {
    struct report report = {.results = results};
    const struct picture *all = pictures(&report.count);
    if (load(options, results, peers, error) != 0)
        return -1;
    for (size_t i = 0; i < report.count; i++)
        report.drawn[i].picture = &all[i];
    int status = options->pictures != NULL || wants_page(options)
                     ? draw_all(report.drawn, report.count, results, options->plots, error)
                     : 0;
    if (status == 0)
        status = options->pictures != NULL ? draw_write(report.drawn, report.count, options->pictures, error)
                                           : write_outputs(options, &report, error);
    draw_free(report.drawn, report.count);
    return status;
}

int main(int argc, char **argv) {
    struct options options;
    struct results results = {.count = 0}, peers = {.count = 0};
    struct knn_error error;
    knn_catch_interrupts(NULL);
    int status = parse(&options, argc, argv, &error);
    if (status == 0 && options.help)
        return fputs(usage, stdout) < 0;
    if (status == 0)
        status = run(&options, &results, &peers, &error);
    if (status != 0)
        fprintf(stderr, "knnmark-report: %s\n", error.message);
    results_free(&results);
    results_free(&peers);
    return status == 0 ? EXIT_SUCCESS : knn_interrupted() ? knn_interrupt_status() : EXIT_FAILURE;
}
