/* The command line: finds the subcommand and hands it its arguments. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "pages.h"
#include "ranks.h"

static int wrong(const char *format, const char *name) {
    struct knn_error error;
    knn_fail(&error, format, name);
    return complain(&error, EXIT_USAGE);
}

static void usage(FILE *stream) {
    fprintf(stream, "usage: knnmark COMMAND [options]\n\n");
    for (size_t i = 0; command_at(i) != NULL; i++)
        fprintf(stream, "  %-10s %s\n", command_at(i)->name, command_at(i)->summary);
    fprintf(stream,
            "\n`knnmark help COMMAND` lists a command's options; `knnmark --version` prints the version.\n\n"
            "Exit status: 0 if all is well; 1 if something failed: data, memory, an output; 2 for wrong usage,\n"
            "such as a wrong name or value on the command line; 128 + N if signal N stopped it.\n");
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; command_at(i) != NULL; i++)
        if (strcmp(name, command_at(i)->name) == 0)
            return command_at(i);
    wrong("no command `%s`; `knnmark --help` lists them", name);
    return NULL;
}

/* `knnmark help`, the help of a command, or a page for other programs. */
static int help(int count, char **names) {
    if (count == 0) {
        usage(stdout);
        return EXIT_OK;
    }
    if (count > 1)
        return wrong("%s takes one command; `knnmark --help` lists them", "help");
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
    if (ranks_agree(parse_arguments(command, argc, argv, &arguments, &error), &error) != 0)
        return complain(&error, EXIT_USAGE);
    if (arguments.help) {
        print_help(command);
        return EXIT_OK;
    }
    if (ranks_agree(settle_names(&arguments, &error), &error) != 0)
        return complain(&error, EXIT_USAGE);
    ranks_place(&arguments.knn);
    return command->run(&arguments);
}

static int dispatch(int argc, char **argv) {
    if (argc < 2)
        return wrong("give a command; %s lists them", "`knnmark --help`");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return help(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0) {
        puts("knnmark " KNN_VERSION);
        return EXIT_OK;
    }
    const struct command *command = find_command(argv[1]);
    return command != NULL ? run(command, argc - 1, argv + 1) : EXIT_USAGE;
}

int run_command_line(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* beyond a limit of file sizes, a write fails and is reported */
    int status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_OK) {
        wrong("cannot write standard output: %s", strerror(errno));
        return EXIT_FAILED;
    }
    return status;
}
