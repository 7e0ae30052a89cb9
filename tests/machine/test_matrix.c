/* Matrices of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "matrix.h"

static void must_say(const struct knn_error *error, const char *words) {
    if (strstr(error->message, words) == NULL || strchr(error->message, '\n') != NULL)
        fail_msg("does not say '%s' in one line: %s", words, error->message);
}

static struct knn_matrix make_matrix(size_t rows, size_t dim) {
    struct knn_matrix matrix;
    struct knn_error error;
    if (knn_matrix_alloc(&matrix, rows, dim, &error) != 0)
        fail_msg("%s", error.message);
    return matrix;
}

static void test_layout(void **state) {
    (void)state;
    static const size_t dims[] = {1, 63, 64, 65, 3072, 3073};
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++)
        for (size_t rows = 1; rows <= 1001; rows += 500) {
            struct knn_matrix matrix = make_matrix(rows, dims[d]);
            assert_true(matrix.rows == rows && matrix.dim == dims[d]);
            assert_true(matrix.stride % 64 == 0 && matrix.stride >= dims[d] && matrix.stride < dims[d] + 64);
            assert_true((uintptr_t)matrix.data % page == 0 && matrix.mapped >= rows * matrix.stride);
            assert_ptr_equal(knn_matrix_row(&matrix, rows - 1), matrix.data + (rows - 1) * matrix.stride);
            uint8_t any = 0;
            for (size_t i = 0; i < rows * matrix.stride; i++)
                any |= matrix.data[i];
            assert_int_equal(any, 0);
            memset(matrix.data, 255, matrix.mapped); /* all of it is ours */
            knn_matrix_free(&matrix);
        }
}

static void test_free_twice(void **state) {
    (void)state;
    struct knn_matrix matrix = {0};
    knn_matrix_free(&matrix);
    matrix = make_matrix(3, 5);
    knn_matrix_free(&matrix);
    assert_null(matrix.data);
    knn_matrix_free(&matrix);
}

static void test_refused_sizes(void **state) {
    (void)state;
    static const struct {
        size_t rows, dim;
        const char *words;
    } sizes[] = {
        {0, 1, "cannot exist"},
        {1, 0, "cannot exist"},
        {0, 0, "cannot exist"},
        {SIZE_MAX, 1, "cannot exist"},
        {1, SIZE_MAX, "cannot exist"},
        {1, SIZE_MAX - 63, "cannot exist"},
        {SIZE_MAX, SIZE_MAX, "cannot exist"},
        {SIZE_MAX / 64 + 1, 64, "cannot exist"}, /* the product would be 0 */
        {SIZE_MAX / 64, 64, "cannot exist"},     /* no room to round up */
        {SIZE_MAX / 128, 64, "no memory for"},   /* more than any address space */
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct knn_matrix matrix;
        struct knn_error error = {""};
        memset(&matrix, 0xa5, sizeof matrix);
        assert_int_equal(knn_matrix_alloc(&matrix, sizes[i].rows, sizes[i].dim, &error), -1);
        must_say(&error, sizes[i].words);
        assert_true(matrix.data == NULL && matrix.mapped == 0);
        knn_matrix_free(&matrix);
    }
}

/* Discards rows of a matrix full of ones: pages wholly among them go, not a byte of another row does. */
static void check_discard(const struct knn_matrix *matrix, size_t first, size_t count) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), begin = first * matrix->stride, end = begin + count * matrix->stride;
    memset(matrix->data, 1, matrix->rows * matrix->stride);
    knn_matrix_discard(matrix, first, count);
    for (size_t i = 0; i < matrix->rows * matrix->stride; i++) {
        size_t start = i / page * page;
        int whole = start >= begin && start + page <= end;
#ifdef __linux__
        int right = matrix->data[i] == !whole;
#else
        int right = matrix->data[i] == 1 || whole; /* what is given back may stay readable for a while */
#endif
        if (!right)
            fail_msg("rows [%zu, %zu) of %zu bytes discarded: byte %zu is %u", first, first + count, matrix->stride, i,
                     matrix->data[i]);
    }
}

static void test_discard(void **state) {
    (void)state;
    static const size_t strides[] = {64, 3072, 4096}, firsts[] = {0, 1, 10, 64, 65, 198};
    static const size_t counts[] = {0, 1, 2, 63, 64, 65, 135};
    for (size_t s = 0; s < sizeof strides / sizeof strides[0]; s++) {
        struct knn_matrix matrix = make_matrix(200, strides[s]);
        for (size_t f = 0; f < sizeof firsts / sizeof firsts[0]; f++)
            for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
                if (firsts[f] + counts[c] <= 200)
                    check_discard(&matrix, firsts[f], counts[c]);
        check_discard(&matrix, 0, 200);
        knn_matrix_free(&matrix);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_free_twice),
        cmocka_unit_test(test_refused_sizes),
        cmocka_unit_test(test_discard),
    };
    return cmocka_run_group_tests_name("matrix", tests, NULL, NULL) != 0;
}
