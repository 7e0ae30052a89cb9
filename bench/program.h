/* What the benchmark programs have in common: options of their own beside Google Benchmark's. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include "fail.h"

struct program_options {
    const char *data, *output; /* NULL: not given */
    unsigned threads;          /* 0: not given */
    int quick;
};

/* A whole number from 1 to `most`, at most 2^32 - 1; -1 if it is no such. */
int take_count(const char *text, size_t most, unsigned *number);

/* What follows "--name=" in an argument, or NULL. */
const char *option_value(const char *argument, const char *name);

/* "--name=N", a whole number from 1 to `most`: returns 1 and sets *number, 0 if it is another argument, -1 if it is no
 * such number. */
int option_number(const char *argument, const char *name, unsigned most, unsigned *number, struct knn_error *error);

/* Takes --data, --output, --threads and --quick: returns 1, 0 if it is another argument, -1 if its value is no good. */
int program_option(struct program_options *options, const char *argument, struct knn_error *error);

#endif
