/* The figure of an image with three others at exactly the same L2 distance that look nothing alike. */
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "draw_alter.h"
#include "plural.h"

enum { SIDE = 320, GAP = 32, LINE = 34, BELOW = 3 * LINE + 20 };

static void put_image(struct drawing *d, int column, int top, const uint8_t *image, const char *name,
                      uint64_t distance) {
    int x = MARGIN + column * (SIDE + GAP), y = top + SIDE + LINE;
    canvas_image(&d->canvas, x, top, SIDE, &d->dataset.shape, image);
    canvas_text(&d->canvas, x + SIDE / 2, y, MIDDLE, BOLD, INK, "%s", name);
    canvas_text(&d->canvas, x + SIDE / 2, y + LINE, MIDDLE, NORMAL, INK, "L2 distance %.1f", sqrt((double)distance));
    canvas_text(&d->canvas, x + SIDE / 2, y + 2 * LINE, MIDDLE, NORMAL, MUTED, "squared: %llu",
                (unsigned long long)distance);
    report(d, "%s%s: squared L2 distance %llu", column > 0 ? "\n" : "", name, (unsigned long long)distance);
}

/* Reports how many training images are nearer to this one than `distance`. */
static void report_nearer(struct drawing *d, size_t index, uint64_t distance) {
    const struct knn_images *train = &d->dataset.train;
    size_t nearer = 0, others = 0;
    for (size_t i = 0; i < train->pixels.rows; i++)
        if (i != index && image_distance(knn_matrix_row(&train->pixels, index), knn_matrix_row(&train->pixels, i),
                                         train->pixels.dim) < distance) {
            nearer++;
            others += train->labels[i] != train->labels[index];
        }
    report(d, "\n%zu of the other %zu training image%s %s nearer, %zu of them of other classes", nearer,
           train->pixels.rows - 1, knn_plural(train->pixels.rows - 1), nearer == 1 ? "is" : "are", others);
}

int draw_same_distance(struct drawing *d, struct knn_error *error) {
    const struct knn_matrix *train = &d->dataset.train.pixels;
    size_t index = d->arguments->image;
    struct alterations a;
    char title[96];
    int top;
    if (index >= train->rows)
        return knn_fail(error, "--image %zu: the training images have numbers from 0 to %zu", index, train->rows - 1);
    const uint8_t *image = knn_matrix_row(train, index);
    snprintf(title, sizeof title, "Training image %zu (%s), and three at the same distance from it", index,
             d->dataset.class_names[d->dataset.train.labels[index]]);
    if (alter(&a, &d->dataset.shape, image, error) != 0)
        return -1;
    if (open_figure(d, 2 * MARGIN + 4 * SIDE + 3 * GAP, SIDE + BELOW, title, &top, error) != 0) {
        alterations_free(&a);
        return -1;
    }
    put_image(d, 0, top, image, "the original", 0);
    put_image(d, 1, top, a.moved, "moved by 5 pixels", a.distance);
    put_image(d, 2, top, a.faded, a.faded_to == 0 ? "darkened" : "brightened", a.distance);
    put_image(d, 3, top, a.boxed, "a box over it", a.distance);
    report_nearer(d, index, a.distance);
    alterations_free(&a);
    return 0;
}
