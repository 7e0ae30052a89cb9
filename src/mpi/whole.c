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
    struct parts parts;
    if (world_parts(&parts, 1, 0, queries, error) != 0)
        return -1;
    MPI_Datatype list = world_type(k * sizeof *neighbors, k * sizeof *neighbors);
    int status = world_gather(world.all, neighbors, &parts, list, error);
    MPI_Type_free(&list);
    free(parts.counts);
    return status == 0 ? spent(error) : status;
}

int ranks_search_whole(const struct knn_rows *train, const struct knn_rows *queries, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct knn_span own = knn_span_of(queries_of(world.rank, 0), queries->rows);
    struct knn_rows part = *queries;
    part.data += own.first * part.stride;
    part.rows = own.count;
    struct knn_options pumped = pump_options(options);
    double start = knn_seconds();
    int status = own.count > 0 ? knn_search(train, &part, k, neighbors + own.first * k, &pumped, error) : 0;
    computed += knn_seconds() - start;
    if (status != 0 && pump_halted())
        status = 0; /* another rank's failure ended this search */
    else if (status != 0)
        pump_alarm();
    return ranks_agree(status, error) != 0 ? -1 : gather_answers(neighbors, queries->rows, k, error);
}

/* -- folds --------------------------------------------------------------------------------------------------------- */

/* Copies of rows: those of a fold, and those of all others; their numbers, and room for the answers. */
struct copies {
    struct knn_matrix train, queries;
    uint32_t *ids, *places;
    struct knn_neighbor *found;
};

static int open_copies(struct copies *c, const struct knn_rows *rows, size_t k, struct knn_error *error) {
    c->ids = calloc(rows->rows, sizeof *c->ids);
    c->places = calloc(rows->rows, sizeof *c->places);
    c->found = calloc(rows->rows, k * sizeof *c->found);
    if (c->ids == NULL || c->places == NULL || c->found == NULL)
        return knn_fail(error, "no memory for the answers: use a smaller k");
    return knn_matrix_alloc(&c->train, rows->rows, rows->dim, error) != 0 ||
                   knn_matrix_alloc(&c->queries, rows->rows, rows->dim, error) != 0
               ? -1
               : 0;
}

static void close_copies(struct copies *c) {
    knn_matrix_free(&c->train);
    knn_matrix_free(&c->queries);
    free(c->ids);
    free(c->places);
    free(c->found);
}

static void add_row(struct knn_matrix *to, uint32_t *numbers, const struct knn_rows *rows, size_t i) {
    numbers[to->rows] = (uint32_t)i;
    memcpy(knn_matrix_row(to, to->rows++), rows->data + i * rows->stride, rows->dim);
}

static int search_fold(struct copies *c, const struct knn_rows *rows, const uint32_t *fold, size_t which, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct knn_options by_ids = *options;
    by_ids.ids = c->ids;
    c->train.rows = c->queries.rows = 0;
    for (size_t i = 0; i < rows->rows; i++)
        if (fold[i] == which)
            add_row(&c->queries, c->places, rows, i);
        else
            add_row(&c->train, c->ids, rows, i);
    struct knn_rows train = knn_view(&c->train), queries = knn_view(&c->queries);
    if (ranks_search_whole(&train, &queries, k, c->found, &by_ids, error) != 0)
        return -1;
    for (size_t q = 0; q < queries.rows; q++)
        memcpy(neighbors + c->places[q] * k, c->found + q * k, k * sizeof *neighbors);
    return 0;
}

int ranks_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error) {
    struct copies copies = {.ids = NULL};
    int status = ranks_agree(open_copies(&copies, rows, k, error), error);
    for (size_t f = 0; f < folds && status == 0; f++)
        status = search_fold(&copies, rows, fold, f, k, neighbors, options, error);
    close_copies(&copies);
    return status;
}
