/* Makes gnuplot's SVG fit to be shown in a page, beside other pictures, or as a file of its own. */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include <stdio.h>

/* Writes `svg`, with colours by custom properties, ids that start with `id`, a title and a description; without a
 * prologue, empty groups, fonts and gnuplot's own titles. `style` goes into a <style> of its own; NULL: none. Returns
 * -1, having written nothing, if this is no SVG by gnuplot. */
int svg_write(FILE *stream, const char *svg, const char *id, const char *title, const char *description,
              const char *style);

#endif
