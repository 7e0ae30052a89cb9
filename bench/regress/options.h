/* The driver's command line. */
#ifndef REGRESS_OPTIONS_H
#define REGRESS_OPTIONS_H

#include "compare.h"

struct words {
    struct settings settings;
    int help;
};

int parse_words(struct words *words, int argc, char **argv, struct knn_error *error);
void print_usage(void);

#endif
