/* The command line of `knnmark`: one description of every option, from which parsing and help both come. */
#ifndef KNN_OPTIONS_H
#define KNN_OPTIONS_H

#include <stddef.h>

#include "folds.h"
#include "knn.h"

enum { MAX_KS = 100 };

/* What the command line said. */
struct arguments {
    const char *data;   /* NULL: the default data set */
    const char *output; /* NULL: none; likewise the next three */
    const char *confusion;
    const char *plot;
    const char *operand;
    size_t limit; /* 0: all test images */
    size_t validation;
    size_t seed;
    size_t folds;
    enum knn_fold_split fold_split;
    size_t image; /* a training image, by its index */
    int shuffled; /* 1: the images held out are drawn at random */
    int final;
    int root;
    int shares;
    int json;
    int help;
    struct knn_options knn;
    size_t ks[MAX_KS]; /* for a command of lists, in place of knn.k: ascending, all different */
    size_t k_count;
    enum knn_metric metrics[KNN_METRICS]; /* likewise, in place of knn.metric; all different */
    size_t metric_count;
};

/* A subcommand takes the options whose letters it lists. */
struct command {
    const char *name;
    const char *summary;
    const char *operand; /* what the one word after its name is, and then k is 0 unless told; NULL: it takes none */
    const char *takes;
    int lists;                                     /* 1: --k and --metric take several values */
    int folds;                                     /* 1: it deals the training images out to folds */
    int (*run)(const struct arguments *arguments); /* returns the exit status */
};

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Parses argv[1...]; -1 with an error for what the command does not take. */
int parse_arguments(const struct command *command, int argc, char **argv, struct arguments *arguments,
                    struct knn_error *error);

void print_help(const struct command *command);

/* Prints "knnmark: message" on standard error and returns the status given. */
int complain(const struct knn_error *error, int status);

extern const struct command command_classify, command_tune, command_cv, command_draw, command_kernels, command_info;

#endif
