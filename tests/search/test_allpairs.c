/* All pairs at once, in full and by bounds, by every kernel this CPU can run, against one search for every fold: the
 * same neighbours at the same distances. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "bounds.h"
#include "folds.h"
#include "harness.h"
#include "l1wrap.h"

/* Few values and copies make equal distances en masse, so that the order by index matters. */
enum data { RANDOM, BITS, COPIES, EQUAL };
enum { TEAMS = 8, ORIGINALS = 5 };

struct shape {
    size_t dim, rows, folds;
    enum data data;
};

struct problem {
    struct shape shape;
    struct knn_matrix rows;
    uint16_t *labels;
    struct knn_folds folds;
    struct knn_neighbor *nearest[KNN_METRICS]; /* [row][k] of the largest k tried */
    size_t k;
};

static uint64_t seed, stream;
static struct knn_team machine, small_cache; /* the second has many blocks where the first has one */

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

static struct knn_team team_number(unsigned i) {
    static const unsigned threads[] = {1, 2, 3, 5};
    struct knn_team team = i / 4 % 2 ? small_cache : machine;
    team.threads = threads[i % 4];
    team.bound = i / 8 % 2 == 0;
    return team;
}

/* The i-th kernel this CPU runs that is symmetric, or NULL after the last. */
static const struct knn_kernel *kernel_number(size_t i) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t n = 0; n < count; n++)
        if (knn_metrics[kernels[n]->metric].symmetric && knn_kernel_runs(kernels[n], knn_cpu_features()) && i-- == 0)
            return kernels[n];
    return NULL;
}

/* -- problems and their answers ------------------------------------------------------------------------------------ */

static void make_rows(struct problem *p) {
    struct knn_error error;
    struct shape shape = p->shape;
    if (knn_matrix_alloc(&p->rows, shape.rows, shape.dim, &error) != 0)
        fail_msg("%s", error.message);
    palette_fill(&stream, p->rows.data, shape.rows * p->rows.stride); /* padding, too */
    for (size_t row = 0; row < shape.rows; row++) {
        uint8_t *bytes = knn_matrix_row(&p->rows, row);
        if (shape.data == COPIES && row >= ORIGINALS)
            memcpy(bytes, knn_matrix_row(&p->rows, pick(ORIGINALS)), shape.dim);
        if (shape.data == EQUAL)
            memcpy(bytes, p->rows.data, shape.dim);
        for (size_t i = 0; shape.data == BITS && i < shape.dim; i++)
            bytes[i] &= 1;
    }
}

/* Folds of sizes that differ much: the split is stratified in form, but of our own making. */
static void make_uneven(struct problem *p) {
    memset(p->folds.rows, 0, p->folds.count * sizeof *p->folds.rows);
    for (size_t i = 0; i < p->shape.rows; i++) {
        p->folds.of[i] = (uint32_t)(i < p->folds.count ? i : pick(1 + pick(p->folds.count)));
        p->folds.rows[p->folds.of[i]]++;
    }
}

static size_t least_training(const struct problem *p) {
    size_t largest = 0;
    for (size_t f = 0; f < p->folds.count; f++)
        largest = p->folds.rows[f] > largest ? p->folds.rows[f] : largest;
    return p->shape.rows - largest;
}

/* Rows of one fold, or of all others, in ascending order; `index` receives which they are. */
static struct knn_matrix take_rows(const struct problem *p, size_t fold, int others, uint32_t *index) {
    struct knn_error error;
    struct knn_matrix part;
    assert_int_equal(knn_matrix_alloc(&part, p->rows.rows, p->rows.dim, &error), 0);
    part.rows = 0;
    for (size_t i = 0; i < p->rows.rows; i++)
        if ((p->folds.of[i] != fold) == others) {
            index[part.rows] = (uint32_t)i;
            memcpy(knn_matrix_row(&part, part.rows++), knn_matrix_row(&p->rows, i), p->rows.dim);
        }
    return part;
}

/* By the scalar kernel and knn_search_panels, fold by fold. */
static void solve(struct problem *p, enum knn_metric metric) {
    struct knn_team team = team_number(0);
    struct knn_error error;
    uint32_t *tested = malloc(p->rows.rows * sizeof *tested), *trained = malloc(p->rows.rows * sizeof *trained);
    struct knn_neighbor *found = malloc(p->rows.rows * p->k * sizeof *found);
    p->nearest[metric] = malloc(p->rows.rows * p->k * sizeof *found);
    assert_true(tested != NULL && trained != NULL && found != NULL && p->nearest[metric] != NULL);
    for (size_t f = 0; f < p->folds.count; f++) {
        struct knn_matrix queries = take_rows(p, f, 0, tested), train = take_rows(p, f, 1, trained);
        struct knn_panels panels;
        if (knn_panels_pack(&panels, knn_kernel_reference(metric), knn_view(&train), 0, &team, &error) != 0 ||
            knn_search_panels(&(struct knn_job){.team = &team}, &panels, knn_view(&queries), p->k, found, &error) != 0)
            fail_msg("%s", error.message);
        for (size_t q = 0; q < queries.rows; q++)
            for (size_t i = 0; i < p->k; i++) {
                struct knn_neighbor n = found[q * p->k + i];
                n.id = trained[n.id];
                p->nearest[metric][tested[q] * p->k + i] = n;
            }
        knn_panels_free(&panels);
        knn_matrix_free(&queries);
        knn_matrix_free(&train);
    }
    free(found);
    free(trained);
    free(tested);
}

static void make_problem(struct problem *p, struct shape shape, enum knn_fold_split split, int uneven) {
    struct knn_error error;
    *p = (struct problem){.shape = shape};
    make_rows(p);
    p->labels = malloc(shape.rows * sizeof *p->labels);
    assert_non_null(p->labels);
    for (size_t i = 0; i < shape.rows; i++)
        p->labels[i] = (uint16_t)(i < 2 * shape.folds ? i % 2 : pick(2));
    if (knn_folds_make(&p->folds, split, shape.folds, p->labels, shape.rows, pick(1000), &error) != 0)
        fail_msg("%s", error.message);
    if (uneven)
        make_uneven(p);
    size_t least = least_training(p);
    p->k = least < 100 ? least : 100;
    solve(p, KNN_L1);
    solve(p, KNN_L2);
}

static void free_problem(struct problem *p) {
    knn_matrix_free(&p->rows);
    knn_folds_free(&p->folds);
    free(p->labels);
    free(p->nearest[KNN_L1]);
    free(p->nearest[KNN_L2]);
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static void compare(const struct problem *p, const struct knn_kernel *kernel, const struct knn_neighbor *found,
                    size_t k, const struct knn_team *team) {
    for (size_t row = 0; row < p->rows.rows; row++)
        for (size_t i = 0; i < k; i++) {
            struct knn_neighbor is = found[row * k + i], right = p->nearest[kernel->metric][row * p->k + i];
            if (is.distance != right.distance || is.id != right.id)
                fail_msg("%s, %zu rows of %zu bytes in %zu folds, k %zu, %u threads%s: neighbour %zu of row %zu is row "
                         "%u at %" PRIu64 ", not row %u at %" PRIu64 " (seed %" PRIu64 ")",
                         kernel->name, p->rows.rows, p->rows.dim, p->folds.count, k, team->threads,
                         team->topology == small_cache.topology ? " with a small cache" : "", i, row, is.id,
                         is.distance, right.id, right.distance, seed);
        }
}

static int search(const struct problem *p, const struct knn_kernel *kernel, size_t k, struct knn_neighbor *found,
                  const struct knn_team *team, knn_progress_fn *progress, void *context, struct knn_error *error) {
    const struct knn_job job = {.kernel = kernel, .team = team, .progress = progress, .context = context};
    return knn_search_other_folds(&job, knn_view(&p->rows), p->folds.of, p->folds.count, k, found, error);
}

/* If the kernel has bounds for such rows: strictly by bounds, or in the faster way. */
static void must_find_by_bounds(const struct problem *p, const struct knn_kernel *kernel, size_t k,
                                const struct knn_team *team) {
    const struct knn_job job = {.kernel = kernel, .team = team};
    struct knn_neighbor *found = malloc(p->rows.rows * k * sizeof *found);
    struct knn_error error;
    struct knn_bounds bounds;
    assert_non_null(found);
    if (knn_bounds_check(&job, p->rows.dim, (struct knn_picture){0}, NULL) == 0) {
        if (knn_bounds_build(&bounds, &job, knn_view(&p->rows), (struct knn_picture){0}, &error) != 0 ||
            knn_search_folds_by_bounds(&job, &bounds, p->folds.of, p->folds.count, k, (int)pick(2), found, &error) != 0)
            fail_msg("%s: %s", kernel->name, error.message);
        compare(p, kernel, found, k, team);
        knn_bounds_free(&bounds);
    }
    free(found);
}

static void must_find(const struct problem *p, const struct knn_kernel *kernel, size_t k, const struct knn_team *team) {
    struct knn_neighbor *found = malloc(p->rows.rows * k * sizeof *found);
    struct knn_error error;
    assert_non_null(found);
    if (search(p, kernel, k, found, team, NULL, NULL, &error) != 0)
        fail_msg("%s: %s", kernel->name, error.message);
    compare(p, kernel, found, k, team);
    free(found);
    must_find_by_bounds(p, kernel, k, team);
}

/* Every kernel and several k, each with the next team; max_dim, if not 0, makes rows too long for the kernel. */
static void check_problem(struct problem *p, size_t max_dim) {
    static unsigned next;
    const size_t ks[] = {1, 2, 7, p->k};
    for (size_t i = 0; kernel_number(i) != NULL; i++) {
        struct knn_kernel kernel = *kernel_number(i);
        if (max_dim != 0)
            kernel.max_dim = max_dim;
        for (size_t j = 0; j < sizeof ks / sizeof ks[0]; j++) {
            struct knn_team team = team_number(next++);
            if (ks[j] <= p->k)
                must_find(p, &kernel, ks[j], &team);
        }
        next++;
    }
    free_problem(p);
}

/* -- tests --------------------------------------------------------------------------------------------------------- */

static void test_shapes(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {1, 203, 5, RANDOM},   {3, 131, 2, BITS},     {4, 257, 3, RANDOM},  {31, 301, 5, COPIES},
        {64, 259, 10, BITS},   {64, 70, 3, EQUAL},    {100, 133, 7, BITS},  {100, 35, 5, COPIES},
        {3072, 90, 5, COPIES}, {3072, 64, 2, RANDOM}, {3072, 33, 8, EQUAL}, {200, 500, 5, RANDOM},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct problem p;
        make_problem(&p, shapes[i], (enum knn_fold_split)(i % KNN_FOLD_SPLITS), 0);
        check_problem(&p, 0);
    }
}

static void test_uneven_folds(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {7, 150, 4, BITS}, {33, 97, 9, COPIES}, {64, 211, 2, RANDOM}, {130, 61, 30, BITS}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct problem p;
        make_problem(&p, shapes[i], KNN_CONTIGUOUS, 1);
        check_problem(&p, 0);
    }
}

/* The least there is: a fold a row. */
static void test_single_rows(void **state) {
    (void)state;
    struct problem p;
    make_problem(&p, (struct shape){9, 2, 2, RANDOM}, KNN_CONTIGUOUS, 0);
    check_problem(&p, 0);
    make_problem(&p, (struct shape){9, 40, 40, BITS}, KNN_SHUFFLED, 0);
    check_problem(&p, 0);
}

/* Folds of several strips (engine.c), the last of them shorter. */
static void test_strips(void **state) {
    (void)state;
    struct problem p;
    struct knn_team team = team_number(5);
    make_problem(&p, (struct shape){5, 10300, 2, BITS}, KNN_SHUFFLED, 0);
    for (int metric = KNN_L1; metric <= KNN_L2; metric++)
        must_find(&p, knn_kernel_default(metric, knn_cpu_features()), 20, &team);
    free_problem(&p);
}

static void test_teams(void **state) {
    (void)state;
    struct problem p;
    make_problem(&p, (struct shape){31, 700, 5, BITS}, KNN_STRATIFIED, 0);
    for (size_t i = 0; kernel_number(i) != NULL; i++)
        for (unsigned t = 0; t < 2 * TEAMS; t++) {
            struct knn_team team = team_number(t);
            must_find(&p, kernel_number(i), 5, &team);
        }
    free_problem(&p);
}

/* Rows that no tile's 32 bits hold, and pair kernels that cut them. */
static void test_long_rows(void **state) {
    (void)state;
    enum { MAX_DIM = 130, CHUNK = 128, LARGEST = UINT32_MAX / (255 * 255) };
    static const size_t dims[] = {MAX_DIM - 1, MAX_DIM, 2 * CHUNK, 2 * CHUNK + 1};
    struct problem p;
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++) {
        make_problem(&p, (struct shape){dims[i], 60, 3, BITS}, KNN_CONTIGUOUS, 0);
        check_problem(&p, MAX_DIM);
    }
    for (size_t dim = LARGEST - 1; dim <= LARGEST + 1; dim++) {
        make_problem(&p, (struct shape){dim, 4, 2, RANDOM}, KNN_CONTIGUOUS, 0);
        memset(knn_matrix_row(&p.rows, 0), 0, dim); /* as far apart as can be */
        memset(knn_matrix_row(&p.rows, 3), 255, dim);
        free(p.nearest[KNN_L1]);
        free(p.nearest[KNN_L2]);
        solve(&p, KNN_L1);
        solve(&p, KNN_L2);
        check_problem(&p, 0);
    }
}

/* -- what there cannot be, progress -------------------------------------------------------------------------------- */

static void must_refuse(const struct problem *p, const struct knn_kernel *kernel, size_t k, const char *message) {
    struct knn_team team = team_number(1);
    struct knn_error error;
    struct knn_neighbor untouched = {42, 42};
    assert_int_equal(search(p, kernel, k, &untouched, &team, NULL, NULL, &error), -1);
    assert_string_equal(error.message, message);
    assert_true(untouched.distance == 42 && untouched.id == 42);
}

static void test_errors(void **state) {
    (void)state;
    struct problem p;
    make_problem(&p, (struct shape){4, 11, 2, RANDOM}, KNN_CONTIGUOUS, 0);
    const struct knn_kernel *kernel = knn_kernel_default(KNN_L2, knn_cpu_features());
    must_refuse(&p, kernel, 0, "k = 0: k must be from 1 to 1000");
    must_refuse(&p, kernel, 1001, "k = 1001: k must be from 1 to 1000");
    must_refuse(&p, kernel, 6, "k = 6 is more than the 5 rows of the smallest training part: use a smaller k");
    must_refuse(&p, &knn_l1wrap, 1,
                "metric l1wrap differs between a to b and b to a, but each pair is computed once for both: use l1 or "
                "l2");
    p.folds.of[3] = 2;
    must_refuse(&p, kernel, 1, "row 3 is in fold 2: the folds have numbers from 0 to 1");
    p.folds.of[3] = 0;
    p.rows.dim = 0;
    must_refuse(&p, kernel, 1, "rows of 0 bytes are all alike: give rows of at least 1 byte");
    must_refuse(&p, knn_kernel_reference(KNN_L2), 1, "rows of 0 bytes are all alike: give rows of at least 1 byte");
    free_problem(&p);
}

struct watch {
    pthread_t caller;
    unsigned stop, calls, wrong; /* the call that stops it, or 0 */
    double last;
};

/* Notes what is wrong instead of failing: the test must not be left from within. */
static int on_progress(double done, void *context) {
    struct watch *watch = context;
    watch->wrong |= !pthread_equal(pthread_self(), watch->caller) || !(done >= watch->last && done <= 1) ||
                    (watch->stop != 0 && watch->calls >= watch->stop);
    watch->last = done;
    watch->calls++;
    usleep(101000); /* reports come at most ten times a second */
    return watch->calls == watch->stop;
}

static void test_progress(void **state) {
    (void)state;
    struct problem p;
    make_problem(&p, (struct shape){31, 150, 3, BITS}, KNN_CONTIGUOUS, 0);
    for (unsigned stop = 0; stop < 3; stop++)
        for (unsigned t = 0; t < TEAMS / 2; t++) {
            struct watch watch = {.caller = pthread_self(), .stop = stop};
            struct knn_team team = team_number(t);
            struct knn_neighbor found[150 * 3];
            struct knn_error error = {""};
            const struct knn_kernel *kernel = knn_kernel_default(KNN_L1, knn_cpu_features());
            int status = search(&p, kernel, 3, found, &team, on_progress, &watch, &error);
            assert_false(watch.wrong);
            assert_int_equal(status, stop != 0 && watch.calls >= stop ? -1 : 0);
            assert_true(team.threads > 1 || (watch.calls > 0 && (stop > 0 || watch.last == 1)));
            if (status == 0)
                compare(&p, kernel, found, 3, &team);
            else
                assert_string_equal(error.message, "interrupted");
        }
    free_problem(&p);
}

/* -- the run ------------------------------------------------------------------------------------------------------- */

static int open_teams(void **state) {
    (void)state;
    struct knn_error error;
    static const char *const variables[] = {"HWLOC_SYNTHETIC", "HWLOC_XMLFILE", "HWLOC_THISSYSTEM"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    if (knn_team_open(&machine, 1, 0, &error) != 0)
        return -1;
    setenv("HWLOC_SYNTHETIC", "l2:5(size=8192) core:1 pu:1", 1);
    int status = knn_team_open(&small_cache, 1, 0, &error);
    unsetenv("HWLOC_SYNTHETIC");
    return status;
}

static int close_teams(void **state) {
    (void)state;
    knn_team_close(&machine);
    knn_team_close(&small_cache);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes), cmocka_unit_test(test_uneven_folds), cmocka_unit_test(test_single_rows),
        cmocka_unit_test(test_strips), cmocka_unit_test(test_teams),        cmocka_unit_test(test_long_rows),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_progress),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    stream = seed;
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a sanitizer that ends the run leaves the name of the test */
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    return cmocka_run_group_tests_name("allpairs", tests, open_teams, close_teams) != 0;
}
