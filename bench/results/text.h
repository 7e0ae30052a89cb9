/* Numbers as people read them, and text made safe for where it goes. */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <stdio.h>

/* Returned by value: the text lives as long as the expression that asked for it. */
struct number {
    char text[40];
    const char *words; /* instead of the text, if it is no number but words of any length */
    double value;      /* as a machine takes it; NaN where there is none */
};

struct number words(const char *text);

/* Three significant digits, "–" for what is not a positive number. */
struct number number_plain(double value);                          /* 3.77 */
struct number number_si(double value);                             /* 133 M */
struct number number_percent(double fraction);                     /* 89.3 % */
struct number number_range(double lowest, double highest);         /* 1.04–1.19; "–" when both are the same */
struct number number_percent_range(double lowest, double highest); /* 81.5–90.6 */

/* Exactly, without digits after the point that are not needed. */
struct number number_exact(double value);

/* Four digits of any number. */
struct number number_short(double value);

/* For HTML, in text and in double quotes. Control characters become spaces; no line breaks between "5" and "%". */
void put_html(FILE *stream, const char *text);

/* The same, and a line may break after an underscore or slash, but not after "l1_". */
void put_name(FILE *stream, const char *name);

/* A column of a gnuplot data file, in quotes. */
void put_quoted(FILE *stream, const char *text);

/* A cell of a Markdown table. */
void put_markdown(FILE *stream, const char *text);

#endif
