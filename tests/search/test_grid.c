/* Interleaved pictures have the block sums of their planes; and the shape of rows is guessed right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bounds.h"
#include "palette.h"

static uint64_t stream = 1; /* the same bytes each time: whether they look like pictures is a matter of chance */

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

/* Writes the planes of an interleaved picture, one after another. */
static void pull_apart(uint8_t *planar, const uint8_t *row, size_t pixels, size_t planes) {
    for (size_t i = 0; i < pixels * planes; i++)
        planar[i % planes * pixels + i / planes] = row[i];
}

/* -- sums ---------------------------------------------------------------------------------------------------------- */

/* The sum of one block, by definition. */
static uint32_t block_sum(const struct knn_grid *grid, const uint8_t *planes, size_t plane, size_t down,
                          size_t across) {
    uint32_t sum = 0;
    for (size_t y = down * grid->block_height; y < (down + 1) * grid->block_height; y++)
        for (size_t x = across * grid->block_width; x < (across + 1) * grid->block_width; x++)
            sum += planes[(plane * grid->height + y) * grid->width + x];
    return sum;
}

static void must_have_sums(const struct knn_grid *grid, const uint8_t *planes, const uint32_t *sums) {
    size_t n = 0;
    for (size_t plane = 0; plane < grid->planes; plane++)
        for (size_t y = 0; y < knn_blocks_down(grid); y++)
            for (size_t x = 0; x < knn_blocks_across(grid); x++)
                assert_int_equal(sums[n++], block_sum(grid, planes, plane, y, x));
    assert_int_equal(n, knn_blocks(grid));
}

static void test_sums(void **state) {
    (void)state;
    enum { MOST = 3 * 34 * 37 };
    static const size_t sizes[][3] = {{32, 32, 3}, {7, 5, 4}, {34, 37, 3}, {9, 4, 2}, {28, 28, 1}};
    uint8_t row[MOST], planar[MOST];
    uint32_t columns[MOST], sums[MOST];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int metric = KNN_L1; metric <= KNN_L2; metric++)
            for (int interleaved = 0; interleaved <= 1; interleaved++) {
                struct knn_picture picture = {sizes[i][0], sizes[i][1], interleaved};
                size_t pixels = picture.width * picture.height, planes = sizes[i][2];
                struct knn_grid grid = knn_grid_of(metric, pixels * planes, picture), coarser = knn_grid_coarser(grid);
                assert_int_equal(grid.planes, planes);
                for (size_t b = 0; b < pixels * planes; b++)
                    row[b] = (uint8_t)pick(256);
                memcpy(planar, row, sizeof row);
                if (interleaved)
                    pull_apart(planar, row, pixels, planes);
                knn_grid_sum(&grid, row, columns, sums);
                must_have_sums(&grid, planar, sums);
                knn_grid_coarsen(&grid, sums);
                must_have_sums(&coarser, planar, sums);
            }
}

/* -- guesses ------------------------------------------------------------------------------------------------------- */

enum { ROWS = 600, MOST_BYTES = 3072 };

/* Large squares of random colours, and a little noise. */
static uint8_t smooth_at(const uint8_t *colours, size_t y, size_t x, size_t plane) {
    enum { SQUARE = 6, SIDE = 8 };
    return (uint8_t)(colours[(plane * SIDE + y / SQUARE) * SIDE + x / SQUARE] / 2 + pick(16));
}

static void fill_pictures(uint8_t *bytes, size_t dim, struct knn_picture picture) {
    uint8_t colours[4 * 8 * 8];
    size_t pixels = picture.width * picture.height, planes = dim / pixels;
    for (uint8_t *row = bytes; row < bytes + ROWS * dim; row += dim) {
        for (size_t i = 0; i < sizeof colours; i++)
            colours[i] = (uint8_t)pick(256);
        for (size_t i = 0; i < dim; i++) {
            size_t plane = picture.interleaved ? i % planes : i / pixels;
            size_t pixel = picture.interleaved ? i / planes : i % pixels;
            row[i] = smooth_at(colours, pixel / picture.width, pixel % picture.width, plane);
        }
    }
}

static void must_look_like(const uint8_t *bytes, size_t dim, struct knn_picture right) {
    struct knn_picture guess = knn_picture_guess((struct knn_rows){bytes, ROWS, dim, dim});
    if (guess.width != right.width || guess.height != right.height || guess.interleaved != right.interleaved)
        fail_msg("%zu bytes look like %zu x %zu (%d) instead of %zu x %zu (%d)", dim, guess.width, guess.height,
                 guess.interleaved, right.width, right.height, right.interleaved);
}

static const struct {
    size_t dim;
    struct knn_picture picture;
} shapes[] = {{3072, {32, 32, 0}}, {3072, {32, 32, 1}}, {784, {28, 28, 0}},
              {1024, {16, 16, 0}}, {1024, {16, 16, 1}}, {1875, {25, 25, 1}}};

static void test_pictures(void **state) {
    (void)state;
    uint8_t *bytes = malloc(ROWS * MOST_BYTES);
    assert_non_null(bytes);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        fill_pictures(bytes, shapes[i].dim, shapes[i].picture);
        must_look_like(bytes, shapes[i].dim, shapes[i].picture);
    }
    fill_pictures(bytes, 3 * 16 * 64, (struct knn_picture){64, 16, 0}); /* not the bytes of squares */
    must_look_like(bytes, 3071, (struct knn_picture){0});
    free(bytes);
}

static void test_no_pictures(void **state) {
    (void)state;
    uint8_t *bytes = malloc(ROWS * MOST_BYTES), value = 0;
    assert_non_null(bytes);
    for (size_t i = 0; i < ROWS * MOST_BYTES; i++)
        bytes[i] = (uint8_t)pick(256);
    must_look_like(bytes, 3072, (struct knn_picture){0});
    must_look_like(bytes, 784, (struct knn_picture){0});
    for (size_t i = 0; i < ROWS * MOST_BYTES; i++)
        bytes[i] = value = (uint8_t)(value + pick(7) - 3); /* a curve */
    must_look_like(bytes, 3072, (struct knn_picture){0});
    must_look_like(bytes, 784, (struct knn_picture){0});
    memset(bytes, 7, ROWS * MOST_BYTES);
    must_look_like(bytes, 3072, (struct knn_picture){0});
    struct knn_picture alone = knn_picture_guess((struct knn_rows){bytes, 1, 3072, 3072});
    assert_int_equal(alone.width, 0);
    free(bytes);
}

/* -- searches ------------------------------------------------------------------------------------------------------ */

static const struct knn_kernel *tile_of(enum knn_metric metric) {
    const struct knn_kernel *kernel = knn_kernel_default(metric, knn_cpu_features());
    return kernel->tile != NULL ? kernel : NULL;
}

/* Bounds cut rows as the caller says, or as the rows look. */
static void must_be_cut(const struct knn_job *job, struct knn_rows rows, struct knn_picture stated, size_t width,
                        size_t step) {
    struct knn_bounds bounds;
    assert_int_equal(knn_bounds_build(&bounds, job, rows, stated, NULL), 0);
    assert_int_equal(bounds.form.grid.width, width);
    assert_int_equal(bounds.form.grid.step, step);
    knn_bounds_free(&bounds);
}

static void must_find(struct knn_rows rows, enum knn_metric metric) {
    enum { QUERIES = 100, K = 3 };
    struct knn_rows train = rows, queries = rows;
    struct knn_neighbor right[QUERIES * K], found[QUERIES * K];
    struct knn_options options = knn_defaults();
    memset(right, 0, sizeof right);
    memset(found, 0, sizeof found);
    queries.rows = QUERIES;
    train.data += QUERIES / 2 * rows.stride; /* half of the queries are train rows, too */
    train.rows -= QUERIES / 2;
    options.metric = metric;
    options.method = KNN_EXHAUSTIVE;
    assert_int_equal(knn_search(&train, &queries, K, right, &options, NULL), 0);
    options.method = KNN_BOUNDS;
    assert_int_equal(knn_search(&train, &queries, K, found, &options, NULL), 0);
    for (size_t i = 0; i < QUERIES * K; i++)
        assert_true(found[i].distance == right[i].distance && found[i].id == right[i].id);
}

static void test_searches(void **state) {
    (void)state;
    struct knn_team team;
    uint8_t *bytes = malloc(ROWS * MOST_BYTES);
    assert_non_null(bytes);
    assert_int_equal(knn_team_open(&team, 2, 0, NULL), 0);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (int metric = KNN_L1; metric <= KNN_L2; metric++) {
            const struct knn_job job = {.kernel = tile_of(metric), .team = &team};
            struct knn_picture picture = shapes[i].picture, line = {shapes[i].dim, 1, 0};
            struct knn_rows rows = {bytes, ROWS, shapes[i].dim, shapes[i].dim};
            if (job.kernel == NULL)
                continue; /* bounds are for tiles */
            fill_pictures(bytes, rows.dim, picture);
            must_find(rows, metric);
            must_be_cut(&job, rows, (struct knn_picture){0}, picture.width,
                        picture.interleaved ? rows.dim / picture.width / picture.height : 1);
            must_be_cut(&job, rows, (struct knn_picture){picture.width, picture.height, 0}, picture.width, 1);
            must_be_cut(&job, rows, line, rows.dim, 1);
        }
    knn_team_close(&team);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_no_pictures),
        cmocka_unit_test(test_searches),
    };
    return cmocka_run_group_tests_name("grid", tests, NULL, NULL) != 0;
}
