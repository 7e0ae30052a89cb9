/* Runs gnuplot in a folder of its own. */
#ifndef REPORT_DRAW_H
#define REPORT_DRAW_H

#include "error.h"

struct workshop {
    char folder[256];  /* empty: none */
    const char *plots; /* where the scripts are */
};

/* Makes a folder below TMPDIR, or /tmp. Fails, too, where the scripts are not. */
int workshop_open(struct workshop *workshop, const char *plots, struct knn_error *error);
void workshop_close(struct workshop *workshop);

/* 1 if gnuplot is there and has an SVG terminal. */
int gnuplot_found(void);

/* Draws plots/<name>.gp from the text of a data file: the SVG, to be freed; NULL on failure. */
char *draw(const struct workshop *workshop, const char *name, const char *data, int narrow, struct knn_error *error);

#endif
