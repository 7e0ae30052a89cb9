/* What the figures of `knnmark draw` have in common. */
#ifndef DRAW_H
#define DRAW_H

#include "dataset.h"
#include "draw_canvas.h"
#include "options.h"

enum { MARGIN = 16, TITLE_LINE = 36, CAPTION_LINE = 34 };

/* A figure opens the canvas, draws, and reports in a line or a few what it drew. `dataset` is open where the figure
 * takes images. */
struct drawing {
    const struct arguments *arguments;
    struct knn_options knn; /* the arguments', with progress */
    struct knn_dataset dataset;
    struct canvas canvas;
    char report[1024]; /* for standard output, when the file is written */
};

int draw_first_nine(struct drawing *d, struct knn_error *error);
int draw_neighbors(struct drawing *d, struct knn_error *error);
int draw_regions(struct drawing *d, struct knn_error *error);
int draw_same_distance(struct drawing *d, struct knn_error *error);

/* Adds to the report. */
__attribute__((format(printf, 2, 3))) void report(struct drawing *d, const char *format, ...);

/* Opens the canvas with a title above `height` pixels and, if the images are generated, a line below it that says so.
 * *top becomes the first row of pixels below. */
int open_figure(struct drawing *d, int width, int height, const char *title, int *top, struct knn_error *error);

#endif
