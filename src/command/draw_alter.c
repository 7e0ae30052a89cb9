#include "draw_alter.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = KNN_IMAGE_WIDTH, PIXELS = WIDTH * WIDTH, WHOLE = 256, REST = 4 };

static int square(int x) {
    return x * x;
}

uint64_t image_distance(const uint8_t *a, const uint8_t *b) {
    uint64_t sum = 0;
    for (int i = 0; i < KNN_IMAGE_BYTES; i++)
        sum += (uint64_t)square(a[i] - b[i]);
    return sum;
}

static void move(const uint8_t *image, uint8_t *out) {
    for (int i = 0; i < KNN_IMAGE_BYTES; i++) {
        int x = i % WIDTH - MOVED_BY, y = i % PIXELS / WIDTH - MOVED_BY;
        out[i] = image[i / PIXELS * PIXELS + (y > 0 ? y : 0) * WIDTH + (x > 0 ? x : 0)];
    }
}

/* Takes a square in the middle `share` / WHOLE of the way to a grey level. */
static void fade(const uint8_t *image, int side, int level, int share, uint8_t *out) {
    int first = (WIDTH - side) / 2;
    for (int i = 0; i < KNN_IMAGE_BYTES; i++) {
        int x = i % WIDTH - first, y = i % PIXELS / WIDTH - first;
        int inside = x >= 0 && x < side && y >= 0 && y < side;
        out[i] = (uint8_t)(image[i] + (inside ? (level - image[i]) * share / WHOLE : 0));
    }
}

/* -- to the last digit --------------------------------------------------------------------------------------------- */

/* Takes values a grey level further from the image's where that does not lead too far. fade() by 1 / WHOLE more would
 * be too far and differs by a grey level at most, so in the end less is missing than one value can add: 511. */
static uint64_t approach(const uint8_t *image, uint8_t *out, uint64_t missing) {
    enum { STRIDE = 1201 }; /* prime to the number of values: all are visited, and those changed lie scattered */
    for (int i = 0, at = 0; i < KNN_IMAGE_BYTES; i++, at = (at + STRIDE) % KNN_IMAGE_BYTES) {
        int change = out[at] - image[at], next = out[at] + (change > 0 ? 1 : -1);
        uint64_t more = 2 * (uint64_t)abs(change) + 1;
        if (change == 0 || next < 0 || next > UINT8_MAX || more > missing)
            continue;
        out[at] = (uint8_t)next;
        missing -= more;
    }
    return missing;
}

/* The values that were changed least. */
static void pick_rest(const uint8_t *image, const uint8_t *out, int at[REST]) {
    for (int n = 0; n < REST; n++) {
        at[n] = -1;
        for (int i = KNN_IMAGE_BYTES - 1; i >= 0; i--) {
            int taken = 0;
            for (int j = 0; j < n; j++)
                taken |= at[j] == i;
            if (!taken && (at[n] < 0 || abs(out[i] - image[i]) < abs(out[at[n]] - image[at[n]])))
                at[n] = i;
        }
    }
}

/* Writes `sum` as a sum of `count` squares of numbers up to 127; every number is one of four squares (Lagrange). */
static int squares(uint64_t sum, int count, int *roots) {
    if (count == 0)
        return sum == 0;
    for (int root = 0; root <= INT8_MAX && (uint64_t)square(root) <= sum; root++) {
        roots[0] = root;
        if ((uint64_t)(count - 1) * square(INT8_MAX) + (uint64_t)square(root) >= sum &&
            squares(sum - (uint64_t)square(root), count - 1, roots + 1))
            return 1;
    }
    return 0;
}

/* Makes the distance, which is at most `target`, equal to it. */
static int settle(const uint8_t *image, uint8_t *out, uint64_t target) {
    int at[REST], roots[REST];
    uint64_t missing = approach(image, out, target - image_distance(image, out));
    pick_rest(image, out, at);
    for (int i = 0; i < REST; i++)
        missing += (uint64_t)square(out[at[i]] - image[at[i]]);
    if (!squares(missing, REST, roots))
        return -1;
    for (int i = 0; i < REST; i++) /* half of 255 is free above every value, or below it */
        out[at[i]] = (uint8_t)(image[at[i]] + (image[at[i]] > INT8_MAX ? -roots[i] : roots[i]));
    return 0;
}

/* -- scale --------------------------------------------------------------------------------------------------------- */

/* Fades a square to `level` until it is `target` away; -1 if it cannot be. */
static int fade_until(const uint8_t *image, int side, int level, uint64_t target, uint8_t *out) {
    int share = WHOLE;
    fade(image, side, level, share, out);
    if (image_distance(image, out) < target)
        return -1;
    while (image_distance(image, out) > target)
        fade(image, side, level, --share, out);
    return settle(image, out, target);
}

/* To black if that is far enough, else to white. */
static int fade_somewhere(const uint8_t *image, int side, uint64_t target, uint8_t *out, int *level) {
    *level = 0;
    if (fade_until(image, side, *level, target, out) == 0)
        return 0;
    *level = UINT8_MAX;
    return fade_until(image, side, *level, target, out);
}

int alter(struct alterations *a, const uint8_t *image, struct knn_error *error) {
    int side = 0, box_level;
    move(image, a->moved);
    a->distance = image_distance(image, a->moved);
    if (a->distance == 0)
        return knn_fail(error,
                        "moving this image changes nothing, so nothing compares with that: give another --image");
    while (++side < WIDTH && fade_somewhere(image, side, a->distance, a->boxed, &box_level) != 0)
        ;
    if (side == WIDTH || fade_somewhere(image, WIDTH, a->distance, a->faded, &a->faded_to) != 0)
        return knn_fail(error, "moving this image leads farther than darkening it can: give another --image");
    return 0;
}
