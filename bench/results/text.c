#include "text.h"

#include <math.h>
#include <string.h>

static struct number three_digits(double value, const char *unit) {
    struct number number;
    int before = (int)floor(log10(value * 1.0005)); /* 9.996 has as many digits before the point as 10.0 */
    int after = before < 2 ? 2 - before : 0;
    snprintf(number.text, sizeof number.text, "%.*f%s", after < 12 ? after : 12, value, unit);
    return number;
}

static int is_positive(double value) {
    return isfinite(value) && value > 0;
}

struct number number_plain(double value) {
    return is_positive(value) ? three_digits(value, "") : (struct number){"–"};
}

struct number number_si(double value) {
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    size_t i = 0;
    if (!is_positive(value))
        return (struct number){"–"};
    for (; value * 1.0005 >= 1000 && i + 1 < sizeof units / sizeof units[0]; i++)
        value /= 1000;
    return three_digits(value, units[i]);
}

struct number number_percent(double fraction) {
    return is_positive(fraction) ? three_digits(100 * fraction, " %") : (struct number){"–"};
}

struct number number_percent_range(double lowest, double highest) {
    struct number number = {"–"};
    if (is_positive(lowest) && highest > lowest)
        snprintf(number.text, sizeof number.text, "%.15s–%.15s", three_digits(100 * lowest, "").text,
                 three_digits(100 * highest, "").text);
    return number;
}

struct number number_exact(double value) {
    struct number number;
    snprintf(number.text, sizeof number.text, "%.15g", value);
    return number;
}

struct number number_short(double value) {
    struct number number;
    snprintf(number.text, sizeof number.text, "%.4g", value);
    return number;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static int is_control(char c) {
    return (unsigned char)c < ' ' || c == 127;
}

static void put_html_char(FILE *stream, char c) {
    switch (c) {
    case '&':
        fputs("&amp;", stream);
        break;
    case '<':
        fputs("&lt;", stream);
        break;
    case '>':
        fputs("&gt;", stream);
        break;
    case '"':
        fputs("&quot;", stream);
        break;
    default:
        fputc(is_control(c) ? ' ' : c, stream);
    }
}

void put_html(FILE *stream, const char *text) {
    for (; *text != '\0'; text++)
        put_html_char(stream, *text);
}

void put_name(FILE *stream, const char *name) {
    for (const char *at = name; *at != '\0'; at++) {
        put_html_char(stream, *at);
        if ((*at == '_' || *at == '/') && at - name > 3)
            fputs("<wbr>", stream);
    }
}

void put_quoted(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text != '\0'; text++)
        fputc(*text == '"' || *text == '\\' ? '\'' : is_control(*text) ? ' ' : *text, stream);
    fputc('"', stream);
}

void put_markdown(FILE *stream, const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("|<>&\\`*[]", *text) != NULL)
            fputc('\\', stream);
        fputc(is_control(*text) ? ' ' : *text, stream);
    }
}

void put_cells(FILE *stream, const char *cell, const char *const *texts) {
    fputs("<tr>", stream);
    for (size_t i = 0; texts[i] != NULL; i++) {
        const char *tag = i == 0 ? "th" : cell, *scope = cell[1] == 'h' ? "col" : "row";
        if (tag[1] == 'h')
            fprintf(stream, "<th scope=\"%s\">", scope);
        else
            fputs("<td>", stream);
        put_name(stream, texts[i]);
        fprintf(stream, "</%s>", tag);
    }
    fputs("</tr>\n", stream);
}
