/* The figure of decision regions: what 1-NN and k-NN answer at every point of a plane. */
#include "draw.h"

#include <stdio.h>
#include <stdlib.h>

#include "points.h"

enum { PLANE = 256, SCALE = 3, SIDE = PLANE * SCALE, GAP = 32, BELOW = 72, TIE = KNN_POINT_CLASSES };

static const uint32_t marks[KNN_POINT_CLASSES] = {0x0b62a8, 0xb2470b, 0x4f8a10};
static const uint32_t regions[KNN_POINT_CLASSES + 1] = {0xa9cdea, 0xf2c3a2, 0xcfe3a8, PAGE};
static const int corners[KNN_POINT_CLASSES] = {0, 4, 3};

/* The class with the most votes, or TIE. */
static int answer(const struct knn_neighbor *neighbors, size_t k, const uint16_t *labels) {
    size_t votes[KNN_POINT_CLASSES] = {0};
    int best = 0, tied = 0;
    for (size_t i = 0; i < k; i++)
        votes[labels[neighbors[i].id]]++;
    for (int c = 1; c < KNN_POINT_CLASSES; c++) {
        tied = votes[c] == votes[best] || (tied && votes[c] < votes[best]);
        best = votes[c] > votes[best] ? c : best;
    }
    return tied ? TIE : best;
}

/* Row y * PLANE + x is the point (x, y). */
static int make_grid(struct knn_matrix *grid, struct knn_error *error) {
    if (knn_matrix_alloc(grid, PLANE * PLANE, 2, error) != 0)
        return -1;
    for (size_t i = 0; i < grid->rows; i++) {
        knn_matrix_row(grid, i)[0] = (uint8_t)(i % PLANE);
        knn_matrix_row(grid, i)[1] = (uint8_t)(i / PLANE);
    }
    return 0;
}

/* Colours the plane and puts the points on it; y grows upwards. */
static void put_plane(struct drawing *d, int left, int top, const struct knn_neighbor *neighbors, size_t k,
                      const struct knn_matrix *points, const uint16_t *labels) {
    char share[64];
    size_t ties = 0;
    for (int i = 0; i < PLANE * PLANE; i++) {
        int c = answer(neighbors + (size_t)i * k, k, labels);
        ties += c == TIE;
        canvas_fill(&d->canvas, left + i % PLANE * SCALE, top + (PLANE - 1 - i / PLANE) * SCALE, SCALE, SCALE,
                    regions[c]);
    }
    canvas_frame(&d->canvas, (struct canvas_place){left, top, SIDE, SIDE}, 2, MUTED);
    for (size_t i = 0; i < points->rows; i++) {
        const uint8_t *point = knn_matrix_row(points, i);
        canvas_mark(&d->canvas, left + (point[0] + 0.5) * SCALE, top + (PLANE - 0.5 - point[1]) * SCALE, 9,
                    corners[labels[i]], marks[labels[i]]);
    }
    snprintf(share, sizeof share, ties > 0 ? "ties on %.1f %% of the plane" : "no ties",
             100.0 * (double)ties / (PLANE * PLANE));
    canvas_text(&d->canvas, left + SIDE / 2, top + SIDE + 44, MIDDLE, NORMAL, INK, "%zu-NN: %s", k, share);
    report(d, "%s%zu-NN: ties at %zu of %d points of the plane", d->report[0] != '\0' ? "\n" : "", k, ties,
           PLANE * PLANE);
}

static int put_answers(struct drawing *d, int left, int top, size_t k, const struct knn_matrix *points,
                       const uint16_t *labels, const struct knn_matrix *grid, struct knn_error *error) {
    struct knn_options options = d->knn;
    options.k = k;
    struct knn_classifier *classifier = NULL;
    struct knn_rows rows = knn_view(points), queries = knn_view(grid);
    struct knn_neighbor *neighbors = calloc(grid->rows * k, sizeof *neighbors);
    uint16_t *predicted = malloc(grid->rows * sizeof *predicted);
    int status = neighbors == NULL || predicted == NULL ? knn_fail(error, "no memory for the plane: use a smaller k")
                                                        : knn_train(&classifier, &rows, labels, &options, error);
    if (status == 0)
        status = knn_predict(classifier, &queries, predicted, NULL, neighbors, error);
    if (status == 0)
        put_plane(d, left, top, neighbors, k, points, labels);
    knn_classifier_free(classifier);
    free(predicted);
    free(neighbors);
    return status;
}

int draw_regions(struct drawing *d, struct knn_error *error) {
    size_t ks[] = {1, d->arguments->knn.k > 0 ? d->arguments->knn.k : 5};
    struct knn_matrix points = {0}, grid = {0};
    uint16_t labels[KNN_POINTS];
    char title[96];
    int top;
    snprintf(title, sizeof title,
             "The class of every point of a plane, by the nearest of %d points (%s); ties are white", KNN_POINTS,
             knn_metrics[d->arguments->knn.metric].name);
    int status = knn_points_generate(&points, labels, d->arguments->seed, error);
    if (status == 0)
        status = make_grid(&grid, error);
    if (status == 0)
        status = open_figure(d, 2 * MARGIN + 2 * SIDE + GAP, SIDE + BELOW, title, &top, error);
    for (int i = 0; i < 2 && status == 0; i++)
        status = put_answers(d, MARGIN + i * (SIDE + GAP), top, ks[i], &points, labels, &grid, error);
    knn_matrix_free(&points);
    knn_matrix_free(&grid);
    return status;
}
