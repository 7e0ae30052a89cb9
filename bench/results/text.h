/* Numbers as people read them, and text made safe for where it goes. */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <stdio.h>

/* Returned by value: the text lives as long as the expression that asked for it. */
struct number {
    char text[40];
};

/* Three significant digits, "–" for what is not a positive number. */
struct number number_plain(double value);                          /* 3.77 */
struct number number_si(double value);                             /* 133 M */
struct number number_percent(double fraction);                     /* 89.3 % */
struct number number_percent_range(double lowest, double highest); /* 81.5–90.6; "–" when both are the same */

/* Exactly, without digits after the point that are not needed. */
struct number number_exact(double value);

/* Four digits of any number. */
struct number number_short(double value);

/* For HTML, in text and in double quotes. Control characters become spaces. */
void put_html(FILE *stream, const char *text);

/* The same, and a line may break after an underscore or slash, but not after "l1_". */
void put_name(FILE *stream, const char *name);

/* A column of a gnuplot data file, in quotes. */
void put_quoted(FILE *stream, const char *text);

/* A cell of a Markdown table. */
void put_markdown(FILE *stream, const char *text);

/* One row of an HTML table: its first cell is a name, the others are numbers. */
#define put_head(stream, ...) put_cells(stream, "th", (const char *const[]){__VA_ARGS__, NULL})
#define put_row(stream, ...)  put_cells(stream, "td", (const char *const[]){__VA_ARGS__, NULL})
void put_cells(FILE *stream, const char *cell, const char *const *texts);

#endif
