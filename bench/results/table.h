/* A table, filled once and written as text, Markdown, HTML or CSV. Without memory it has no rows. */
#ifndef RESULTS_TABLE_H
#define RESULTS_TABLE_H

#include <stdio.h>

#include "text.h"

/* What a reader gets: on a terminal, in Markdown, on a page, in another program. */
enum form { FORM_TEXT, FORM_MARKDOWN, FORM_HTML, FORM_CSV };

enum column_kind {
    COLUMN_NUMBER, /* aligned right */
    COLUMN_NAME,   /* aligned left; on a page it heads the row, and a line may break in it */
    COLUMN_WORDS,  /* aligned left */
    COLUMN_NOTE,   /* aligned right; on a page small, in the cell before it */
    COLUMN_WIDE,   /* aligned right; on a narrow page it is left out */
    COLUMN_PICTURE /* HTML, on a page alone */
};

enum { MAX_COLUMNS = 24 };

struct table {
    const char *title; /* NULL: none */
    struct {
        char head[160];
        enum column_kind kind;
    } columns[MAX_COLUMNS];
    size_t column_count, rows, best; /* best: the row that stands out, from 1; 0: none */
    struct number *cells;            /* their words are the table's own */
};

/* Starts a table with these heads, the first one a COLUMN_NAME and the others COLUMN_NUMBER, until told otherwise. */
#define table_start(table, title, ...) table_set(table, title, (const char *const[]){__VA_ARGS__, NULL})
void table_set(struct table *table, const char *title, const char *const *heads);
void table_add_column(struct table *table, const char *head, enum column_kind kind);

/* Adds a row; what is missing at its end stays empty. */
#define table_add(table, ...)                                                                                          \
    table_add_cells(table, (const struct number[]){__VA_ARGS__},                                                       \
                    sizeof((const struct number[]){__VA_ARGS__}) / sizeof(struct number))
void table_add_cells(struct table *table, const struct number *cells, size_t count);

/* Writes nothing if there is no row. */
void table_write(const struct table *table, FILE *stream, enum form form);

/* On a page, a click on `line` opens the table; elsewhere `line` is its title. */
void table_write_folded(const struct table *table, FILE *stream, enum form form, const char *line);
void table_free(struct table *table);

/* Writes and frees it; returns how many rows it had. */
size_t table_end(struct table *table, FILE *stream, enum form form);

/* -- what stands between tables ------------------------------------------------------------------------------------ */

/* Text made safe for the form. */
void put_words(FILE *stream, enum form form, const char *text);

/* The same for a formatted text. */
void put_format(FILE *stream, enum form form, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A heading for several tables; a page has its own headings. */
void put_heading(FILE *stream, enum form form, const char *text);

/* A paragraph; a CSV file has none. */
void put_paragraph(FILE *stream, enum form form, const char *text);

#endif
