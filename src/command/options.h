/* The command line of `knnmark`: what an option is, and how it is read. Each command has a table of its own beside it,
 * from which parsing, help, manual page and completion all come. */
#ifndef KNN_OPTIONS_H
#define KNN_OPTIONS_H

#include <stddef.h>

#include "choose.h"
#include "folds.h"
#include "team.h"
#include "vote.h"

enum { MAX_KS = 100 };

/* What the command line said, by any command's options. */
struct arguments {
    const char *operand;
    const char *data;   /* NULL: the default data set */
    const char *output; /* NULL: none; likewise the next two */
    const char *confusion;
    const char *plot;
    const char *train, *queries; /* of search */
    int format;                  /* likewise: which of its formats, or -1 */
    size_t limit;                /* 0: all images */
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
    int metric;             /* KNN_METRICS: none was given */
    struct knn_options knn; /* settle_names() sets its metric */
    unsigned features;      /* likewise: the CPU's that --isa, or the environment, allows */
    struct k_list {
        size_t count, k[MAX_KS];
    } ks; /* of commands that take lists, in place of knn.k: ascending, all different */
    struct metric_list {
        size_t count;
        enum knn_metric metric[KNN_METRICS];
    } metrics; /* likewise, in place of knn.metric; all different */
};

struct option_row;

/* Reads an option's text into *value; -1 with an error that says what may be given. */
typedef int option_parser(const struct option_row *option, const char *text, void *value, struct knn_error *error);

/* One option of a command. */
struct option_row {
    const char *name;
    char letter;
    const char *argument; /* what its value is called; NULL: it takes none */
    size_t at;            /* where in struct arguments its value goes */
    option_parser *parse;
    const char *help;
    size_t least, most;            /* of a number */
    size_t flag;                   /* what a flag stores */
    const char *(*word)(size_t i); /* the i-th that may be given, NULL after the last; for texts, only to complete */
    const char *only;              /* the operands that it matters to, with spaces between; NULL: all */
    const struct option_row *same; /* not NULL: the option is that one, and only `only` is set here, too */
};

option_parser option_text;        /* const char *: as it is */
option_parser option_number;      /* size_t */
option_parser option_unsigned;    /* unsigned */
option_parser option_flag;        /* int, or an enum */
option_parser option_word;        /* int, or an enum: which of the words */
option_parser option_k_list;      /* struct k_list */
option_parser option_metric_list; /* struct metric_list */

const char *metric_word(size_t i);

/* The options that several commands take as they are: {.same = &shared_options[OPTION_...]}. Every command takes
 * --help, which ends its table. */
enum {
    OPTION_DATA,
    OPTION_WEIGHTS,
    OPTION_KERNEL,
    OPTION_ISA,
    OPTION_SEARCH,
    OPTION_THREADS,
    OPTION_NO_BIND,
    OPTION_JSON,
    OPTION_HELP
};
extern const struct option_row shared_options[];

struct command {
    const char *name;
    const char *summary;
    const char *operand;                   /* what the one word after its name is; NULL: it takes none */
    const char *(*operand_word)(size_t i); /* the i-th word that this may be, NULL after the last */
    const struct option_row *options;
    struct arguments defaults;
    int (*run)(const struct arguments *arguments); /* returns the exit status */
};

/* The i-th option, NULL after the last. */
const struct option_row *command_option(const struct command *command, size_t i);

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Parses argv[1...]; -1 with an error for what the command does not take. */
int parse_arguments(const struct command *command, int argc, char **argv, struct arguments *arguments,
                    struct knn_error *error);

/* Sets what follows from names: the features; and the metric, if none was given, to the kernel's, else to l2. -1 with
 * an error for an instruction set or a kernel that does not exist or cannot be used. */
int settle_names(struct arguments *arguments, struct knn_error *error);

void print_help(const struct command *command);

/* Prints "knnmark: message" on standard error, only in the first process, and returns the given status. */
int complain(const struct knn_error *error, int status);

/* Runs the command line; returns the exit status. */
int run_command_line(int argc, char **argv);

/* The program's i-th command, NULL after the last. */
const struct command *command_at(size_t i);

extern const struct command command_classify, command_tune, command_cv, command_search, command_draw, command_kernels,
    command_info;

#endif
