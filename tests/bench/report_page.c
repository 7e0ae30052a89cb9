#include "report_page.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"

size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

void assert_lacks(const char *text, const char *part) {
    if (strstr(text, part) != NULL)
        fail_msg("there is \"%s\"", part);
}

/* -- well-formed --------------------------------------------------------------------------------------------------- */

/* Every element is closed where it should be. */
static void assert_balanced(const char *html) {
    enum { DEPTH = 64, NAME = 16 };
    char open[DEPTH][NAME], name[NAME];
    size_t depth = 0;
    const char *at = strstr(html, "<html");
    for (; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
        const char *end = strchr(at, '>');
        assert_non_null(end);
        if (sscanf(at, "</%15[a-zA-Z0-9]", name) == 1) {
            if (depth == 0 || strcmp(open[--depth], name) != 0)
                fail_msg("</%s> closes <%s> at: %.80s", name, open[depth], at);
        } else if (sscanf(at, "<%15[a-zA-Z0-9]", name) == 1 && end[-1] != '/' && strcmp(name, "meta") != 0 &&
                   strcmp(name, "wbr") != 0) {
            assert_true(depth < DEPTH);
            strcpy(open[depth++], name);
        }
    }
    assert_int_equal(depth, 0);
}

static int by_text(const void *a, const void *b) {
    return strcmp(a, b);
}

static void assert_unique_ids(const char *html, size_t least) {
    enum { MOST = 4096, LENGTH = 48 };
    char(*ids)[LENGTH] = calloc(MOST, LENGTH);
    size_t count = 0;
    assert_non_null(ids);
    for (const char *at = html; (at = strstr(at, " id=")) != NULL && count < MOST; at += 5)
        count += sscanf(at + 5, "%47[^'\"]", ids[count]) == 1;
    assert_true(count >= least && count < MOST);
    qsort(ids, count, LENGTH, by_text);
    for (size_t i = 1; i < count; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            fail_msg("two elements have the id %s", ids[i]);
    free(ids);
}

/* No number is missing or comes from a division by zero. */
void assert_no_nan(const char *html) {
    static const char *const words[] = {"nan", "NaN", "inf", "Infinity"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (const char *at = html; (at = strstr(at, words[i])) != NULL; at++)
            if (!isalpha((unsigned char)at[-1]) && !isalpha((unsigned char)at[strlen(words[i])]))
                fail_msg("a number is %s: %.60s", words[i], at - 20);
}

void assert_page(const char *html) {
    assert_page_of(html, 8); /* a comparison has the fewest */
}

void assert_page_of(const char *html, size_t ids) {
    assert_balanced(html);
    assert_unique_ids(html, ids);
    assert_no_nan(html);
    assert_lacks(html, "rgb("); /* a colour that would not follow the mode */
    assert_lacks(html, "<script");
    assert_lacks(html, "src=");
    assert_holds(html, "</html>\n");
}

/* -- colours ------------------------------------------------------------------------------------------------------- */

static double linear(unsigned channel) {
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(unsigned rgb) {
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
}

double contrast(unsigned a, unsigned b) {
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

unsigned css_colour(const char *css, const char *name) {
    char start[32];
    unsigned rgb = 0;
    snprintf(start, sizeof start, "--%s:#", name);
    const char *at = strstr(css, start);
    if (at == NULL || sscanf(at + strlen(start), "%6x", &rgb) != 1)
        fail_msg("the style sheet has no --%s", name);
    return rgb;
}
