/* Which data each rank reads. */
#include <stdlib.h>
#include <string.h>

#include "packed.h"
#include "ranks.h"
#include "rows.h"
#include "sample.h"
#include "way.h"
#include "world.h"

/* Fails in ranks whose data differ from the first rank's, in their shape or a sample of the files. */
static int compare(const uint64_t *facts, int count, struct knn_error *error) {
    uint64_t first[8];
    memcpy(first, facts, (size_t)count * sizeof *first);
    if (world_share(world.all, 0, first, count, MPI_UINT64_T, error) != 0)
        return -1;
    if (memcmp(first, facts, (size_t)count * sizeof *first) != 0)
        return knn_fail(error, "reads other data than rank 0: put the same files on every host");
    return 0;
}

/* Opens this rank's part of a file. The sample stays 0 if only the first rank reads it. */
static int open_rows(struct ranks_rows *rows, int queries, const char *path, size_t limit, uint64_t *sample,
                     struct knn_error *error) {
    struct knn_images part = {.labels = NULL};
    int packed, status;
    *sample = 0;
    if (packed_file(path, &packed, error) != 0)
        return -1;
    if (packed) {
        status = packed_open_rows(&part, path, queries, limit, error);
    } else {
        struct knn_share share = queries ? queries_of(world.rank, limit) : rows_of(world.rank);
        status = knn_rows_open_part(&part.pixels, &part.span, share, path, error);
        if (status == 0)
            status = knn_sample_file(path, sample, error);
    }
    *rows = (struct ranks_rows){part.pixels, part.span};
    return status;
}

int ranks_open_rows(struct ranks_rows *train, const char *train_path, struct ranks_rows *queries,
                    const char *queries_path, size_t limit, struct knn_error *error) {
    uint64_t samples[2];
    if (way_for_rows(train_path, queries_path, limit, error) != 0 ||
        open_rows(train, 0, train_path, 0, &samples[0], error) != 0 ||
        open_rows(queries, 1, queries_path, limit, &samples[1], error) != 0 || ranks_agree(0, error) != 0)
        return -1;
    const uint64_t facts[] = {train->span.all,   train->rows.dim, queries->span.all,
                              queries->rows.dim, samples[0],      samples[1]};
    return compare(facts, 6, error);
}

static int compare_sets(const struct knn_dataset *dataset, uint64_t sample, struct knn_error *error) {
    const uint64_t facts[] = {dataset->train.span.all, dataset->test.span.all,  dataset->train.pixels.dim,
                              dataset->classes,        dataset->synthetic != 0, sample};
    return compare(facts, 6, error);
}

/* In some formats a label lies beside its image, so only one rank has read it: all ranks get all labels. */
static int gather_labels(struct knn_images *images, MPI_Comm ranks, struct knn_error *error) {
    int count;
    MPI_Comm_size(ranks, &count);
    int *spans = world_alloc((size_t)count, 4 * sizeof *spans, error);
    if (spans == NULL)
        return -1;
    int *counts = spans + 2 * count, *places = counts + count;
    const int own[2] = {(int)images->span.first, (int)images->span.count};
    MPI_Request request;
    MPI_Iallgather(own, 2, MPI_INT, spans, 2, MPI_INT, ranks, &request);
    int status = world_wait(&request, error);
    for (int i = 0; status == 0 && i < count; i++) {
        places[i] = spans[2 * i];
        counts[i] = spans[2 * i + 1];
    }
    if (status == 0)
        status = world_gather(ranks, images->labels, counts, places, MPI_UINT16_T, error);
    free(spans);
    return status;
}

static int open_set(struct knn_dataset *dataset, const char *spec, struct knn_share train, struct knn_share test,
                    struct knn_error *error) {
    uint64_t sample = 0;
    int status = knn_dataset_open_part(dataset, spec, train, test, error);
    if (status == 0)
        status = knn_sample_dataset(dataset, spec, &sample, error);
    return ranks_agree(status, error) != 0 ? -1 : compare_sets(dataset, sample, error);
}

int ranks_open_dataset(struct knn_dataset *dataset, const char *spec, size_t limit, struct knn_error *error) {
    int packed;
    if (way_for_dataset(spec, limit, error) != 0 || packed_dataset(spec, &packed, error) != 0)
        return -1;
    if (packed)
        return packed_open_dataset(dataset, spec, limit, error);
    if (open_set(dataset, spec, rows_of(world.rank), queries_of(world.rank, limit), error) != 0 ||
        gather_labels(&dataset->train, world.group, error) != 0)
        return -1;
    return gather_labels(&dataset->test, world.all, error);
}

int ranks_open_whole(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    const struct knn_share all = {0};
    return open_set(dataset, spec, all, all, error);
}
