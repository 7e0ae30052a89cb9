#include "way.h"

#include <stdint.h>
#include <unistd.h>

#include "dataset.h"
#include "ranks.h"
#include "rows.h"
#include "world.h"

/* No row at all: only the shape is wanted. */
static const struct knn_share none = {.part = UINT32_MAX, .parts = SIZE_MAX};

/* As few parts of the rows as fit into the ranks' memory, packed and with bounds: then little is sent. But a group with
 * only some queries would be no faster with fewer, as it reads all its rows anyway: then rows are divided. */
static int enough_parts(double bytes, size_t queries) {
    const double packed = 2.5, usable = 0.5;
    const size_t some = 64;
    double room = usable * (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / world.neighbours;
    int parts = 1;
    while (parts < world.ranks && (world.ranks % parts != 0 || packed * bytes / parts > room ||
                                   queries / (size_t)(world.ranks / parts) < some))
        parts++;
    return parts;
}

/* All do as the first rank, whose parts are 0 if it could not tell. */
static int take(int parts, struct knn_error *error) {
    if (ranks_agree(0, error) != 0 || world_share(world.all, 0, &parts, 1, MPI_INT, error) != 0)
        return -1;
    if (parts > 0)
        world_divide(parts);
    return 0;
}

static size_t taken(struct knn_span span, size_t limit) {
    return knn_span_of((struct knn_share){.limit = limit}, span.all).count;
}

int way_for_rows(const char *train, const char *queries, size_t limit, struct knn_error *error) {
    struct knn_matrix rows = {0}, others = {0};
    struct knn_span span, other;
    struct knn_error ignored;
    int parts = 0;
    if (world.divided)
        return 0;
    if (ranks_is_first() && knn_rows_open_part(&rows, &span, none, train, &ignored) == 0 &&
        knn_rows_open_part(&others, &other, none, queries, &ignored) == 0)
        parts = enough_parts((double)span.all * (double)rows.stride, taken(other, limit));
    knn_matrix_free(&rows);
    knn_matrix_free(&others);
    return take(parts, error);
}

int way_for_dataset(const char *spec, size_t limit, struct knn_error *error) {
    struct knn_dataset dataset;
    struct knn_error ignored;
    int parts = 0;
    if (world.divided)
        return 0;
    if (ranks_is_first() && knn_dataset_open_part(&dataset, spec, none, none, &ignored) == 0) {
        parts = enough_parts((double)dataset.train.span.all * (double)dataset.train.pixels.stride,
                             taken(dataset.test.span, limit));
        knn_dataset_close(&dataset);
    }
    return take(parts, error);
}
