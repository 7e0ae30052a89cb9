/* A file that is either whole or not there: it is written aside and renamed when all of it has reached the disk. If the
 * path is a link, the file it names is replaced. A replaced file's permissions stay. A pipe, a device, and the
 * program's own standard output or error are written directly. */
#ifndef KNN_OUTPUT_H
#define KNN_OUTPUT_H

#include <stdio.h>

#include "fail.h"

struct knn_output {
    FILE *stream;
    char *path;
    char *aside; /* NULL when written directly */
};

/* 1 if the path leads to the program's own standard output or error. */
int knn_output_is_standard(const char *path);

/* Also fails if another open output has the same name. */
int knn_output_open(struct knn_output *output, const char *path, struct knn_error *error);

/* Flushes, closes and renames. On failure (a full disk) an earlier file of that name is untouched. */
int knn_output_commit(struct knn_output *output, struct knn_error *error);

/* Commits all open outputs, even if some fail; the error is the first one's. */
int knn_output_commit_all(struct knn_output *outputs, size_t count, struct knn_error *error);

/* Closes and removes what was written. Safe on a zeroed struct and after a commit. */
void knn_output_discard(struct knn_output *output);

#endif
