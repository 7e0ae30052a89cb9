/* Pictures drawn by gnuplot, from a script of the folder plots/. */
#ifndef KNN_GNUPLOT_H
#define KNN_GNUPLOT_H

#include <stdio.h>

#include "fail.h"

struct knn_gnuplot {
    const char *plots, *name; /* the script is <plots>/<name>.gp; it gets `plots` under that name */
    int narrow;               /* 1 for a narrow picture, on a phone; the script gets this, too */
};

/* Writes what is drawn: the script gets the file's name as `data`. */
typedef void knn_gnuplot_data_fn(const void *context, FILE *data);

/* 1 if gnuplot is there and has an SVG terminal. */
int knn_gnuplot_found(void);

/* The SVG, to be freed; NULL on failure, with what gnuplot complained of. The data go through a file in TMPDIR. */
char *knn_gnuplot_draw(const struct knn_gnuplot *picture, knn_gnuplot_data_fn *write, const void *context,
                       struct knn_error *error);

#endif
