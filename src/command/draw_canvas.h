/* A picture to draw on, and to write as a PNG file. Coordinates are pixels from the upper left corner; pictures are
 * shown at half their size, so that they stay sharp on fine screens. */
#ifndef DRAW_CANVAS_H
#define DRAW_CANVAS_H

#include <cairo.h>
#include <stdint.h>

#include "dataset.h"

/* 0xRRGGBB; the same as in plots/style.gp where it has them. */
enum {
    INK = 0x1c2024,
    MUTED = 0x56606a,
    PAGE = 0xffffff,
    RIGHT = 0x1a7f37,
    WRONG = 0xcf222e,
};

struct canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
};

/* Opens a white picture; only one may be open. */
int canvas_open(struct canvas *canvas, int width, int height, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void canvas_close(struct canvas *canvas);

/* Writes the PNG file: whole, or not at all. */
int canvas_write(const struct canvas *canvas, const char *path, struct knn_error *error);

/* Paints exactly these pixels. */
void canvas_fill(struct canvas *canvas, int x, int y, int width, int height, uint32_t colour);

struct canvas_place {
    int x, y, width, height;
};

/* A frame around a rectangle, outside it. */
void canvas_frame(struct canvas *canvas, struct canvas_place place, int thick, uint32_t colour);

/* Draws an image of a data set, of 1 or 3 planes, in the middle of a square of `side` pixels, as large as fits: each of
 * its pixels becomes a square, or only every n-th is drawn. Returns where it stands. */
struct canvas_place canvas_image(struct canvas *canvas, int x, int y, int side, const struct knn_shape *shape,
                                 const uint8_t *image);

/* A filled shape of `corners` corners around a point, a circle for 0, with an outline. */
void canvas_mark(struct canvas *canvas, double x, double y, double radius, int corners, uint32_t colour);

/* Text: (x, y) is the left end or the middle of its base line. */
enum anchor { LEFT, MIDDLE };
enum style { NORMAL, BOLD, SMALL };
__attribute__((format(printf, 7, 8))) void canvas_text(struct canvas *canvas, int x, int y, enum anchor anchor,
                                                       enum style style, uint32_t colour, const char *format, ...);

#endif
