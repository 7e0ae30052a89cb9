/* The files that `knnmark search` writes: the ids of each query's k nearest, and in some formats their distances. */
#ifndef SEARCH_WRITE_H
#define SEARCH_WRITE_H

#include <stdio.h>

#include "knnmark.h"

struct neighbor_lists {
    size_t queries, k;
    const struct knn_neighbor *neighbors; /* [query][k] */
};

struct neighbor_format {
    const char *name; /* and a file's suffix */

    uint32_t most; /* the largest id it can hold */

    /* Writes to a stream that may be a pipe; whatever goes wrong is left for ferror() to find. */
    void (*write)(const struct neighbor_lists *lists, FILE *stream);
};

/* The i-th format, NULL after the last. */
const struct neighbor_format *neighbor_format(size_t i);

/* The one that a path's suffix names, else NULL. */
const struct neighbor_format *neighbor_format_of(const char *path);

#endif
