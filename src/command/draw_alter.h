/* Three changes of an image that lie at exactly the same squared L2 distance from it. */
#ifndef DRAW_ALTER_H
#define DRAW_ALTER_H

#include "dataset.h"

enum { MOVED_BY = 5 };

struct alterations {
    uint8_t *moved; /* to the right and down by MOVED_BY pixels, the edges repeated */
    uint8_t *faded; /* towards black, or white where black is not far enough */
    uint8_t *boxed; /* a box in the middle, of the image's proportions, towards black or white */
    int faded_to;   /* 0 or 255 */
    uint64_t distance;
};

/* The squared L2 distance of two images of `dim` bytes. */
uint64_t image_distance(const uint8_t *a, const uint8_t *b, size_t dim);

/* The move sets the distance; the other two are scaled to it, and a few values are changed by some grey levels so that
 * the sums agree to the last digit. Fails on an image that moving changes not at all or too much, and without memory;
 * nothing is then left allocated. */
int alter(struct alterations *a, const struct knn_shape *shape, const uint8_t *image, struct knn_error *error);

void alterations_free(struct alterations *a);

#endif
