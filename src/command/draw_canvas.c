#include "draw_canvas.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include <fontconfig/fontconfig.h>

#include "arith.h"
#include "output.h"

enum { TEXT_SIZE = 26, SMALL_SIZE = 22 }; /* the first is twice the plots' 13: pictures are halved */

int canvas_open(struct canvas *canvas, int width, int height, struct knn_error *error) {
    canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    canvas->cairo = cairo_create(canvas->surface);
    if (cairo_status(canvas->cairo) != CAIRO_STATUS_SUCCESS) {
        canvas_close(canvas);
        return knn_fail(error, "no picture of %d x %d pixels can be made here: draw fewer images", width, height);
    }
    cairo_font_options_t *options = cairo_font_options_create(); /* the same letters whatever the screen is */
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(canvas->cairo, options);
    cairo_font_options_destroy(options);
    canvas_fill(canvas, 0, 0, width, height, PAGE);
    return 0;
}

void canvas_close(struct canvas *canvas) {
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
    cairo_debug_reset_static_data(); /* frees fonts kept for later: leak checkers would report them */
    FcFini();
    *canvas = (struct canvas){0};
}

static cairo_status_t write_bytes(void *stream, const unsigned char *data, unsigned length) {
    return fwrite(data, 1, length, stream) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

int canvas_write(const struct canvas *canvas, const char *path, struct knn_error *error) {
    struct knn_output output;
    if (knn_output_open(&output, path, error) != 0)
        return -1;
    cairo_status_t status = cairo_surface_write_to_png_stream(canvas->surface, write_bytes, output.stream);
    if (status == CAIRO_STATUS_SUCCESS || status == CAIRO_STATUS_WRITE_ERROR)
        return knn_output_commit(&output, error); /* which reports a failed write */
    knn_output_discard(&output);
    return knn_fail(error, "cannot make a PNG file of the picture: %s", cairo_status_to_string(status));
}

/* -- shapes -------------------------------------------------------------------------------------------------------- */

static void set_colour(struct canvas *canvas, uint32_t colour) {
    cairo_set_source_rgb(canvas->cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0);
}

void canvas_fill(struct canvas *canvas, int x, int y, int width, int height, uint32_t colour) {
    set_colour(canvas, colour);
    cairo_rectangle(canvas->cairo, x, y, width, height);
    cairo_fill(canvas->cairo);
}

void canvas_frame(struct canvas *canvas, struct canvas_place place, int thick, uint32_t colour) {
    set_colour(canvas, colour);
    cairo_set_line_width(canvas->cairo, thick);
    cairo_rectangle(canvas->cairo, place.x - thick / 2.0, place.y - thick / 2.0, place.width + thick,
                    place.height + thick);
    cairo_stroke(canvas->cairo);
}

static uint32_t colour_of(const struct knn_shape *shape, const uint8_t *image, size_t pixel) {
    size_t plane = shape->planes == 1 ? 0 : shape->height * shape->width;
    return (uint32_t)image[pixel] << 16 | (uint32_t)image[plane + pixel] << 8 | image[2 * plane + pixel];
}

struct canvas_place canvas_image(struct canvas *canvas, int x, int y, int side, const struct knn_shape *shape,
                                 const uint8_t *image) {
    size_t longest = knn_max(shape->height, shape->width), step = knn_divide_up(longest, (size_t)side);
    int scale = step > 1 ? 1 : side / (int)longest;
    int width = (int)knn_divide_up(shape->width, step), height = (int)knn_divide_up(shape->height, step);
    struct canvas_place place = {.width = width * scale, .height = height * scale};
    place.x = x + (side - place.width) / 2;
    place.y = y + (side - place.height) / 2;
    for (int i = 0; i < width * height; i++)
        canvas_fill(canvas, place.x + i % width * scale, place.y + i / width * scale, scale, scale,
                    colour_of(shape, image, ((size_t)(i / width) * shape->width + (size_t)(i % width)) * step));
    return place;
}

void canvas_mark(struct canvas *canvas, double x, double y, double radius, int corners, uint32_t colour) {
    enum { ROUND = 48 };
    int count = corners > 0 ? corners : ROUND;
    double turn = -M_PI / 2 + (corners == 4 ? M_PI / 4 : 0);
    for (int i = 0; i < count; i++) {
        double angle = turn + 2 * M_PI * i / count;
        cairo_line_to(canvas->cairo, x + radius * cos(angle), y + radius * sin(angle));
    }
    cairo_close_path(canvas->cairo);
    set_colour(canvas, colour);
    cairo_fill_preserve(canvas->cairo);
    set_colour(canvas, INK);
    cairo_set_line_width(canvas->cairo, 2);
    cairo_stroke(canvas->cairo);
}

void canvas_text(struct canvas *canvas, int x, int y, enum anchor anchor, enum style style, uint32_t colour,
                 const char *format, ...) {
    char text[256];
    cairo_text_extents_t extents;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cairo_select_font_face(canvas->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           style == BOLD ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas->cairo, style == SMALL ? SMALL_SIZE : TEXT_SIZE);
    cairo_text_extents(canvas->cairo, text, &extents);
    set_colour(canvas, colour);
    cairo_move_to(canvas->cairo, anchor == MIDDLE ? x - extents.x_advance / 2 : x, y);
    cairo_show_text(canvas->cairo, text);
}
