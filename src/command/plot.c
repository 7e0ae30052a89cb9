#include "plot.h"

#include <stdlib.h>
#include <unistd.h>

#include "interrupt.h"

#define PLOTS "plots"

int plot_check(const char *name, struct knn_error *error) {
    char script[256];
    snprintf(script, sizeof script, PLOTS "/%s.gp", name);
    if (access(script, R_OK) != 0)
        return knn_fail(error, "--plot needs %s, which is not here: run knnmark in its project's folder", script);
    int missing = !knn_gnuplot_found();
    if (missing && knn_interrupted())
        return knn_fail(error, "interrupted");
    if (missing)
        return knn_fail(error, "--plot needs gnuplot with its svg terminal, which is not here: install gnuplot");
    return 0;
}

int plot_draw(const char *name, knn_gnuplot_data_fn *write, const void *context, FILE *svg, struct knn_error *error) {
    char *text = knn_gnuplot_draw(&(struct knn_gnuplot){.plots = PLOTS, .name = name}, write, context, error);
    if (text == NULL)
        return knn_interrupted() ? knn_fail(error, "interrupted") : -1;
    fputs(text, svg);
    free(text);
    return 0;
}
