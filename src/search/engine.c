#include "engine.h"

#include <stdlib.h>

#include "arith.h"
#include "best.h"

/* -- what can be sought -------------------------------------------------------------------------------------------- */

/* Bits that ids of `rows` rows take, before first_id is added. */
unsigned knn_job_id_bits(const struct knn_job *job, size_t rows) {
    return knn_id_bits(job->ids != NULL ? job->largest_id : rows - 1);
}

int knn_check_k(size_t k, struct knn_error *error) {
    return k >= 1 && k <= KNN_MAX_K ? 0 : knn_fail(error, "k = %zu: k must be from 1 to %d", k, KNN_MAX_K);
}

static int check_view(struct knn_rows rows, struct knn_error *error) {
    if (rows.rows > UINT32_MAX)
        return knn_fail(error, "%zu rows are too many: at most %u", rows.rows, UINT32_MAX);
    if (rows.dim == 0)
        return knn_fail(error, "rows of 0 bytes are all alike: give rows of at least 1 byte");
    if (rows.stride < rows.dim)
        return knn_fail(error, "a stride of %zu is less than the %zu bytes of a row", rows.stride, rows.dim);
    return 0;
}

int knn_check_train(const struct knn_job *job, struct knn_rows rows, struct knn_error *error) {
    if (check_view(rows, error) != 0)
        return -1;
    if (rows.rows == 0)
        return knn_fail(error, "there are no training rows: give at least one");
    if (job->ids == NULL && rows.rows - 1 > UINT32_MAX - job->first_id)
        return knn_fail(error, "%zu rows from id %u on: the last ids exceed 32 bits", rows.rows, job->first_id);
    if (rows.dim >= (UINT64_MAX >> knn_job_id_bits(job, rows.rows)) / knn_metrics[job->kernel->metric].largest)
        return knn_fail(error, "rows of %zu bytes with ids up to %zu: distance and id exceed 64 bits", rows.dim,
                        job->ids != NULL ? (size_t)job->largest_id : rows.rows - 1);
    return 0;
}

static int check_both(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries,
                      struct knn_error *error) {
    if (knn_check_train(job, rows, error) != 0)
        return -1;
    if (queries.dim != rows.dim)
        return knn_fail(error, "queries of %zu bytes cannot be compared with training rows of %zu", queries.dim,
                        rows.dim);
    return check_view(queries, error);
}

int knn_check_search(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k,
                     struct knn_error *error) {
    if (knn_check_k(k, error) != 0 || check_both(job, rows, queries, error) != 0)
        return -1;
    if (k > rows.rows)
        return knn_fail(error, "k = %zu is more than the %zu training rows: use a smaller k", k, rows.rows);
    return 0;
}

/* The smallest training part, all folds but the largest, must have k rows. */
static int check_parts(struct knn_rows rows, const uint32_t *fold, size_t folds, size_t k, struct knn_error *error) {
    size_t *count = calloc(folds, sizeof *count), largest = 0;
    if (count == NULL)
        return knn_fail(error, "no memory to count the rows of %zu folds: use fewer", folds);
    for (size_t i = 0; i < rows.rows; i++)
        if (++count[fold[i]] > largest)
            largest = count[fold[i]];
    free(count);
    if (k > rows.rows - largest)
        return knn_fail(error, "k = %zu is more than the %zu rows of the smallest training part: use a smaller k", k,
                        rows.rows - largest);
    return 0;
}

int knn_check_folds(const struct knn_job *job, struct knn_rows rows, const uint32_t *fold, size_t folds, size_t k,
                    struct knn_error *error) {
    if (!knn_metrics[job->kernel->metric].symmetric)
        return knn_fail(error,
                        "metric %s differs between a to b and b to a, but each pair is computed once for both: use l1 "
                        "or l2",
                        knn_metrics[job->kernel->metric].name);
    if (knn_check_search(job, rows, rows, k, error) != 0)
        return -1;
    if (folds < 2 || folds > rows.rows)
        return knn_fail(error, "%zu folds of %zu rows: use at least 2, and no more than rows", folds, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        if (fold[i] >= folds)
            return knn_fail(error, "row %zu is in fold %u: the folds have numbers from 0 to %zu", i, fold[i],
                            folds - 1);
    return check_parts(rows, fold, folds, k, error);
}

/* -- the k nearest ------------------------------------------------------------------------------------------------- */

/* Each range of panels has its own k best of every query: no more ranges than this much memory allows. */
size_t knn_most_ranges(size_t queries, size_t k) {
    const size_t budget = (size_t)256 << 20, range = queries * knn_kbest_room(k) * sizeof(knn_key);
    return knn_max(1, budget / knn_max(1, range));
}

static struct knn_walk walk_of(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k) {
    return (struct knn_walk){
        .kernel = job->kernel,
        .team = job->team,
        .queries = {.rows = queries},
        .train = {.rows = rows},
        .loop = job->policy.loop,
        .most_ranges = knn_most_ranges(queries.rows, k),
        .progress = job->progress,
        .context = job->context,
    };
}

static int seek(struct knn_walk walk, const struct knn_job *job, size_t k, struct knn_neighbor *neighbors,
                struct knn_error *error) {
    struct knn_best best = {
        .k = k,
        .queries = walk.queries.rows.rows,
        .ranges = knn_walk_ranges(&walk),
        .id_bits = knn_job_id_bits(job, walk.train.rows.rows),
        .ids = job->ids,
        .first_id = job->first_id,
        .order = walk.queries.order,
    };
    walk.state = &best;
    int status = knn_best_open(&best, neighbors) != 0
                     ? knn_fail(error, "no memory to search %zu queries for k = %zu: use fewer queries at a time",
                                best.queries, k)
                     : knn_walk_run(&walk, error);
    knn_best_close(&best);
    return status;
}

int knn_search_panels(const struct knn_job *job, const struct knn_panels *panels, struct knn_rows queries, size_t k,
                      struct knn_neighbor *neighbors, struct knn_error *error) {
    struct knn_job own = *job;
    own.kernel = panels->kernel;
    if (knn_check_search(&own, panels->rows, queries, k, error) != 0)
        return -1;
    if (queries.rows == 0)
        return 0;
    struct knn_walk walk = walk_of(&own, panels->rows, queries, k);
    struct knn_strip all = knn_strip_of(&walk, 0, panels->rows.rows, queries.rows, job->policy.split);
    walk.sink = &knn_best_of_queries;
    walk.packed = panels;
    walk.strips = &all;
    walk.strip_count = 1;
    return seek(walk, &own, k, neighbors, error);
}

int knn_search_rows(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, size_t k,
                    struct knn_neighbor *neighbors, struct knn_error *error) {
    enum { PARTS = 4 }; /* more would save little memory, and queries are packed anew for each */
    struct knn_strip strips[PARTS];
    if (knn_check_search(job, rows, queries, k, error) != 0)
        return -1;
    if (queries.rows == 0)
        return 0;
    struct knn_walk walk = walk_of(job, rows, queries, k);
    walk.sink = &knn_best_of_queries;
    walk.strips = strips;
    walk.strip_count = job->kernel->pair != NULL ? 1 : knn_min(PARTS, rows.rows);
    for (size_t i = 0; i < walk.strip_count; i++)
        strips[i] = knn_strip_of(&walk, knn_part(rows.rows, walk.strip_count, i),
                                 knn_part(rows.rows, walk.strip_count, i + 1), queries.rows, job->policy.split);
    return seek(walk, job, k, neighbors, error);
}

/* -- the k nearest in other folds ---------------------------------------------------------------------------------- */

/* The rows fold by fold, those of a fold in their order. */
struct groups {
    uint32_t *order, *ids; /* by position: the row, and its id */
    size_t *start;         /* fold f has positions start[f] to start[f + 1] - 1 */
    struct knn_strip *strips;
    size_t strip_count;
};

static void sort_by_fold(struct groups *g, const struct knn_job *job, const uint32_t *fold, size_t rows, size_t folds) {
    for (size_t i = 0; i < rows; i++)
        g->start[fold[i] + 1]++;
    for (size_t f = 0; f < folds; f++) {
        g->start[f + 1] += g->start[f];
    }
    for (size_t i = 0; i < rows; i++) {
        size_t position = g->start[fold[i]]++; /* each start becomes the next fold's */
        g->order[position] = (uint32_t)i;
        g->ids[position] = job->ids != NULL ? job->ids[i] : (uint32_t)i;
    }
    for (size_t f = folds; f > 0; f--)
        g->start[f] = g->start[f - 1];
    g->start[0] = 0;
}

/* Every strip packs the blocks anew, which takes as long as comparing them with some 150 train rows: with this many
 * rows in a strip, a few hundredths of the work. Such a strip takes 15 MB of CIFAR-10's 150. */
enum { STRIP_ROWS = 5120 };

static void cut_strips(struct groups *g, const struct knn_walk *walk, size_t folds) {
    for (size_t f = 1; f < folds; f++) {
        size_t first = g->start[f], rows = g->start[f + 1] - first, parts = knn_divide_up(rows, STRIP_ROWS);
        for (size_t i = 0; i < parts && first > 0; i++)
            g->strips[g->strip_count++] = knn_strip_of(walk, first + knn_part(rows, parts, i),
                                                       first + knn_part(rows, parts, i + 1), first, KNN_SPLIT_QUERIES);
    }
}

static int open_groups(struct groups *g, const struct knn_job *job, struct knn_rows rows, const uint32_t *fold,
                       size_t folds, struct knn_error *error) {
    g->order = calloc(rows.rows, sizeof *g->order); // NOLINT: never 0, it was checked
    g->ids = calloc(rows.rows, sizeof *g->ids);     // NOLINT: the same
    g->start = calloc(folds + 1, sizeof *g->start);
    g->strips = calloc(folds + rows.rows / STRIP_ROWS, sizeof *g->strips);
    if (g->order == NULL || g->ids == NULL || g->start == NULL || g->strips == NULL) {
        knn_fail(error, "no memory to sort %zu rows by fold: use fewer rows", rows.rows);
        return -1;
    }
    sort_by_fold(g, job, fold, rows.rows, folds);
    return 0;
}

static void close_groups(struct groups *g) {
    free(g->order);
    free(g->ids);
    free(g->start);
    free(g->strips);
}

static int seek_in_groups(struct groups *g, const struct knn_job *job, struct knn_rows rows, size_t folds, size_t k,
                          struct knn_neighbor *neighbors, struct knn_error *error) {
    struct knn_job own = *job;
    own.ids = g->ids;
    own.largest_id = job->ids != NULL ? job->largest_id : (uint32_t)(rows.rows - 1);
    struct knn_walk walk = walk_of(&own, rows, rows, k);
    walk.sink = &knn_best_of_both;
    walk.queries.order = walk.train.order = g->order;
    cut_strips(g, &walk, folds);
    walk.strips = g->strips;
    walk.strip_count = g->strip_count;
    return seek(walk, &own, k, neighbors, error);
}

int knn_search_other_folds(const struct knn_job *job, struct knn_rows rows, const uint32_t *fold, size_t folds,
                           size_t k, struct knn_neighbor *neighbors, struct knn_error *error) {
    if (knn_check_folds(job, rows, fold, folds, k, error) != 0)
        return -1;
    struct groups groups = {0};
    int status = open_groups(&groups, job, rows, fold, folds, error);
    if (status == 0)
        status = seek_in_groups(&groups, job, rows, folds, k, neighbors, error);
    close_groups(&groups);
    return status;
}

/* -- all distances ------------------------------------------------------------------------------------------------- */

struct table {
    void *distances;
    size_t bytes, stride;
};

static void put_one(struct knn_worker *w, size_t query, size_t train, uint64_t distance) {
    const struct table *table = w->walk->state;
    if (table->bytes == sizeof(uint32_t))
        ((uint32_t *)table->distances)[query * table->stride + train] = (uint32_t)distance;
    else
        ((uint64_t *)table->distances)[query * table->stride + train] = distance;
}

static void put_tile(struct knn_worker *w, size_t query, size_t nq, size_t train, size_t n, const uint32_t *distances,
                     uint32_t hits, uint32_t *bounds) {
    (void)hits, (void)bounds;
    for (size_t i = 0; i < nq; i++)
        for (size_t j = 0; j < n; j++)
            put_one(w, query + i, train + j, distances[i * w->walk->kernel->nr + j]);
}

int knn_all_distances(const struct knn_job *job, struct knn_rows rows, struct knn_rows queries, void *distances,
                      size_t bytes, size_t stride, struct knn_error *error) {
    static const struct knn_sink sink = {.tile = put_tile, .one = put_one};
    size_t largest = UINT32_MAX / knn_metrics[job->kernel->metric].largest;
    if (check_both(job, rows, queries, error) != 0)
        return -1;
    if (stride < rows.rows)
        return knn_fail(error, "a stride of %zu is less than the %zu distances of a query", stride, rows.rows);
    if (bytes == sizeof(uint32_t) && rows.dim > largest)
        return knn_fail(error, "distances of rows of %zu bytes may exceed 32 bits: at most %zu bytes, or take 64 bits",
                        rows.dim, largest);
    if (queries.rows == 0)
        return 0;
    struct table table = {distances, bytes, stride};
    struct knn_walk walk = walk_of(job, rows, queries, 0);
    struct knn_strip *strips = calloc(rows.rows / STRIP_ROWS + 1, sizeof *strips);
    if (strips == NULL)
        return knn_fail(error, "no memory to compare %zu rows with %zu: use fewer rows", queries.rows, rows.rows);
    walk.sink = &sink;
    walk.state = &table;
    walk.strips = strips;
    walk.strip_count = knn_divide_up(rows.rows, STRIP_ROWS);
    for (size_t i = 0; i < walk.strip_count; i++)
        strips[i] = knn_strip_of(&walk, knn_part(rows.rows, walk.strip_count, i),
                                 knn_part(rows.rows, walk.strip_count, i + 1), queries.rows, job->policy.split);
    int status = knn_walk_run(&walk, error);
    free(strips);
    return status;
}
