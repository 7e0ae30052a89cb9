/* Files to read: one by itself, or named ones of a folder, or of an archive that is read without unpacking it. Only
 * regular files are read; nothing waits for a pipe. */
#ifndef KNN_CONTAINER_H
#define KNN_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"

/* A file that was found. It lives while the function that was called with it runs. */
struct knn_member {
    unsigned which;    /* its place among the wanted names */
    uint64_t size;     /* bytes it says it has; for a file that is compressed by itself, the most it can have */
    const char *where; /* "folder/name" or "archive: name", for messages */
    int exact;         /* 0: the size is only that limit */
    struct knn_stream *stream;
};

typedef int knn_member_fn(struct knn_member *member, void *context, struct knn_error *error);

/* Calls `take` for every file of the folder or archive `path` whose name is one of `names`, in any folder of the
 * archive: in the order of `names` for a folder, in its own order for an archive, where a name may come twice. Names
 * that are not there are passed over. Stops at the first failure, the caller's or its own, and returns -1. */
int knn_container_read(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                       struct knn_error *error);

/* Calls `take` for the file `path`, with `which` as its place. One that gzip compressed is unpacked on the way. */
int knn_file_read(const char *path, unsigned which, knn_member_fn *take, void *context, struct knn_error *error);

/* Calls `see` with the name of every file of the folder or archive `path`, without the folders before it, until that
 * returns something else than 0. Fails on a path that is neither. */
typedef int knn_name_fn(const char *name, void *context);
int knn_container_names(const char *path, knn_name_fn *see, void *context, struct knn_error *error);

/* Reads the next `size` bytes of the member; fails if there are fewer. */
int knn_member_read(struct knn_member *member, void *bytes, size_t size, struct knn_error *error);

/* Skips the next `size` bytes. In a file that is not compressed they are not read, and need not be there. */
int knn_member_skip(struct knn_member *member, uint64_t size, struct knn_error *error);

/* Fails unless the member has, or can have, `header` bytes and then `rows` times `dim`, which must not overflow.
 * Readers ask this before they allocate what a header promises. */
int knn_member_holds(const struct knn_member *member, uint64_t header, uint64_t rows, uint64_t dim,
                     struct knn_error *error);

/* Fails if the member has further bytes, or if the archive's checksum shows it damaged. */
int knn_member_end(struct knn_member *member, struct knn_error *error);

/* What to do about a file or folder that cannot be opened. */
const char *knn_open_advice(int code);

#endif
