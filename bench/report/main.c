/* knnmark-report: a page of tables and pictures from a result file. */
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gnuplot.h"
#include "interrupt.h"
#include "output.h"
#include "page.h"
#include "plots.h"

enum { MAX_PICTURES = 16, MAX_OUTPUTS = 4 };

static const char usage[] =
    "usage: knnmark-report [--output=FILE]... [--pictures=FOLDER] [--plots=FOLDER] RESULT.json [PEERS.json]\n"
    "\n"
    "Writes one HTML page from a result file of knnmark-bench, or a summary in Markdown.\n"
    "\n"
    "  --output=FILE      the page as FILE.html or the summary as FILE.md, or one after the other; "
    "results/report.html\n"
    "                     unless given\n"
    "  --pictures=FOLDER  only the pictures, into this folder: <name>.svg, and <name>.dat for gnuplot\n"
    "  --plots=FOLDER     where the gnuplot scripts are; unless given, plots of the project it was built in\n";

struct options {
    const char *outputs[MAX_OUTPUTS], *pictures, *plots, *const *files;
    size_t output_count, file_count;
    int help;
};

/* What a name ends with says what is written. */
static int ends(const char *name, const char *suffix) {
    size_t length = strlen(name), end = strlen(suffix);
    return length > end && strcmp(name + length - end, suffix) == 0;
}

static int wants_page(const struct options *options) {
    for (size_t i = 0; i < options->output_count; i++)
        if (ends(options->outputs[i], ".html"))
            return 1;
    return 0;
}

static int add_output(struct options *options, const char *name, struct knn_error *error) {
    if (!ends(name, ".html") && !ends(name, ".md"))
        return knn_fail(error, "--output=%s: give a name that ends with .html, for the page, or .md, for the summary",
                        name);
    if (options->output_count == MAX_OUTPUTS)
        return knn_fail(error, "--output=%s: give %d at most", name, MAX_OUTPUTS);
    options->outputs[options->output_count++] = name;
    return 0;
}

static int parse(struct options *options, int argc, char **argv, struct knn_error *error) {
    static const struct option known[] = {{"output", required_argument, NULL, 'o'},
                                          {"pictures", required_argument, NULL, 'p'},
                                          {"plots", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    *options = (struct options){.outputs = {"results/report.html"}};
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

/* -- pictures ------------------------------------------------------------------------------------------------------ */

/* What is said goes to three texts. */
static int collect(struct drawn *drawn, const struct results *results, struct knn_error *error) {
    size_t sizes[3];
    FILE *streams[3] = {open_memstream(&drawn->data, &sizes[0]), open_memstream(&drawn->table, &sizes[1]),
                        open_memstream(&drawn->finding, &sizes[2])};
    int failed = streams[0] == NULL || streams[1] == NULL || streams[2] == NULL;
    if (!failed)
        drawn->things = drawn->picture->write(&(struct drawing){results, streams[0], streams[1], streams[2]});
    for (size_t i = 0; i < 3; i++)
        failed |= streams[i] != NULL && fclose(streams[i]) != 0;
    return failed ? knn_fail(error, "no memory for the picture %s", drawn->picture->name) : 0;
}

static void put_data(const void *context, FILE *data) {
    const struct drawn *drawn = context;
    fputs(drawn->data, data);
}

/* What gnuplot cannot draw is said, and left out of the page. */
static void draw_both(struct drawn *drawn, const char *plots) {
    struct knn_error problem;
    for (int narrow = 0; narrow < 2; narrow++) {
        const struct knn_gnuplot picture = {.plots = plots, .name = drawn->picture->name, .narrow = narrow};
        drawn->svg[narrow] = knn_gnuplot_draw(&picture, put_data, drawn, &problem);
        if (drawn->svg[narrow] == NULL) {
            if (!knn_interrupted())
                fprintf(stderr, "knnmark-report: %s\n", problem.message);
            return;
        }
    }
}

/* The folder that was asked for, or the project's. */
static int find_plots(const char *asked, char *folder, size_t size, struct knn_error *error) {
    char style[PATH_MAX + 16];
    if (asked == NULL && knn_plots_find("style", folder, size) == 0)
        return 0;
    snprintf(folder, size, "%s", asked != NULL ? asked : "plots");
    snprintf(style, sizeof style, "%s/style.gp", folder);
    if (access(style, R_OK) == 0)
        return 0;
    return knn_fail(error, "cannot read %s; run this in the project's folder, or name its plots by --plots", style);
}

/* Without gnuplot the tables remain. */
static int draw_all(struct drawn *drawn, size_t count, const struct results *results, const char *asked,
                    struct knn_error *error) {
    char plots[PATH_MAX];
    int able = knn_gnuplot_found();
    if (!able && !knn_interrupted())
        fprintf(stderr, "knnmark-report: no gnuplot here, so there are tables only; `make deps` installs it\n");
    int status = find_plots(asked, plots, sizeof plots, error);
    for (size_t i = 0; i < count && status == 0; i++) {
        status = collect(&drawn[i], results, error);
        if (status == 0 && able && drawn[i].things > 0)
            draw_both(&drawn[i], plots);
        if (knn_interrupted())
            return knn_fail(error, "interrupted: nothing was written");
    }
    return status;
}

static void free_all(struct drawn *drawn, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(drawn[i].data);
        free(drawn[i].table);
        free(drawn[i].finding);
        free(drawn[i].svg[0]);
        free(drawn[i].svg[1]);
    }
}

/* Writes a picture, or what it is drawn from. */
static int write_file(const struct drawn *drawn, const char *folder, const char *suffix, struct knn_error *error) {
    struct knn_output output;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.%s", folder, drawn->picture->name, suffix);
    if (knn_output_open(&output, path, error) != 0)
        return -1;
    if (strcmp(suffix, "svg") != 0) {
        fputs(drawn->data, output.stream);
    } else if (page_write_picture(output.stream, drawn) != 0) {
        knn_output_discard(&output);
        return knn_fail(error, "cannot write %s: no memory, or gnuplot drew no whole picture", path);
    }
    if (knn_output_commit(&output, error) != 0)
        return -1;
    printf("%s\n", path);
    return 0;
}

static int write_pictures(const struct drawn *drawn, size_t count, const char *folder, struct knn_error *error) {
    for (size_t i = 0; i < count; i++)
        if (drawn[i].svg[0] != NULL &&
            (write_file(&drawn[i], folder, "dat", error) != 0 || write_file(&drawn[i], folder, "svg", error) != 0))
            return -1;
    return 0;
}

/* -- the report ---------------------------------------------------------------------------------------------------- */

/* All of them or, when one cannot be opened, none. */
static int write_report(const struct options *options, const struct results *results, const struct drawn *drawn,
                        size_t count, struct knn_error *error) {
    struct knn_output outputs[MAX_OUTPUTS] = {{0}};
    int status = 0;
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        status = knn_output_open(&outputs[i], options->outputs[i], error);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        if (ends(options->outputs[i], ".md"))
            page_write_markdown(outputs[i].stream, results, options->files[0]);
        else
            page_write(outputs[i].stream, results, drawn, count, options->files[0]);
    if (status == 0)
        status = knn_output_commit_all(outputs, options->output_count, error);
    for (size_t i = 0; i < options->output_count; i++)
        knn_output_discard(&outputs[i]);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        puts(options->outputs[i]);
    return status;
}

static int run(const struct options *options, struct results *results, struct knn_error *error) {
    struct drawn drawn[MAX_PICTURES] = {0};
    size_t count;
    const struct picture *all = pictures(&count);
    for (size_t i = 0; i < options->file_count; i++)
        if (results_load(results, options->files[i], error) != 0)
            return -1;
    if (results->left_out[0] != '\0')
        fprintf(stderr, "knnmark-report: %s\n", results->left_out);
    for (size_t i = 0; i < count; i++)
        drawn[i].picture = &all[i];
    int status =
        options->pictures != NULL || wants_page(options) ? draw_all(drawn, count, results, options->plots, error) : 0;
    if (status == 0)
        status = options->pictures != NULL ? write_pictures(drawn, count, options->pictures, error)
                                           : write_report(options, results, drawn, count, error);
    free_all(drawn, count);
    return status;
}

int main(int argc, char **argv) {
    struct options options;
    struct results results = {.count = 0};
    struct knn_error error;
    knn_catch_interrupts(NULL);
    int status = parse(&options, argc, argv, &error);
    if (status == 0 && options.help)
        return fputs(usage, stdout) < 0;
    if (status == 0)
        status = run(&options, &results, &error);
    if (status != 0)
        fprintf(stderr, "knnmark-report: %s\n", error.message);
    results_free(&results);
    return status == 0 ? EXIT_SUCCESS : knn_interrupted() ? knn_interrupt_status() : EXIT_FAILURE;
}
