#include "template.h"

#include <string.h>

#include "style.h"

extern const char html_page_html[]; /* the file page.html */

static const char *find_part(const char *text, const char *part) {
    char line[64];
    int length = snprintf(line, sizeof line, "<!-- %s -->\n", part);
    const char *found = strstr(text, line);
    return found != NULL ? found + length : "";
}

static void put_field(FILE *stream, const char *name, size_t length, const struct field *fields, size_t count,
                      const void *context) {
    for (size_t i = 0; i < count; i++)
        if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0) {
            if (fields[i].write_form != NULL)
                fields[i].write_form(stream, context, FORM_HTML);
            else if (fields[i].write != NULL)
                fields[i].write(stream, context);
            else
                put_html(stream, fields[i].text);
        }
}

void template_write(FILE *stream, const char *text, const char *part, const struct field *fields, size_t count,
                    const void *context) {
    const char *at = find_part(text, part), *end = strstr(at, "<!-- ");
    end = end != NULL ? end : at + strlen(at);
    while (at < end) {
        const char *open = strstr(at, "{{"), *close = open != NULL ? strstr(open, "}}") : NULL;
        const char *until = close != NULL && open < end ? open : end;
        fwrite(at, 1, (size_t)(until - at), stream);
        if (until == end)
            break;
        put_field(stream, open + 2, (size_t)(close - open - 2), fields, count, context);
        at = close + 2;
    }
}

void template_page(FILE *stream, const struct field *fields, size_t count, const char *more, const void *context) {
    template_write(stream, html_page_html, "head", fields, count, context);
    fputs(html_colours_css, stream);
    fputs(html_style_css, stream);
    fputs(more, stream);
    template_write(stream, html_page_html, "body", fields, count, context);
}
