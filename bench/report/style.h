/* How a report looks: colours for light and dark, and the style sheet. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include <stdio.h>

/* The custom property that stands for a light colour, as plots/style.gp has it: "ink" for 0x1c2024; NULL: no such. */
const char *style_colour(unsigned rgb);

/* Custom properties for both modes. */
void style_write_colours(FILE *stream);

/* The page's style sheet without the colours. */
extern const char style_sheet[];

#endif
