#include "options.h"

#include <getopt.h>
#include <string.h>

const char options_usage[] =
    "usage: knnmark-report [--output=FILE]... [--pictures=FOLDER] [--plots=FOLDER] RESULT.json [PEERS.json]\n"
    "       knnmark-report [--output=FILE]... A.json B.json ...\n"
    "       knnmark-report --history [--output=FILE]... OLD.json ... NEW.json\n"
    "       knnmark-report --check RESULT.json\n"
    "\n"
    "Writes the results of knnmark-bench as a page with pictures, or as tables alone: one file, several CPUs beside\n"
    "each other, or one CPU through time.\n"
    "\n"
    "  --output=FILE      FILE.html is the page; FILE.md, FILE.csv and FILE.txt have the tables. It may be repeated.\n"
    "                     Default: results/report.html, results/cpus.html or results/history.html\n"
    "  --check            is this run fit to be published? A line for every condition that does not hold, and exit 1\n"
    "  --history          files of one CPU, oldest first; `make history` finds and sorts them\n"
    "  --pictures=FOLDER  only the pictures, into this folder: <name>.svg, and <name>.dat for gnuplot\n"
    "  --plots=FOLDER     where the gnuplot scripts are (default: plots of the project it was built in)\n";

/* The ending of a name says what is written. */
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

int options_want_page(const struct options *options) {
    for (size_t i = 0; i < options->output_count; i++)
        if (options->forms[i] == FORM_HTML)
            return 1;
    return options->output_count == 0;
}

int options_parse(struct options *options, int argc, char **argv, struct knn_error *error) {
    const struct option known[] = {{"output", required_argument, NULL, 'o'},
                                   {"pictures", required_argument, NULL, 'p'},
                                   {"plots", required_argument, NULL, 's'},
                                   {"check", no_argument, &options->check, 1},
                                   {"history", no_argument, &options->history, 1},
                                   {"help", no_argument, &options->help, 1},
                                   {0}};
    *options = (struct options){.output_count = 0};
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (c == 'o' && add_output(options, optarg, error) != 0)
            return -1;
        if (c == 'p')
            options->pictures = optarg;
        else if (c == 's')
            options->plots = optarg;
        else if (c == '?')
            return knn_fail(error, "%s: no such option, or its value is missing; --help lists them", argv[optind - 1]);
    }
    options->files = (const char *const *)argv + optind;
    options->file_count = (size_t)(argc - optind);
    if (options->help)
        return 0;
    if (options->file_count < 1)
        return knn_fail(error, "name one result file, and perhaps the peers'; --help says more");
    if (options->file_count > MAX_FILES)
        return knn_fail(error, "more than %d result files: name fewer", MAX_FILES);
    if (options->check && (options->history || options->file_count > 1 || options->output_count > 0))
        return knn_fail(error, "--check takes one result file, and nothing else");
    if (options->pictures != NULL && (options->history || options->check || options->output_count > 0))
        return knn_fail(error, "--pictures writes the pictures of one result file, and nothing else");
    return 0;
}
