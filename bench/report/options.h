/* The command line of knnmark-report. */
#ifndef REPORT_OPTIONS_H
#define REPORT_OPTIONS_H

#include "fail.h"
#include "results/table.h"

enum { MAX_OUTPUTS = 4, MAX_FILES = 64 };

struct options {
    const char *outputs[MAX_OUTPUTS];
    enum form forms[MAX_OUTPUTS];
    const char *pictures, *plots, *const *files;
    size_t output_count, file_count;
    int check, history, help;
};

int options_parse(struct options *options, int argc, char **argv, struct knn_error *error);

/* Whether one of the outputs is a page; it is if none is named. */
int options_want_page(const struct options *options);

/* What --help prints. */
extern const char options_usage[];

#endif
