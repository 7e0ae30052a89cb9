/* The command line of `knnmark`: one description of every option, from which parsing and help both come. */
#ifndef KNN_OPTIONS_H
#define KNN_OPTIONS_H

#include <stddef.h>

#include "knn.h"

/* What the command line said. */
struct arguments {
    const char *data;   /* NULL: the default data set */
    const char *output; /* NULL: none */
    size_t limit;       /* 0: all test images */
    int json;
    int help;
    struct knn_options knn;
};

/* A subcommand takes the options whose letters it lists. */
struct command {
    const char *name;
    const char *summary;
    const char *takes;
    int (*run)(const struct arguments *arguments); /* returns the exit status */
};

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Parses argv[1...]; -1 with an error for what the command does not take. */
int parse_arguments(const struct command *command, int argc, char **argv, struct arguments *arguments,
                    struct knn_error *error);

void print_help(const struct command *command);

/* Prints "knnmark: message" on standard error and returns the status given. */
int complain(const struct knn_error *error, int status);

extern const struct command command_classify, command_kernels, command_info;

#endif
