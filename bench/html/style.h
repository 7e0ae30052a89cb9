/* How pages look: colours for light and dark, and the style sheet. */
#ifndef HTML_STYLE_H
#define HTML_STYLE_H

/* The files colours.css and style.css. */
extern const char html_colours_css[], html_style_css[];

/* The custom property that stands for a light colour: "ink" for 0x1c2024. -1: no such. */
struct colour_name {
    char text[24];
};
int style_colour(unsigned rgb, struct colour_name *name);

#endif
