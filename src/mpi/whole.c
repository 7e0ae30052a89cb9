/* Searches with all rows in every rank: the queries are divided, and all ranks get all answers. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "pump.h"
#include "ranks.h"
#include "spent.h"
#include "world.h"

/* neighbors has the answers of this rank's part of `queries`, and gets those of all. */
static int gather_answers(struct knn_neighbor *neighbors, size_t queries, size_t k, struct knn_error *error) {
    size_t ranks = (size_t)world.ranks;
    int *counts = world_alloc(ranks, 2 * sizeof *counts, error);
    if (counts == NULL)
        return -1;
    int *places = counts + ranks;
    for (size_t i = 0; i < ranks; i++) {
        places[i] = (int)knn_part(queries, ranks, i);
        counts[i] = (int)knn_part(queries, ranks, i + 1) - places[i];
    }
    MPI_Datatype list = world_type(k * sizeof *neighbors, k * sizeof *neighbors);
    int status = world_gather(world.all, neighbors, counts, places, list, error);
    MPI_Type_free(&list);
    free(counts);
    return status == 0 ? spent(error) : status;
}

/* A search that another rank's failure ended has not failed here. */
static int own_failure(int status) {
    if (status == 0 || pump_halted())
        return 0;
    pump_alarm();
    return status;
}

static struct knn_span own_part(size_t queries) {
    return knn_span_of((struct knn_share){.part = (size_t)world.rank, .parts = (size_t)world.ranks}, queries);
}

int ranks_search_whole(const struct knn_rows *train, const struct knn_rows *queries, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct knn_span own = own_part(queries->rows);
    struct knn_rows part = *queries;
    part.data += own.first * part.stride;
    part.rows = own.count;
    struct knn_options pumped = pump_options(options);
    double start = knn_seconds();
    int status = own.count > 0 ? knn_search(train, &part, k, neighbors + own.first * k, &pumped, error) : 0;
    computed += knn_seconds() - start;
    status = own_failure(status);
    return ranks_agree(status, error) != 0 ? -1 : gather_answers(neighbors, queries->rows, k, error);
}

/* -- folds --------------------------------------------------------------------------------------------------------- */

/* Copies of rows: those to search in, and those to search for. */
struct copies {
    struct knn_matrix train, queries;
    uint32_t *ids, *places;
    struct knn_neighbor *found;
};

static void add_row(struct knn_matrix *to, uint32_t *numbers, const struct knn_rows *rows, size_t i) {
    numbers[to->rows] = (uint32_t)i;
    memcpy(knn_matrix_row(to, to->rows++), rows->data + i * rows->stride, rows->dim);
}

/* Searches for this rank's rows of a fold among the rows of all other folds. */
static int search_fold(struct copies *c, const struct knn_rows *rows, const uint32_t *fold, size_t which, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct knn_span own = own_part(rows->rows);
    struct knn_options by_ids = pump_options(options);
    by_ids.ids = c->ids;
    c->train.rows = c->queries.rows = 0;
    for (size_t i = own.first; i < own.first + own.count; i++)
        if (fold[i] == which)
            add_row(&c->queries, c->places, rows, i);
    if (c->queries.rows == 0)
        return 0;
    for (size_t i = 0; i < rows->rows; i++)
        if (fold[i] != which)
            add_row(&c->train, c->ids, rows, i);
    struct knn_rows train = knn_view(&c->train), queries = knn_view(&c->queries);
    if (knn_search(&train, &queries, k, c->found, &by_ids, error) != 0)
        return -1;
    for (size_t q = 0; q < queries.rows; q++)
        memcpy(neighbors + c->places[q] * k, c->found + q * k, k * sizeof *neighbors);
    return 0;
}

static int search_own_folds(struct copies *c, const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                            struct knn_neighbor *neighbors, const struct knn_options *options,
                            struct knn_error *error) {
    size_t most = own_part(rows->rows).count;
    if (most == 0)
        return 0;
    c->ids = calloc(rows->rows, sizeof *c->ids);
    c->places = calloc(most, sizeof *c->places);
    c->found = calloc(most, k * sizeof *c->found);
    if (c->ids == NULL || c->places == NULL || c->found == NULL)
        return knn_fail(error, "no memory for the answers: use a smaller k");
    if (knn_matrix_alloc(&c->train, rows->rows, rows->dim, error) != 0 ||
        knn_matrix_alloc(&c->queries, most, rows->dim, error) != 0)
        return -1;
    for (size_t f = 0; f < folds; f++)
        if (search_fold(c, rows, fold, f, k, neighbors, options, error) != 0)
            return -1;
    return 0;
}

int ranks_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct copies copies = {.ids = NULL};
    double start = knn_seconds();
    int status = search_own_folds(&copies, rows, fold, folds, k, neighbors, options, error);
    computed += knn_seconds() - start;
    status = own_failure(status);
    knn_matrix_free(&copies.train);
    knn_matrix_free(&copies.queries);
    free(copies.ids);
    free(copies.places);
    free(copies.found);
    return ranks_agree(status, error) != 0 ? -1 : gather_answers(neighbors, rows->rows, k, error);
}
