#include "split.h"

#include "random.h"

/* Some values are drawn more often than others, by count in 2^64. */
static size_t below(uint64_t *state, size_t count) {
    return (size_t)(knn_random(state) % count);
}

static void swap(struct knn_images *images, size_t a, size_t b) {
    uint8_t *one = knn_matrix_row(&images->pixels, a), *other = knn_matrix_row(&images->pixels, b);
    for (size_t i = 0; i < images->pixels.dim; i++) {
        uint8_t byte = one[i];
        one[i] = other[i];
        other[i] = byte;
    }
    uint16_t label = images->labels[a];
    images->labels[a] = images->labels[b];
    images->labels[b] = label;
}

void knn_draw(struct knn_images *images, size_t count, uint64_t seed, uint32_t *swaps) {
    for (size_t i = 0; i < count; i++) {
        swaps[i] = (uint32_t)(i + below(&seed, images->pixels.rows - i));
        swap(images, i, swaps[i]);
    }
}

void knn_undraw(struct knn_images *images, size_t count, const uint32_t *swaps) {
    while (count-- > 0)
        swap(images, count, swaps[count]);
}
