/* A file that is either whole or not there: written aside and renamed when all of it has reached the disk. What is no
 * regular file (a pipe, /dev/stdout) is written directly. */
#ifndef KNN_OUTPUT_H
#define KNN_OUTPUT_H

#include <stdio.h>

#include "error.h"

struct knn_output {
    FILE *stream;
    char *path;
    char *aside; /* NULL when written directly */
};

int knn_output_open(struct knn_output *output, const char *path, struct knn_error *error);

/* Flushes, closes and renames. On failure (a full disk) an earlier file of that name is untouched. */
int knn_output_commit(struct knn_output *output, struct knn_error *error);

/* Closes and removes what was written. Safe on a zeroed struct and after a commit. */
void knn_output_discard(struct knn_output *output);

#endif
