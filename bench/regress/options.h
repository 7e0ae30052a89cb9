/* The driver's words. */
#ifndef REGRESS_OPTIONS_H
#define REGRESS_OPTIONS_H

#include "baseline.h"

struct words {
    struct settings settings;
    const char *baseline, *current[MOST_CURRENT]; /* result files instead of two workers */
    int help;
};

int parse_words(struct words *words, int argc, char **argv, struct knn_error *error);
void print_usage(void);

#endif
