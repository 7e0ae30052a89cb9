#include "table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"

/* -- filling ------------------------------------------------------------------------------------------------------- */

void table_add_column(struct table *table, const char *head, enum column_kind kind) {
    if (table->column_count == MAX_COLUMNS)
        return;
    snprintf(table->columns[table->column_count].head, sizeof table->columns[0].head, "%s", head);
    table->columns[table->column_count++].kind = kind;
}

void table_set(struct table *table, const char *title, const char *const *heads) {
    *table = (struct table){.title = title};
    for (size_t i = 0; heads[i] != NULL; i++)
        table_add_column(table, heads[i], i == 0 ? COLUMN_NAME : COLUMN_NUMBER);
}

void table_add_cells(struct table *table, const struct number *cells, size_t count) {
    struct number *grown = realloc(table->cells, (table->rows + 1) * table->column_count * sizeof *grown);
    if (grown == NULL)
        return;
    table->cells = grown;
    struct number *row = &grown[table->rows++ * table->column_count];
    for (size_t i = 0; i < table->column_count; i++) {
        row[i] = i < count ? cells[i] : words("");
        if (row[i].words != NULL)
            row[i].words = strdup(row[i].words);
    }
}

void table_free(struct table *table) {
    for (size_t i = 0; i < table->rows * table->column_count; i++)
        free((char *)table->cells[i].words);
    free(table->cells);
    *table = (struct table){0};
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

static const char *shown(const struct number *cell) {
    return cell->words != NULL ? cell->words : cell->text;
}

/* A cell of a line: 0 is the heads, rows count from 1. */
static struct number cell_in(const struct table *table, size_t line, size_t column) {
    return line == 0 ? words(table->columns[column].head) : table->cells[(line - 1) * table->column_count + column];
}

/* Whether a cell says something. */
static int says(const struct number *cell) {
    return strcmp(shown(cell), "") != 0 && strcmp(shown(cell), "–") != 0;
}

/* A picture is for a page alone. A column that is empty in all rows is left out everywhere. */
static int is_left_out(const struct table *table, size_t column, enum form form) {
    if (table->columns[column].kind == COLUMN_PICTURE)
        return form != FORM_HTML;
    for (size_t row = 0; row < table->rows; row++)
        if (says(&table->cells[row * table->column_count + column]))
            return 0;
    return 1;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static int from_left(enum column_kind kind) {
    return kind == COLUMN_NAME || kind == COLUMN_WORDS;
}

/* Characters of UTF-8. */
static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static size_t column_width(const struct table *table, size_t column) {
    size_t width = 0;
    for (size_t line = 0; line <= table->rows; line++) {
        struct number cell = cell_in(table, line, column);
        width = knn_max(width, width_of(shown(&cell)));
    }
    return width;
}

/* The last column needs no space behind it. */
static void put_padded(FILE *stream, const char *text, size_t width, int left, int last) {
    int space = (int)(width - width_of(text));
    fprintf(stream, "%*s%s%*s", left ? 0 : space, "", text, left && !last ? space : 0, "");
}

static void write_text(const struct table *table, FILE *stream) {
    size_t widths[MAX_COLUMNS] = {0}, last = 0;
    for (size_t i = 0; i < table->column_count; i++)
        if (!is_left_out(table, i, FORM_TEXT)) {
            widths[i] = column_width(table, i);
            last = i;
        }
    fprintf(stream, "\n%s%s", table->title != NULL ? table->title : "", table->title != NULL ? "\n" : "");
    for (size_t line = 0; line <= table->rows; line++) {
        for (size_t i = 0; i <= last; i++) {
            struct number cell = cell_in(table, line, i);
            if (widths[i] > 0 && !(i == last && shown(&cell)[0] == '\0')) {
                fputs(i > 0 ? "  " : "", stream);
                put_padded(stream, shown(&cell), widths[i], from_left(table->columns[i].kind), i == last);
            }
        }
        fputc('\n', stream);
    }
}

/* -- Markdown ------------------------------------------------------------------------------------------------------ */

static void write_markdown(const struct table *table, FILE *stream) {
    if (table->title != NULL)
        fprintf(stream, "\n**%s**\n", table->title);
    for (size_t line = 0; line <= table->rows; line++) {
        fputc('\n', stream);
        for (size_t i = 0; i < table->column_count; i++)
            if (!is_left_out(table, i, FORM_MARKDOWN)) {
                struct number cell = cell_in(table, line, i);
                fputs("| ", stream);
                put_markdown(stream, shown(&cell));
                fputc(' ', stream);
            }
        fputs(line == 0 ? "|\n" : "|", stream);
        for (size_t i = 0; i < table->column_count && line == 0; i++)
            if (!is_left_out(table, i, FORM_MARKDOWN))
                fputs(from_left(table->columns[i].kind) ? "|:---" : "|---:", stream);
        fputs(line == 0 ? "|" : "", stream);
    }
    fputc('\n', stream);
}

/* -- HTML ---------------------------------------------------------------------------------------------------------- */

static int has_note(const struct table *table, size_t column) {
    return column + 1 < table->column_count && table->columns[column + 1].kind == COLUMN_NOTE;
}

static const char *class_of(const struct table *table, size_t column) {
    enum column_kind kind = table->columns[column].kind;
    return has_note(table, column)  ? " class=\"share\""
           : kind == COLUMN_WIDE    ? " class=\"wide\""
           : kind == COLUMN_PICTURE ? " class=\"picture\""
           : kind == COLUMN_WORDS   ? " class=\"words\""
                                    : "";
}

static void write_html_cell(const struct table *table, FILE *stream, size_t line, size_t column) {
    struct number cell = cell_in(table, line, column);
    enum column_kind kind = table->columns[column].kind;
    int heads = line == 0 || kind == COLUMN_NAME;
    fprintf(stream,
            line == 0 ? "<th scope=\"col\"%s>"
            : heads   ? "<th scope=\"row\">"
                      : "<td%s>",
            class_of(table, column));
    if (kind == COLUMN_PICTURE)
        fputs(shown(&cell), stream);
    else
        put_name(stream, shown(&cell));
    if (has_note(table, column) && line > 0) {
        struct number note = cell_in(table, line, column + 1);
        fputs(" <small>", stream);
        put_html(stream, says(&note) ? shown(&note) : "");
        fputs("</small>", stream);
    }
    fputs(heads ? "</th>" : "</td>", stream);
}

static void write_html(const struct table *table, FILE *stream) {
    if (table->title != NULL) {
        fputs("<h3>", stream);
        put_html(stream, table->title);
        fputs("</h3>\n", stream);
    }
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"", stream);
    put_html(stream, table->title != NULL ? table->title : "table");
    fputs("\"><table>\n<thead>", stream);
    for (size_t line = 0; line <= table->rows; line++) {
        fputs(line > 0 && line == table->best ? "<tr class=\"best\">" : "<tr>", stream);
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].kind != COLUMN_NOTE && !is_left_out(table, i, FORM_HTML))
                write_html_cell(table, stream, line, i);
        fputs(line == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n", stream);
    }
    fputs("</tbody></table></div>\n", stream);
}

/* -- CSV ----------------------------------------------------------------------------------------------------------- */

/* Writes words in quotes, numbers in full. */
static void put_csv_cell(FILE *stream, const struct number *cell) {
    if (cell->words == NULL && isfinite(cell->value)) {
        fprintf(stream, "%.9g", cell->value);
        return;
    }
    fputc('"', stream);
    for (const char *at = says(cell) ? shown(cell) : ""; *at != '\0'; at++)
        fputs((char[]){*at, *at == '"' ? '"' : '\0', '\0'}, stream);
    fputc('"', stream);
}

static void write_csv(const struct table *table, FILE *stream) {
    if (table->title != NULL)
        fprintf(stream, "# %s\n", table->title);
    for (size_t line = 0; line <= table->rows; line++) {
        for (size_t i = 0; i < table->column_count; i++) {
            struct number cell = cell_in(table, line, i);
            if (is_left_out(table, i, FORM_CSV))
                continue;
            fputs(i > 0 ? "," : "", stream);
            put_csv_cell(stream, &cell);
        }
        fputc('\n', stream);
    }
    fputc('\n', stream);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

void table_write(const struct table *table, FILE *stream, enum form form) {
    static void (*const writers[])(const struct table *, FILE *) = {
        [FORM_TEXT] = write_text, [FORM_MARKDOWN] = write_markdown, [FORM_HTML] = write_html, [FORM_CSV] = write_csv};
    if (table->rows > 0)
        writers[form](table, stream);
}

size_t table_end(struct table *table, FILE *stream, enum form form) {
    size_t rows = table->rows;
    table_write(table, stream, form);
    table_free(table);
    return rows;
}

void table_write_folded(const struct table *table, FILE *stream, enum form form, const char *line) {
    struct table titled = *table;
    int folded = form == FORM_HTML && table->rows > 0;
    titled.title = form == FORM_HTML ? NULL : line;
    if (folded)
        fprintf(stream, "<details><summary>%s</summary>\n", line);
    table_write(&titled, stream, form);
    fputs(folded ? "</details>\n" : "", stream);
}

void put_words(FILE *stream, enum form form, const char *text) {
    if (form == FORM_HTML)
        put_html(stream, text);
    else if (form == FORM_MARKDOWN)
        put_markdown(stream, text);
    else
        fputs(text, stream);
}

void put_format(FILE *stream, enum form form, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_words(stream, form, text);
}

void put_heading(FILE *stream, enum form form, const char *text) {
    if (form == FORM_TEXT || form == FORM_MARKDOWN)
        fprintf(stream, "\n%s%s\n", form == FORM_MARKDOWN ? "#### " : "", text);
}

void put_paragraph(FILE *stream, enum form form, const char *text) {
    if (form == FORM_CSV)
        return;
    fputs(form == FORM_HTML ? "<p class=\"muted\">" : "\n", stream);
    put_words(stream, form, text);
    fputs(form == FORM_HTML ? "</p>\n" : "\n", stream);
}
