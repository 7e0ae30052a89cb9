/* The command `knnmark`: finds the subcommand and hands it its arguments. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "pages.h"

static const struct command *const commands[] = {&command_classify, &command_tune,    &command_cv,  &command_search,
                                                 &command_draw,     &command_kernels, &command_info};

const struct command *command_at(size_t i) {
    return i < sizeof commands / sizeof commands[0] ? commands[i] : NULL;
}

static void usage(FILE *stream) {
    fprintf(stream, "usage: knnmark COMMAND [options]\n\n");
    for (size_t i = 0; command_at(i) != NULL; i++)
        fprintf(stream, "  %-10s %s\n", command_at(i)->name, command_at(i)->summary);
    fprintf(stream,
            "\n`knnmark help COMMAND` lists a command's options; `knnmark --version` prints the version.\n\n"
            "Exit status: 0 if all is well; 1 if something failed: data, memory, an output; 2 for wrong usage,\n"
            "a wrong name or value on the command line among it; 128 and the signal's number if one stopped it.\n");
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; command_at(i) != NULL; i++)
        if (strcmp(name, command_at(i)->name) == 0)
            return command_at(i);
    fprintf(stderr, "knnmark: no command `%s`; `knnmark --help` lists them\n", name);
    return NULL;
}

/* `knnmark help`, that of a command, or a page for other programs. */
static int help(int count, char **names) {
    if (count == 0) {
        usage(stdout);
        return EXIT_OK;
    }
    if (count > 1) {
        fprintf(stderr, "knnmark: help takes one command; `knnmark --help` lists them\n");
        return EXIT_USAGE;
    }
    if (print_page(names[0]) == 0)
        return EXIT_OK;
    const struct command *command = find_command(names[0]);
    if (command == NULL)
        return EXIT_USAGE;
    print_help(command);
    return EXIT_OK;
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
    if (settle_names(&arguments, &error) != 0)
        return complain(&error, EXIT_USAGE);
    return command->run(&arguments);
}

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "knnmark: give a command; `knnmark --help` lists them\n");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return help(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0) {
        puts("knnmark " KNN_VERSION);
        return EXIT_OK;
    }
    const struct command *command = find_command(argv[1]);
    return command != NULL ? run(command, argc - 1, argv + 1) : EXIT_USAGE;
}

int main(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes fails a write, which says so */
    int status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_OK) {
        fprintf(stderr, "knnmark: cannot write standard output: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    return status;
}
