#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct description {
    char letter; /* the option's one-letter form, and how a command lists it */
    const char *name, *argument, *help;
};

static const struct description descriptions[] = {
    {'d', "data", "SPEC",
     "a CIFAR-10 folder or archive, or synthetic[:seed=N,train=N,test=N]\n"
     "(default: KNNMARK_DATA, else data/ if it holds CIFAR-10, else synthetic)"},
    {'m', "metric", "l1|l2", "sum of absolute differences, or squared Euclidean distance (default l2)"},
    {'k', "k", "N", "neighbours that vote, 1 to 1000 (default 1)"},
    {'K', "kernel", "NAME", "distance kernel, see `knnmark kernels` (default: the fastest for this CPU)"},
    {'i', "isa", "NAME", "use no instructions beyond this set (default: KNNMARK_ISA, else no limit)"},
    {'t', "threads", "N", "threads (default: OMP_NUM_THREADS, else one a core)"},
    {'b', "no-bind", NULL, "do not bind threads to cores"},
    {'l', "limit", "N", "only the first N test images"},
    {'o', "output", "FILE", "write index,label,predicted,neighbors,distances as CSV (l2: squared distances)"},
    {'j', "json", NULL, "print one JSON object instead of text"},
    {'h', "help", NULL, "show this help"},
};

enum { DESCRIPTIONS = sizeof descriptions / sizeof descriptions[0] };

static int takes(const struct command *command, const struct description *option) {
    return option->letter == 'h' || strchr(command->takes, option->letter) != NULL;
}

static int number(const char *text, const char *name, size_t most, size_t *value, struct knn_error *error) {
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n < 1 || n > most)
        return knn_fail(error, "--%s %s: give a whole number from 1 to %zu", name, text, most);
    *value = (size_t)n;
    return 0;
}

static int set_metric(struct arguments *a, const char *text, struct knn_error *error) {
    for (int metric = 0; metric < KNN_METRICS; metric++)
        if (strcmp(text, knn_metric_name(metric)) == 0) {
            a->knn.metric = metric;
            return 0;
        }
    return knn_fail(error, "--metric %s: give l1 or l2", text);
}

static int set(struct arguments *a, char letter, const char *text, struct knn_error *error) {
    size_t threads = 0;
    switch (letter) {
    case 'd':
        a->data = text;
        return 0;
    case 'm':
        return set_metric(a, text, error);
    case 'k':
        return number(text, "k", KNN_MAX_K, &a->knn.k, error);
    case 'K':
        a->knn.kernel = text;
        return 0;
    case 'i':
        a->knn.isa = text;
        return 0;
    case 't':
        if (number(text, "threads", KNN_MAX_THREADS, &threads, error) != 0)
            return -1;
        a->knn.threads = (unsigned)threads;
        return 0;
    case 'b':
        a->knn.unbound = 1;
        return 0;
    case 'l':
        return number(text, "limit", UINT32_MAX, &a->limit, error);
    case 'o':
        a->output = text;
        return 0;
    case 'j':
        a->json = 1;
        return 0;
    default:
        a->help = 1;
        return 0;
    }
}

int parse_arguments(const struct command *command, int argc, char **argv, struct arguments *arguments,
                    struct knn_error *error) {
    struct option options[DESCRIPTIONS + 1] = {0};
    char letters[2 * DESCRIPTIONS + 2] = ":";
    for (size_t i = 0, n = 0; i < DESCRIPTIONS; i++) {
        const struct description *d = &descriptions[i];
        if (!takes(command, d))
            continue;
        int has_argument = d->argument != NULL ? required_argument : no_argument;
        options[n++] = (struct option){d->name, has_argument, NULL, d->letter};
        snprintf(letters + strlen(letters), 3, has_argument ? "%c:" : "%c", d->letter);
    }
    *arguments = (struct arguments){.knn = {.metric = KNN_L2, .k = 1}};
    opterr = 0;
    optind = 1;
    for (int letter; (letter = getopt_long(argc, argv, letters, options, NULL)) != -1;) {
        if (letter == ':')
            return knn_fail(error, "%s needs a value, see `knnmark %s --help`", argv[optind - 1], command->name);
        if (letter == '?') {
            /* an unknown letter may stand among others in a word; anything else is a word of its own */
            char wrong[] = {'-', (char)optopt, '\0'};
            int alone = optopt != 0 && strchr(letters, optopt) == NULL;
            return knn_fail(error, "%s takes no %s, see `knnmark %s --help`", command->name,
                            alone ? wrong : argv[optind - 1], command->name);
        }
        if (set(arguments, (char)letter, optarg, error) != 0)
            return -1;
    }
    if (optind < argc)
        return knn_fail(error, "%s takes no argument `%s`, see `knnmark %s --help`", command->name, argv[optind],
                        command->name);
    return 0;
}

void print_help(const struct command *command) {
    printf("usage: knnmark %s [options]\n%s\n\n", command->name, command->summary);
    for (size_t i = 0; i < DESCRIPTIONS; i++) {
        const struct description *d = &descriptions[i];
        if (!takes(command, d))
            continue;
        char left[40];
        snprintf(left, sizeof left, "-%c, --%s%s%s", d->letter, d->name, d->argument != NULL ? " " : "",
                 d->argument != NULL ? d->argument : "");
        const char *line = d->help;
        for (const char *label = left; line != NULL; label = "") {
            const char *end = strchr(line, '\n');
            printf("  %-22s %.*s\n", label, end != NULL ? (int)(end - line) : (int)strlen(line), line);
            line = end != NULL ? end + 1 : NULL;
        }
    }
}

int complain(const struct knn_error *error, int status) {
    fprintf(stderr, "knnmark: %s\n", error->message);
    return status;
}
