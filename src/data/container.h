/* Named files of a folder, or of an archive that is read without unpacking it. */
#ifndef KNN_CONTAINER_H
#define KNN_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"

/* A file that was found, for as long as the function that was called with it runs. */
struct knn_member {
    unsigned which;    /* its place among the wanted names */
    uint64_t size;     /* bytes it says it has */
    const char *where; /* "folder/name" or "archive: name", for messages */
    struct knn_stream *stream;
};

typedef int knn_member_fn(struct knn_member *member, void *context, struct knn_error *error);

/* Calls `take` for every file of the folder or archive `path` whose name, whatever folder of the archive it is in, is
 * one of `names`: by their order in a folder, as they come in an archive, where a name may come twice. A name that is
 * not there is passed over. Stops at the first failure, the caller's or its own, and returns -1. */
int knn_container_read(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                       struct knn_error *error);

/* The next `size` bytes of the member; fails if there are fewer. */
int knn_member_read(struct knn_member *member, void *bytes, size_t size, struct knn_error *error);

#endif
