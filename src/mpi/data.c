/* Which data each rank reads. The first rank reads compressed data and sends every rank its part. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find.h"
#include "images.h"
#include "ranks.h"
#include "rows.h"
#include "sample.h"
#include "way.h"
#include "world.h"

/* -- compressed data ----------------------------------------------------------------------------------------------- */

/* All take the first rank's answer: others need not even have the file. */
static int decide(int *packed, struct knn_error *error) {
    return ranks_agree(0, error) != 0 ? -1 : world_share(world.all, 0, packed, 1, MPI_INT, error);
}

/* Sets *packed to 1 if the first rank finds a file that begins as compressed ones do. */
static int packed_file(const char *path, int *packed, struct knn_error *error) {
    uint8_t start[2] = {0};
    int file = ranks_is_first() ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    *packed = file >= 0 && pread(file, start, sizeof start, 0) == sizeof start && start[0] == 0x1f && start[1] == 0x8b;
    if (file >= 0)
        close(file);
    return decide(packed, error);
}

/* Sets *packed to 1 if the first rank finds a data set in one file. */
static int packed_dataset(const char *spec, int *packed, struct knn_error *error) {
    struct knn_find find;
    struct knn_error ignored;
    struct stat status;
    *packed = ranks_is_first() && strncmp(spec, "synthetic", 9) != 0 && knn_dataset_find(&find, spec, &ignored) == 0 &&
              stat(find.path, &status) == 0 && S_ISREG(status.st_mode);
    return decide(packed, error);
}

/* Gives each rank its part of the rows that the first rank has. */
static int scatter(struct knn_images *images, int queries, size_t limit, struct knn_error *error) {
    uint64_t shape[2] = {images->span.all, images->pixels.dim};
    struct knn_share share = queries ? queries_of(world.rank, limit) : rows_of(world.rank);
    struct parts parts;
    MPI_Request request;
    if (ranks_agree(0, error) != 0 || world_share(world.all, 0, shape, 2, MPI_UINT64_T, error) != 0 ||
        world_parts(&parts, queries, limit, (size_t)shape[0], error) != 0)
        return -1;
    int status = 0, first = ranks_is_first();
    if (!first) {
        images->span = knn_span_of(share, (size_t)shape[0]);
        status = knn_span_alloc(&images->pixels, images->span, (size_t)shape[1], error);
    }
    status = ranks_agree(status, error);
    if (status == 0) {
        MPI_Datatype row = world_type(images->pixels.dim, images->pixels.stride);
        MPI_Iscatterv(images->pixels.data, parts.counts, parts.places, row, first ? MPI_IN_PLACE : images->pixels.data,
                      parts.counts[world.rank], row, 0, world.all, &request);
        status = world_wait(&request, error);
        MPI_Type_free(&row);
    }
    free(parts.counts);
    return status == 0 && first ? knn_images_cut(images, share, error) : status;
}

static int packed_open_rows(struct knn_images *rows, const char *path, int queries, size_t limit,
                            struct knn_error *error) {
    const struct knn_share all = {0};
    int status = ranks_is_first() ? knn_rows_open_part(&rows->pixels, &rows->span, all, path, error) : 0;
    return ranks_agree(status, error) != 0 ? -1 : scatter(rows, queries, limit, error);
}

/* Only the first rank gets labels and the names of classes. */
static int packed_open_dataset(struct knn_dataset *dataset, const char *spec, size_t limit, struct knn_error *error) {
    *dataset = (struct knn_dataset){.classes = 0};
    int status = ranks_is_first() ? knn_dataset_open(dataset, spec, error) : 0;
    if (ranks_agree(status, error) != 0 ||
        world_share(world.all, 0, &dataset->shape, sizeof dataset->shape, MPI_BYTE, error) != 0 ||
        scatter(&dataset->train, 0, 0, error) != 0)
        return -1;
    return scatter(&dataset->test, 1, limit, error);
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

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

/* -- data sets ----------------------------------------------------------------------------------------------------- */

static int compare_sets(const struct knn_dataset *dataset, uint64_t sample, struct knn_error *error) {
    const uint64_t facts[] = {dataset->train.span.all, dataset->test.span.all,  dataset->train.pixels.dim,
                              dataset->classes,        dataset->synthetic != 0, sample};
    return compare(facts, 6, error);
}

/* In some formats a label lies beside its image, so only one rank has read it. */
static int gather_labels(struct knn_images *images, MPI_Comm ranks, int queries, size_t limit,
                         struct knn_error *error) {
    struct parts parts;
    if (world_parts(&parts, queries, limit, images->span.all, error) != 0)
        return -1;
    int status = world_gather(ranks, images->labels, &parts, MPI_UINT16_T, error);
    free(parts.counts);
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
        gather_labels(&dataset->train, world.group, 0, 0, error) != 0)
        return -1;
    return gather_labels(&dataset->test, world.all, 1, limit, error);
}

int ranks_open_whole(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    const struct knn_share all = {0};
    if (world.divided && world.shards > 1)
        return knn_fail(error, "--divide: tune and cv divide the queries only: leave it out");
    return open_set(dataset, spec, all, all, error);
}
