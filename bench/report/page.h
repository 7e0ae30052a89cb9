/* The report itself, one HTML page that needs no other file, and its pictures, drawn by gnuplot. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdio.h>

#include "picture.h"

/* A picture as it goes into the page; what could not be made is NULL. */
struct drawn {
    const struct picture *picture;
    size_t things; /* 0: the result file has none of its benchmarks */
    char *data, *finding;
    struct table table;
    char *svg[2]; /* wide and narrow, as gnuplot draws them */
};

void page_write(FILE *stream, const struct results *results, const struct drawn *drawn, size_t count);

/* Draws what the results have. `plots` is the folder of the scripts; NULL: the project's. Without gnuplot only the
 * tables remain, and a message says so. Call draw_free in any case. */
int draw_all(struct drawn *drawn, size_t count, const struct results *results, const char *plots,
             struct knn_error *error);
void draw_free(struct drawn *drawn, size_t count);

/* Writes <name>.svg and <name>.dat of each into a folder. */
int draw_write(const struct drawn *drawn, size_t count, const char *folder, struct knn_error *error);

/* A picture as a file of its own; -1 if there is none. */
int page_write_picture(FILE *stream, const struct drawn *drawn);

#endif
