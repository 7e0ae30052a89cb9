/* The pictures of a report, drawn by gnuplot. */
#ifndef REPORT_DRAW_H
#define REPORT_DRAW_H

#include "page.h"

/* Draws what the results have. `plots` is the folder of the scripts; NULL: the project's. Without gnuplot the tables
 * remain, and that is said. draw_free is due in any case. */
int draw_all(struct drawn *drawn, size_t count, const struct results *results, const char *plots,
             struct knn_error *error);
void draw_free(struct drawn *drawn, size_t count);

/* Writes <name>.svg and <name>.dat of each into a folder. */
int draw_write(const struct drawn *drawn, size_t count, const char *folder, struct knn_error *error);

#endif
