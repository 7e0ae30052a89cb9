#include "style.h"

#include <stddef.h>

/* Blue and orange stay apart in every kind of colour blindness. Each colour of text has a contrast of at least 4.5 with
 * page and card; tests/bench/test_report.c computes it. */
static const struct colour {
    const char *name;
    unsigned light, dark;
} colours[] = {
    {"page", 0xffffff, 0x14171a},  {"card", 0xf5f7f9, 0x1c2126}, {"ink", 0x1c2024, 0xe6e9ec},
    {"muted", 0x56606a, 0xa3adb7}, {"grid", 0xdbe1e6, 0x2e353c}, {"quiet", 0x8b959f, 0x707b86},
    {"l1", 0x0b62a8, 0x5cb0ff},    {"l2", 0xb2470b, 0xf79a5b},   {"warn", 0x9a3412, 0xffb27d},
};

enum { COLOURS = sizeof colours / sizeof colours[0] };

const char *style_colour(unsigned rgb) {
    for (size_t i = 0; i < COLOURS; i++)
        if (colours[i].light == rgb)
            return colours[i].name;
    return NULL;
}

void style_write_colours(FILE *stream) {
    fputs(":root{color-scheme:light dark", stream);
    for (size_t i = 0; i < COLOURS; i++)
        fprintf(stream, ";--%s:#%06x", colours[i].name, colours[i].light);
    fputs("}\n@media screen and (prefers-color-scheme:dark){:root{", stream);
    for (size_t i = 0; i < COLOURS; i++)
        fprintf(stream, "%s--%s:#%06x", i > 0 ? ";" : "", colours[i].name, colours[i].dark);
    fputs("}}\n", stream);
}

const char style_sheet[] =
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:54rem;background:var(--page);color:var(--ink);"
    "font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}\n"
    "h1{font-size:1.75rem;line-height:1.2;margin:0}\n"
    "h2{font-size:1.25rem;line-height:1.3;margin:3rem 0 .5rem}\n"
    "h3{font-size:1rem;margin:1.5rem 0 .25rem}\n"
    "p{margin:.25rem 0 .75rem;max-width:46rem}\n"
    "a{color:var(--l1)}\n"
    ".muted,caption,figcaption{color:var(--muted)}\n"
    "nav{margin:1rem 0;font-size:.875rem;line-height:1.9}\n"
    "nav a{margin-right:1rem;white-space:nowrap}\n"
    ".warn{background:var(--card);color:var(--warn);border-left:4px solid var(--warn);padding:.5rem .75rem;"
    "margin:.5rem 0;max-width:none}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem;margin:1.25rem 0}\n"
    ".tile{background:var(--card);border-radius:.5rem;padding:.9rem 1rem;border-top:4px solid var(--l1)}\n"
    ".tile.l2{border-color:var(--l2)}\n"
    ".tile p{margin:0}\n"
    ".tile .big{font-size:2.25rem;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}\n"
    "figure{margin:0}\n"
    "figcaption{font-size:.875rem;margin:.25rem 0 .5rem;max-width:46rem}\n"
    "svg{display:block;width:100%;height:auto}\n"
    "svg text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}\n"
    ".narrow{display:none;max-width:30rem}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;font-size:.875rem;padding:.25rem 0}\n"
    "th,td{padding:.3rem .5rem;text-align:right;font-weight:400;border-bottom:1px solid var(--grid);"
    "vertical-align:top;white-space:nowrap}\n"
    "th:first-child,td:first-child{text-align:left;padding-left:0;white-space:normal}\n"
    "th[scope=col]{color:var(--muted);vertical-align:bottom;white-space:normal}\n"
    "td:last-child,th:last-child{padding-right:0}\n"
    "tr.best th,tr.best td{font-weight:650}\n"
    "small{display:inline-block;min-width:5.5rem;color:var(--muted);font-size:.8125rem;font-weight:400}\n"
    "th.share{padding-right:6.2rem}\n"
    "details{margin:.5rem 0 0}\n"
    "summary{cursor:pointer;color:var(--muted);font-size:.875rem;padding:.25rem 0}\n"
    "dl{display:grid;grid-template-columns:minmax(7rem,12rem) 1fr;gap:.35rem 1rem;margin:.5rem 0;font-size:.875rem}\n"
    "dt{color:var(--muted)}\n"
    "dd{margin:0;overflow-wrap:anywhere}\n"
    ".missing{background:var(--card);color:var(--muted);padding:.6rem .75rem;max-width:none}\n"
    "footer{margin-top:3rem;color:var(--muted);font-size:.875rem}\n"
    "@media screen and (max-width:45rem){\n"
    ".wide{display:none}\n"
    ".narrow{display:block}\n"
    "table{font-size:.75rem}\n"
    "th[scope=col]{font-size:.6875rem}\n"
    "th,td{padding:.3rem .2rem}\n"
    "th.share{padding-right:.2rem}\n"
    "small{display:block;min-width:0;font-size:.6875rem}\n"
    "dl{grid-template-columns:1fr;gap:0}\n"
    "dd{margin-bottom:.5rem}\n"
    "}\n"
    "@media print{\n"
    "body{max-width:none;padding:0;font-size:.8125rem}\n"
    "nav,details:not([open]){display:none}\n"
    "figure,.tile,tr{break-inside:avoid}\n"
    "h2{break-after:avoid}\n"
    ".tile,.tile.l2,.warn,.missing{border:1px solid var(--grid)}\n"
    "}\n";
