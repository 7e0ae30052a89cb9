/* What the benchmark programs have in common: options of their own beside Google Benchmark's, and tables beside the
 * result file. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stdio.h>

#include "fail.h"

struct program_options {
    const char *data, *output; /* NULL: not given */
    unsigned threads;          /* 0: not given */
    int quick;
};

/* What follows "--name=" in an argument, or NULL. */
const char *option_value(const char *argument, const char *name);

/* "--name=N", a whole number from 1 to `most`: returns 1 and sets *number, 0 if it is another argument, -1 if it is no
 * such number. */
int option_number(const char *argument, const char *name, unsigned most, unsigned *number, struct knn_error *error);

/* Takes --data, --output, --threads and --quick: returns 1, 0 if it is another argument, -1 if its value is no good. */
int program_option(struct program_options *options, const char *argument, struct knn_error *error);

/* Prints tables, and writes them beside the result file: bench.md beside bench.json. Nothing is beside a pipe or a
 * device. `output` may be NULL. */
typedef void program_tables_fn(FILE *stream, const void *context);
int program_publish(const char *output, program_tables_fn *print, const void *context, struct knn_error *error);

#endif
