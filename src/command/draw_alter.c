#include "draw_alter.h"

#include <stdlib.h>
#include <string.h>

#include "arith.h"

enum { WHOLE = 256, REST = 4 };

/* The image that is altered. */
struct original {
    const uint8_t *bytes;
    size_t height, width, dim;
    size_t longest; /* of height and width */
};

static uint64_t square(int x) {
    uint64_t size = (uint64_t)abs(x);
    return size * size;
}

uint64_t image_distance(const uint8_t *a, const uint8_t *b, size_t dim) {
    uint64_t sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += square(a[i] - b[i]);
    return sum;
}

static uint64_t distance(const struct original *image, const uint8_t *other) {
    return image_distance(image->bytes, other, image->dim);
}

static void move(const struct original *image, uint8_t *out) {
    size_t pixels = image->height * image->width;
    for (size_t i = 0; i < image->dim; i++) {
        size_t x = i % image->width, y = i % pixels / image->width;
        out[i] = image->bytes[i / pixels * pixels + (y > MOVED_BY ? y - MOVED_BY : 0) * image->width +
                              (x > MOVED_BY ? x - MOVED_BY : 0)];
    }
}

/* Takes a box in the middle, whose longer side is `side`, `share` / WHOLE of the way to a grey level. */
static void fade(const struct original *image, size_t side, int level, int share, uint8_t *out) {
    size_t pixels = image->height * image->width;
    size_t width = knn_divide_up(side * image->width, image->longest), left = (image->width - width) / 2;
    size_t height = knn_divide_up(side * image->height, image->longest), top = (image->height - height) / 2;
    for (size_t i = 0; i < image->dim; i++) {
        size_t x = i % image->width, y = i % pixels / image->width;
        int inside = x >= left && x < left + width && y >= top && y < top + height;
        out[i] = (uint8_t)(image->bytes[i] + (inside ? (level - image->bytes[i]) * share / WHOLE : 0));
    }
}

/* -- to the last digit --------------------------------------------------------------------------------------------- */

/* A number prime to `dim`: steps of it visit all values, and the changed ones lie scattered. */
static size_t stride_of(size_t dim) {
    for (size_t stride = 1201;; stride++) {
        size_t a = stride, b = dim;
        while (b != 0) {
            size_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1)
            return stride;
    }
}

/* Moves values one grey level further from the image's while that does not overshoot. fade() by 1 / WHOLE more would
 * overshoot, and differs by one grey level at most. So in the end less is missing than one value can add, 511. */
static uint64_t approach(const struct original *image, uint8_t *out, uint64_t missing) {
    size_t stride = stride_of(image->dim);
    for (size_t i = 0, at = 0; i < image->dim; i++, at = (at + stride) % image->dim) {
        int change = out[at] - image->bytes[at], next = out[at] + (change > 0 ? 1 : -1);
        uint64_t more = 2 * (uint64_t)abs(change) + 1;
        if (change == 0 || next < 0 || next > UINT8_MAX || more > missing)
            continue;
        out[at] = (uint8_t)next;
        missing -= more;
    }
    return missing;
}

/* Finds the values that were changed least; on a tie, the last. */
static void pick_rest(const struct original *image, const uint8_t *out, size_t at[REST]) {
    for (int n = 0; n < REST; n++) {
        int least = UINT8_MAX + 1;
        for (size_t i = image->dim; i-- > 0;) {
            int taken = 0, change = abs(out[i] - image->bytes[i]);
            for (int j = 0; j < n; j++)
                taken |= at[j] == i;
            if (taken || change >= least)
                continue;
            at[n] = i;
            least = change;
        }
    }
}

/* Writes `sum` as a sum of `count` squares of numbers up to 127; four squares always suffice (Lagrange). */
static int squares(uint64_t sum, int count, int *roots) {
    if (count == 0)
        return sum == 0;
    for (int root = 0; root <= INT8_MAX && square(root) <= sum; root++) {
        roots[0] = root;
        if ((uint64_t)(count - 1) * square(INT8_MAX) + square(root) >= sum &&
            squares(sum - square(root), count - 1, roots + 1))
            return 1;
    }
    return 0;
}

/* Makes the distance, which is at most `target`, equal to it. */
static int settle(const struct original *image, uint8_t *out, uint64_t target) {
    size_t at[REST];
    int roots[REST];
    uint64_t missing = approach(image, out, target - distance(image, out));
    pick_rest(image, out, at);
    for (int i = 0; i < REST; i++)
        missing += square(out[at[i]] - image->bytes[at[i]]);
    if (!squares(missing, REST, roots))
        return -1;
    for (int i = 0; i < REST; i++) { /* above or below every value, half of 255 is free */
        uint8_t byte = image->bytes[at[i]];
        out[at[i]] = (uint8_t)(byte + (byte > INT8_MAX ? -roots[i] : roots[i]));
    }
    return 0;
}

/* -- scale --------------------------------------------------------------------------------------------------------- */

/* Fades a box to `level` until it is `target` away; -1 if it cannot be. */
static int fade_until(const struct original *image, size_t side, int level, uint64_t target, uint8_t *out) {
    int share = WHOLE;
    fade(image, side, level, share, out);
    if (distance(image, out) < target)
        return -1;
    while (distance(image, out) > target)
        fade(image, side, level, --share, out);
    return settle(image, out, target);
}

/* To black if that is far enough, else to white. */
static int fade_somewhere(const struct original *image, size_t side, uint64_t target, uint8_t *out, int *level) {
    *level = 0;
    if (fade_until(image, side, *level, target, out) == 0)
        return 0;
    *level = UINT8_MAX;
    return fade_until(image, side, *level, target, out);
}

static int alter_all(struct alterations *a, const struct original *image, struct knn_error *error) {
    size_t side = 0;
    int box_level;
    move(image, a->moved);
    a->distance = distance(image, a->moved);
    if (a->distance == 0)
        return knn_fail(error, "moving this image changes nothing: give another --image");
    while (++side < image->longest && fade_somewhere(image, side, a->distance, a->boxed, &box_level) != 0)
        ;
    if (side >= image->longest || fade_somewhere(image, image->longest, a->distance, a->faded, &a->faded_to) != 0)
        return knn_fail(error, "moving this image changes it more than darkening can: give another --image");
    return 0;
}

int alter(struct alterations *a, const struct knn_shape *shape, const uint8_t *bytes, struct knn_error *error) {
    struct original image = {bytes, shape->height, shape->width, shape->height * shape->width * shape->planes,
                             knn_max(shape->height, shape->width)};
    if (image.dim < REST)
        return knn_fail(error, "an image of %zu bytes is too small to be altered: give larger images", image.dim);
    uint8_t *all = malloc(3 * image.dim);
    if (all == NULL)
        return knn_fail(error, "no memory for three images of %zu bytes: close other programs", image.dim);
    *a = (struct alterations){.moved = all, .faded = all + image.dim, .boxed = all + 2 * image.dim};
    int status = alter_all(a, &image, error);
    if (status != 0)
        alterations_free(a);
    return status;
}

void alterations_free(struct alterations *a) {
    free(a->moved); /* and the others behind it */
    *a = (struct alterations){0};
}
