/* --plot: a picture from a script of the folder plots/ (plots.h), named without its .gp. */
#ifndef PLOT_H
#define PLOT_H

#include "gnuplot.h"

/* Before any work is done: fails with a line that says which of gnuplot and the script is missing. */
int plot_check(const char *name, struct knn_error *error);

/* Draws what `write` writes into the stream. */
int plot_draw(const char *name, knn_gnuplot_data_fn *write, const void *context, FILE *svg, struct knn_error *error);

#endif
