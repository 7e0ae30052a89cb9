#include "style.h"

#include <stdio.h>
#include <string.h>

int style_colour(unsigned rgb, struct colour_name *name) {
    char value[16];
    snprintf(value, sizeof value, ":#%06x;", rgb);
    const char *dark = strstr(html_colours_css, "@media"), *found = strstr(html_colours_css, value), *start = found;
    if (found == NULL || found > dark)
        return -1;
    while (start[-1] != '-')
        start--;
    snprintf(name->text, sizeof name->text, "%.*s", (int)(found - start), start);
    return 0;
}
