#include "page.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gnuplot.h"
#include "interrupt.h"
#include "output.h"
#include "plots.h"

/* Collects the picture's data, finding and table. */
static int collect(struct drawn *drawn, const struct results *results, struct knn_error *error) {
    size_t sizes[2];
    FILE *data = open_memstream(&drawn->data, &sizes[0]), *finding = open_memstream(&drawn->finding, &sizes[1]);
    int failed = data == NULL || finding == NULL;
    if (!failed)
        drawn->things = drawn->picture->write(&(struct drawing){results, data, &drawn->table, finding});
    failed |= data != NULL && fclose(data) != 0;
    failed |= finding != NULL && fclose(finding) != 0;
    return failed ? knn_fail(error, "no memory for the picture %s", drawn->picture->name) : 0;
}

static void put_data(const void *context, FILE *data) {
    const struct drawn *drawn = context;
    fputs(drawn->data, data);
}

/* If gnuplot cannot draw a picture, a message says so, and the page goes without it. */
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
int draw_all(struct drawn *drawn, size_t count, const struct results *results, const char *asked,
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

void draw_free(struct drawn *drawn, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(drawn[i].data);
        table_free(&drawn[i].table);
        free(drawn[i].finding);
        free(drawn[i].svg[0]);
        free(drawn[i].svg[1]);
    }
}

/* Writes a picture, or its data. */
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

int draw_write(const struct drawn *drawn, size_t count, const char *folder, struct knn_error *error) {
    for (size_t i = 0; i < count; i++)
        if (drawn[i].svg[0] != NULL &&
            (write_file(&drawn[i], folder, "dat", error) != 0 || write_file(&drawn[i], folder, "svg", error) != 0))
            return -1;
    return 0;
}
