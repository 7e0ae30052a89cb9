/* The public calls that search: views of any stride and alignment, ids of the caller's, merged parts, all distances,
 * options, and callers side by side. */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"
#include "knnmark.h"
#include "l1wrap.h"

enum { ROWS = 150, QUERIES = 21, DIM = 7, K = 9, FOLDS = 4 };

static uint64_t seed, stream;
static uint8_t train_bytes[ROWS * DIM], query_bytes[QUERIES * DIM];
static const struct knn_rows train = {train_bytes, ROWS, DIM, DIM}, queries = {query_bytes, QUERIES, DIM, DIM};

static size_t pick(size_t limit) {
    return (size_t)(palette_random(&stream) >> 33) % limit;
}

/* Few values, so that many are equally far and ids decide. */
static void fill(uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)pick(3);
}

static uint64_t distance(enum knn_metric metric, const uint8_t *a, const uint8_t *b) {
    const struct knn_kernel *kernel = metric == KNN_L1WRAP ? &knn_l1wrap : knn_kernel_reference(metric);
    return kernel->pair(a, b, DIM);
}

static int nearer(const void *left, const void *right) {
    const struct knn_neighbor *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* The k nearest of a query by definition, among the rows whose fold is not `but`. */
static void solve(enum knn_metric metric, const uint8_t *query, const uint32_t *ids, const uint32_t *fold, uint32_t but,
                  size_t k, struct knn_neighbor *nearest) {
    struct knn_neighbor all[ROWS];
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (fold == NULL || fold[i] != but)
            all[count++] = (struct knn_neighbor){distance(metric, query, train_bytes + i * DIM), ids[i]};
    qsort(all, count, sizeof *all, nearer);
    memcpy(nearest, all, k * sizeof *all);
}

static void must_equal(const struct knn_neighbor *found, const struct knn_neighbor *right, size_t count,
                       const char *what) {
    for (size_t i = 0; i < count; i++)
        if (found[i].distance != right[i].distance || found[i].id != right[i].id)
            fail_msg("%s: neighbour %zu of query %zu is %u at %" PRIu64 ", not %u at %" PRIu64 " (seed %" PRIu64 ")",
                     what, i % K, i / K, found[i].id, found[i].distance, right[i].id, right[i].distance, seed);
}

/* Different ids in no order, some of them large. */
static void shuffle_ids(uint32_t ids[ROWS]) {
    for (uint32_t i = 0; i < ROWS; i++) {
        size_t j = pick(i + 1);
        ids[i] = j < i ? ids[j] : 0;
        ids[j] = i % 2 ? UINT32_MAX - i : 3 * i;
    }
}

/* -- ids ----------------------------------------------------------------------------------------------------------- */

/* By every kernel: the index, the rows in place, and the folds. */
static void check_kernel(const char *name, enum knn_metric metric, const uint32_t *ids, uint32_t first) {
    static struct knn_neighbor right[ROWS * K], found[ROWS * K];
    struct knn_options options = knn_defaults();
    struct knn_error error;
    struct knn_index *index;
    uint32_t all[ROWS], fold[ROWS];
    for (uint32_t i = 0; i < ROWS; i++) {
        all[i] = ids != NULL ? ids[i] : first + i;
        fold[i] = i < 2 * FOLDS ? i % FOLDS : (uint32_t)pick(FOLDS);
    }
    options.metric = metric;
    options.kernel = name;
    options.threads = 1 + (unsigned)pick(3);
    options.ids = ids;
    options.first_id = first;
    for (size_t q = 0; q < QUERIES; q++)
        solve(metric, query_bytes + q * DIM, all, NULL, 0, K, right + q * K);
    if (knn_index_create(&index, &train, &options, &error) != 0 ||
        knn_index_search(index, &queries, K, found, &error) != 0)
        fail_msg("%s", error.message);
    must_equal(found, right, QUERIES * K, name);
    knn_index_free(index);
    if (knn_search(&train, &queries, K, found, &options, &error) != 0)
        fail_msg("%s", error.message);
    must_equal(found, right, QUERIES * K, name);
    for (size_t row = 0; row < ROWS; row++)
        solve(metric, train_bytes + row * DIM, all, fold, fold[row], K, right + row * K);
    if (metric == KNN_L1WRAP)
        return;
    if (knn_search_folds(&train, fold, FOLDS, K, found, &options, &error) != 0)
        fail_msg("%s", error.message);
    must_equal(found, right, ROWS * K, name);
}

static void test_ids(void **state) {
    (void)state;
    struct knn_kernel_info info;
    uint32_t ids[ROWS];
    for (size_t i = 0; knn_kernel_describe(i, &info, sizeof info) == 0; i++) {
        if (!info.runs)
            continue;
        shuffle_ids(ids);
        check_kernel(info.name, info.metric, NULL, 0);
        check_kernel(info.name, info.metric, NULL, UINT32_MAX - ROWS + 1);
        check_kernel(info.name, info.metric, ids, 0);
    }
    check_kernel("l1wrap", KNN_L1WRAP, ids, 0);
}

/* Rows in another order, with their ids: the same answer. */
static void test_any_order(void **state) {
    (void)state;
    uint8_t bytes[ROWS * DIM];
    uint32_t ids[ROWS];
    struct knn_neighbor right[QUERIES * K], found[QUERIES * K];
    struct knn_options options = knn_defaults();
    assert_int_equal(knn_search(&train, &queries, K, right, NULL, NULL), 0);
    for (uint32_t i = 0; i < ROWS; i++)
        ids[i] = i;
    for (size_t i = ROWS; i-- > 1;) {
        size_t j = pick(i + 1);
        uint32_t id = ids[i];
        ids[i] = ids[j];
        ids[j] = id;
    }
    for (size_t i = 0; i < ROWS; i++)
        memcpy(bytes + i * DIM, train_bytes + ids[i] * DIM, DIM);
    options.ids = ids;
    assert_int_equal(knn_search(&(struct knn_rows){bytes, ROWS, DIM, DIM}, &queries, K, found, &options, NULL), 0);
    must_equal(found, right, QUERIES * K, "another order");
}

/* Shards of uneven size, one of them smaller than k, searched on their own and merged. */
static void test_merge(void **state) {
    (void)state;
    enum { SHARDS = 4 };
    static const size_t start[SHARDS + 1] = {0, 3, 80, 84, ROWS};
    static struct knn_neighbor lists[SHARDS][QUERIES * K];
    const struct knn_neighbor *found[SHARDS];
    size_t counts[SHARDS];
    struct knn_neighbor right[QUERIES * K], merged[QUERIES * K];
    struct knn_options options = knn_defaults();
    struct knn_error error;
    assert_int_equal(knn_search(&train, &queries, K, right, NULL, NULL), 0);
    for (size_t s = 0; s < SHARDS; s++) {
        struct knn_rows rows = {train_bytes + start[s] * DIM, start[s + 1] - start[s], DIM, DIM};
        counts[s] = rows.rows < K ? rows.rows : K;
        options.first_id = (uint32_t)start[s];
        assert_int_equal(knn_search(&rows, &queries, counts[s], lists[s], &options, NULL), 0);
        found[SHARDS - 1 - s] = lists[s];
    }
    size_t backwards[SHARDS] = {counts[3], counts[2], counts[1], counts[0]};
    assert_int_equal(knn_merge(found, backwards, SHARDS, QUERIES, K, merged, &error), 0);
    must_equal(merged, right, QUERIES * K, "merged");
    assert_int_equal(knn_merge(found, (size_t[]){3}, 1, QUERIES, K, merged, &error), -1);
    assert_string_equal(error.message, "k = 9 is more than the 3 neighbours of all lists: use a smaller k");
    assert_int_equal(knn_merge(found, (size_t[]){K + 1}, 1, QUERIES, K, merged, &error), -1);
    assert_string_equal(error.message, "list 0 has 10 neighbours, more than k = 9");
    assert_int_equal(knn_merge(found, (size_t[]){0}, 1, QUERIES, 0, merged, &error), -1);
}

/* -- views --------------------------------------------------------------------------------------------------------- */

/* The same rows `stride` bytes apart, the last byte being the last before a page that cannot be read. */
static struct knn_rows guarded_copy(const struct knn_rows *rows, size_t stride, struct guarded *memory) {
    size_t size = (rows->rows - 1) * stride + rows->dim;
    assert_int_equal(guarded_open(memory, "rows", size), 0);
    uint8_t *bytes = guarded_place(memory, size, 1, 0, GUARDED_BACK);
    for (size_t row = 0; row < rows->rows; row++)
        memcpy(bytes + row * stride, rows->data + row * rows->dim, rows->dim);
    return (struct knn_rows){bytes, rows->rows, rows->dim, stride};
}

/* Any stride and alignment on both sides, no byte beyond the rows, and an index that needs them no more. */
static void check_view(const struct knn_kernel_info *info, size_t stride, size_t other) {
    static struct knn_neighbor right[ROWS * K], found[ROWS * K];
    static uint32_t distances[QUERIES * ROWS], fold[ROWS];
    struct guarded memory[2];
    struct knn_rows view = guarded_copy(&train, stride, &memory[0]), asked = guarded_copy(&queries, other, &memory[1]);
    struct knn_options options = knn_defaults();
    struct knn_index *index;
    options.metric = info->metric;
    options.kernel = info->name;
    for (uint32_t i = 0; i < ROWS; i++)
        fold[i] = i % FOLDS;
    assert_int_equal(knn_search(&train, &queries, K, right, &options, NULL), 0);
    assert_int_equal(knn_search(&view, &asked, K, found, &options, NULL), 0);
    must_equal(found, right, QUERIES * K, info->name);
    assert_int_equal(knn_distances(&view, &asked, distances, ROWS, &options, NULL), 0);
    assert_int_equal(distances[ROWS * QUERIES - 1],
                     distance(info->metric, query_bytes + (QUERIES - 1) * DIM, train_bytes + (ROWS - 1) * DIM));
    assert_int_equal(knn_index_create(&index, &view, &options, NULL), 0);
    guarded_close(&memory[0]);
    assert_int_equal(knn_index_search(index, &asked, K, found, NULL), 0);
    must_equal(found, right, QUERIES * K, info->name);
    knn_index_free(index);
    guarded_close(&memory[1]);
    view = guarded_copy(&train, stride, &memory[0]);
    assert_int_equal(knn_search_folds(&train, fold, FOLDS, K, right, &options, NULL), 0);
    assert_int_equal(knn_search_folds(&view, fold, FOLDS, K, found, &options, NULL), 0);
    must_equal(found, right, ROWS * K, info->name);
    guarded_close(&memory[0]);
}

static void test_views(void **state) {
    (void)state;
    static const size_t strides[] = {DIM, DIM + 1, 64, 101};
    struct knn_kernel_info info;
    for (size_t i = 0; knn_kernel_describe(i, &info, sizeof info) == 0; i++)
        for (size_t j = 0; info.runs && j < sizeof strides / sizeof strides[0]; j++)
            check_view(&info, strides[j], strides[(i + j) % 4]);
}

/* -- all distances ------------------------------------------------------------------------------------------------- */

static void test_distances(void **state) {
    (void)state;
    enum { STRIDE = ROWS + 3 };
    static uint32_t found[QUERIES * STRIDE];
    static uint64_t wide[QUERIES * STRIDE];
    struct knn_kernel_info info;
    for (size_t i = 0; knn_kernel_describe(i, &info, sizeof info) == 0; i++) {
        struct knn_options options = knn_defaults();
        struct knn_error error;
        if (!info.runs)
            continue;
        options.metric = info.metric;
        options.kernel = info.name;
        options.threads = 1 + (unsigned)i % 3;
        memset(found, 0xa5, sizeof found);
        if (knn_distances(&train, &queries, found, STRIDE, &options, &error) != 0 ||
            knn_distances64(&train, &queries, wide, STRIDE, &options, &error) != 0)
            fail_msg("%s: %s", info.name, error.message);
        for (size_t q = 0; q < QUERIES; q++)
            for (size_t t = 0; t < STRIDE; t++) {
                uint64_t right = t < ROWS ? distance(info.metric, query_bytes + q * DIM, train_bytes + t * DIM)
                                          : 0xa5a5a5a5; /* not ours */
                assert_int_equal(found[q * STRIDE + t], right);
                assert_true(t >= ROWS || wide[q * STRIDE + t] == right);
            }
    }
}

/* A row too long for 32 bits: refused there, exact in 64. */
static void test_long_distances(void **state) {
    (void)state;
    enum { LONG = 66052 };
    uint8_t *bytes = calloc(2, LONG);
    uint32_t narrow;
    uint64_t wide;
    struct knn_error error;
    assert_non_null(bytes);
    memset(bytes + LONG, 255, LONG);
    struct knn_rows a = {bytes, 1, LONG, LONG}, b = {bytes + LONG, 1, LONG, LONG};
    assert_int_equal(knn_distances(&a, &b, &narrow, 1, NULL, &error), -1);
    assert_string_equal(error.message, "distances of rows of 66052 bytes may exceed 32 bits: at most 66051 bytes, or "
                                       "take 64 bits");
    assert_int_equal(knn_distances64(&a, &b, &wide, 1, NULL, &error), 0);
    assert_true(wide == UINT64_C(255) * 255 * LONG);
    a.dim = b.dim = LONG - 1;
    assert_int_equal(knn_distances(&a, &b, &narrow, 1, NULL, &error), 0);
    assert_int_equal(narrow, UINT32_C(255) * 255 * (LONG - 1));
    free(bytes);
}

/* -- refusals ------------------------------------------------------------------------------------------------------ */

static void must_say(int status, const struct knn_error *error, const char *message) {
    assert_int_equal(status, -1);
    assert_string_equal(error->message, message);
}

static void must_refuse(const struct knn_rows *rows, struct knn_options options, const char *message) {
    struct knn_neighbor found[QUERIES * K];
    struct knn_error error;
    struct knn_index *index = (struct knn_index *)found;
    must_say(knn_index_create(&index, rows, &options, &error), &error, message);
    assert_null(index);
    must_say(knn_search(rows, &queries, K, found, &options, &error), &error, message);
    assert_int_equal(knn_search(rows, &queries, K, found, &options, NULL), -1); /* nobody wants to know why */
}

static void test_refused_options(void **state) {
    (void)state;
    struct knn_options options = knn_defaults();
    struct knn_rows narrow = {train_bytes, ROWS, DIM, DIM - 1}, none = {train_bytes, 0, DIM, DIM};
    must_refuse(&narrow, options, "a stride of 6 is less than the 7 bytes of a row");
    must_refuse(&none, options, "there are no training rows: give at least one");
    must_refuse(&(struct knn_rows){train_bytes, ROWS, 0, 0}, options,
                "rows of 0 bytes are all alike: give rows of at least 1 byte");
    must_refuse(&(struct knn_rows){train_bytes, UINT32_MAX + (size_t)1, DIM, DIM}, options,
                "4294967296 rows are too many: at most 4294967295");
    options.first_id = UINT32_MAX - ROWS + 2;
    must_refuse(&train, options, "150 rows from id 4294967147 on: the last ids exceed 32 bits");
    options = knn_defaults();
    options.weights = (enum knn_weights)2;
    must_refuse(&train, options, "there are no weights number 2: use KNN_UNIFORM or KNN_DISTANCE");
    options = knn_defaults();
    options.bind = 2;
    must_refuse(&train, options, "bind = 2: use 0 or 1");
    options = knn_defaults();
    options.method = (enum knn_method)3;
    must_refuse(&train, options, "there is no method number 3: use KNN_AUTO, KNN_EXHAUSTIVE or KNN_BOUNDS");
    options = knn_defaults();
    options.size = 0;
    must_refuse(&train, options, "options of 0 bytes: begin with knn_defaults(), which says their size");
    options.size = 1 << 20;
    must_refuse(&train, options, "options of 1048576 bytes: begin with knn_defaults(), which says their size");
}

/* The largest distance beside the largest id is one key too many, which means "none yet" (kbest.h). */
static void test_refused_keys(void **state) {
    (void)state;
    enum { LONG = 16843009 };
    uint8_t *bytes = calloc(2, LONG);
    uint32_t id = UINT32_MAX;
    struct knn_neighbor found;
    struct knn_error error;
    struct knn_options options = knn_defaults();
    assert_non_null(bytes);
    memset(bytes + LONG, 255, LONG);
    struct knn_rows a = {bytes, 1, LONG, LONG}, b = {bytes + LONG, 1, LONG, LONG};
    options.metric = KNN_L1;
    options.ids = &id;
    must_say(knn_search(&a, &b, 1, &found, &options, &error), &error,
             "rows of 16843009 bytes with ids up to 4294967295: distance and id exceed 64 bits");
    a.dim = b.dim = LONG - 1;
    assert_int_equal(knn_search(&a, &b, 1, &found, &options, &error), 0);
    assert_true(found.distance == UINT64_C(255) * (LONG - 1) && found.id == id);
    options.ids = NULL; /* a number added in the end takes no bits of the distance */
    options.first_id = id;
    a.dim = b.dim = LONG;
    assert_int_equal(knn_search(&a, &b, 1, &found, &options, &error), 0);
    assert_true(found.distance == UINT64_C(255) * LONG && found.id == id);
    free(bytes);
}

static void test_refused_searches(void **state) {
    (void)state;
    static struct knn_neighbor found[ROWS * K];
    static uint32_t distances[QUERIES * ROWS], fold[ROWS];
    struct knn_error error;
    struct knn_index *index;
    struct knn_rows narrow = {query_bytes, QUERIES, DIM, DIM - 1}, shorter = {query_bytes, QUERIES, DIM - 1, DIM};
    assert_int_equal(knn_index_create(&index, &train, NULL, &error), 0);
    must_say(knn_index_search(index, &queries, 0, found, &error), &error, "k = 0: k must be from 1 to 1000");
    must_say(knn_index_search(index, &queries, 1001, found, &error), &error, "k = 1001: k must be from 1 to 1000");
    must_say(knn_index_search(index, &queries, ROWS + 1, found, &error), &error,
             "k = 151 is more than the 150 training rows: use a smaller k");
    must_say(knn_index_search(index, &narrow, K, found, &error), &error,
             "a stride of 6 is less than the 7 bytes of a row");
    must_say(knn_index_search(index, &shorter, K, found, &error), &error,
             "queries of 6 bytes cannot be compared with training rows of 7");
    assert_int_equal(knn_index_search(index, &(struct knn_rows){NULL, 0, DIM, DIM}, K, NULL, &error), 0);
    knn_index_free(index);
    must_say(knn_distances(&train, &queries, distances, ROWS - 1, NULL, &error), &error,
             "a stride of 149 is less than the 150 distances of a query");
    must_say(knn_search_folds(&train, fold, 0, K, found, NULL, &error), &error,
             "0 folds of 150 rows: use at least 2, and no more than rows");
    must_say(knn_search_folds(&train, fold, SIZE_MAX, K, found, NULL, &error), &error,
             "18446744073709551615 folds of 150 rows: use at least 2, and no more than rows");
    must_say(knn_search_folds(&train, fold, FOLDS, K, found, NULL, &error), &error,
             "k = 9 is more than the 0 rows of the smallest training part: use a smaller k");
    fold[7] = FOLDS;
    must_say(knn_search_folds(&train, fold, FOLDS, K, found, NULL, &error), &error,
             "row 7 is in fold 4: the folds have numbers from 0 to 3");
}

/* A program compiled against an older header has a shorter struct, and one against a newer a longer one. */
static void test_other_versions(void **state) {
    (void)state;
    struct {
        struct knn_options options;
        unsigned char further[16];
    } newer = {.options = knn_defaults()};
    struct knn_neighbor right[QUERIES * K], found[QUERIES * K];
    struct knn_error error;
    struct knn_options older;
    memset(&older, 0xee, sizeof older); /* beyond its size stands what is not ours */
    knn_options_init(&older, offsetof(struct knn_options, first_id));
    older.metric = KNN_L1;
    newer.options.metric = KNN_L1;
    assert_int_equal(knn_search(&train, &queries, K, right, &newer.options, NULL), 0);
    assert_int_equal(knn_search(&train, &queries, K, found, &older, NULL), 0);
    must_equal(found, right, QUERIES * K, "older options");
    newer.options.size = sizeof newer;
    assert_int_equal(knn_search(&train, &queries, K, found, &newer.options, NULL), 0);
    newer.further[7] = 1;
    assert_int_equal(knn_search(&train, &queries, K, found, &newer.options, &error), -1);
    assert_non_null(strstr(error.message, "options that knnmark " KNN_VERSION " does not have"));
}

/* -- callers side by side ------------------------------------------------------------------------------------------ */

struct caller {
    pthread_t thread;
    const struct knn_index *index;
    struct knn_neighbor found[QUERIES * K];
    int status;
};

static void *call(void *argument) {
    struct caller *caller = argument;
    for (int i = 0; i < 20; i++)
        caller->status |= knn_index_search(caller->index, &queries, K, caller->found, NULL);
    return NULL;
}

static void test_callers(void **state) {
    (void)state;
    enum { CALLERS = 4 };
    static struct caller callers[CALLERS];
    struct knn_neighbor right[QUERIES * K];
    struct knn_options options = knn_defaults();
    struct knn_index *index;
    options.threads = 2;
    assert_int_equal(knn_index_create(&index, &train, &options, NULL), 0);
    assert_int_equal(knn_index_search(index, &queries, K, right, NULL), 0);
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.index = index};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        assert_int_equal(callers[i].status, 0);
        must_equal(callers[i].found, right, QUERIES * K, "a caller among several");
    }
    knn_index_free(index);
    knn_index_free(NULL);
}

/* -- what there is ------------------------------------------------------------------------------------------------- */

static void test_kernels(void **state) {
    (void)state;
    struct knn_kernel_info info;
    size_t count, i = 0, defaults = 0;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (; knn_kernel_describe(i, &info, sizeof info) == 0; i++) {
        assert_true(i < count);
        assert_string_equal(info.name, kernels[i]->name);
        assert_true(info.mr == kernels[i]->mr && info.nr == kernels[i]->nr && info.metric == kernels[i]->metric);
        assert_int_equal(info.runs, knn_kernel_runs(kernels[i], knn_cpu_features()));
        defaults += (size_t)info.is_default;
    }
    assert_int_equal(i, count);
    assert_int_equal(defaults, 2);
    assert_string_equal(knn_metric_name(KNN_L2), "l2");
    assert_null(knn_metric_name((enum knn_metric)KNN_METRICS));
    assert_null(knn_metric_name((enum knn_metric) - 1));
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", KNN_VERSION_MAJOR, KNN_VERSION_MINOR, KNN_VERSION_PATCH);
    assert_string_equal(knn_version(), version);
}

static void test_cpu(void **state) {
    (void)state;
    struct knn_cpu_info info;
    struct knn_error error;
    assert_int_equal(knn_cpu_describe(&info, sizeof info, &error), 0);
    assert_true(info.name[0] != 0 && strchr(info.name, '\n') == NULL);
    assert_true(info.cores > 0 && info.hardware_threads >= info.cores && info.threads > 0);
    size_t count, known = 0;
    const struct knn_isa *isas = knn_isas(&count);
    for (char *word = strtok(info.isas, " "); word != NULL; word = strtok(NULL, " "), known++)
        assert_int_equal(knn_isa_find(word)->features & ~knn_cpu_features(), 0);
    for (size_t i = 0; i < count; i++)
        known -= (isas[i].features & ~knn_cpu_features()) == 0;
    assert_int_equal(known, 0);
    struct { /* an older program's */
        char name[64], beyond[64];
    } older = {"", "untouched"};
    assert_int_equal(knn_cpu_describe((void *)&older, sizeof older.name, NULL), 0);
    assert_string_equal(older.name, info.name);
    assert_string_equal(older.beyond, "untouched");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_long_distances),
        cmocka_unit_test(test_refused_options),
        cmocka_unit_test(test_refused_keys),
        cmocka_unit_test(test_refused_searches),
        cmocka_unit_test(test_other_versions),
        cmocka_unit_test(test_callers),
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_cpu),
    };
    struct knn_error error;
    if (harness_seed(&seed, &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    stream = seed;
    printf("seed %" PRIu64 " (KNNMARK_SEED=%" PRIu64 " repeats it)\n", seed, seed);
    fill(train_bytes, sizeof train_bytes);
    fill(query_bytes, sizeof query_bytes);
    return cmocka_run_group_tests_name("index", tests, NULL, NULL) != 0;
}
