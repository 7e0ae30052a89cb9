/* The pictures of a report: each writes what gnuplot draws, and the same as a table. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include <stdio.h>

#include "results/results.h"
#include "results/table.h"

struct drawing {
    const struct results *results;
    FILE *data; /* for plots/<name>.gp */
    struct table *table;
    FILE *finding; /* a sentence about what is seen */
};

struct picture {
    const char *name;                               /* of the script, and of the place in the page */
    const char *title;                              /* a heading */
    const char *how;                                /* how to read it */
    const char *source;                             /* the benchmarks it is drawn from; NULL: no page misses them */
    size_t (*write)(const struct drawing *drawing); /* how many things are drawn: 0 where there is nothing */
    void (*write_tables)(FILE *stream, const struct results *results, enum form form); /* before the picture; or NULL */
};

const struct picture *pictures(size_t *count);

/* What a mark is coloured by: 1 and 2 are the metrics' kernels written by hand, 0 is everything else. */
unsigned shade_of(const struct run *run);

/* -- pictures of rows: plots/rows.gp reads them -------------------------------------------------------------------- */

size_t draw_throughput(const struct drawing *drawing);
size_t draw_schedule(const struct drawing *drawing);
size_t draw_repetitions(const struct drawing *drawing);

/* -- pictures of lines: plots/lines.gp reads them ------------------------------------------------------------------ */

size_t draw_dim(const struct drawing *drawing);
size_t draw_scaling(const struct drawing *drawing);
size_t draw_batch(const struct drawing *drawing);
size_t draw_bounds(const struct drawing *drawing);

size_t draw_roofline(const struct drawing *drawing);

/* Moves values apart, so that labels at them do not overlap: neighbours end at least `gap` from each other, in their
 * order, and all between `lowest` and `highest`. */
void spread_labels(double *values, size_t count, double lowest, double highest, double gap);

#endif
