/* The search by all ranks. Within a group, all ranks get each batch of queries and search their own training rows, and
 * a reduction by knn_merge() brings the answers to the group's first rank. While a batch is computed, the next one
 * travels, and so do the answers of the one before. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "progress.h"
#include "pump.h"
#include "ranks.h"
#include "spent.h"
#include "world.h"

/* A batch that is on its way. */
struct batch {
    struct knn_matrix queries;
    struct knn_neighbor *found;
    int *counts, *places; /* of the queries that come from each rank of the group */
    size_t first, count;  /* of the group's queries */
    int stop, stopped;    /* 1: it failed here; in any rank */
    MPI_Request gather, reduce, agree;
};

struct search {
    const struct knn_index *index; /* NULL: no rows */
    size_t rows, k;
    const struct knn_matrix *own; /* this rank's queries */
    size_t all, begin, queries;   /* queries of all ranks; where the group's begin, and their number */
    size_t size, count;           /* of a batch; how many there are */
    struct batch batches[2];
    struct knn_neighbor *answers;     /* of the group's queries, in its first rank ... */
    struct knn_neighbor *own_answers; /* ... which, but for the first of all, has room of its own for them */
    MPI_Datatype row, list;
    MPI_Op merge;
};

/* -- the answers of several ranks ---------------------------------------------------------------------------------- */

static int unmerged; /* 1: there was no memory */

static void merge_lists(void *in, void *inout, int *lists, MPI_Datatype *type) {
    struct knn_neighbor merged[KNN_MAX_K];
    int bytes;
    MPI_Type_size(*type, &bytes);
    size_t k = (size_t)bytes / sizeof merged[0];
    for (size_t q = 0; q < (size_t)*lists; q++) {
        struct knn_neighbor *to = (struct knn_neighbor *)inout + q * k;
        const struct knn_neighbor *const found[] = {(const struct knn_neighbor *)in + q * k, to};
        if (knn_merge(found, (const size_t[]){k, k}, 2, 1, k, merged, NULL) != 0)
            unmerged = 1;
        memcpy(to, merged, (size_t)bytes);
    }
}

/* Searches this rank's rows, if there are any, and fills the lists up if there are fewer rows than k. */
static int seek(const struct search *s, const struct knn_rows *queries, struct knn_neighbor *found,
                struct knn_error *error) {
    size_t some = knn_min(s->k, s->rows);
    double start = knn_seconds();
    if (some > 0 && queries->rows > 0 && knn_index_search(s->index, queries, some, found, error) != 0) {
        if (pump_halted())
            return 0;
        pump_alarm();
        return -1;
    }
    computed += knn_seconds() - start;
    for (size_t q = queries->rows; some < s->k && q-- > 0;) {
        memmove(found + q * s->k, found + q * some, some * sizeof *found);
        for (size_t i = some; i < s->k; i++)
            found[q * s->k + i] = (struct knn_neighbor){UINT64_MAX, UINT32_MAX};
    }
    return 0;
}

/* Where a rank's queries begin in all of them. */
static size_t start_of(const struct search *s, int rank) {
    return knn_part(s->all, (size_t)world.ranks, (size_t)rank);
}

/* -- batches ------------------------------------------------------------------------------------------------------- */

static void send_queries(struct search *s, size_t number) {
    struct batch *b = &s->batches[number % 2];
    int first = world.rank - world.shard;
    b->first = number * s->size;
    b->count = knn_min(s->size, s->queries - b->first);
    for (int i = 0; i < world.shards; i++) {
        size_t from = knn_max(start_of(s, first + i), s->begin + b->first);
        size_t to = knn_min(start_of(s, first + i + 1), s->begin + b->first + b->count);
        b->counts[i] = from < to ? (int)(to - from) : 0;
        b->places[i] = from < to ? (int)(from - s->begin - b->first) : 0;
    }
    size_t mine = s->begin + b->first + (size_t)b->places[world.shard] - start_of(s, world.rank);
    b->queries.rows = b->count;
    MPI_Iallgatherv(knn_matrix_row(s->own, b->counts[world.shard] > 0 ? mine : 0), b->counts[world.shard], s->row,
                    b->queries.data, b->counts, b->places, s->row, world.group, &b->gather);
}

static void send_answers(struct search *s, struct batch *b) {
    void *to = world.shard == 0 ? s->answers + b->first * s->k : NULL;
    MPI_Ireduce(b->found, to, (int)b->count, s->list, s->merge, 0, world.group, &b->reduce);
    MPI_Iallreduce(&b->stop, &b->stopped, 1, MPI_INT, MPI_MAX, world.group, &b->agree);
}

static int await_answers(struct batch *b, struct knn_error *error) {
    return world_wait(&b->reduce, error) != 0 || world_wait(&b->agree, error) != 0 ? -1 : 0;
}

/* After a failure anywhere in the group its ranks stop at the same batch, when all have heard of it. */
static int run_batches(struct search *s, struct progress *progress, struct knn_error *error) {
    struct knn_error later;
    int status = 0, stopped = 0;
    if (s->count > 0)
        send_queries(s, 0);
    for (size_t i = 0; i < s->count && !stopped; i++) {
        struct batch *b = &s->batches[i % 2];
        if (world_wait(&b->gather, error) != 0)
            return -1;
        if (i + 1 < s->count)
            send_queries(s, i + 1);
        if (await_answers(b, error) != 0)
            return -1;
        stopped = b->stopped;
        struct knn_rows queries = knn_view(&b->queries);
        *progress = (struct progress){.done = (double)i / (double)s->count, .share = 1 / (double)s->count};
        if (!stopped && status == 0 && !pump_halted())
            status = seek(s, &queries, b->found, error);
        b->stop = status != 0 || pump_halted();
        if (!stopped)
            send_answers(s, b);
    }
    for (int i = 0; i < 2; i++)
        if (world_wait(&s->batches[i].gather, &later) != 0 || await_answers(&s->batches[i], &later) != 0)
            return world.lost && status == 0 ? knn_fail(error, "%s", later.message) : -1;
    return status;
}

/* -- memory -------------------------------------------------------------------------------------------------------- */

/* Some thousand queries make up for what a batch costs; with long rows or lists, fewer fill 32 MB. */
static size_t batch_size(const struct search *s) {
    const size_t room = 32 << 20, most = 4096;
    size_t size = knn_min(room / s->own->stride, room / (s->k * sizeof(struct knn_neighbor)));
    size = knn_min(knn_min(size, most), knn_divide_up(s->queries, 4));
    return knn_max(size, 1);
}

static int open_batches(struct search *s, struct knn_error *error) {
    size_t ranks = (size_t)world.shards;
    s->size = batch_size(s);
    s->count = knn_divide_up(s->queries, s->size);
    for (int i = 0; i < 2; i++) {
        struct batch *b = &s->batches[i];
        b->found = calloc(s->size * s->k, sizeof *b->found);
        b->counts = calloc(ranks, 2 * sizeof *b->counts);
        b->places = b->counts + ranks;
        if (b->found == NULL || b->counts == NULL)
            return knn_fail(error, "no memory for a batch of queries: use a smaller k");
        if (knn_matrix_alloc(&b->queries, s->size, s->own->dim, error) != 0)
            return -1;
    }
    return 0;
}

/* Counts the queries of all ranks. A rank has the part of them that it read. */
static int count_queries(struct search *s, struct knn_span span, struct knn_error *error) {
    MPI_Request request;
    uint64_t end = span.first + span.count, all = 0;
    if (ranks_agree(0, error) != 0)
        return -1;
    MPI_Iallreduce(&end, &all, 1, MPI_UINT64_T, MPI_MAX, world.all, &request);
    if (world_wait(&request, error) != 0)
        return -1;
    s->all = (size_t)all;
    s->begin = start_of(s, world.rank - world.shard);
    s->queries = start_of(s, world.rank - world.shard + world.shards) - s->begin;
    return 0;
}

static int open_search(struct search *s, struct knn_span span, struct knn_neighbor *neighbors,
                       struct knn_error *error) {
    if (count_queries(s, span, error) != 0)
        return -1;
    s->answers = ranks_is_first() ? neighbors : NULL;
    int status =
        s->own->stride > INT32_MAX ? knn_fail(error, "rows of %zu bytes are too long for MPI", s->own->dim) : 0;
    if (status == 0 && world.shard == 0 && !ranks_is_first()) {
        s->answers = s->own_answers = calloc(s->queries + 1, s->k * sizeof *s->answers);
        if (s->answers == NULL)
            status = knn_fail(error, "no memory for the answers: use a smaller k or fewer queries");
    }
    if (status == 0 && world.shards > 1)
        status = open_batches(s, error);
    if (ranks_agree(status, error) != 0)
        return -1;
    s->row = world_type(s->own->dim, s->own->stride);
    s->list = world_type(s->k * sizeof *s->answers, s->k * sizeof *s->answers);
    MPI_Op_create(merge_lists, 1, &s->merge);
    return 0;
}

static void close_search(struct search *s) {
    if (s->merge != MPI_OP_NULL) {
        MPI_Op_free(&s->merge);
        MPI_Type_free(&s->row);
        MPI_Type_free(&s->list);
    }
    for (int i = 0; i < 2; i++) {
        knn_matrix_free(&s->batches[i].queries);
        free(s->batches[i].found);
        free(s->batches[i].counts);
    }
    free(s->own_answers);
}

/* -- the search ---------------------------------------------------------------------------------------------------- */

/* Collects the answers of all groups in the first rank. */
static int collect(const struct search *s, struct knn_error *error) {
    MPI_Request request;
    int groups = world.ranks / world.shards;
    int *counts = world_alloc((size_t)groups, 2 * sizeof *counts, error), status = 0;
    if (counts == NULL)
        return -1;
    int *places = counts + groups;
    for (int i = 0; i < groups; i++) {
        places[i] = (int)start_of(s, i * world.shards);
        counts[i] = (int)start_of(s, (i + 1) * world.shards) - places[i];
    }
    if (world.shard == 0 && groups > 1) {
        MPI_Igatherv(ranks_is_first() ? MPI_IN_PLACE : s->answers, (int)s->queries, s->list, s->answers, counts, places,
                     s->list, 0, world.leaders, &request);
        status = world_wait(&request, error);
    }
    free(counts);
    return status;
}

static int search(struct search *s, struct progress *progress, struct knn_error *error) {
    int status;
    if (world.shards > 1) {
        struct batch *a = &s->batches[0], *b = &s->batches[1];
        MPI_Request *const requests[] = {&a->gather, &a->reduce, &a->agree, &b->gather, &b->reduce, &b->agree};
        pump_requests(requests, 6);
        status = run_batches(s, progress, error);
        pump_requests(NULL, 0);
    } else {
        struct knn_rows queries = knn_view(s->own);
        status = seek(s, &queries, s->answers, error);
    }
    if (status == 0 && unmerged)
        status = knn_fail(error, "no memory to merge neighbours: use a smaller k");
    return status != 0 ? -1 : collect(s, error);
}

int ranks_index(struct knn_index **index, const struct knn_matrix *train, struct knn_span span,
                const struct knn_options *options, struct knn_error *error) {
    struct knn_rows rows = knn_view(train);
    struct knn_options own = pump_options(options);
    own.first_id = (uint32_t)span.first;
    int status = rows.rows > 0 ? knn_index_consume(index, &rows, &own, error) : 0;
    return ranks_agree(status, error);
}

int ranks_search(const struct knn_index *index, struct knn_span train, const struct knn_matrix *queries,
                 struct knn_span span, size_t k, struct knn_neighbor *neighbors, struct progress *progress,
                 struct knn_error *error) {
    static struct search s; /* static: after a loss MPI may still write to it */
    s = (struct search){.index = index, .rows = train.count, .k = k, .own = queries, .merge = MPI_OP_NULL};
    for (int i = 0; i < 2; i++)
        s.batches[i].gather = s.batches[i].reduce = s.batches[i].agree = MPI_REQUEST_NULL;
    int status = open_search(&s, span, neighbors, error);
    if (status == 0)
        status = search(&s, progress, error);
    if (!world.lost)
        close_search(&s);
    return status == 0 ? spent(error) : status;
}
