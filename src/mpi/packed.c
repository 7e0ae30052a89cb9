#include "packed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find.h"
#include "images.h"
#include "ranks.h"
#include "rows.h"
#include "world.h"

struct knn_share rows_of(int rank) {
    return (struct knn_share){.part = (size_t)(rank % world.shards), .parts = (size_t)world.shards};
}

struct knn_share queries_of(int rank, size_t limit) {
    return (struct knn_share){(size_t)rank, (size_t)world.ranks, limit};
}

/* -- what is packed ------------------------------------------------------------------------------------------------ */

/* All take the first rank's answer: others need not even have the file. */
static int decide(int *packed, struct knn_error *error) {
    return ranks_agree(0, error) != 0 ? -1 : world_share(world.all, 0, packed, 1, MPI_INT, error);
}

int packed_file(const char *path, int *packed, struct knn_error *error) {
    uint8_t start[2] = {0};
    int file = ranks_is_first() ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    *packed = file >= 0 && pread(file, start, sizeof start, 0) == sizeof start && start[0] == 0x1f && start[1] == 0x8b;
    if (file >= 0)
        close(file);
    return decide(packed, error);
}

int packed_dataset(const char *spec, int *packed, struct knn_error *error) {
    struct knn_find find;
    struct knn_error ignored;
    struct stat status;
    *packed = ranks_is_first() && strncmp(spec, "synthetic", 9) != 0 && knn_dataset_find(&find, spec, &ignored) == 0 &&
              stat(find.path, &status) == 0 && S_ISREG(status.st_mode);
    return decide(packed, error);
}

/* -- sending ------------------------------------------------------------------------------------------------------- */

static int send_parts(struct knn_images *images, int queries, size_t limit, const int *counts, const int *places,
                      struct knn_error *error) {
    MPI_Request request;
    MPI_Datatype row = world_type(images->pixels.dim, images->pixels.stride);
    void *own = ranks_is_first() ? MPI_IN_PLACE : images->pixels.data;
    MPI_Iscatterv(images->pixels.data, counts, places, row, own, counts[world.rank], row, 0, world.all, &request);
    int status = world_wait(&request, error);
    MPI_Type_free(&row);
    if (status != 0 || !ranks_is_first())
        return status;
    return knn_images_cut(images, queries ? queries_of(0, limit) : rows_of(0), error);
}

/* Gives each rank its part of the rows that the first rank has. */
static int scatter(struct knn_images *images, int queries, size_t limit, struct knn_error *error) {
    uint64_t shape[2] = {images->span.all, images->pixels.dim};
    int status = 0, *counts = world_alloc((size_t)world.ranks, 2 * sizeof *counts, error);
    if (counts == NULL)
        return -1;
    int *places = counts + world.ranks;
    if (world_share(world.all, 0, shape, 2, MPI_UINT64_T, error) != 0)
        status = -1;
    for (int i = 0; status == 0 && i < world.ranks; i++) {
        struct knn_span span = knn_span_of(queries ? queries_of(i, limit) : rows_of(i), (size_t)shape[0]);
        counts[i] = (int)span.count;
        places[i] = (int)span.first;
        if (i == world.rank && !ranks_is_first()) {
            images->span = span;
            status = knn_span_alloc(&images->pixels, span, (size_t)shape[1], error);
        }
    }
    status = ranks_agree(status, error);
    if (status == 0)
        status = send_parts(images, queries, limit, counts, places, error);
    free(counts);
    return status;
}

int packed_open_rows(struct knn_images *rows, const char *path, int queries, size_t limit, struct knn_error *error) {
    int status =
        ranks_is_first() ? knn_rows_open_part(&rows->pixels, &rows->span, (struct knn_share){0}, path, error) : 0;
    return ranks_agree(status, error) != 0 ? -1 : scatter(rows, queries, limit, error);
}

/* -- a data set ---------------------------------------------------------------------------------------------------- */

/* All but the arrays. */
struct facts {
    struct knn_shape shape;
    size_t classes, train, test, names;
    char source[sizeof((struct knn_dataset){0}.source)];
};

static int share_labels(struct knn_images *images, size_t count, struct knn_error *error) {
    uint16_t *labels = world_alloc(count, sizeof *labels, error);
    if (labels == NULL)
        return -1;
    if (ranks_is_first())
        memcpy(labels, images->labels, count * sizeof *labels);
    free(images->labels);
    images->labels = labels;
    return world_share(world.all, 0, labels, (int)count, MPI_UINT16_T, error);
}

/* The names lie one after another. */
static int share_names(struct knn_dataset *dataset, size_t classes, size_t bytes, struct knn_error *error) {
    const char **names = world_alloc(classes + bytes / sizeof *names + 1, sizeof *names, error);
    if (names == NULL)
        return -1;
    char *text = (char *)(names + classes), *at = text;
    if (ranks_is_first())
        memcpy(text, dataset->class_names[0], bytes);
    int status = world_share(world.all, 0, text, (int)bytes, MPI_CHAR, error);
    for (size_t i = 0; status == 0 && i < classes; i++, at += strlen(at) + 1)
        names[i] = at;
    if (status == 0 && !ranks_is_first())
        status = knn_classes_set(dataset, classes, names, error);
    free(names);
    return status;
}

static int share_facts(struct knn_dataset *dataset, struct facts *facts, struct knn_error *error) {
    if (ranks_is_first()) {
        const char *last = dataset->class_names[dataset->classes - 1];
        *facts = (struct facts){.shape = dataset->shape,
                                .classes = dataset->classes,
                                .train = dataset->train.span.all,
                                .test = dataset->test.span.all,
                                .names = (size_t)(last + strlen(last) + 1 - dataset->class_names[0])};
        memcpy(facts->source, dataset->source, sizeof facts->source);
    }
    if (world_share(world.all, 0, facts, sizeof *facts, MPI_BYTE, error) != 0)
        return -1;
    dataset->shape = facts->shape;
    memcpy(dataset->source, facts->source, sizeof facts->source);
    return share_names(dataset, facts->classes, facts->names, error);
}

int packed_open_dataset(struct knn_dataset *dataset, const char *spec, size_t limit, struct knn_error *error) {
    struct facts facts;
    *dataset = (struct knn_dataset){.classes = 0};
    int status = ranks_is_first() ? knn_dataset_open(dataset, spec, error) : 0;
    if (ranks_agree(status, error) != 0 || share_facts(dataset, &facts, error) != 0 ||
        share_labels(&dataset->train, facts.train, error) != 0 ||
        share_labels(&dataset->test, facts.test, error) != 0 || scatter(&dataset->train, 0, 0, error) != 0)
        return -1;
    return scatter(&dataset->test, 1, limit, error);
}
