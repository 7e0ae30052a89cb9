/* Pictures drawn by gnuplot, from a script of the folder plots/. */
#ifndef GNUPLOT_H
#define GNUPLOT_H

#include <stdio.h>

#include "error.h"

/* Before any work is done: fails with a line that says which of gnuplot and the script is missing. */
int gnuplot_check(const char *script, struct knn_error *error);

/* Has `write` write the data, and gnuplot draw them into the stream, which must be empty. The script gets the data's
 * file as `data`. */
int gnuplot_draw(const char *script, void (*write)(const void *context, FILE *data), const void *context, FILE *svg,
                 struct knn_error *error);

#endif
