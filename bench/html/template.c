#include "template.h"

#include <string.h>

extern const char html_page_html[]; /* the file page.html */

static const char *find_part(const char *text, const char *part) {
    char line[64];
    int length = snprintf(line, sizeof line, "<!-- %s -->\n", part);
    const char *found = strstr(text, line);
    return found != NULL ? found + length : "";
}

static void put_field(FILE *stream, const char *name, size_t length, const struct field *field, const void *context) {
    while (field->name != NULL && (strlen(field->name) != length || strncmp(field->name, name, length) != 0))
        field++;
    if (field->write_results != NULL)
        field->write_results(stream, field->results, FORM_HTML);
    else if (field->write_form != NULL)
        field->write_form(stream, context, FORM_HTML);
    else if (field->write != NULL)
        field->write(stream, context);
    else if (field->html != NULL)
        fputs(field->html, stream);
    else if (field->text != NULL)
        put_html(stream, field->text);
}

void template_write(FILE *stream, const char *text, const char *part, const struct field *fields, const void *context) {
    const char *at = find_part(text, part), *end = strstr(at, "<!-- ");
    end = end != NULL ? end : at + strlen(at);
    while (at < end) {
        const char *open = strstr(at, "{{"), *close = open != NULL ? strstr(open, "}}") : NULL;
        const char *until = close != NULL && open < end ? open : end;
        fwrite(at, 1, (size_t)(until - at), stream);
        if (until == end)
            break;
        put_field(stream, open + 2, (size_t)(close - open - 2), fields, context);
        at = close + 2;
    }
}

void template_page(FILE *stream, const char *text, const char *style, const struct field *fields, const void *context) {
    template_write(stream, html_page_html, "head", fields, context);
    fputs(html_colours_css, stream);
    fputs(html_style_css, stream);
    fputs(style, stream);
    template_write(stream, html_page_html, "body", fields, context);
    template_write(stream, text, "page", fields, context);
    template_write(stream, html_page_html, "end", fields, context);
}
