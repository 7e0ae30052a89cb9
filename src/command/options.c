#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ranks.h"

enum { MOST_OPTIONS = 32 };

const struct option_row *command_option(const struct command *command, size_t i) {
    if (i > 0 && command->options[i - 1].same == &shared_options[OPTION_HELP])
        return NULL;
    const struct option_row *row = &command->options[i];
    return row->same != NULL ? row->same : row;
}

/* -- parsers ------------------------------------------------------------------------------------------------------- */

int option_text(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    (void)option, (void)error;
    *(const char **)value = text;
    return 0;
}

int option_flag(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    (void)text, (void)error;
    *(int *)value = (int)option->flag;
    return 0;
}

int option_number(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n < option->least || n > option->most)
        return knn_fail(error, "--%s %s: give a whole number from %zu to %zu", option->name, text, option->least,
                        option->most);
    *(size_t *)value = (size_t)n;
    return 0;
}

int option_unsigned(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    size_t number = 0;
    if (option_number(option, text, &number, error) != 0)
        return -1;
    *(unsigned *)value = (unsigned)number;
    return 0;
}

/* The number of a word; if it is none of these, -1, and the list is "a, b or c". */
static int find_word(const char *(*word)(size_t), const char *text, char *list, size_t size) {
    size_t used = 0;
    for (size_t i = 0; word(i) != NULL; i++) {
        const char *before = i == 0 ? "" : word(i + 1) != NULL ? ", " : " or ";
        if (text != NULL && strcmp(text, word(i)) == 0)
            return (int)i;
        if (used < size)
            used += (size_t)snprintf(list + used, size - used, "%s%s", before, word(i));
    }
    return -1;
}

int option_word(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    char words[256];
    int found = find_word(option->word, text, words, sizeof words);
    if (found < 0)
        return knn_fail(error, "--%s %s: give %s", option->name, text, words);
    *(int *)value = found;
    return 0;
}

/* Takes the next value off a list with commas between values. *list becomes NULL after the last. */
static const char *next_value(const char **list, char *value, size_t size) {
    size_t length = strcspn(*list, ",");
    snprintf(value, size, "%.*s", (int)length, *list);
    *list = (*list)[length] == ',' ? *list + length + 1 : NULL;
    return value;
}

int option_k_list(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    struct k_list *list = value;
    char one[32];
    for (list->count = 0; text != NULL;) {
        size_t k = 0, at = list->count;
        if (option_number(option, next_value(&text, one, sizeof one), &k, error) != 0)
            return -1;
        while (at > 0 && list->k[at - 1] >= k)
            at--;
        if (at < list->count && list->k[at] == k)
            continue;
        if (list->count == MAX_KS)
            return knn_fail(error, "--%s: give at most %d numbers", option->name, MAX_KS);
        memmove(list->k + at + 1, list->k + at, (list->count++ - at) * sizeof *list->k);
        list->k[at] = k;
    }
    return 0;
}

int option_metric_list(const struct option_row *option, const char *text, void *value, struct knn_error *error) {
    struct metric_list *list = value;
    char one[32];
    for (list->count = 0; text != NULL;) {
        enum knn_metric metric = KNN_L1;
        size_t i = 0;
        if (option_word(option, next_value(&text, one, sizeof one), &metric, error) != 0)
            return -1;
        while (i < list->count && list->metric[i] != metric)
            i++;
        if (i == list->count)
            list->metric[list->count++] = metric;
    }
    return 0;
}

/* -- the command line ---------------------------------------------------------------------------------------------- */

/* The options, as getopt_long() wants them. */
struct accepted {
    struct option options[MOST_OPTIONS + 1];
    char letters[2 * MOST_OPTIONS + 2];
};

static void list_accepted(const struct command *command, struct accepted *accepted) {
    const struct option_row *row;
    *accepted = (struct accepted){.letters = ":"};
    for (size_t i = 0; (row = command_option(command, i)) != NULL; i++) {
        int has_argument = row->argument != NULL ? required_argument : no_argument;
        accepted->options[i] = (struct option){row->name, has_argument, NULL, row->letter};
        snprintf(accepted->letters + strlen(accepted->letters), 3, has_argument ? "%c:" : "%c", row->letter);
    }
}

static size_t find_option(const struct command *command, int letter) {
    size_t i = 0;
    while (command_option(command, i)->letter != letter)
        i++;
    return i;
}

/* Bit i of *given is set for the i-th option of the command. */
static int parse_options(const struct command *command, int argc, char **argv, struct arguments *arguments,
                         uint32_t *given, struct knn_error *error) {
    struct accepted accepted;
    list_accepted(command, &accepted);
    opterr = 0;
    optind = 1;
    for (int letter; (letter = getopt_long(argc, argv, accepted.letters, accepted.options, NULL)) != -1;) {
        if (letter == ':')
            return knn_fail(error, "%s needs a value, see `knnmark %s --help`", argv[optind - 1], command->name);
        if (letter == '?') {
            /* an unknown letter may stand among others in a word; anything else is a word of its own */
            char wrong[] = {'-', (char)optopt, '\0'};
            int alone = optopt != 0 && strchr(accepted.letters, optopt) == NULL;
            return knn_fail(error, "%s takes no %s, see `knnmark %s --help`", command->name,
                            alone ? wrong : argv[optind - 1], command->name);
        }
        size_t i = find_option(command, letter);
        const struct option_row *option = command_option(command, i);
        *given |= (uint32_t)1 << i;
        if (option->parse(option, optarg, (char *)arguments + option->at, error) != 0)
            return -1;
    }
    return 0;
}

/* Checks that the operand is one of the words, and that it takes every option given. */
static int check_operand(const struct command *command, const char *operand, uint32_t given, struct knn_error *error) {
    char words[256];
    if (find_word(command->operand_word, operand, words, sizeof words) < 0)
        return operand != NULL ? knn_fail(error, "no %s `%s`: give %s", command->operand, operand, words)
                               : knn_fail(error, "%s needs a %s: give %s", command->name, command->operand, words);
    for (size_t i = 0; command_option(command, i) != NULL; i++) {
        const char *only = command->options[i].only;
        if ((given >> i & 1) != 0 && only != NULL && strstr(only, operand) == NULL)
            return knn_fail(error, "%s %s takes no --%s, see `knnmark %s --help`", command->name, operand,
                            command_option(command, i)->name, command->name);
    }
    return 0;
}

int parse_arguments(const struct command *command, int argc, char **argv, struct arguments *arguments,
                    struct knn_error *error) {
    uint32_t given = 0;
    *arguments = command->defaults;
    arguments->knn.size = sizeof arguments->knn;
    if (parse_options(command, argc, argv, arguments, &given, error) != 0)
        return -1;
    if (command->operand != NULL && optind < argc)
        arguments->operand = argv[optind++];
    if (optind < argc)
        return knn_fail(error, "%s takes no argument `%s`, see `knnmark %s --help`", command->name, argv[optind],
                        command->name);
    if (arguments->help || command->operand == NULL)
        return 0;
    return check_operand(command, arguments->operand, given, error);
}

int settle_names(struct arguments *arguments, struct knn_error *error) {
    struct knn_options *knn = &arguments->knn;
    const struct knn_kernel *named = knn->kernel != NULL ? knn_kernel_find(knn->kernel) : NULL;
    knn->metric = arguments->metric < KNN_METRICS ? (enum knn_metric)arguments->metric
                  : named != NULL                 ? named->metric
                                                  : KNN_L2;
    if (knn_allowed_features(knn->isa, &arguments->features, error) != 0)
        return -1;
    return knn_choose_kernel(knn->kernel, knn->metric, arguments->features, error) != NULL ? 0 : -1;
}

/* -- help ---------------------------------------------------------------------------------------------------------- */

void print_help(const struct command *command) {
    const struct option_row *row;
    printf("usage: knnmark %s ", command->name);
    for (const char *c = command->operand; c != NULL && *c != '\0'; c++)
        putchar(toupper((unsigned char)*c));
    printf("%s[options]\n%s\n\n", command->operand != NULL ? " " : "", command->summary);
    for (size_t i = 0; (row = command_option(command, i)) != NULL; i++) {
        char left[40];
        snprintf(left, sizeof left, "-%c, --%s%s%s", row->letter, row->name, row->argument != NULL ? " " : "",
                 row->argument != NULL ? row->argument : "");
        const char *line = row->help;
        for (const char *label = left; line != NULL; label = "") {
            const char *end = strchr(line, '\n');
            printf("  %-22s %.*s\n", label, end != NULL ? (int)(end - line) : (int)strlen(line), line);
            line = end != NULL ? end + 1 : NULL;
        }
    }
}

int complain(const struct knn_error *error, int status) {
    if (ranks_is_first())
        fprintf(stderr, "knnmark: %s\n", error->message);
    return status;
}
