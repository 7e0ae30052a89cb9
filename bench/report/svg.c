#include "svg.h"

#include <string.h>

#include "html/template.h"
#include "results/text.h"

static int starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What follows the element's end tag; the next character if there is none. */
static const char *after_element(const char *text, const char *end_tag) {
    const char *end = strstr(text, end_tag);
    return end != NULL ? end + strlen(end_tag) : text + 1;
}

/* The end of an empty group, <g ...> and </g> with nothing but space between; `text` if there is something. */
static const char *after_empty_group(const char *text) {
    const char *end = strchr(text, '>');
    if (end == NULL)
        return text;
    end += 1 + strspn(end + 1, " \t\n");
    return starts(end, "</g>") ? end + strlen("</g>") : text;
}

/* Writes a light colour as its custom property, "ink" for 0x1c2024; returns what follows it, or `text` if it is none of
 * ours. */
static const char *put_colour(FILE *stream, const char *text) {
    unsigned r, g, b;
    int length = 0;
    char value[16];
    if (sscanf(text, "rgb(%u,%u,%u)%n", &r, &g, &b, &length) != 3 || length == 0)
        return text;
    snprintf(value, sizeof value, ":#%06x;", r << 16 | g << 8 | b);
    const char *found = strstr(html_colours_css, value), *start = found;
    if (found == NULL || found > strstr(html_colours_css, "@media"))
        return text;
    while (start[-1] != '-')
        start--;
    fprintf(stream, "var(--%.*s)", (int)(found - start), start);
    return text + length;
}

/* Skips what is left out: returns what follows it, or `text` if there is nothing to skip. */
static const char *skip_useless(const char *text) {
    if (starts(text, "<title>"))
        return after_element(text, "</title>");
    if (starts(text, "<desc>Produced"))
        return after_element(text, "</desc>");
    if (starts(text, "<filter"))
        return after_element(text, "</filter>");
    if (starts(text, "<g ") || starts(text, "<g>"))
        return after_empty_group(text);
    if (starts(text, " font-family=\"sans-serif\""))
        return text + strlen(" font-family=\"sans-serif\"");
    return text;
}

/* Writes a replacement: returns what follows the replaced text, or `text` if there is none. */
static const char *put_replaced(FILE *stream, const char *text, const char *id) {
    static const char *const names[][2] = {
        {"=\"black\"", "=\"var(--ink)\""}, {"='black'", "='var(--ink)'"}, {"=\"white\"", "=\"var(--page)\""}};
    static const char *const references[] = {" id='", " id=\"", "href='#", "url(#"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (starts(text, names[i][0])) {
            fputs(names[i][1], stream);
            return text + strlen(names[i][0]);
        }
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
        if (starts(text, references[i])) {
            fprintf(stream, "%s%s-", references[i], id);
            return text + strlen(references[i]);
        }
    return put_colour(stream, text);
}

static void put_title(FILE *stream, const char *id, const char *title, const char *description, const char *style) {
    fprintf(stream, " role=\"img\" aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">", id, id, id);
    put_html(stream, title);
    fprintf(stream, "</title>\n<desc id=\"%s-desc\">", id);
    put_html(stream, description);
    fputs("</desc>\n", stream);
    if (style != NULL)
        fprintf(stream, "<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"var(--page)\"/>\n", style);
}

int svg_write(FILE *stream, const char *svg, const char *id, const char *title, const char *description,
              const char *style) {
    const char *text = strstr(svg, "<svg"), *end = text != NULL ? strchr(text, '>') : NULL;
    if (end == NULL || strstr(end, "</svg>") == NULL)
        return -1;
    for (; text < end; text++)
        fputc(*text == '\n' ? ' ' : *text, stream);
    put_title(stream, id, title, description, style);
    for (text = end + 1; *text != '\0';) {
        const char *next = skip_useless(text);
        if (next == text)
            next = put_replaced(stream, text, id);
        if (next == text && !(text[0] == '\n' && text[1] == '\n'))
            fputc(*text, stream);
        text = next == text ? text + 1 : next;
    }
    return 0;
}
