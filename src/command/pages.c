#include "pages.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

/* Prints a text, with `escape` before each of these characters. */
static void put_escaped(const char *text, const char *special, const char *escape) {
    for (; *text != '\0'; text++)
        printf("%s%c", strchr(special, *text) != NULL ? escape : "", *text);
}

static void put_words(const char *(*word)(size_t i)) {
    for (size_t i = 0; word != NULL && word(i) != NULL; i++)
        printf("%s%s", i > 0 ? " " : "", word(i));
}

static const char *command_word(size_t i) {
    return command_at(i) != NULL ? command_at(i)->name : NULL;
}

/* -- the manual page ----------------------------------------------------------------------------------------------- */

static const char man_head[] =
    ".TH KNNMARK 1 \"\" \"knnmark " KNN_VERSION "\" \"User Commands\"\n"
    ".SH NAME\nknnmark \\- exact nearest\\-neighbour search on bytes, measured\n"
    ".SH SYNOPSIS\n.B knnmark\n.I COMMAND\n.RI [ OPTION \\|.\\|.\\|.]\n.br\n.B knnmark help\n.RI [ COMMAND ]\n"
    ".SH DESCRIPTION\nFinds the exact nearest neighbours of rows of bytes, and classifies images by them, by kernels "
    "written for this CPU.\nEvery kernel, way of searching, number of threads and machine gives the same answer.\n"
    ".SH COMMANDS\n";

static const char man_end[] =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nAll is well.\n"
    ".TP\n.B 1\nSomething failed: data, memory, an output. A line on standard error says what.\n"
    ".TP\n.B 2\nWrong usage, such as a wrong name or value on the command line.\n"
    ".TP\n.B 128 + N\nSignal N stopped it; nothing is left behind.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B KNNMARK_DATA\nThe data set where \\-\\-data is not given.\n"
    ".TP\n.B KNNMARK_ISA\nThe instruction set where \\-\\-isa is not given.\n"
    ".TP\n.B OMP_NUM_THREADS\nThe number of threads where \\-\\-threads is not given.\n"
    ".TP\n.B TMPDIR\nWhere \\-\\-plot keeps its data while it draws.\n";

/* Prints one or more lines so that troff takes none for a request. */
static void put_man(const char *text) {
    for (size_t length; *text != '\0'; text += length + (text[length] == '\n')) {
        char line[256];
        length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        printf("\\&");
        put_escaped(line, "-\\", "\\");
        putchar('\n');
    }
}

static void print_man(void) {
    const struct command *command;
    const struct option_row *option;
    fputs(man_head, stdout);
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        printf(".SS %s\n", command->name);
        put_man(command->summary);
        for (size_t i = 0; (option = command_option(command, i)) != NULL; i++) {
            printf(".TP\n\\fB\\-%c\\fR, \\fB\\-\\-", option->letter);
            put_escaped(option->name, "-", "\\");
            printf("\\fR%s\\fI%s\\fR\n", option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
            put_man(option->help);
        }
    }
    fputs(man_end, stdout);
}

/* -- bash ---------------------------------------------------------------------------------------------------------- */

/* Prints a case for what may come next. For a number nothing is offered; for a file, bash offers files. */
static void print_bash_command(const struct command *command) {
    const struct option_row *option;
    for (size_t i = 0; (option = command_option(command, i)) != NULL; i++) {
        if (option->argument == NULL)
            continue;
        printf("    %s:--%s | %s:-%c) words='", command->name, option->name, command->name, option->letter);
        put_words(option->word);
        printf("' ;;\n");
    }
    printf("    %s:*) words='", command->name);
    put_words(command->operand_word);
    for (size_t i = 0; (option = command_option(command, i)) != NULL; i++)
        printf(" --%s", option->name);
    printf("' ;;\n");
}

static void print_bash(void) {
    printf("# bash completion of knnmark " KNN_VERSION ", made by `knnmark help --bash`\n"
           "_knnmark() {\n"
           "    local words='' command=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    ((COMP_CWORD > 1)) || command=\n"
           "    case $command:$before in\n"
           "    :*) words='--help --version help ");
    put_words(command_word);
    printf("' ;;\n    help:help) words='");
    put_words(command_word);
    printf("' ;;\n");
    for (size_t i = 0; command_at(i) != NULL; i++)
        print_bash_command(command_at(i));
    printf("    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "}\n"
           "complete -o default -F _knnmark knnmark\n");
}

/* -- zsh ----------------------------------------------------------------------------------------------------------- */

/* The first line of a help text, in single quotes and brackets. */
static void put_zsh(const char *text) {
    char line[128];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    for (const char *at = line; *at != '\0'; at++)
        if (*at == '\'')
            printf("'\\''");
        else
            printf("%s%c", strchr(":[]\\", *at) != NULL ? "\\" : "", *at);
}

static void put_zsh_action(const char *what, const char *(*word)(size_t i)) {
    printf(":%s:", what);
    if (word == NULL)
        printf("%s", strcmp(what, "FILE") == 0 || strcmp(what, "SPEC") == 0 ? "_files" : " ");
    else {
        putchar('(');
        put_words(word);
        putchar(')');
    }
}

static void print_zsh_command(const struct command *command) {
    const struct option_row *option;
    printf("    %s) _arguments", command->name);
    for (size_t i = 0; (option = command_option(command, i)) != NULL; i++) {
        printf(" \\\n        '(-%c --%s)'{-%c,--%s}'[", option->letter, option->name, option->letter, option->name);
        put_zsh(option->help);
        putchar(']');
        if (option->argument != NULL)
            put_zsh_action(option->argument, option->word);
        putchar('\'');
    }
    if (command->operand != NULL) {
        printf(" \\\n        '1");
        put_zsh_action(command->operand, command->operand_word);
        putchar('\'');
    }
    printf(" ;;\n");
}

static void print_zsh(void) {
    printf("#compdef knnmark\n"
           "# zsh completion of knnmark " KNN_VERSION ", made by `knnmark help --zsh`\n"
           "_knnmark() {\n"
           "    local -a commands=(\n");
    for (size_t i = 0; command_at(i) != NULL; i++) {
        printf("        '%s:", command_at(i)->name);
        put_zsh(command_at(i)->summary);
        printf("'\n");
    }
    printf("        'help:show help'\n"
           "    )\n"
           "    if [[ CURRENT -eq 2 || ( CURRENT -eq 3 && $words[2] == help ) ]]; then\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    shift words\n"
           "    ((CURRENT--))\n"
           "    case $words[1] in\n");
    for (size_t i = 0; command_at(i) != NULL; i++)
        print_zsh_command(command_at(i));
    printf("    esac\n"
           "}\n"
           "_knnmark \"$@\"\n");
}

int print_page(const char *name) {
    static const struct {
        const char *name;
        void (*print)(void);
    } pages[] = {{"--man", print_man}, {"--bash", print_bash}, {"--zsh", print_zsh}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (strcmp(name, pages[i].name) == 0) {
            pages[i].print();
            return 0;
        }
    return -1;
}
