/* Pages from files of HTML with {{names}} in them, and what replaces a name. */
#ifndef HTML_TEMPLATE_H
#define HTML_TEMPLATE_H

#include <stdio.h>

#include "results/results.h"
#include "results/table.h"

/* The files colours.css and style.css. */
extern const char html_colours_css[], html_style_css[];

/* What replaces a name: a text, which is escaped; HTML as it is; or a function that writes HTML, or any form, from the
 * page's context or from results. */
struct field {
    const char *name, *text, *html;
    void (*write)(FILE *stream, const void *context);
    void (*write_form)(FILE *stream, const void *context, enum form form);
    void (*write_results)(FILE *stream, const struct results *results, enum form form);
    const struct results *results;
};

/* Writes a template's part: what follows the line "<!-- part -->", up to the next such line. The fields end with one
 * that has no name. A name without a field is left out. */
void template_write(FILE *stream, const char *text, const char *part, const struct field *fields, const void *context);

/* A whole page: the field "title", and the template's part "page"; `style` follows the style sheet, "" for nothing. */
void template_page(FILE *stream, const char *text, const char *style, const struct field *fields, const void *context);

#endif
