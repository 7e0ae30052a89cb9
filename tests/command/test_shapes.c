/* The command on data sets of other shapes, formats and numbers of classes than CIFAR-10's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array_files.h"
#include "command.h"

enum { MARGIN = 16, TOP = 68, PATH = 256 };

static char *path_of(const struct process *p, const char *name) {
    static char paths[4][PATH];
    static int next;
    next = (next + 1) % 4;
    return process_path(p, name, paths[next], PATH);
}

static char *idx_folder(const struct process *p) {
    array_write_folder(path_of(p, "idx"), array_idx_names, array_idx);
    return path_of(p, "idx");
}

static char *npz_file(const struct process *p) {
    struct cifar_bytes files[ARRAYS];
    for (int i = 0; i < ARRAYS; i++)
        files[i] = array_npy(i);
    array_write_zip(path_of(p, "some.npz"), array_npy_names, files, "0123", 1);
    return path_of(p, "some.npz");
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

static char *classified(struct process *p, const char *data) {
    char *csv = path_of(p, "answers.csv");
    knnmark(p, "classify", "--data", data, "--k", "3", "--shares", "--output", csv);
    assert_success(p);
    assert_holds(p->output, "guessing gives 20 %");
    assert_holds(p->output, "\n                   0     1     2     3     4\n");
    return text_of(p, "answers.csv");
}

/* The same files out of MNIST's format and NumPy's. */
static void test_formats_agree(void **state) {
    struct process *p = *state;
    char *idx = classified(p, idx_folder(p)), *npz = classified(p, npz_file(p));
    assert_int_equal(strncmp(idx, "index,label,predicted,neighbors,distances,0,1,2,3,4\n0,1,", 55), 0);
    assert_string_equal(idx, npz);
    free(idx);
    free(npz);
    knnmark(p, "tune", "--data", path_of(p, "idx"), "--validation", "2", "--k", "1,3");
    assert_success(p);
    knnmark(p, "cv", "--data", path_of(p, "idx"), "--folds", "2", "--k", "1,2", "--split", "contiguous");
    assert_success(p);
    knnmark(p, "info", "--data", path_of(p, "some.npz"));
    assert_success(p);
    assert_holds(p->output, "6 training and 3 test images of 12 bytes");
}

/* The page has no room for the matrix; the file has all of it. */
static void test_many_classes(void **state) {
    struct process *p = *state;
    char *csv = path_of(p, "confusion.csv");
    knnmark(p, "classify", "--data", "synthetic:train=400,test=30,classes=200,dim=50", "--confusion", csv);
    assert_success(p);
    assert_holds(p->output, "guessing gives 0.5 %");
    assert_holds(p->output, "confusion 200 x 200 classes: too many for a page");
    char *text = text_of(p, "confusion.csv");
    size_t commas = 0, lines = 0;
    for (const char *c = text; *c != '\0'; c++) {
        commas += *c == ',';
        lines += *c == '\n';
    }
    assert_true(lines == 201 && commas == 201 * 200);
    free(text);
}

/* -- pictures ------------------------------------------------------------------------------------------------------ */

static cairo_surface_t *draw_first(struct process *p, const char *data) {
    char *png = path_of(p, "figure.png");
    knnmark(p, "draw", "first-nine", "--data", data, "--output", png);
    assert_success(p);
    cairo_surface_t *picture = cairo_image_surface_create_from_png(png);
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(picture), 1600);
    assert_int_equal(cairo_image_surface_get_height(picture), TOP + 216);
    return picture;
}

static uint32_t at(cairo_surface_t *picture, int x, int y) {
    uint32_t pixel;
    memcpy(&pixel, cairo_image_surface_get_data(picture) + y * cairo_image_surface_get_stride(picture) + 4 * x, 4);
    return pixel & 0xffffff;
}

/* 4 x 3 pixels of 40 each, in the middle of 160. */
static void test_greys(void **state) {
    struct process *p = *state;
    cairo_surface_t *picture = draw_first(p, idx_folder(p));
    for (int i = 0; i < (int)array_counts[0]; i++)
        for (int y = 0; y < 160; y++) {
            int left = MARGIN + i * 176;
            assert_int_equal(at(picture, left + 19, TOP + y), 0xffffff);
            assert_int_equal(at(picture, left + 140, TOP + y), 0xffffff);
            for (int x = 0; x < 120; x++) {
                uint8_t grey = array_byte(0, (size_t)i, (size_t)(y / 40 * ARRAY_WIDTH + x / 40));
                assert_int_equal(at(picture, left + 20 + x, TOP + y), grey * 0x10101u);
            }
        }
    assert_string_equal(strtok(p->output, "\n"), "0 2 4 1 3 0");
    cairo_surface_destroy(picture);
    for (int i = 0; i < 2; i++) {
        const char *figure = i == 0 ? "neighbors" : "same-distance";
        knnmark(p, "draw", figure, "--data", path_of(p, "idx"), i == 0 ? "--k" : "--image", "2", "--output",
                path_of(p, "other.png"));
        assert_success(p);
    }
}

/* Of 200 x 400 pixels in colour every third is drawn. */
static void test_large(void **state) {
    struct process *p = *state;
    enum { HEIGHT = 200, WIDTH = 400 };
    char *folder = path_of(p, "large");
    array_write_folder(folder, array_npy_names, array_npy);
    for (int which = 0; which < ARRAYS; which += 2) {
        char name[32], dictionary[128];
        snprintf(name, sizeof name, "large/%s", array_npy_names[which]);
        snprintf(dictionary, sizeof dictionary, "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu, 200, 400, 3)}",
                 array_counts[which / 2]);
        struct cifar_bytes header = array_npy_header(dictionary);
        FILE *file = fopen(path_of(p, name), "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(header.data, 1, header.size, file), header.size);
        for (size_t n = 0; n < array_counts[which / 2] * HEIGHT * WIDTH; n++) {
            const uint8_t pixel[] = {(uint8_t)(n % WIDTH / 2), (uint8_t)(n / WIDTH % HEIGHT), 7};
            assert_int_equal(fwrite(pixel, 1, 3, file), 3);
        }
        assert_int_equal(fclose(file), 0);
    }
    cairo_surface_t *picture = draw_first(p, folder);
    for (int y = 0; y < 67; y++)
        for (int x = 0; x < 134; x++) {
            uint32_t colour = (uint32_t)(x * 3 / 2) << 16 | (uint32_t)(y * 3) << 8 | 7;
            assert_int_equal(at(picture, MARGIN + 13 + x, TOP + 46 + y), colour);
        }
    assert_int_equal(at(picture, MARGIN + 12, TOP + 60), 0xffffff);
    assert_int_equal(at(picture, MARGIN + 147, TOP + 60), 0xffffff);
    assert_int_equal(at(picture, MARGIN + 60, TOP + 45), 0xffffff);
    assert_int_equal(at(picture, MARGIN + 60, TOP + 113), 0xffffff);
    cairo_surface_destroy(picture);
}

/* Rows that are not pictures are not drawn. */
static void test_no_pictures(void **state) {
    struct process *p = *state;
    static const char *const figures[] = {"first-nine", "neighbors", "same-distance"};
    for (size_t i = 0; i < 3; i++) {
        knnmark(p, "draw", figures[i], "--data", "synthetic:train=20,test=5,dim=100", "--output",
                path_of(p, "figure.png"));
        assert_complaint(p, 1, "rows of 100 bytes are no pictures in grey or colour");
    }
    assert_int_equal(process_files(p), 0);
}

#define WITH_FOLDER(name) cmocka_unit_test_setup_teardown(name, command_enter, command_leave)

int main(void) {
    const struct CMUnitTest tests[] = {WITH_FOLDER(test_formats_agree), WITH_FOLDER(test_many_classes),
                                       WITH_FOLDER(test_greys), WITH_FOLDER(test_large), WITH_FOLDER(test_no_pictures)};
    return cmocka_run_group_tests_name("shapes", tests, NULL, NULL);
}
