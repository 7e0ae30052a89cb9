/* `knnmark draw`: every figure is read back from its file and compared with what it must show, found another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cairo.h>
#include <cmocka.h>

#include "cifar_files.h"
#include "command.h"
#include "kernel.h"
#include "points.h"

enum { MARGIN = 16, TOP = 68, TOP_GENERATED = TOP + 34, INK = 0x1c2024, GREEN = 0x1a7f37, RED = 0xcf222e };
enum { WHITE = 0xffffff };

#define DATA "synthetic:train=60,test=7"

/* -- a picture read back ------------------------------------------------------------------------------------------- */

static char *png(const struct process *p) {
    static char path[256];
    return process_path(p, "figure.png", path, sizeof path);
}

/* Opens what the command wrote, which must have this size. */
static cairo_surface_t *read_picture(const struct process *p, int width, int height) {
    cairo_surface_t *picture = cairo_image_surface_create_from_png(png(p));
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(picture), width);
    assert_int_equal(cairo_image_surface_get_height(picture), height);
    assert_int_equal(process_files(p), 1); /* nothing is left beside it */
    return picture;
}

static uint32_t at(cairo_surface_t *picture, int x, int y) {
    uint32_t pixel;
    assert_in_range(x, 0, cairo_image_surface_get_width(picture) - 1);
    assert_in_range(y, 0, cairo_image_surface_get_height(picture) - 1);
    memcpy(&pixel, cairo_image_surface_get_data(picture) + y * cairo_image_surface_get_stride(picture) + 4 * x, 4);
    return pixel & WHITE;
}

/* Reads an image back that was drawn at (left, top), a square of `scale` pixels for each of its own. */
static void read_image(cairo_surface_t *picture, int left, int top, int scale, uint8_t *image) {
    for (int y = 0; y < KNN_CIFAR_WIDTH * scale; y++)
        for (int x = 0; x < KNN_CIFAR_WIDTH * scale; x++) {
            uint32_t colour = at(picture, left + x, top + y);
            assert_int_equal(colour, at(picture, left + x / scale * scale, top + y / scale * scale));
            int i = y / scale * KNN_CIFAR_WIDTH + x / scale;
            image[i] = (uint8_t)(colour >> 16);
            image[1024 + i] = (uint8_t)(colour >> 8);
            image[2048 + i] = (uint8_t)colour;
        }
}

static void assert_image(cairo_surface_t *picture, int left, int top, int scale, const struct knn_images *images,
                         size_t i) {
    uint8_t image[KNN_CIFAR_BYTES];
    read_image(picture, left, top, scale, image);
    assert_memory_equal(image, knn_matrix_row(&images->pixels, i), KNN_CIFAR_BYTES);
}

static void open_data(struct knn_dataset *dataset, const char *spec) {
    struct knn_error error;
    if (knn_dataset_open(dataset, spec, &error) != 0)
        fail_msg("%s", error.message);
}

/* -- the figures --------------------------------------------------------------------------------------------------- */

static void check_first(struct process *p, const char *spec, size_t count) {
    struct knn_dataset dataset;
    char names[256] = "";
    open_data(&dataset, spec);
    knnmark(p, "draw", "first-nine", "--data", spec, "--output", png(p));
    assert_success(p);
    cairo_surface_t *picture = read_picture(p, 1600, TOP_GENERATED + 216);
    for (size_t i = 0; i < count; i++) {
        assert_image(picture, MARGIN + (int)i * 176, TOP_GENERATED, 5, &dataset.train, i);
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? " " : "",
                 knn_cifar10_names[dataset.train.labels[i]]);
    }
    if (count < 9)
        assert_int_equal(at(picture, MARGIN + (int)count * 176 + 80, TOP_GENERATED + 80), WHITE);
    assert_string_equal(strtok(p->output, "\n"), names);
    cairo_surface_destroy(picture);
    knn_dataset_close(&dataset);
}

static void test_first_nine(void **state) {
    check_first(*state, DATA, 9);
    check_first(*state, "synthetic:train=4,test=1", 4);
}

/* Not inlined: gcc 12 for Arm then warns of a vectorized loop that rows of two bytes never enter. */
static __attribute__((noinline)) uint64_t distance(const uint8_t *a, const uint8_t *b, size_t dim,
                                                   enum knn_metric metric) {
    uint64_t sum = 0;
    for (size_t i = 0; i < dim; i++) {
        int difference = a[i] - b[i];
        sum += (uint64_t)(metric == KNN_L1 ? abs(difference) : difference * difference);
    }
    return sum;
}

/* The k nearest rows, by sorting all of them: nearest[0 ... k - 1]. */
static void find_nearest(const struct knn_matrix *train, const uint8_t *query, enum knn_metric metric, size_t k,
                         size_t *nearest) {
    uint64_t distances[KNN_POINTS];
    for (size_t i = 0; i < train->rows; i++)
        distances[i] = distance(query, knn_matrix_row(train, i), train->dim, metric);
    for (size_t n = 0; n < k; n++) {
        nearest[n] = 0;
        for (size_t i = 1; i < train->rows; i++)
            if (distances[i] < distances[nearest[n]])
                nearest[n] = i;
        distances[nearest[n]] = UINT64_MAX;
    }
}

/* An image with a frame of one colour around it. */
static void assert_framed(cairo_surface_t *picture, int x, int y, const struct knn_images *images, size_t i,
                          uint32_t colour) {
    enum { SIDE = 128, FRAME = 5 };
    assert_image(picture, x, y, 4, images, i);
    for (int along = -FRAME; along < SIDE + FRAME; along++)
        for (int out = 1; out <= FRAME; out++) {
            assert_int_equal(at(picture, x + along, y - out), colour);
            assert_int_equal(at(picture, x + along, y + SIDE - 1 + out), colour);
            assert_int_equal(at(picture, x - out, y + along), colour);
            assert_int_equal(at(picture, x + SIDE - 1 + out, y + along), colour);
        }
}

static void check_neighbors(struct process *p, enum knn_metric metric, size_t queries, size_t k) {
    struct knn_dataset dataset;
    size_t nearest[KNN_POINTS], right = 0;
    char k_text[8], limit[8], report[96];
    snprintf(k_text, sizeof k_text, "%zu", k);
    snprintf(limit, sizeof limit, "%zu", queries);
    open_data(&dataset, DATA);
    knnmark(p, "draw", "neighbors", "--data", DATA, "--metric", knn_metrics[metric].name, "--k", k_text, "--limit",
            limit, "--output", png(p));
    assert_success(p);
    cairo_surface_t *picture = read_picture(p, 42 + 20 + (int)k * 143 + 128, TOP_GENERATED + 5 + (int)queries * 182);
    for (size_t q = 0; q < queries; q++) {
        int x = MARGIN + 5, y = TOP_GENERATED + 5 + (int)q * 182;
        find_nearest(&dataset.train.pixels, knn_matrix_row(&dataset.test.pixels, q), metric, k, nearest);
        assert_framed(picture, x, y, &dataset.test, q, INK);
        for (size_t i = 0; i < k; i++) {
            int is_right = dataset.train.labels[nearest[i]] == dataset.test.labels[q];
            assert_framed(picture, x + 20 + (int)(i + 1) * 143, y, &dataset.train, nearest[i], is_right ? GREEN : RED);
            right += (size_t)is_right;
        }
    }
    assert_in_range(right, 1, queries * k - 1); /* both colours were seen */
    snprintf(report, sizeof report, "%zu of %zu neighbours are of their query's class, by %s\n", right, queries * k,
             knn_metrics[metric].name);
    assert_string_equal(p->output, report);
    cairo_surface_destroy(picture);
    knn_dataset_close(&dataset);
}

static void test_neighbors(void **state) {
    check_neighbors(*state, KNN_L1, 7, 5);
    check_neighbors(*state, KNN_L2, 7, 10);
}

static void test_neighbors_defaults(void **state) {
    struct process *p = *state;
    knnmark(p, "draw", "neighbors", "--data", DATA, "--output", png(p));
    assert_success(p);
    cairo_surface_destroy(read_picture(p, 1620, TOP_GENERATED + 5 + 5 * 182));
    knnmark(p, "draw", "neighbors", "--data", DATA, "--limit", "1", "--k", "1", "--output", png(p));
    assert_success(p);
    assert_holds(p->output, " of 1 neighbour is of its query's class, by l2\n");
    knnmark(p, "draw", "neighbors", "--data", DATA, "--limit", "100", "--output", png(p));
    assert_success(p);
    cairo_surface_destroy(read_picture(p, 1620, TOP_GENERATED + 5 + 7 * 182));
}

/* -- regions ------------------------------------------------------------------------------------------------------- */

/* The label of most of the nearest, or KNN_POINT_CLASSES if there are two of them. */
static int answer(const size_t *nearest, size_t k, const uint16_t *labels) {
    int votes[KNN_POINT_CLASSES] = {0}, most = 0, winner = 0;
    for (size_t i = 0; i < k; i++)
        votes[labels[nearest[i]]]++;
    for (int c = 0; c < KNN_POINT_CLASSES; c++)
        most = votes[c] > most ? votes[c] : most;
    for (int c = KNN_POINT_CLASSES - 1, leaders = 0; c >= 0; c--)
        if (votes[c] == most)
            winner = leaders++ == 0 ? c : KNN_POINT_CLASSES;
    return winner;
}

/* A point's mark may cover what is this near. */
static int is_covered(const struct knn_matrix *points, const uint8_t *place) {
    enum { MARK = 5 };
    for (size_t i = 0; i < points->rows; i++)
        if (distance(knn_matrix_row(points, i), place, 2, KNN_L2) < MARK * MARK)
            return 1;
    return 0;
}

static size_t check_plane(cairo_surface_t *picture, int left, uint64_t seed, enum knn_metric metric, size_t k) {
    struct knn_matrix points;
    struct knn_error error;
    uint16_t labels[KNN_POINTS];
    size_t nearest[KNN_POINTS], ties = 0;
    uint32_t colours[KNN_POINT_CLASSES + 1] = {0, 0, 0, WHITE};
    assert_int_equal(knn_points_generate(&points, labels, seed, &error), 0);
    for (int i = 0; i < 256 * 256; i++) {
        uint8_t place[2] = {(uint8_t)(i % 256), (uint8_t)(i / 256)};
        find_nearest(&points, place, metric, k, nearest);
        int c = answer(nearest, k, labels);
        ties += c == KNN_POINT_CLASSES;
        if (is_covered(&points, place))
            continue;
        uint32_t colour = at(picture, left + 3 * place[0] + 1, TOP + 3 * (255 - place[1]) + 1);
        if (colours[c] == 0)
            colours[c] = colour;
        assert_int_equal(colour, colours[c]);
    }
    for (int c = 0; c < KNN_POINT_CLASSES; c++)
        for (int other = c + 1; other <= KNN_POINT_CLASSES; other++)
            assert_int_not_equal(colours[c], colours[other]);
    knn_matrix_free(&points);
    return ties;
}

static void test_regions(void **state) {
    struct process *p = *state;
    char report[128];
    knnmark(p, "draw", "regions", "--output", png(p));
    assert_success(p);
    cairo_surface_t *picture = read_picture(p, 1600, TOP + 840);
    assert_int_equal(check_plane(picture, MARGIN, 1, KNN_L2, 1), 0);
    size_t ties = check_plane(picture, MARGIN + 800, 1, KNN_L2, 5);
    assert_in_range(ties, 1, 256 * 256 / 4);
    snprintf(report, sizeof report, "1-NN: ties at 0 of 65536 points of the plane\n5-NN: ties at %zu of 65536", ties);
    assert_holds(p->output, report);
    cairo_surface_destroy(picture);
    knnmark(p, "draw", "regions", "--metric", "l1", "--k", "2", "--seed", "7", "--output", png(p));
    assert_success(p);
    picture = read_picture(p, 1600, TOP + 840);
    check_plane(picture, MARGIN + 800, 7, KNN_L1, 2);
    cairo_surface_destroy(picture);
}

/* -- the same distance --------------------------------------------------------------------------------------------- */

static void test_same_distance(void **state) {
    struct process *p = *state;
    struct knn_dataset dataset;
    uint8_t images[4][KNN_CIFAR_BYTES];
    char number[8], report[256];
    open_data(&dataset, DATA);
    for (size_t n = 0; n < (slow() ? 3 : 20); n++) {
        snprintf(number, sizeof number, "%zu", n);
        knnmark(p, "draw", "same-distance", "--data", DATA, "--image", number, "--output", png(p));
        assert_success(p);
        cairo_surface_t *picture = read_picture(p, 1408, TOP_GENERATED + 442);
        assert_image(picture, MARGIN, TOP_GENERATED, 10, &dataset.train, n);
        for (int i = 0; i < 4; i++)
            read_image(picture, MARGIN + i * 352, TOP_GENERATED, 10, images[i]);
        uint64_t same = distance(images[0], images[1], KNN_CIFAR_BYTES, KNN_L2);
        assert_true(same > 1000000); /* nobody takes one for another */
        for (int i = 1; i < 4; i++) {
            assert_int_equal(distance(images[0], images[i], KNN_CIFAR_BYTES, KNN_L2), same);
            for (int j = 1; j < i; j++)
                assert_true(distance(images[j], images[i], KNN_CIFAR_BYTES, KNN_L2) > 1000000);
        }
        snprintf(report, sizeof report, "moved by 5 pixels: squared L2 distance %llu\n", (unsigned long long)same);
        assert_holds(p->output, report);
        snprintf(report, sizeof report, "a box over it: squared L2 distance %llu\n", (unsigned long long)same);
        assert_holds(p->output, report);
        size_t nearer = 0, others = 0;
        for (size_t i = 0; i < dataset.train.pixels.rows; i++)
            if (i != n &&
                distance(images[0], knn_matrix_row(&dataset.train.pixels, i), KNN_CIFAR_BYTES, KNN_L2) < same) {
                nearer++;
                others += dataset.train.labels[i] != dataset.train.labels[n];
            }
        snprintf(report, sizeof report, "%zu of the other 59 training images %s nearer, %zu of them of other classes\n",
                 nearer, nearer == 1 ? "is" : "are", others);
        assert_holds(p->output, report);
        cairo_surface_destroy(picture);
    }
    knn_dataset_close(&dataset);
}

/* Images that cannot be altered: one grey level, and stripes that moving turns into their opposite. */
static struct cifar_bytes plain_batch(int batch) {
    struct cifar_bytes bytes = {.size = 0};
    cifar_put_byte(&bytes, (uint8_t)batch);
    for (int i = 0; i < KNN_CIFAR_BYTES; i++)
        cifar_put_byte(&bytes, batch == 0 ? 77 : i % 32 / 5 % 2 * 255);
    return bytes;
}

static void test_impossible(void **state) {
    struct process *p = *state;
    char folder[256];
    process_path(p, "data", folder, sizeof folder);
    cifar_write_folder(folder, cifar_binary_names, plain_batch);
    knnmark(p, "draw", "same-distance", "--data", folder, "--image", "0", "--output", png(p));
    assert_complaint(p, 1, "moving this image changes nothing");
    knnmark(p, "draw", "same-distance", "--data", folder, "--image", "1", "--output", png(p));
    assert_complaint(p, 1, "moving this image changes it more than darkening can: give another --image");
}

/* -- bad input ----------------------------------------------------------------------------------------------------- */

static void test_usage(void **state) {
    struct process *p = *state;
    static const char valid[] = "give first-nine, neighbors, regions or same-distance";
    knnmark(p, "draw");
    assert_complaint(p, 2, valid);
    knnmark(p, "draw", "mona-lisa", "--output", png(p));
    assert_complaint(p, 2, "no figure `mona-lisa`");
    assert_holds(p->errors, valid);
    knnmark(p, "draw", "regions");
    assert_complaint(p, 2, "needs --output FILE");
    knnmark(p, "draw", "regions", "neighbors", "--output", png(p));
    assert_complaint(p, 2, "draw takes no argument `neighbors`");
    knnmark(p, "draw", "regions", "--shares");
    assert_complaint(p, 2, "draw takes no --shares");
    knnmark(p, "draw", "same-distance", "--image", "-1");
    assert_complaint(p, 2, "--image -1: give a whole number from 0");
    knnmark(p, "draw", "neighbors", "--data", "synthetic:train=300,test=200", "--limit", "180", "--output", png(p));
    assert_complaint(p, 1, "a page of 180 queries and 10 neighbours is too large: give at most 177 and 225");
    assert_int_equal(process_files(p), 0);
    knnmark(p, "draw", "--help");
    assert_success(p);
    assert_holds(p->output, "usage: knnmark draw FIGURE [options]");
}

/* A figure takes the options that matter to it, wherever they stand. */
static void test_options_of_figures(void **state) {
    struct process *p = *state;
    static const struct {
        const char *figure, *option, *value;
    } cases[] = {
        {"first-nine", "--k", "3"},          {"first-nine", "--metric", "l1"},    {"first-nine", "--threads", "1"},
        {"first-nine", "--no-bind", NULL},   {"first-nine", "--limit", "1"},      {"first-nine", "--image", "1"},
        {"neighbors", "--seed", "3"},        {"neighbors", "--image", "1"},       {"regions", "--data", DATA},
        {"regions", "--limit", "1"},         {"same-distance", "--metric", "l2"}, {"same-distance", "--k", "2"},
        {"same-distance", "--isa", "base"},  {"same-distance", "--seed", "2"},    {"regions", "--image", "1"},
        {"same-distance", "--kernel", "l2"},
    };
    char text[128];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "draw %s takes no %s, see `knnmark draw --help`\n", cases[i].figure,
                 cases[i].option);
        knnmark(p, "draw", cases[i].figure, "--output", png(p), cases[i].option, cases[i].value);
        assert_complaint(p, 2, text);
        if (cases[i].value != NULL) {
            knnmark(p, "draw", cases[i].option, cases[i].value, cases[i].figure, "--output", png(p));
            assert_complaint(p, 2, text);
        }
    }
    assert_int_equal(process_files(p), 0);
}

/* No PNG file is written under another format's name. */
static void test_suffix(void **state) {
    struct process *p = *state;
    char path[256];
    static const char *const wrong[] = {"figure.svg", "figure.png.jpg", "figure.", "a.png/figure.pdf"};
    static const char *const right[] = {"figure", "figure.PNG", "figure.png"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        knnmark(p, "draw", "first-nine", "--data", DATA, "--output", wrong[i]);
        assert_complaint(p, 2, "draw writes a PNG file: give a name that ends with .png");
    }
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        knnmark(p, "draw", "first-nine", "--data", DATA, "--output", process_path(p, right[i], path, sizeof path));
        assert_success(p);
        assert_int_equal(process_files(p), i + 1);
    }
}

static void test_bad_values(void **state) {
    struct process *p = *state;
    char folder[256];
    knnmark(p, "draw", "neighbors", "--data", DATA, "--k", "61", "--output", png(p));
    assert_complaint(p, 1, "61");
    knnmark(p, "draw", "regions", "--k", "91", "--output", png(p));
    assert_complaint(p, 1, "91");
    knnmark(p, "draw", "neighbors", "--data", "synthetic:train=900,test=1", "--k", "800", "--output", png(p));
    assert_complaint(p, 1, "too large");
    knnmark(p, "draw", "same-distance", "--data", DATA, "--image", "60", "--output", png(p));
    assert_complaint(p, 1, "from 0 to 59");
    knnmark(p, "draw", "first-nine", "--data", p->folder, "--output", png(p));
    assert_complaint(p, 1, p->folder);
    assert_int_equal(process_files(p), 0);
    process_path(p, "missing", folder, sizeof folder);
    knnmark(p, "draw", "neighbors", "--data", folder, "--output", png(p));
    assert_complaint(p, 1, folder);
}

static void test_unwritable(void **state) {
    struct process *p = *state;
    char path[256];
    process_path(p, "missing/figure.png", path, sizeof path);
    knnmark(p, "draw", "regions", "--output", path);
    assert_complaint(p, 1, path);
    if (access("/dev/full", W_OK) == 0) {
        knnmark(p, "draw", "regions", "--output", "/dev/full");
        assert_complaint(p, 1, "cannot write /dev/full");
    }
    /* a figure that fails leaves an earlier one alone */
    assert_int_equal(process_write(p, "figure.png", "earlier", 7), 0);
    knnmark(p, "draw", "neighbors", "--data", DATA, "--k", "61", "--output", png(p));
    assert_complaint(p, 1, "61");
    struct stat status;
    assert_int_equal(stat(png(p), &status), 0);
    assert_int_equal(status.st_size, 7);
}

int main(void) {
#define drawing_test(name) cmocka_unit_test_setup_teardown(name, command_enter, command_leave)
    const struct CMUnitTest tests[] = {
        drawing_test(test_first_nine),
        drawing_test(test_neighbors),
        drawing_test(test_neighbors_defaults),
        drawing_test(test_regions),
        drawing_test(test_same_distance),
        drawing_test(test_impossible),
        drawing_test(test_usage),
        drawing_test(test_bad_values),
        drawing_test(test_suffix),
        drawing_test(test_options_of_figures),
        drawing_test(test_unwritable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
