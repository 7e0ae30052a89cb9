/* What must hold of a report's page. A failure is cmocka's. */
#ifndef TEST_REPORT_PAGE_H
#define TEST_REPORT_PAGE_H

#include <stddef.h>

enum { PICTURES = 8 };

size_t count_of(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);

/* Elements are closed in order, ids are unique, no number is missing, all colours follow the mode, and nothing is
 * fetched or run. */
void assert_page(const char *html);
void assert_page_of(const char *html, size_t ids); /* so many at least */
void assert_no_nan(const char *html);

/* A custom property of the style sheet that is a colour. */
unsigned css_colour(const char *css, const char *name);

/* WCAG 2's contrast of two colours: from 1 to 21; text needs 4.5. */
double contrast(unsigned a, unsigned b);

#endif
