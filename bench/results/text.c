#include "text.h"

#include <math.h>
#include <string.h>

static const struct number nothing = {.text = "–", .value = NAN};

struct number words(const char *text) {
    return (struct number){.words = text, .value = NAN};
}

/* Three digits of `shown`, which is the value in this unit. */
static struct number three_digits(double shown, const char *unit, double value) {
    struct number number = {.value = value};
    int before = (int)floor(log10(shown * 1.0005)); /* 9.996 has as many digits before the point as 10.0 */
    int after = before < 2 ? 2 - before : 0;
    snprintf(number.text, sizeof number.text, "%.*f%s", after < 12 ? after : 12, shown, unit);
    return number;
}

static int is_positive(double value) {
    return isfinite(value) && value > 0;
}

struct number number_plain(double value) {
    return is_positive(value) ? three_digits(value, "", value) : nothing;
}

struct number number_si(double value) {
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    size_t i = 0;
    double shown = value;
    if (!is_positive(value))
        return nothing;
    for (; shown * 1.0005 >= 1000 && i + 1 < sizeof units / sizeof units[0]; i++)
        shown /= 1000;
    return three_digits(shown, units[i], value);
}

struct number number_percent(double fraction) {
    return is_positive(fraction) ? three_digits(100 * fraction, " %", fraction) : nothing;
}

struct number number_range(double lowest, double highest) {
    struct number number = nothing;
    if (is_positive(lowest) && highest > lowest)
        snprintf(number.text, sizeof number.text, "%.15s–%.15s", three_digits(lowest, "", 0).text,
                 three_digits(highest, "", 0).text);
    return number;
}

struct number number_percent_range(double lowest, double highest) {
    return number_range(100 * lowest, 100 * highest);
}

struct number number_exact(double value) {
    struct number number = {.value = value};
    snprintf(number.text, sizeof number.text, "%.15g", value);
    return number;
}

struct number number_short(double value) {
    struct number number = {.value = value};
    snprintf(number.text, sizeof number.text, "%.4g", value);
    return number;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static int is_control(char c) {
    return (unsigned char)c < ' ' || c == 127;
}

/* No line breaks in "5 %". */
static void put_html_char(FILE *stream, const char *at) {
    static const char *const entities[128] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};
    const char *entity = at[0] == ' ' && at[1] == '%' ? "&nbsp;"
                         : (unsigned char)*at < 128   ? entities[(unsigned char)*at]
                                                      : NULL;
    if (entity != NULL)
        fputs(entity, stream);
    else
        fputc(is_control(*at) ? ' ' : *at, stream);
}

void put_html(FILE *stream, const char *text) {
    for (; *text != '\0'; text++)
        put_html_char(stream, text);
}

void put_name(FILE *stream, const char *name) {
    for (const char *at = name; *at != '\0'; at++) {
        put_html_char(stream, at);
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
