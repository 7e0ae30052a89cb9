#include "plot.h"

#include <limits.h>
#include <stdlib.h>

#include "interrupt.h"
#include "plots.h"

static int find_plots(const char *name, char *folder, size_t size, struct knn_error *error) {
    if (knn_plots_find(name, folder, size) == 0)
        return 0;
    return knn_fail(
        error,
        "--plot needs plots/%s.gp, which is neither installed with knnmark nor here: run `make install`, or "
        "knnmark in its project's folder",
        name);
}

int plot_check(const char *name, struct knn_error *error) {
    char folder[PATH_MAX];
    if (find_plots(name, folder, sizeof folder, error) != 0)
        return -1;
    int missing = !knn_gnuplot_found();
    if (missing && knn_interrupted())
        return knn_fail(error, "interrupted");
    if (missing)
        return knn_fail(error, "--plot needs gnuplot with its svg terminal, which is not here: install gnuplot");
    return 0;
}

int plot_draw(const char *name, knn_gnuplot_data_fn *write, const void *context, FILE *svg, struct knn_error *error) {
    char folder[PATH_MAX];
    if (find_plots(name, folder, sizeof folder, error) != 0)
        return -1;
    char *text = knn_gnuplot_draw(&(struct knn_gnuplot){.plots = folder, .name = name}, write, context, error);
    if (text == NULL)
        return knn_interrupted() ? knn_fail(error, "interrupted") : -1;
    fputs(text, svg);
    free(text);
    return 0;
}
