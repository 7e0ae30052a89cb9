/* How a search is cut into tasks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schedule.h"

/* -- parts --------------------------------------------------------------------------------------------------------- */

/* Checks that `parts` parts cover `count` things once and differ by at most one; returns the largest. */
static size_t check_parts(size_t count, size_t parts) {
    size_t largest = 0;
    assert_int_equal(knn_part(count, parts, 0), 0);
    assert_int_equal(knn_part(count, parts, parts), count);
    for (size_t i = 0; i < parts; i++) {
        assert_true(knn_part(count, parts, i) <= knn_part(count, parts, i + 1));
        size_t size = knn_part(count, parts, i + 1) - knn_part(count, parts, i);
        assert_in_range(size, count / parts, count / parts + (count % parts != 0));
        largest = size > largest ? size : largest;
    }
    return largest;
}

static void test_parts(void **state) {
    (void)state;
    for (size_t count = 0; count <= 40; count++)
        for (size_t parts = 1; parts <= 17; parts++)
            check_parts(count, parts);
    check_parts(SIZE_MAX, 7);
    check_parts(SIZE_MAX - 1, 4096);
}

/* -- schedules ----------------------------------------------------------------------------------------------------- */

struct job {
    size_t queries, rows, dim;
    unsigned threads;
    size_t cache;
    enum knn_split split;
};

/* Bytes that a block of this many tiles takes, with the train panel in use and the one arriving. */
static size_t block_bytes(const struct knn_kernel *kernel, size_t tiles, size_t dim) {
    if (kernel->pair != NULL)
        return (tiles + 2) * dim;
    return tiles * knn_query_panel_bytes(kernel, dim) + 2 * knn_train_panel_bytes(kernel, dim);
}

/* What every split must guarantee. */
static const char *fault_of(const struct knn_kernel *kernel, const struct job *job, const struct knn_schedule *s) {
    size_t panels = (job->rows + kernel->nr - 1) / kernel->nr, tiles = (job->queries + kernel->mr - 1) / kernel->mr;
    if (s->tiles != tiles)
        return "other tiles than the queries fill";
    if (s->blocks < 1 || s->blocks > tiles || s->ranges < 1 || s->ranges > panels)
        return "no task, or an empty one";
    if (check_parts(tiles, s->blocks) != s->block_tiles)
        return "block_tiles is not the largest block";
    check_parts(panels, s->ranges);
    if (s->block_tiles > 1 && block_bytes(kernel, s->block_tiles, job->dim) > job->cache)
        return "a block is larger than the cache";
    if (job->threads == 1 && s->ranges != 1)
        return "ranges for one thread";
    return NULL;
}

/* What the automatic one must guarantee. */
static const char *fault_of_auto(const struct knn_kernel *kernel, const struct job *job, const struct knn_schedule *s) {
    enum { ENOUGH = 32 }; /* blocks a thread, whatever the scheduler itself takes for enough */
    size_t panels = (job->rows + kernel->nr - 1) / kernel->nr, tiles = (job->queries + kernel->mr - 1) / kernel->mr;
    if (s->blocks > 1 && s->ranges < panels && block_bytes(kernel, tiles, job->dim) <= job->cache / 2 &&
        tiles / s->blocks < 32)
        return "several small blocks where one fits";
    int enough = s->blocks >= ENOUGH * (size_t)job->threads;
    if (enough && s->ranges > 1)
        return "ranges though there are blocks enough";
    if (enough && s->blocks % job->threads != 0 && s->blocks != tiles)
        return "the last round of blocks leaves threads idle";
    if (s->blocks * s->ranges < job->threads && (s->ranges != panels || s->blocks != tiles))
        return "threads without a task though there are panels or tiles left";
    return NULL;
}

/* What the others must guarantee, on several threads. */
static const char *fault_of_split(const struct knn_kernel *kernel, const struct job *job,
                                  const struct knn_schedule *s) {
    size_t panels = (job->rows + kernel->nr - 1) / kernel->nr;
    if (job->split == KNN_SPLIT_QUERIES && (s->ranges != 1 || (s->blocks < job->threads && s->blocks != s->tiles)))
        return "not split by queries alone, or into too few blocks";
    if (job->split == KNN_SPLIT_ROWS && s->ranges < job->threads && s->ranges != panels)
        return "too few ranges";
    if (job->split == KNN_SPLIT_BOTH && ((s->blocks == 1 && s->tiles > 1) || (s->ranges == 1 && panels > 1)))
        return "not split in both dimensions";
    if (job->split == KNN_SPLIT_BOTH && s->blocks * s->ranges < job->threads && s->ranges != panels)
        return "threads without a task though there are panels left";
    return NULL;
}

static struct knn_schedule check_job(const struct knn_kernel *kernel, struct job job) {
    size_t panels = (job.rows + kernel->nr - 1) / kernel->nr;
    struct knn_schedule s = knn_schedule(kernel, job.split, job.queries, panels, job.dim, job.threads, job.cache);
    const char *fault = fault_of(kernel, &job, &s);
    if (fault == NULL && job.split == KNN_SPLIT_AUTO)
        fault = fault_of_auto(kernel, &job, &s);
    else if (fault == NULL && job.threads > 1)
        fault = fault_of_split(kernel, &job, &s);
    if (fault != NULL)
        fail_msg(
            "%s, split %d: %zu queries, %zu rows of %zu bytes, %u threads, cache %zu: %zu blocks of up to %zu tiles, "
            "%zu ranges: %s",
            kernel->name, (int)job.split, job.queries, job.rows, job.dim, job.threads, job.cache, s.blocks,
            s.block_tiles, s.ranges, fault);
    return s;
}

/* The i-th kernel of all, runnable here or not: a schedule only wants its shape. */
static const struct knn_kernel *kernel_number(size_t i) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    return i < count ? kernels[i] : NULL;
}

static void test_every_schedule(void **state) {
    (void)state;
    static const size_t queries[] = {1, 2, 11, 12, 13, 97, 1000, 10000}, rows[] = {1, 33, 500, 50000};
    static const size_t dims[] = {1, 100, 3072, 297600}, caches[] = {1, 8 << 10, 256 << 10, 2 << 20};
    static const unsigned threads[] = {1, 2, 3, 7, 64};
    enum { QUERIES = 8, FOUR = 4, THREADS = 5, JOBS = QUERIES * FOUR * FOUR * FOUR * FOUR * THREADS };
    for (size_t i = 0; kernel_number(i) != NULL; i++)
        for (size_t j = 0; j < JOBS; j++)
            check_job(kernel_number(i),
                      (struct job){queries[j % QUERIES], rows[j / QUERIES % FOUR], dims[j / QUERIES / FOUR % FOUR],
                                   threads[j / QUERIES / FOUR / FOUR % THREADS],
                                   caches[j / QUERIES / FOUR / FOUR / THREADS % FOUR],
                                   (enum knn_split)(j / QUERIES / FOUR / FOUR / THREADS / FOUR)});
}

static void test_one_query(void **state) {
    (void)state;
    for (size_t i = 0; kernel_number(i) != NULL; i++)
        for (unsigned threads = 2; threads <= 64; threads *= 2) {
            struct knn_schedule s =
                check_job(kernel_number(i), (struct job){1, 50000, 3072, threads, 1 << 20, KNN_SPLIT_AUTO});
            assert_true(s.blocks == 1 && s.ranges >= threads);
            s = check_job(kernel_number(i),
                          (struct job){1, 2 * kernel_number(i)->nr, 3072, threads, 1 << 20, KNN_SPLIT_AUTO});
            assert_int_equal(s.ranges, 2);
        }
}

static void test_large_batch(void **state) {
    (void)state;
    for (size_t i = 0; kernel_number(i) != NULL; i++)
        for (unsigned threads = 1; threads <= 7; threads++) {
            struct knn_schedule s =
                check_job(kernel_number(i), (struct job){100000, 50000, 3072, threads, 1 << 20, KNN_SPLIT_AUTO});
            assert_true(s.ranges == 1 && s.blocks >= threads && s.blocks % threads == 0 && s.block_tiles > 1);
        }
}

/* 12 x 32 tiles in 1 MiB: batches of CIFAR-10, then train rows too few for a range a task. */
static void test_known_splits(void **state) {
    (void)state;
    static const struct knn_kernel kernel = {.name = "12x32", .mr = 12, .nr = 32, .group = 4, .query_width = 1};
    static const struct {
        size_t queries, rows, dim;
        unsigned threads;
        size_t blocks, ranges;
    } known[] = {
        {1, 50000, 3072, 2, 1, 16},     {8, 50000, 3072, 2, 1, 16},    {64, 50000, 3072, 2, 1, 16},
        {512, 50000, 3072, 2, 3, 6},    {4096, 50000, 3072, 2, 18, 1}, {10000, 50000, 3072, 2, 42, 1},
        {10000, 50000, 3072, 1, 42, 1}, {1, 90, 3072, 16, 1, 3},       {64, 90, 3072, 2, 6, 3},
        {64, 90, 3072, 16, 6, 3},       {65536, 90, 100, 64, 171, 3},  {65536, 32, 100, 64, 512, 1},
        {5000, 32, 100, 3, 24, 1},      {65536, 90, 100, 1, 8, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct knn_schedule s = check_job(&kernel, (struct job){known[i].queries, known[i].rows, known[i].dim,
                                                                known[i].threads, 1 << 20, KNN_SPLIT_AUTO});
        if (s.blocks != known[i].blocks || s.ranges != known[i].ranges)
            fail_msg("%zu queries, %zu rows, %u threads: %zu x %zu, not %zu x %zu", known[i].queries, known[i].rows,
                     known[i].threads, s.blocks, s.ranges, known[i].blocks, known[i].ranges);
    }
}

static void test_huge_rows(void **state) {
    (void)state;
    for (size_t i = 0; kernel_number(i) != NULL; i++) {
        struct knn_schedule s =
            check_job(kernel_number(i), (struct job){100, 100, 10 << 20, 4, 1 << 20, KNN_SPLIT_AUTO});
        assert_true(s.block_tiles == 1 && s.blocks == s.tiles);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),          cmocka_unit_test(test_one_query), cmocka_unit_test(test_large_batch),
        cmocka_unit_test(test_every_schedule), cmocka_unit_test(test_huge_rows), cmocka_unit_test(test_known_splits),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL) != 0;
}
