/* Pages from files of HTML with {{names}} in it, and what stands for a name. */
#ifndef HTML_TEMPLATE_H
#define HTML_TEMPLATE_H

#include <stddef.h>
#include <stdio.h>

#include "results/table.h"

/* A text, which is made safe, a function that writes HTML, or one that writes what is asked for. */
struct field {
    const char *name, *text;
    void (*write)(FILE *stream, const void *context);
    void (*write_form)(FILE *stream, const void *context, enum form form);
};

/* Writes a template's part: what follows the line "<!-- part -->", up to the next such line. A name that no field has
 * becomes nothing. */
void template_write(FILE *stream, const char *text, const char *part, const struct field *fields, size_t count,
                    const void *context);

/* A whole page, of the fields "title" and "body"; `more` follows the style sheet, "" for nothing. */
void template_page(FILE *stream, const struct field *fields, size_t count, const char *more, const void *context);

#endif
