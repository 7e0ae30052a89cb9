/* The command `knnmark`: finds the subcommand and hands it its arguments. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

static const struct command *const commands[] = {&command_classify, &command_tune,    &command_cv,
                                                 &command_draw,     &command_kernels, &command_info};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void usage(FILE *stream) {
    fprintf(stream, "usage: knnmark COMMAND [options]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(stream, "\n`knnmark COMMAND --help` lists a command's options; `knnmark --version` prints the version.\n");
}

static int run(const struct command *command, int argc, char **argv) {
    struct arguments arguments;
    struct knn_error error;
    if (parse_arguments(command, argc, argv, &arguments, &error) != 0)
        return complain(&error, EXIT_USAGE);
    if (arguments.help) {
        print_help(command);
        return EXIT_OK;
    }
    return command->run(&arguments);
}

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "knnmark: give a command; `knnmark --help` lists them\n");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("knnmark " KNN_VERSION);
        return EXIT_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return run(commands[i], argc - 1, argv + 1);
    fprintf(stderr, "knnmark: no command `%s`; `knnmark --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    int status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_OK) {
        fprintf(stderr, "knnmark: cannot write standard output: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    return status;
}
