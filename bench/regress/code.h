/* Same code, same speed: finds the benchmarks that run the same machine code in both builds and need not be timed.
 * code.sh lists the code of a build, one object file per line. */
#ifndef REGRESS_CODE_H
#define REGRESS_CODE_H

#include <stddef.h>

#include "fail.h"

struct code {
    char *text;
    char **lines; /* in it: "CHECKSUM PATH SYMBOL..." */
    size_t count;
};

/* Reads a list; `side` is for messages. On failure there is nothing to free. */
int code_read(struct code *code, const char *side, const char *path, struct knn_error *error);
void code_free(struct code *code);

/* 1 if both builds have the same code for benchmarks of this kernel: every object file is in both, except files that
 * hold only other kernels. */
int code_same(const struct code *base, const struct code *head, const char *kernel);

#endif
