/* The files that `knnmark search` writes: the ids of each query's k nearest, and their distances where there is room.
 */
#ifndef SEARCH_WRITE_H
#define SEARCH_WRITE_H

#include <stdio.h>

#include "fail.h"

struct neighbor_lists {
    size_t queries, k;
    const struct knn_neighbor *neighbors; /* [query][k] */
};

struct neighbor_format {
    const char *name; /* and a file's suffix */

    /* Writes to a stream that may be a pipe; what cannot be written is left for ferror() to find. Fails on ids that the
     * format cannot hold, and without memory. */
    int (*write)(const struct neighbor_lists *lists, FILE *stream, struct knn_error *error);
};

/* The i-th format, NULL after the last. */
const struct neighbor_format *neighbor_format(size_t i);

/* The one that a path's suffix names, else NULL. */
const struct neighbor_format *neighbor_format_of(const char *path);

#endif
