#include "points.h"

#include "random.h"

static const uint8_t centres[KNN_POINT_CLASSES][2] = {{88, 92}, {170, 100}, {124, 168}};

/* A byte around the middle: the sum of four random numbers is near enough to a normal distribution. */
static uint8_t around(uint8_t middle, uint64_t *random) {
    enum { REACH = 36, EDGE = 8 }; /* how far each of the four is from 0; how near points get to an edge of the plane */
    int sum = middle;
    for (int i = 0; i < 4; i++)
        sum += (int)(knn_random(random) % (2 * REACH + 1)) - REACH;
    return (uint8_t)(sum < EDGE ? EDGE : sum > UINT8_MAX - EDGE ? UINT8_MAX - EDGE : sum);
}

int knn_points_generate(struct knn_matrix *points, uint16_t labels[KNN_POINTS], uint64_t seed,
                        struct knn_error *error) {
    if (knn_matrix_alloc(points, KNN_POINTS, 2, error) != 0)
        return -1;
    for (size_t i = 0; i < KNN_POINTS; i++) {
        labels[i] = (uint16_t)(i % KNN_POINT_CLASSES);
        for (size_t axis = 0; axis < 2; axis++)
            knn_matrix_row(points, i)[axis] = around(centres[labels[i]][axis], &seed);
    }
    return 0;
}
