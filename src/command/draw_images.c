/* The figures that show images of the data set: the first nine, and queries beside their neighbours. */
#include "draw.h"

#include <stdio.h>
#include <stdlib.h>

#include "plural.h"

/* -- the first nine ------------------------------------------------------------------------------------------------ */

int draw_first_nine(struct drawing *d, struct knn_error *error) {
    enum { SIDE = 160, GAP = 16, NINE = 9, HEIGHT = SIDE + 56 };
    const struct knn_images *train = &d->dataset.train;
    int count = train->pixels.rows < NINE ? (int)train->pixels.rows : NINE, top;
    if (open_figure(d, 2 * MARGIN + NINE * SIDE + (NINE - 1) * GAP, HEIGHT, "The first nine training images", &top,
                    error) != 0)
        return -1;
    for (int i = 0; i < count; i++) {
        int x = MARGIN + i * (SIDE + GAP);
        const char *name = d->dataset.class_names[train->labels[i]];
        canvas_image(&d->canvas, x, top, SIDE, &d->dataset.shape, knn_matrix_row(&train->pixels, (size_t)i));
        canvas_text(&d->canvas, x + SIDE / 2, top + SIDE + 34, MIDDLE, NORMAL, INK, "%s", name);
        report(d, "%s%s", i > 0 ? " " : "", name);
    }
    return 0;
}

/* -- neighbours ---------------------------------------------------------------------------------------------------- */

enum { SIDE = 128, FRAME = 5, COLUMN = SIDE + 15, ROW = SIDE + 54, ASIDE = 20 };

static int find_neighbors(const struct drawing *d, const struct knn_options *options, const struct knn_matrix *queries,
                          struct knn_neighbor *neighbors, struct knn_error *error) {
    struct knn_classifier *classifier;
    const struct knn_images *train = &d->dataset.train;
    uint16_t *labels = malloc(queries->rows * sizeof *labels);
    if (labels == NULL)
        return knn_fail(error, "no memory for the answers: use a smaller --limit");
    struct knn_rows rows = knn_view(&train->pixels), views = knn_view(queries);
    int status = knn_train(&classifier, &rows, train->labels, options, error);
    if (status == 0)
        status = knn_predict(classifier, &views, labels, NULL, neighbors, error);
    knn_classifier_free(classifier);
    free(labels);
    return status;
}

/* An image in a frame, its class below. */
static void put_image(struct drawing *d, int x, int y, const struct knn_images *images, size_t i, uint32_t frame) {
    canvas_frame(&d->canvas,
                 canvas_image(&d->canvas, x, y, SIDE, &d->dataset.shape, knn_matrix_row(&images->pixels, i)), FRAME,
                 frame);
    canvas_text(&d->canvas, x + SIDE / 2, y + SIDE + FRAME + 26, MIDDLE, SMALL, frame, "%s",
                d->dataset.class_names[images->labels[i]]);
}

/* Draws a row a query; returns how many neighbours are of their query's class. */
static size_t put_rows(struct drawing *d, int top, size_t queries, const struct knn_neighbor *neighbors, size_t k) {
    const struct knn_images *train = &d->dataset.train, *test = &d->dataset.test;
    size_t right = 0;
    for (size_t q = 0; q < queries; q++) {
        int x = MARGIN + FRAME, y = top + (int)q * ROW;
        put_image(d, x, y, test, q, INK);
        for (size_t j = 0; j < k; j++) {
            size_t i = neighbors[q * k + j].id;
            int is_right = train->labels[i] == test->labels[q];
            put_image(d, x + ASIDE + (int)(j + 1) * COLUMN, y, train, i, is_right ? RIGHT : WRONG);
            right += (size_t)is_right;
        }
    }
    return right;
}

int draw_neighbors(struct drawing *d, struct knn_error *error) {
    /* LARGEST is cairo's limit, less the rest of a figure. */
    enum { QUERIES = 5, NEIGHBORS = 10, LARGEST = 32767 - 512, MOST_K = LARGEST / COLUMN, MOST_ROWS = LARGEST / ROW };
    struct knn_options options = d->knn;
    struct knn_matrix queries = d->dataset.test.pixels;
    size_t limit = d->arguments->limit > 0 ? d->arguments->limit : QUERIES;
    char title[64];
    int top;
    if (limit < queries.rows)
        queries.rows = limit;
    if (options.k == 0)
        options.k = NEIGHBORS;
    if (options.k > MOST_K || queries.rows > MOST_ROWS)
        return knn_fail(error, "a page of %zu quer%s and %zu neighbour%s is too large: give at most %d and %d",
                        queries.rows, queries.rows == 1 ? "y" : "ies", options.k, knn_plural(options.k), MOST_ROWS,
                        MOST_K);
    struct knn_neighbor *neighbors = calloc(queries.rows * options.k, sizeof *neighbors);
    if (neighbors == NULL)
        return knn_fail(error, "no memory for the neighbours: use a smaller k");
    snprintf(title, sizeof title, "Test images, and the %zu nearest training image%s by %s", options.k,
             knn_plural(options.k), knn_metrics[options.metric].name);
    int status = find_neighbors(d, &options, &queries, neighbors, error);
    if (status == 0)
        status = open_figure(d, 2 * (MARGIN + FRAME) + ASIDE + (int)options.k * COLUMN + SIDE,
                             (int)queries.rows * ROW + FRAME, title, &top, error);
    if (status == 0)
        report(d, "%zu of %zu neighbour%s query's class, by %s",
               put_rows(d, top + FRAME, queries.rows, neighbors, options.k), queries.rows * options.k,
               queries.rows * options.k == 1 ? " is of its" : "s are of their", knn_metrics[options.metric].name);
    free(neighbors);
    return status;
}
