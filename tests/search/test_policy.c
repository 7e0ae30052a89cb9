/* Policies: no way to cut a search and to spread it over threads changes an answer, or what a caller may rely on. The
 * default policy's own answers are tested in test_search.c. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <omp.h>
#include <pthread.h>

#include "engine.h"
#include "harness.h"

enum {
    DIM = 64,
    LONG_DIM = 193,
    ROWS = 259,
    QUERIES = 300,
    LOOPS = KNN_LOOP_TASKS + 1,
    POLICIES = LOOPS * (KNN_SPLIT_BOTH + 1)
};

static uint64_t seed;
static struct knn_team team; /* with a cache so small that there are many blocks */
static struct knn_matrix rows, queries;

static struct knn_policy policy_number(unsigned i) {
    return (struct knn_policy){.split = (enum knn_split)(i / LOOPS), .loop = (enum knn_loop)(i % LOOPS)};
}

static struct knn_matrix first_queries(size_t count) {
    struct knn_matrix view = queries;
    view.rows = count;
    return view;
}

static struct knn_panels pack(const struct knn_kernel *kernel) {
    struct knn_panels panels;
    struct knn_error error;
    if (knn_panels_pack(&panels, kernel, knn_view(&rows), 0, &team, &error) != 0)
        fail_msg("%s: %s", kernel->name, error.message);
    return panels;
}

static int search(struct knn_policy policy, const struct knn_panels *panels, struct knn_matrix of, size_t k,
                  struct knn_neighbor *found, knn_progress_fn *progress, void *context, struct knn_error *error) {
    const struct knn_job job = {.team = &team, .policy = policy, .progress = progress, .context = context};
    return knn_search_panels(&job, panels, knn_view(&of), k, found, error);
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

static void must_equal(struct knn_policy policy, const struct knn_panels *panels, size_t count, size_t k,
                       const struct knn_neighbor *expected) {
    static struct knn_neighbor found[QUERIES * ROWS];
    struct knn_matrix view = first_queries(count);
    struct knn_error error;
    memset(found, 0xa5, sizeof *found * count * k);
    if (search(policy, panels, view, k, found, NULL, NULL, &error) != 0)
        fail_msg("%s: %s", panels->kernel->name, error.message);
    for (size_t i = 0; i < count * k; i++)
        if (found[i].distance != expected[i].distance || found[i].id != expected[i].id)
            fail_msg("%s, split %d, loop %d, %zu queries, k %zu, %u threads: neighbour %zu of query %zu is row %u at "
                     "%" PRIu64 ", not row %u at %" PRIu64 " (seed %" PRIu64 ")",
                     panels->kernel->name, (int)policy.split, (int)policy.loop, count, k, team.threads, i % k, i / k,
                     found[i].id, found[i].distance, expected[i].id, expected[i].distance, seed);
}

/* Every policy on 1, 2, 3 and 5 threads, bound and not, against what one thread finds by default. */
static void check_batch(const struct knn_panels *panels, size_t count, size_t k) {
    static const unsigned threads[] = {1, 2, 3, 5};
    static struct knn_neighbor expected[QUERIES * ROWS];
    struct knn_matrix view = first_queries(count);
    struct knn_error error;
    team.threads = 1;
    assert_int_equal(search((struct knn_policy){0}, panels, view, k, expected, NULL, NULL, &error), 0);
    for (unsigned i = 0; i < POLICIES * sizeof threads / sizeof threads[0]; i++) {
        team.threads = threads[i / POLICIES];
        team.bound = (int)(i % 2);
        must_equal(policy_number(i % POLICIES), panels, count, k, expected);
    }
    team.bound = 0;
}

/* The default kernels on batches of all sizes, the others on one each. */
static void test_answers(void **state) {
    (void)state;
    static const size_t batches[] = {1, 8, 13, 64, QUERIES}, ks[] = {1, 5, 100, ROWS};
    enum { BATCHES = sizeof batches / sizeof batches[0], KS = sizeof ks / sizeof ks[0] };
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++) {
        if (!knn_kernel_runs(kernels[i], knn_cpu_features()))
            continue;
        int all = kernels[i] == knn_kernel_default(kernels[i]->metric, knn_cpu_features());
        struct knn_panels panels = pack(kernels[i]);
        for (size_t j = 0; j < (all ? BATCHES : 1); j++)
            check_batch(&panels, batches[(i + j) % BATCHES], ks[(i + j) % KS]);
        knn_panels_free(&panels);
    }
}

/* Rows cut into chunks, which a search visits in another way. */
static void test_chunks(void **state) {
    (void)state;
    for (unsigned metric = 0; metric < KNN_METRICS; metric++) {
        if (!knn_metrics[metric].timed)
            continue;
        struct knn_kernel kernel = *knn_kernel_default((enum knn_metric)metric, knn_cpu_features());
        kernel.max_dim = LONG_DIM - 1;
        queries.dim = rows.dim = LONG_DIM;
        struct knn_panels panels = pack(&kernel);
        assert_true(panels.chunks > 1);
        check_batch(&panels, 64, 5);
        knn_panels_free(&panels);
        queries.dim = rows.dim = DIM;
    }
}

/* -- what a caller relies on --------------------------------------------------------------------------------------- */

/* Whatever a search's loop sets in the OpenMP runtime, the caller's own loops stay as they were. */
static void test_callers_schedule(void **state) {
    (void)state;
    struct knn_panels panels = pack(knn_kernel_default(KNN_L2, knn_cpu_features()));
    struct knn_neighbor found[64];
    struct knn_matrix view = first_queries(64);
    struct knn_error error;
    static const omp_sched_t kinds[] = {omp_sched_static, omp_sched_dynamic, omp_sched_guided};
    omp_sched_t before, kind;
    int chunk_before, chunk;
    omp_get_schedule(&before, &chunk_before);
    for (unsigned i = 0; i < 3 * 2 * POLICIES; i++) {
        team.threads = 1 + i / POLICIES % 2 * 2;
        omp_set_schedule(kinds[i / POLICIES / 2], 7);
        assert_int_equal(search(policy_number(i % POLICIES), &panels, view, 1, found, NULL, NULL, &error), 0);
        omp_get_schedule(&kind, &chunk);
        assert_true(kind == kinds[i / POLICIES / 2] && chunk == 7);
    }
    omp_set_schedule(before, chunk_before);
    knn_panels_free(&panels);
}

struct watch {
    pthread_t caller;
    unsigned calls, wrong;
};

static int stop_at_once(double done, void *context) {
    struct watch *watch = context;
    watch->wrong |= !pthread_equal(pthread_self(), watch->caller) || !(done > 0 && done <= 1);
    watch->calls++;
    return 1;
}

/* Progress comes on the caller's thread and can stop every loop. A thread that is late may find no task left, and then
 * reports nothing. */
static void test_interruption(void **state) {
    (void)state;
    enum { TRIES = 200 };
    struct knn_panels panels = pack(knn_kernel_reference(KNN_L2));
    struct knn_neighbor *found = malloc(QUERIES * sizeof *found);
    assert_non_null(found);
    for (unsigned i = 0; i < POLICIES; i++) {
        struct watch watch = {.caller = pthread_self()};
        struct knn_error error = {""};
        int status = 0;
        team.threads = 1 + i % 3;
        for (unsigned try = 0; try < TRIES && watch.calls == 0; try++)
            status = search(policy_number(i), &panels, queries, 1, found, stop_at_once, &watch, &error);
        assert_true(status == -1 && watch.calls == 1 && watch.wrong == 0);
        assert_string_equal(error.message, "interrupted");
    }
    free(found);
    knn_panels_free(&panels);
}

/* A search that a search's progress starts, on the same thread: each has workers of its own. */
struct nested {
    const struct knn_panels *panels;
    struct knn_policy policy;
    struct knn_neighbor found[QUERIES];
    unsigned calls;
    int status;
};

static int search_again(double done, void *context) {
    (void)done;
    struct nested *nested = context;
    struct knn_error error;
    nested->calls++;
    nested->status |= search(nested->policy, nested->panels, queries, 1, nested->found, NULL, NULL, &error);
    return 0;
}

static void test_search_within_search(void **state) {
    (void)state;
    static struct nested nested;
    static struct knn_neighbor expected[QUERIES], found[QUERIES];
    struct knn_panels panels = pack(knn_kernel_reference(KNN_L1));
    struct knn_error error;
    team.threads = 1;
    assert_int_equal(search((struct knn_policy){0}, &panels, queries, 1, expected, NULL, NULL, &error), 0);
    for (unsigned i = 0; i < POLICIES; i++) {
        nested = (struct nested){.panels = &panels, .policy = policy_number(i)};
        team.threads = 1 + i % 2;
        assert_int_equal(search(nested.policy, &panels, queries, 1, found, search_again, &nested, &error), 0);
        assert_int_equal(nested.status, 0);
        for (size_t q = 0; q < QUERIES; q++) {
            assert_true(found[q].distance == expected[q].distance && found[q].id == expected[q].id);
            assert_true(nested.calls == 0 ||
                        (nested.found[q].distance == expected[q].distance && nested.found[q].id == expected[q].id));
        }
    }
    knn_panels_free(&panels);
}

/* -- the run ------------------------------------------------------------------------------------------------------- */

/* Bytes of two values, so that many distances are equal; longer than DIM for test_chunks. */
static int make(struct knn_matrix *matrix, size_t count, uint64_t *stream) {
    struct knn_error error;
    if (knn_matrix_alloc(matrix, count, LONG_DIM, &error) != 0)
        return -1;
    palette_fill(stream, matrix->data, count * matrix->stride);
    for (size_t i = 0; i < count * matrix->stride; i++)
        matrix->data[i] &= 1;
    matrix->dim = DIM;
    return 0;
}

static int open_all(void **state) {
    (void)state;
    struct knn_error error;
    uint64_t stream = seed;
    static const char *const variables[] = {"HWLOC_XMLFILE", "HWLOC_THISSYSTEM"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    setenv("HWLOC_SYNTHETIC", "l2:5(size=8192) core:1 pu:1", 1);
    int status = knn_team_open(&team, 1, 0, &error);
    unsetenv("HWLOC_SYNTHETIC");
    return status != 0 || make(&rows, ROWS, &stream) != 0 || make(&queries, QUERIES, &stream) != 0 ? -1 : 0;
}

static int close_all(void **state) {
    (void)state;
    knn_matrix_free(&rows);
    knn_matrix_free(&queries);
    knn_team_close(&team);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_callers_schedule),
        cmocka_unit_test(test_interruption),
        cmocka_unit_test(test_search_within_search),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a sanitizer that ends the run leaves the name of the test */
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    return cmocka_run_group_tests_name("policy", tests, open_all, close_all) != 0;
}
