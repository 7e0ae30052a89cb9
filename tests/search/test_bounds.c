/* Searches by bounds find what exhaustive ones find, bit for bit: on rows that bounds rule out easily, on rows they
 * cannot rule out, and on rows that lie exactly on a bound, or a unit beside it. Bounds that are too high must be
 * noticed. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arith.h"
#include "bounds.h"
#include "harness.h"

enum { FEW = 60, MANY = 330 }; /* queries: one group, or more than are needed to try both levels */

static uint64_t seed, stream;
static struct knn_team team;

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

enum kind { SMOOTH, CONSTANT, COPIES, UNIFORM, ONE_HOT, BLOCKS, NEAR_BLOCKS, EXTREMES, KINDS };

/* A row whose blocks of 16 bytes, runs of a flat row, are each of one value: its bounds are its distances. */
static void fill_blocks(uint8_t *row, size_t dim) {
    for (size_t i = 0; i < dim; i++)
        row[i] = i % 16 == 0 ? (uint8_t)(100 + pick(4)) : row[i - 1];
}

static void fill_row(enum kind kind, uint8_t *row, size_t dim, const uint8_t *first) {
    uint8_t value = (uint8_t)pick(256);
    memset(row, 0, dim);
    for (size_t i = 0; i < dim; i++)
        switch (kind) {
        case SMOOTH:
            row[i] = value = (uint8_t)(value + pick(7) - 3);
            break;
        case CONSTANT:
            row[i] = value;
            break;
        case UNIFORM:
            row[i] = (uint8_t)pick(256);
            break;
        case EXTREMES:
            row[i] = pick(2) ? 255 : 0;
            break;
        default:
            break;
        }
    if (kind == ONE_HOT)
        row[pick(dim)] = 255;
    if (kind == BLOCKS || kind == NEAR_BLOCKS)
        fill_blocks(row, dim);
    if (kind == NEAR_BLOCKS)
        row[pick(dim)] += pick(2) ? 1 : 255; /* a unit more or less */
    if (kind == COPIES)
        memcpy(row, first + pick(5) * dim, pick(3) == 0 ? dim / 2 : dim);
}

static uint8_t *make_rows(enum kind kind, size_t rows, size_t dim) {
    uint8_t *bytes = malloc(rows * dim);
    assert_non_null(bytes);
    for (size_t i = 0; i < rows; i++)
        fill_row(kind == COPIES && i < 5 ? SMOOTH : kind, bytes + i * dim, dim, bytes);
    return bytes;
}

/* -- the same answers ---------------------------------------------------------------------------------------------- */

struct shape {
    size_t rows, dim, k, width, height, queries;
};

static size_t differences(const struct knn_neighbor *found, const struct knn_neighbor *right, size_t count) {
    size_t different = 0;
    for (size_t i = 0; i < count; i++)
        different += found[i].distance != right[i].distance || found[i].id != right[i].id;
    return different;
}

static int make_index(struct knn_index **index, const struct knn_rows *train, int borrow,
                      const struct knn_options *options, struct knn_error *error) {
    return borrow ? knn_index_borrow(index, train, options, error) : knn_index_create(index, train, options, error);
}

/* Searches at once, or by an index, which has the same bounds. The first rows are overwritten once the index is made,
 * unless it borrows them. */
static int search(struct knn_rows train, size_t gone, const struct knn_rows *queries, size_t k,
                  struct knn_neighbor *found, const struct knn_options *options, struct knn_error *error) {
    struct knn_index *index;
    if (pick(2))
        return knn_search(&train, queries, k, found, options, error);
    int borrow = pick(2) > 0;
    if (make_index(&index, &train, borrow, options, error) != 0)
        return -1;
    if (!borrow || knn_index_method(index) == KNN_EXHAUSTIVE)
        memset((uint8_t *)train.data, 1, gone * train.stride);
    int status = knn_index_search(index, queries, k, found, error);
    knn_index_free(index);
    return status;
}

static void check(enum kind kind, struct shape shape, const struct knn_kernel_info *info) {
    size_t count = shape.queries * shape.k, own = shape.rows - 20; /* the last 20 train rows are queries, too */
    uint8_t *bytes = make_rows(kind, shape.rows + shape.queries, shape.dim);
    struct knn_rows train = {bytes, shape.rows, shape.dim, shape.dim};
    struct knn_rows queries = {bytes + own * shape.dim, shape.queries, shape.dim, shape.dim};
    struct knn_neighbor *found = calloc(count, sizeof *found), *right = calloc(count, sizeof *right);
    struct knn_options options = knn_defaults();
    struct knn_error error = {""};
    assert_true(found != NULL && right != NULL);
    options.metric = info->metric;
    options.kernel = info->name;
    options.threads = 1 + (unsigned)pick(3);
    options.width = shape.width;
    options.height = shape.height;
    options.first_id = 7;
    options.method = KNN_EXHAUSTIVE;
    assert_int_equal(knn_search(&train, &queries, shape.k, right, &options, &error), 0);
    options.method = KNN_BOUNDS;
    if (search(train, own, &queries, shape.k, found, &options, &error) != 0)
        fail_msg("%s, kind %d, %zu bytes: %s", info->name, (int)kind, shape.dim, error.message);
    if (differences(found, right, count) > 0)
        fail_msg("%s, kind %d, %zu rows of %zu bytes, k %zu: %zu of %zu neighbours differ (seed %" PRIu64 ")",
                 info->name, (int)kind, shape.rows, shape.dim, shape.k, differences(found, right, count), count, seed);
    free(found);
    free(right);
    free(bytes);
}

/* Every tile kernel this CPU runs, in turn. */
static struct knn_kernel_info some_kernel(void) {
    static size_t next;
    struct knn_kernel_info info;
    for (;;) {
        if (knn_kernel_describe(next++, &info, sizeof info) != 0)
            next = 0;
        else if (info.runs && info.mr > 1)
            return info;
    }
}

static int no_tile(void) {
    struct knn_kernel_info info;
    for (size_t i = 0; knn_kernel_describe(i, &info, sizeof info) == 0; i++)
        if (info.runs && info.mr > 1)
            return 0;
    return 1;
}

static void test_lengths(void **state) {
    (void)state;
    static const size_t ks[] = {1, 2, 10, 100};
    if (no_tile())
        skip(); /* bounds are for tiles */
    for (size_t dim = 16; dim <= 130; dim++)
        for (int kind = (int)dim % 4; kind < KINDS; kind += 4) {
            struct knn_kernel_info info = some_kernel();
            check(kind, (struct shape){100 + pick(200), dim, ks[pick(4)], 0, 0, FEW}, &info);
        }
    for (size_t dim = 3071; dim <= 3073; dim++)
        for (int kind = 0; kind < KINDS; kind++) {
            struct knn_kernel_info info = some_kernel();
            check(kind, (struct shape){100, dim, ks[pick(3)], 0, 0, FEW}, &info);
        }
}

static void test_pictures(void **state) {
    (void)state;
    static const struct shape shapes[] = {{150, 3072, 5, 32, 32, MANY},   {150, 784, 1, 28, 28, MANY},
                                          {200, 7 * 5 * 3, 3, 7, 5, FEW}, {200, 4 * 4, 2, 4, 4, FEW},
                                          {200, 9 * 30, 2, 9, 30, FEW},   {100, 300 * 5, 2, 300, 5, FEW}};
    if (no_tile())
        skip();
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (int kind = 0; kind < KINDS; kind++) {
            struct knn_kernel_info info = some_kernel();
            check(kind, shapes[i], &info);
        }
}

static void test_many_neighbours(void **state) {
    (void)state;
    if (no_tile())
        skip();
    for (int kind = 0; kind < KINDS; kind++) {
        struct knn_kernel_info info = some_kernel();
        check(kind, (struct shape){1300, 64, 1000, 0, 0, FEW}, &info);
        check(kind, (struct shape){64, 64, 64, 0, 0, FEW}, &info); /* all of them */
    }
}

/* -- bounds that are wrong ----------------------------------------------------------------------------------------- */

/* Searches with bounds of one level that are too high by `much` (L2: in roots of distances); returns how many
 * neighbours are wrong. A search for one neighbour goes over the coarse level, for more over the fine one. */
static size_t break_level(enum knn_metric metric, int level, double much, size_t k) {
    enum { DIM = 64, MOST_K = 5 };
    size_t count = k == 1 ? 8 : 10; /* so few that the first limits are the last */
    uint8_t *bytes = make_rows(BLOCKS, count + FEW, DIM);
    struct knn_rows rows = {bytes, count, DIM, DIM}, queries = {bytes + count * DIM, FEW, DIM, DIM};
    const struct knn_job job = {.kernel = knn_kernel_default(metric, knn_cpu_features()), .team = &team};
    struct knn_neighbor right[FEW * MOST_K], found[FEW * MOST_K];
    struct knn_bounds bounds;
    struct knn_bounds_work work;
    memset(found, 0xa5, sizeof found);
    assert_int_equal(knn_search_rows(&job, rows, queries, k, right, NULL), 0);
    assert_int_equal(knn_bounds_build(&bounds, &job, rows, (struct knn_picture){0}, NULL), 0);
    double less = much / bounds.form.unit[level];
    for (size_t i = 0; i < count; i++)
        bounds.levels[level].slack[i] -= less;
    bounds.levels[level].most_slack -= less;
    assert_int_equal(knn_search_bounds(&job, &bounds, queries, k, 1, found, &work, NULL), 0);
    knn_bounds_free(&bounds);
    free(bytes);
    return differences(found, right, FEW * k);
}

static void test_broken(void **state) {
    (void)state;
    if (no_tile())
        skip();
    for (int level = 0; level < KNN_LEVELS; level++)
        for (size_t k = 1; k <= 5; k += 4) {
            if (k == 5 && level == KNN_COARSE)
                continue; /* it is not asked */
            assert_int_equal(break_level(KNN_L1, level, 0, k), 0);
            assert_int_equal(break_level(KNN_L2, level, 0, k), 0);
            assert_true(break_level(KNN_L1, level, 1, k) > 0);
            assert_true(break_level(KNN_L2, level, 0.2, k) > 0);
        }
}

/* -- what a level promises ----------------------------------------------------------------------------------------- */

/* The largest distance of short rows that rules out neither of two rows at this distance for the other. */
static double reach_of(const struct knn_form *form, int level, uint64_t distance, double slack, double other) {
    return fmin(knn_level_reach(form, knn_level_limit(form, level, distance, slack), other),
                knn_level_reach(form, knn_level_limit(form, level, distance, other), slack));
}

/* The bound itself, of all pairs and levels: never above the distance, and on blocks of one value equal to it (L1). */
static void check_levels(int kind, enum knn_metric metric, size_t dim, struct knn_picture picture) {
    enum { ROWS = 40 };
    uint8_t *bytes = make_rows(kind, ROWS, dim);
    const struct knn_kernel *reference = knn_kernel_reference(metric);
    struct knn_rows rows = {bytes, ROWS, dim, dim};
    struct knn_form form;
    struct knn_level levels[KNN_LEVELS];
    assert_int_equal(knn_form_open(&form, metric, rows, picture, reference), 0);
    assert_int_equal(knn_levels_build(levels, &form, rows, &team), 0);
    for (size_t a = 0; a < ROWS; a++)
        for (size_t b = 0; b <= a; b++) {
            uint64_t full = reference->pair(bytes + a * dim, bytes + b * dim, dim);
            for (int i = 0; i < KNN_LEVELS; i++) {
                const struct knn_level *level = &levels[i];
                double shorter =
                    reference->pair(knn_matrix_row(&level->rows, a), knn_matrix_row(&level->rows, b), form.shorter[i]);
                if (shorter > reach_of(&form, i, full, level->slack[a], level->slack[b]))
                    fail_msg("metric %d, kind %d, level %d, %zu bytes: rows %zu and %zu, at %" PRIu64
                             ", are ruled out by %.0f (seed %" PRIu64 ")",
                             (int)metric, kind, i, dim, a, b, full, shorter, seed);
                if (kind == BLOCKS && dim % 16 == 0 && metric == KNN_L1 && picture.width == 0)
                    assert_true(shorter * form.unit[i] == (double)full);
            }
        }
    for (int i = 0; i < KNN_LEVELS; i++)
        knn_level_free(&levels[i]);
    knn_form_close(&form);
    free(bytes);
}

static void test_levels(void **state) {
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int m = KNN_L1; m <= KNN_L2; m++) {
            check_levels(kind, m, 16 + pick(150), (struct knn_picture){0});
            check_levels(kind, m, 16 * (1 + pick(40)), (struct knn_picture){0});
            for (int interleaved = 0; interleaved <= 1; interleaved++) {
                check_levels(kind, m, 3072, (struct knn_picture){32, 32, interleaved});
                check_levels(kind, m, 784, (struct knn_picture){28, 28, interleaved});
                check_levels(kind, m, 5 * 9 * 40, (struct knn_picture){9, 40, interleaved});
                check_levels(kind, m, 2 * 4 * 700, (struct knn_picture){4, 700, interleaved});
            }
        }
}

/* An orthonormal transform keeps a row's norm, up to the error that slacks allow for. */
static void test_spectrum(void **state) {
    (void)state;
    enum { MOST = 4 * 16 * 16 };
    static const struct knn_grid grids[] = {{32, 32, 3, 1, 2, 2}, {16, 15, 1, 1, 1, 1},    {7, 5, 4, 4, 1, 1},
                                            {9, 2, 9, 1, 1, 2},   {64 * 4, 1, 1, 1, 4, 1}, {3, 1, 1, 1, 1, 1}};
    for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
        struct knn_spectrum spectrum;
        uint32_t sums[MOST];
        float coefficients[MOST];
        double of_sums = 0, of_coefficients = 0, n = (double)(grids[g].block_width * grids[g].block_height);
        assert_int_equal(knn_spectrum_open(&spectrum, &grids[g]), 0);
        assert_int_equal(spectrum.coefficients, knn_blocks(&grids[g]));
        for (size_t i = 0; i < spectrum.coefficients; i++) {
            sums[i] = (uint32_t)pick(256 * (size_t)n);
            of_sums += (double)sums[i] * sums[i] / n;
        }
        knn_spectrum_of(&spectrum, sums, coefficients);
        for (size_t i = 0; i < spectrum.coefficients; i++)
            of_coefficients += (double)coefficients[i] * (double)coefficients[i];
        double error = sqrt(of_coefficients) - sqrt(of_sums);
        assert_true(fabs(error) <= KNN_SPECTRUM_ERROR * sqrt(of_sums));
        knn_spectrum_close(&spectrum);
    }
}

static void test_refusals(void **state) {
    (void)state;
    uint8_t bytes[2 * 64] = {0};
    struct knn_rows rows = {bytes, 2, 64, 64};
    struct knn_options options = knn_defaults();
    struct knn_neighbor found[2];
    struct knn_error error;
    options.method = KNN_BOUNDS;
    options.kernel = "l2_scalar";
    assert_int_equal(knn_search(&rows, &rows, 1, found, &options, &error), -1);
    assert_string_equal(error.message, "kernel l2_scalar has no bounds for rows of 64 bytes: search exhaustively");
    options.width = 5;
    options.height = 3;
    assert_int_equal(knn_search(&rows, &rows, 1, found, &options, &error), -1);
    assert_string_equal(error.message, "rows of 64 bytes are not whole planes of 5 x 3");
    options.kernel = NULL;
    options.width = options.height = (size_t)1 << 32;
    assert_int_equal(knn_search(&rows, &rows, 1, found, &options, &error), -1);
    options.width = 1096708; /* times the height 16, modulo 2^64 */
    options.height = 269121685242884;
    assert_int_equal(knn_search(&rows, &rows, 1, found, &options, &error), -1);
    options.width = options.height = 0;
    rows.dim = 15; /* no block of 16 */
    assert_int_equal(knn_search(&rows, &rows, 1, found, &options, &error), -1);
    assert_non_null(strstr(error.message, "has no bounds for rows of 15 bytes: search exhaustively"));
}

/* -- the way back, and the way there ------------------------------------------------------------------------------- */

/* A search that has learnt that levels are slow searches for all queries in full, and the answers are the same; one
 * that must use bounds does so nevertheless. */
static void go_back(const struct knn_job *job, struct knn_bounds *bounds, struct knn_rows queries,
                    const struct knn_neighbor *right) {
    struct knn_neighbor *found = malloc(queries.rows * sizeof *found);
    struct knn_ways *ways = &bounds->ways[knn_ways_kind(1, queries.rows)];
    struct knn_bounds_work work;
    uint64_t all = (uint64_t)queries.rows * bounds->rows.rows;
    assert_non_null(found);
    for (int i = 0; i < KNN_LEVELS; i++)
        ways->seconds[i] = 1000;
    knn_ways_guess(ways, KNN_IN_FULL, 1);
    for (int strictly = 0; strictly <= 1; strictly++) {
        memset(found, 0, queries.rows * sizeof *found);
        assert_int_equal(knn_search_bounds(job, bounds, queries, 1, strictly, found, &work, NULL), 0);
        assert_int_equal(differences(found, right, queries.rows), 0);
        assert_int_equal(work.all, strictly ? all : 0);
    }
    for (int i = 0; i < KNN_LEVELS; i++)
        ways->seconds[i] = 0; /* forgotten: this call tries both, whatever it then does */
    assert_int_equal(knn_search_bounds(job, bounds, queries, 1, 0, found, &work, NULL), 0);
    assert_int_equal(differences(found, right, queries.rows), 0);
    assert_true(work.all >= knn_min(all, (uint64_t)(2 * 64) * bounds->rows.rows));
    free(found);
}

static void test_way_back(void **state) {
    (void)state;
    enum { ROWS = 1000, DIM = 1024, PAIRS = 20, ALL = 320 }; /* queries so few that a pair kernel has them, and more */
    if (no_tile())
        skip();
    uint8_t *bytes = make_rows(UNIFORM, ROWS + ALL, DIM);
    struct knn_rows rows = {bytes, ROWS, DIM, DIM}, few = {bytes + ROWS * DIM, PAIRS, DIM, DIM}, all = few;
    const struct knn_job job = {.kernel = knn_kernel_default(KNN_L2, knn_cpu_features()), .team = &team};
    struct knn_neighbor right[ALL];
    struct knn_bounds bounds;
    all.rows = ALL;
    assert_int_equal(knn_search_rows(&job, rows, all, 1, right, NULL), 0);
    assert_int_equal(knn_bounds_build(&bounds, &job, rows, (struct knn_picture){0}, NULL), 0);
    go_back(&job, &bounds, few, right);
    go_back(&job, &bounds, all, right);
    knn_bounds_free(&bounds);
    free(bytes);
}

/* An automatic index of rows that bounds are good for has them, beside a copy of the rows or the caller's own; ids are
 * the caller's, in no order. */
static void test_automatic(void **state) {
    (void)state;
    enum { ROWS = 5000, DIM = 1024, K = 3, STRIDE = DIM + 7 };
    if (no_tile())
        skip();
    uint8_t *bytes = make_rows(SMOOTH, ROWS + MANY, STRIDE);
    struct knn_rows rows = {bytes, ROWS, DIM, STRIDE}, queries = {bytes + ROWS * STRIDE, MANY, DIM, STRIDE};
    struct knn_neighbor *right = calloc(MANY * K, sizeof *right), *found = calloc(MANY * K, sizeof *found);
    uint32_t *ids = calloc(ROWS, sizeof *ids);
    struct knn_options options = knn_defaults();
    struct knn_index *index;
    assert_true(right != NULL && found != NULL && ids != NULL);
    for (uint32_t i = 0; i < ROWS; i++) /* 7919 is a prime: all are different */
        ids[i] = i * 7919 % ROWS;
    memcpy(bytes + 100 * STRIDE, bytes + 99 * STRIDE, STRIDE); /* ids decide */
    memcpy(bytes + ROWS * STRIDE, bytes + 99 * STRIDE, STRIDE);
    options.ids = ids;
    options.metric = KNN_L1;
    assert_int_equal(options.method, KNN_AUTO); /* the default */
    options.method = KNN_EXHAUSTIVE;
    assert_int_equal(knn_search(&rows, &queries, K, right, &options, NULL), 0);
    options.method = KNN_AUTO;
    for (int borrow = 0; borrow < 2; borrow++) {
        assert_int_equal(make_index(&index, &rows, borrow, &options, NULL), 0);
        assert_int_equal(knn_index_method(index), KNN_BOUNDS);
        assert_int_equal(knn_index_search(index, &queries, K, found, NULL), 0);
        assert_int_equal(differences(found, right, MANY * K), 0);
        knn_index_free(index);
    }
    free(ids);
    free(right);
    free(found);
    free(bytes);
}

static int open_team(void **state) {
    (void)state;
    return knn_team_open(&team, 2, 0, NULL);
}

static int close_team(void **state) {
    (void)state;
    knn_team_close(&team);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),  cmocka_unit_test(test_pictures), cmocka_unit_test(test_many_neighbours),
        cmocka_unit_test(test_broken),   cmocka_unit_test(test_levels),   cmocka_unit_test(test_spectrum),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_way_back), cmocka_unit_test(test_automatic),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    stream = seed;
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    return cmocka_run_group_tests_name("bounds", tests, open_team, close_team) != 0;
}
