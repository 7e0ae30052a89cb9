/* The search, by every kernel this CPU can run, against plain loops and a full sort that share no code with it. */
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
#include <sched.h>
#include <unistd.h>

#include "engine.h"
#include "harness.h"

/* Copies and equal rows have equal distances en masse, so that the order by index matters. */
enum data { RANDOM, BITS, COPIES, EQUAL };
enum { BEYOND = 32, ORIGINALS = 3, TEAMS = 12 };

struct shape {
    size_t dim, rows, queries;
    enum data data;
};

struct problem {
    struct knn_matrix rows, queries;           /* behind either stand BEYOND rows more, which must not be seen */
    struct knn_neighbor *nearest[KNN_METRICS]; /* [query][row]: all train rows, nearest first */
};

static uint64_t seed, stream;
static struct knn_team machine, small_cache; /* the second has many blocks where the first has one */

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

/* Threads and binding (or the small cache) number i, modulo TEAMS. */
static struct knn_team team_number(unsigned i) {
    static const unsigned threads[] = {1, 2, 3, 5};
    unsigned kind = i / 4 % 3;
    struct knn_team team = kind == 2 ? small_cache : machine;
    team.threads = threads[i % 4];
    team.bound = kind == 1;
    return team;
}

/* The i-th kernel this CPU runs, or NULL after the last. */
static const struct knn_kernel *kernel_number(size_t i) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t n = 0; n < count; n++)
        if (knn_kernel_runs(kernels[n], knn_cpu_features()) && i-- == 0)
            return kernels[n];
    return NULL;
}

/* One of them, a different one for every i as long as there are any. */
static const struct knn_kernel *some_kernel(size_t i) {
    size_t count = 0;
    while (kernel_number(count) != NULL)
        count++;
    return kernel_number(i % count);
}

/* -- problems and their answers ------------------------------------------------------------------------------------ */

static void make_rows(struct knn_matrix *matrix, size_t rows, size_t dim, enum data data, const uint8_t *originals) {
    struct knn_error error;
    if (knn_matrix_alloc(matrix, rows + BEYOND, dim, &error) != 0)
        fail_msg("%s", error.message);
    matrix->rows = rows;
    palette_fill(&stream, matrix->data, (rows + BEYOND) * matrix->stride); /* padding, too */
    for (size_t row = 0; row < rows; row++) {
        uint8_t *bytes = knn_matrix_row(matrix, row);
        const uint8_t *original = originals + pick(ORIGINALS) * dim;
        if (data == COPIES || data == EQUAL)
            memcpy(bytes, data == EQUAL ? originals : original, dim);
        for (size_t i = 0; data == BITS && i < dim; i++)
            bytes[i] &= 1;
    }
}

/* From query a to train row b. */
static uint64_t distance(enum knn_metric metric, const uint8_t *a, const uint8_t *b, size_t dim) {
    uint64_t sum = 0;
    for (size_t i = 0; i < dim; i++) {
        int difference = b[i] - a[i];
        sum += (uint64_t)(metric == KNN_L1       ? abs(difference)
                          : metric == KNN_L1WRAP ? (difference + 256) % 256
                                                 : difference * difference);
    }
    return sum;
}

static int by_distance_then_index(const void *left, const void *right) {
    const struct knn_neighbor *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static void solve(struct problem *p) {
    size_t rows = p->rows.rows, queries = p->queries.rows;
    for (unsigned metric = 0; metric < KNN_METRICS; metric++) {
        struct knn_neighbor *list = p->nearest[metric] = malloc(queries * rows * sizeof *list);
        assert_non_null(list);
        for (size_t q = 0; q < queries; q++, list += rows) {
            for (size_t row = 0; row < rows; row++)
                list[row] = (struct knn_neighbor){
                    distance(metric, knn_matrix_row(&p->queries, q), knn_matrix_row(&p->rows, row), p->rows.dim),
                    (uint32_t)row};
            qsort(list, rows, sizeof *list, by_distance_then_index);
        }
    }
}

static void make_problem(struct problem *p, struct shape shape) {
    uint8_t *originals = malloc(ORIGINALS * shape.dim);
    assert_non_null(originals);
    palette_fill(&stream, originals, ORIGINALS * shape.dim);
    make_rows(&p->rows, shape.rows, shape.dim, shape.data, originals);
    make_rows(&p->queries, shape.queries, shape.dim, shape.data == EQUAL ? RANDOM : shape.data, originals);
    for (size_t q = 0; shape.data == COPIES && q < shape.queries; q += 2)
        knn_matrix_row(&p->queries, q)[pick(shape.dim)] ^= 1;
    for (size_t i = 0; i < BEYOND; i++) /* whoever looks beyond the rows finds what is nearest of all */
        memcpy(knn_matrix_row(&p->rows, shape.rows + i), knn_matrix_row(&p->queries, i % shape.queries), shape.dim);
    free(originals);
    solve(p);
}

static void free_problem(struct problem *p) {
    knn_matrix_free(&p->rows);
    knn_matrix_free(&p->queries);
    for (unsigned metric = 0; metric < KNN_METRICS; metric++)
        free(p->nearest[metric]);
}

/* -- searching ----------------------------------------------------------------------------------------------------- */

static struct knn_panels pack(const struct problem *p, const struct knn_kernel *kernel, const struct knn_team *team) {
    struct knn_panels panels;
    struct knn_error error;
    if (knn_panels_pack(&panels, kernel, knn_view(&p->rows), 0, team, &error) != 0)
        fail_msg("%s: %s", kernel->name, error.message);
    return panels;
}

/* Room for k neighbours of every query, with numbers in it that are no answer. */
static struct knn_neighbor *make_list(size_t queries, size_t k) {
    struct knn_neighbor *list = malloc(queries * k * sizeof *list);
    assert_non_null(list);
    memset(list, 0xa5, queries * k * sizeof *list);
    return list;
}

/* What a search for `count` queries from the `first` on found, against the answer. */
static void compare(const struct problem *p, const struct knn_panels *panels, const struct knn_neighbor *found,
                    size_t first, size_t count, size_t k, const struct knn_team *team) {
    const struct knn_neighbor *nearest = p->nearest[panels->kernel->metric] + first * p->rows.rows;
    for (size_t q = 0; q < count; q++)
        for (size_t i = 0; i < k; i++) {
            struct knn_neighbor is = found[q * k + i], right = nearest[q * p->rows.rows + i];
            if (is.distance != right.distance || is.id != right.id)
                fail_msg("%s, %zu rows of %zu bytes, %zu queries, k %zu, %u threads%s: neighbour %zu of query %zu is "
                         "row %u at %" PRIu64 ", not row %u at %" PRIu64 " (seed %" PRIu64 ")",
                         panels->kernel->name, p->rows.rows, p->rows.dim, count, k, team->threads,
                         team->topology == small_cache.topology ? " with a small cache" : "", i, q, is.id, is.distance,
                         right.id, right.distance, seed);
        }
}

static void must_find(const struct problem *p, const struct knn_panels *panels, size_t first, size_t count, size_t k,
                      const struct knn_team *team) {
    struct knn_matrix queries = p->queries;
    queries.data = knn_matrix_row(&p->queries, first);
    queries.rows = count;
    struct knn_neighbor *found = make_list(count, k);
    struct knn_error error;
    if (knn_search_panels(&(struct knn_job){.team = team}, panels, knn_view(&queries), k, found, &error) != 0)
        fail_msg("%s: %s", panels->kernel->name, error.message);
    compare(p, panels, found, first, count, k, team);
    free(found);
}

/* Every kernel and several k, each with the next team; max_dim, if not 0, cuts rows that need no cutting. */
static void check_shape(struct shape shape, size_t max_dim) {
    static unsigned next;
    const size_t ks[] = {1, 2, 5, 100, shape.rows};
    struct problem p;
    make_problem(&p, shape);
    for (size_t i = 0; kernel_number(i) != NULL; i++) {
        struct knn_kernel kernel = *kernel_number(i);
        if (max_dim != 0)
            kernel.max_dim = max_dim;
        struct knn_team team = team_number(next++);
        struct knn_panels panels = pack(&p, &kernel, &team);
        for (size_t j = 0; j < sizeof ks / sizeof ks[0]; j++) {
            team = team_number(next++);
            if (ks[j] <= shape.rows)
                must_find(&p, &panels, 0, shape.queries, ks[j], &team);
        }
        knn_panels_free(&panels);
    }
    free_problem(&p);
}

static void test_shapes(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {1, 203, 50, RANDOM},  {3, 131, 13, BITS},     {4, 257, 7, RANDOM},  {31, 101, 300, COPIES},
        {31, 1, 7, RANDOM},    {64, 259, 13, BITS},    {64, 69, 2, EQUAL},   {64, 1000, 1, COPIES},
        {100, 133, 300, BITS}, {100, 35, 1, RANDOM},   {100, 50, 50, EQUAL}, {3072, 45, 13, COPIES},
        {3072, 29, 2, RANDOM}, {3072, 5, 300, COPIES}, /* more than a block of queries in most caches */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        check_shape(shapes[i], 0);
}

static void test_teams(void **state) {
    (void)state;
    struct problem p;
    make_problem(&p, (struct shape){31, 131, 50, BITS});
    for (size_t i = 0; kernel_number(i) != NULL; i++)
        for (unsigned t = 0; t < TEAMS; t++) {
            struct knn_team team = team_number(t);
            struct knn_panels panels = pack(&p, kernel_number(i), &team);
            must_find(&p, &panels, 0, 50, 5, &team);
            knn_panels_free(&panels);
        }
    free_problem(&p);
}

static void test_batches(void **state) {
    (void)state;
    enum { QUERIES = 70, K = 3 };
    static const size_t batches[] = {1, 7, 64, QUERIES};
    struct knn_team team = team_number(1);
    struct problem p;
    make_problem(&p, (struct shape){64, 99, QUERIES, BITS});
    for (size_t i = 0; kernel_number(i) != NULL; i++) {
        struct knn_panels panels = pack(&p, kernel_number(i), &team);
        for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++)
            for (size_t q = 0; q < QUERIES; q += batches[b]) {
                team.threads = 2 - q % 2;
                must_find(&p, &panels, q, QUERIES - q < batches[b] ? QUERIES - q : batches[b], K, &team);
            }
        knn_panels_free(&panels);
    }
    free_problem(&p);
}

/* -- long rows ----------------------------------------------------------------------------------------------------- */

/* Kernels that claim to hold little, so that short rows are cut; the lengths straddle the cuts. */
static void test_chunks(void **state) {
    (void)state;
    enum { MAX_DIM = 130, CHUNK = 128 };
    static const struct shape shapes[] = {
        {MAX_DIM - 1, 67, 13, BITS},   {MAX_DIM, 67, 13, RANDOM},      {2 * CHUNK, 131, 7, COPIES},
        {2 * CHUNK + 1, 35, 50, BITS}, {2 * CHUNK - 1, 69, 1, RANDOM}, {3072, 9, 13, COPIES},
    };
    struct knn_kernel kernel = *knn_kernel_reference(KNN_L1);
    kernel.max_dim = MAX_DIM;
    assert_int_equal(knn_chunk_bytes(&kernel, MAX_DIM - 1), MAX_DIM - 1);
    assert_int_equal(knn_chunk_bytes(&kernel, MAX_DIM), CHUNK);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        check_shape(shapes[i], MAX_DIM);
}

/* The farthest rows there are, below, at and above the lengths where a squared distance no longer fits 32 bits. */
static void test_long_rows(void **state) {
    (void)state;
    enum { LARGEST = UINT32_MAX / (255 * 255) };
    static const size_t dims[] = {LARGEST - 1, LARGEST, LARGEST + 1, HARNESS_LONGEST};
    struct knn_team team = team_number(1);
    for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
        struct problem p;
        make_problem(&p, (struct shape){dims[d], 3, 2, RANDOM});
        memset(knn_matrix_row(&p.rows, 0), 0, dims[d]);
        memset(knn_matrix_row(&p.rows, 1), 255, dims[d]);
        memset(knn_matrix_row(&p.queries, 0), 0, dims[d]);
        memset(knn_matrix_row(&p.queries, 1), 255, dims[d]);
        for (unsigned metric = 0; metric < KNN_METRICS; metric++)
            free(p.nearest[metric]);
        solve(&p);
        assert_true(p.nearest[KNN_L2][2].id == 1 && p.nearest[KNN_L2][2].distance == dims[d] * UINT64_C(65025));
        for (size_t i = 0; kernel_number(i) != NULL; i++) {
            if (kernel_number(i)->metric != KNN_L2 && dims[d] != HARNESS_LONGEST)
                continue;
            struct knn_panels panels = pack(&p, kernel_number(i), &team);
            must_find(&p, &panels, 0, 2, 3, &team);
            knn_panels_free(&panels);
        }
        free_problem(&p);
    }
}

/* -- packing that destroys its source ------------------------------------------------------------------------------ */

static void test_consume(void **state) {
    (void)state;
    enum { ROWS = 2300, QUERIES = 5, PAGE = 4096 };
    static const uint8_t zeros[PAGE];
    struct knn_team team = team_number(2);
    struct problem p;
    struct knn_error error;
    struct knn_matrix copy;
    make_problem(&p, (struct shape){64, ROWS, QUERIES, BITS});
    for (size_t i = 0; kernel_number(i) != NULL; i++) {
        const struct knn_kernel *kernel = kernel_number(i);
        struct knn_panels panels;
        assert_int_equal(knn_matrix_alloc(&copy, ROWS + BEYOND, 64, &error), 0);
        copy.rows = ROWS;
        memcpy(copy.data, p.rows.data, (ROWS + BEYOND) * copy.stride);
        assert_int_equal(knn_panels_pack(&panels, kernel, knn_view(&copy), 1, &team, &error), 0);
        must_find(&p, &panels, 0, QUERIES, 7, &team);
#ifdef __linux__ /* elsewhere the system takes its time */
        if (sysconf(_SC_PAGESIZE) == PAGE)
            assert_int_equal(distance(KNN_L1, copy.data, zeros, PAGE), 0);
#endif
        assert_memory_equal(copy.data + ROWS * copy.stride, p.rows.data + ROWS * copy.stride, BEYOND * copy.stride);
        knn_panels_free(&panels);
        knn_matrix_free(&copy);
    }
    free_problem(&p);
}

/* -- errors -------------------------------------------------------------------------------------------------------- */

static void must_refuse(const struct knn_panels *panels, const struct knn_matrix *queries, size_t k,
                        const char *message) {
    struct knn_team team = team_number(1);
    struct knn_neighbor untouched = {42, 42};
    struct knn_error error = {""};
    assert_int_equal(
        knn_search_panels(&(struct knn_job){.team = &team}, panels, knn_view(queries), k, &untouched, &error), -1);
    assert_string_equal(error.message, message);
    assert_true(untouched.distance == 42 && untouched.id == 42);
}

static void test_errors(void **state) {
    (void)state;
    struct knn_team team = team_number(0);
    struct problem p;
    make_problem(&p, (struct shape){4, 1001, 1, RANDOM});
    struct knn_panels panels = pack(&p, knn_kernel_default(KNN_L1, knn_cpu_features()), &team);
    must_refuse(&panels, &p.queries, 0, "k = 0: k must be from 1 to 1000");
    must_refuse(&panels, &p.queries, 1001, "k = 1001: k must be from 1 to 1000");
    must_refuse(&panels, &p.queries, SIZE_MAX, "k = 18446744073709551615: k must be from 1 to 1000");
    must_find(&p, &panels, 0, 1, 1000, &team);
    p.queries.dim = 5;
    must_refuse(&panels, &p.queries, 1, "queries of 5 bytes cannot be compared with training rows of 4");
    p.queries.dim = 4;
    knn_panels_free(&panels);
    p.rows.rows = 6;
    panels = pack(&p, knn_kernel_default(KNN_L2, knn_cpu_features()), &team);
    must_refuse(&panels, &p.queries, 7, "k = 7 is more than the 6 training rows: use a smaller k");
    knn_panels_free(&panels);
    free_problem(&p);
}

/* -- progress and interruption ------------------------------------------------------------------------------------- */

struct watch {
    pthread_t caller;
    unsigned pause; /* microseconds a call takes: reports come at most ten times a second */
    unsigned stop;  /* the call that stops the search, or 0 */
    unsigned calls, wrong;
    double last;
    unsigned cpus, cpu; /* the binding of the caller's thread at the last call: how many, and which is the last one */
};

static void get_binding(struct watch *watch) {
    (void)watch;
#ifdef __linux__
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    watch->cpus = (unsigned)CPU_COUNT(&set);
    for (unsigned i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &set))
            watch->cpu = i;
#endif
}

/* Notes what is wrong instead of failing: the test must not be left from within the search. */
static int on_progress(double done, void *context) {
    struct watch *watch = context;
    watch->wrong |= !pthread_equal(pthread_self(), watch->caller) || !(done >= watch->last && done <= 1) ||
                    (watch->stop != 0 && watch->calls >= watch->stop);
    watch->last = done;
    watch->calls++;
    get_binding(watch);
    usleep(watch->pause);
    return watch->calls == watch->stop;
}

/* Searches with a watch that starts anew; returns what the search does. */
static int search_watched(const struct problem *p, const struct knn_panels *panels, const struct knn_team *team,
                          struct watch *watch) {
    enum { K = 5 };
    struct knn_error error = {""};
    struct knn_neighbor *found = make_list(p->queries.rows, K);
    watch->caller = pthread_self();
    watch->calls = watch->wrong = 0;
    watch->last = 0;
    const struct knn_job job = {.team = team, .progress = on_progress, .context = watch};
    int status = knn_search_panels(&job, panels, knn_view(&p->queries), K, found, &error);
    if (status == 0)
        compare(p, panels, found, 0, p->queries.rows, K, team);
    else
        assert_string_equal(error.message, "interrupted");
    assert_false(watch->wrong);
    free(found);
    return status;
}

static void test_progress(void **state) {
    (void)state;
    struct watch watch = {.pause = 101000};
    struct knn_team team = team_number(0);
    struct problem p;
    make_problem(&p, (struct shape){31, 80, 2, BITS});
    struct knn_panels panels = pack(&p, knn_kernel_reference(KNN_L1), &team);
    assert_int_equal(search_watched(&p, &panels, &team, &watch), 0);
    assert_true(watch.calls >= 2 && watch.last == 1);
    watch.stop = 2;
    assert_int_equal(search_watched(&p, &panels, &team, &watch), -1);
    assert_int_equal(watch.calls, 2);
    watch.pause = 0;
    for (unsigned i = 0; i < 2 * TEAMS; i++) { /* all tasks may be done before the caller's thread gets one */
        team = team_number(i);
        watch.stop = i / TEAMS;
        int status = search_watched(&p, &panels, &team, &watch);
        assert_int_equal(status, watch.stop != 0 && watch.calls != 0 ? -1 : 0);
        assert_true(watch.calls != 0 || team.threads > 1);
    }
    knn_panels_free(&panels);
    free_problem(&p);
}

#ifdef __linux__
static cpu_set_t own_cpus; /* at the start of the program */

static void must_be_bound_to(const cpu_set_t *cpus) {
    cpu_set_t now;
    assert_int_equal(sched_getaffinity(0, sizeof now, &now), 0);
    assert_true(CPU_EQUAL(&now, cpus));
}
#endif

static void test_binding(void **state) {
    (void)state;
#ifndef __linux__
    skip();
#else
    struct knn_binding *own = knn_topology_save(machine.topology);
    int bindable = knn_topology_bind(machine.topology, 0, 1) == 0;
    knn_topology_restore(machine.topology, own);
    if (!bindable)
        skip();
    struct problem p;
    make_problem(&p, (struct shape){31, 80, 20, BITS});
    cpu_set_t last;
    CPU_ZERO(&last);
    for (int i = CPU_SETSIZE; CPU_COUNT(&last) == 0;)
        if (CPU_ISSET(--i, &own_cpus))
            CPU_SET(i, &last);
    must_be_bound_to(&own_cpus); /* after all the tests before */
    for (unsigned i = 0; i < 2 * TEAMS; i++) {
        struct knn_team team = team_number(i);
        const cpu_set_t *before = i < TEAMS ? &own_cpus : &last;
        struct watch watch = {.cpus = 0};
        assert_int_equal(sched_setaffinity(0, sizeof *before, before), 0);
        struct knn_panels panels = pack(&p, some_kernel(i), &team);
        must_be_bound_to(before);
        assert_int_equal(search_watched(&p, &panels, &team, &watch), 0);
        must_be_bound_to(before);
        if (watch.calls != 0 && team.bound)
            assert_true(watch.cpus == 1 && watch.cpu == knn_topology_pu(team.topology, 0, team.threads));
        else if (watch.calls != 0)
            assert_int_equal(watch.cpus, CPU_COUNT(before));
        knn_panels_free(&panels);
    }
    assert_int_equal(sched_setaffinity(0, sizeof own_cpus, &own_cpus), 0);
    free_problem(&p);
#endif
}

/* -- several callers ----------------------------------------------------------------------------------------------- */

struct caller {
    pthread_t thread;
    const struct knn_panels *panels;
    struct knn_matrix queries;
    struct knn_team team;
    struct knn_neighbor *found;
    int status;
};

enum { CALLER_K = 9, CALLER_QUERIES = 60, CALLS = 10 };

static void *call(void *argument) {
    struct caller *caller = argument;
    struct knn_error error;
    for (unsigned i = 0; i < CALLS; i++)
        caller->status |= knn_search_panels(&(struct knn_job){.team = &caller->team}, caller->panels,
                                            knn_view(&caller->queries), CALLER_K, caller->found, &error);
    return NULL;
}

static void test_two_callers(void **state) {
    (void)state;
    struct problem p;
    make_problem(&p, (struct shape){64, 131, 2 * CALLER_QUERIES, BITS});
    for (unsigned i = 0; i < TEAMS; i++) {
        struct caller callers[2];
        struct knn_team team = team_number(i);
        struct knn_panels panels = pack(&p, some_kernel(i), &team);
        for (unsigned c = 0; c < 2; c++) {
            callers[c] = (struct caller){.panels = &panels, .queries = p.queries, .team = team_number(i + c)};
            callers[c].queries.data = knn_matrix_row(&p.queries, c * CALLER_QUERIES);
            callers[c].queries.rows = CALLER_QUERIES;
            callers[c].found = make_list(CALLER_QUERIES, CALLER_K);
            assert_int_equal(pthread_create(&callers[c].thread, NULL, call, &callers[c]), 0);
        }
        for (unsigned c = 0; c < 2; c++)
            assert_int_equal(pthread_join(callers[c].thread, NULL), 0);
        for (unsigned c = 0; c < 2; c++) {
            assert_int_equal(callers[c].status, 0);
            compare(&p, &panels, callers[c].found, c * CALLER_QUERIES, CALLER_QUERIES, CALLER_K, &callers[c].team);
            free(callers[c].found);
        }
        knn_panels_free(&panels);
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
#ifdef __linux__
    sched_getaffinity(0, sizeof own_cpus, &own_cpus);
#endif
    if (knn_team_open(&machine, 1, 0, &error) != 0)
        return -1;
    setenv("HWLOC_SYNTHETIC", "l2:5(size=8192) core:1 pu:1", 1);
    int status = knn_team_open(&small_cache, 1, 0, &error);
    unsetenv("HWLOC_SYNTHETIC");
    return status != 0 || knn_topology_block_bytes(small_cache.topology) != 8192 ? -1 : 0;
}

static int close_teams(void **state) {
    (void)state;
    knn_team_close(&machine);
    knn_team_close(&small_cache);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),      cmocka_unit_test(test_teams),     cmocka_unit_test(test_batches),
        cmocka_unit_test(test_chunks),      cmocka_unit_test(test_long_rows), cmocka_unit_test(test_consume),
        cmocka_unit_test(test_errors),      cmocka_unit_test(test_progress),  cmocka_unit_test(test_binding),
        cmocka_unit_test(test_two_callers),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    stream = seed;
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a sanitizer that ends the run leaves the name of the test */
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    return cmocka_run_group_tests_name("search", tests, open_teams, close_teams) != 0;
}
