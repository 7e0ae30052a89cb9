/* Three changes of an image that lie at exactly the same squared L2 distance from it. */
#ifndef DRAW_ALTER_H
#define DRAW_ALTER_H

#include "dataset.h"

enum { MOVED_BY = 5 };

struct alterations {
    uint8_t moved[KNN_IMAGE_BYTES]; /* to the right and down by MOVED_BY pixels, the edges repeated */
    uint8_t faded[KNN_IMAGE_BYTES]; /* towards black, or white where black is not far enough */
    uint8_t boxed[KNN_IMAGE_BYTES]; /* a square in the middle towards black or white */
    int faded_to;                   /* 0 or 255 */
    uint64_t distance;
};

/* The squared L2 distance of two images. */
uint64_t image_distance(const uint8_t *a, const uint8_t *b);

/* The move sets the distance; the other two are scaled to it, and a few values are changed by some grey levels so that
 * the sums agree to the last digit. Fails on an image that moving changes not at all or too much. */
int alter(struct alterations *a, const uint8_t *image, struct knn_error *error);

#endif
