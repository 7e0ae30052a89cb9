#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct description {
    char letter; /* the option's one-letter form, and how a command lists it */
    /* for which commands: those of one k and metric, of lists of them, of folds, or of an operand */
    enum { ANY, ONE, SEVERAL, FOLDS, OPERAND } values;
    const char *name, *argument, *help;
};

#define CV_KS "1,3,5,8,10,12,15,20,50,100"

static const struct description descriptions[] = {
    {'d', ANY, "data", "SPEC",
     "a CIFAR-10 folder or archive, or synthetic[:seed=N,train=N,test=N]\n"
     "(default: KNNMARK_DATA, else data/ if it holds CIFAR-10, else synthetic)"},
    {'m', ONE, "metric", "NAME",
     "l1: sum of absolute differences; l2: squared Euclidean distance (default);\n"
     "l1wrap: l1 as NumPy computes it from bytes, modulo 256 (a mistake, to see what it costs)"},
    {'m', SEVERAL, "metric", "LIST", "metrics to choose from: l1, l2, l1wrap (default l1,l2)"},
    {'k', ONE, "k", "N", "neighbours that vote, 1 to 1000 (default 1)"},
    {'k', SEVERAL, "k", "LIST", "numbers of neighbours to choose from (default 1,3,5,10,20,50,100)"},
    {'m', OPERAND, "metric", "NAME", "of neighbors and regions: l1, l2 (default) or l1wrap"},
    {'k', OPERAND, "k", "N", "neighbors: how many (default 10); regions: of the other picture (default 5)"},
    {'l', OPERAND, "limit", "N", "neighbors: of how many test images (default 5)"},
    {'e', OPERAND, "seed", "N", "regions: of the random points (default 1)"},
    {'n', OPERAND, "image", "N", "same-distance: which training image, from 0 (default 7)"},
    {'m', FOLDS, "metric", "LIST", "metrics to compare: l1, l2 (default both)"},
    {'k', FOLDS, "k", "LIST", "numbers of neighbours to compare (default " CV_KS ")"},
    {'w', ANY, "weights", "NAME", "uniform: a vote each (default); distance: 1 / distance votes each"},
    {'v', ANY, "validation", "N", "training images held out to choose by (default 1000)"},
    {'S', ANY, "split", "first|shuffled", "hold out the first images (default), or a random draw"},
    {'F', ANY, "folds", "N", "folds, each tested once, 2 to 1000 (default 5)"},
    {'S', FOLDS, "split", "NAME",
     "stratified: each class spread evenly (default); contiguous: the images in their order;\n"
     "shuffled: in a random order"},
    {'e', ANY, "seed", "N", "of the random draw (default 1)"},
    {'f', ANY, "final", NULL, "then test the choice on the test images, once"},
    {'K', ANY, "kernel", "NAME", "distance kernel, see `knnmark kernels` (default: the fastest for this CPU)"},
    {'i', ANY, "isa", "NAME", "use no instructions beyond this set (default: KNNMARK_ISA, else no limit)"},
    {'t', ANY, "threads", "N", "threads (default: OMP_NUM_THREADS, else one a core)"},
    {'b', ANY, "no-bind", NULL, "do not bind threads to cores"},
    {'l', ANY, "limit", "N", "only the first N test images"},
    {'o', ONE, "output", "FILE", "write index,label,predicted,neighbors,distances as CSV (l2: squared distances)"},
    {'o', SEVERAL, "output", "FILE", "write metric,k,right,images,accuracy,low,high as CSV"},
    {'l', FOLDS, "limit", "N", "only the first N training images"},
    {'o', FOLDS, "output", "FILE", "write metric,k,fold,right,images,accuracy as CSV"},
    {'o', OPERAND, "output", "FILE", "the PNG file to write"},
    {'r', ANY, "root", NULL, "l2: write the distances with their root taken"},
    {'s', ANY, "shares", NULL, "write each class's share of the votes as further columns"},
    {'c', ANY, "confusion", "FILE", "write the confusion matrix as CSV: a row a label, a column a prediction"},
    {'p', ANY, "plot", "FILE", "draw accuracy by k as SVG, with gnuplot and plots/tune.gp"},
    {'p', FOLDS, "plot", "FILE", "draw the folds' accuracies by k as SVG, with gnuplot and plots/cv.gp"},
    {'j', ANY, "json", NULL, "print one JSON object instead of text"},
    {'h', ANY, "help", NULL, "show this help"},
};

enum { DESCRIPTIONS = sizeof descriptions / sizeof descriptions[0] };

/* The command's own description of an option goes before the one for all. */
static int takes(const struct command *command, const struct description *option) {
    unsigned own = command->operand != NULL ? OPERAND : command->folds ? FOLDS : command->lists ? SEVERAL : ONE;
    if (option->letter == 'h')
        return 1;
    if (strchr(command->takes, option->letter) == NULL)
        return 0;
    if (option->values != ANY)
        return option->values == own;
    for (size_t i = 0; i < DESCRIPTIONS; i++)
        if (descriptions[i].letter == option->letter && descriptions[i].values == own)
            return 0;
    return 1;
}

static int number_from(size_t least, const char *text, const char *name, size_t most, size_t *value,
                       struct knn_error *error) {
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n < least || n > most)
        return knn_fail(error, "--%s %s: give a whole number from %zu to %zu", name, text, least, most);
    *value = (size_t)n;
    return 0;
}

static int number(const char *text, const char *name, size_t most, size_t *value, struct knn_error *error) {
    return number_from(1, text, name, most, value, error);
}

static int metric(const char *text, enum knn_metric *value, struct knn_error *error) {
    for (int m = 0; m < KNN_METRICS; m++)
        if (strcmp(text, knn_metrics[m].name) == 0) {
            *value = m;
            return 0;
        }
    return knn_fail(error, "--metric %s: give l1, l2 or l1wrap", text);
}

/* Takes the next of some values with commas between them off *list: *list is NULL after the last. */
static const char *next_value(const char **list, char *value, size_t size) {
    size_t length = strcspn(*list, ",");
    snprintf(value, size, "%.*s", (int)length, *list);
    *list = (*list)[length] == ',' ? *list + length + 1 : NULL;
    return value;
}

static int k_list(struct arguments *a, const char *list, struct knn_error *error) {
    char text[32];
    for (a->k_count = 0; list != NULL;) {
        size_t k = 0, at = a->k_count;
        if (number(next_value(&list, text, sizeof text), "k", KNN_MAX_K, &k, error) != 0)
            return -1;
        while (at > 0 && a->ks[at - 1] >= k)
            at--;
        if (at < a->k_count && a->ks[at] == k)
            continue;
        if (a->k_count == MAX_KS)
            return knn_fail(error, "--k: give at most %d numbers", MAX_KS);
        memmove(a->ks + at + 1, a->ks + at, (a->k_count++ - at) * sizeof *a->ks);
        a->ks[at] = k;
    }
    return 0;
}

static int metric_list(struct arguments *a, const char *list, struct knn_error *error) {
    char text[32];
    for (a->metric_count = 0; list != NULL;) {
        enum knn_metric next = KNN_L1;
        size_t i = 0;
        if (metric(next_value(&list, text, sizeof text), &next, error) != 0)
            return -1;
        while (i < a->metric_count && a->metrics[i] != next)
            i++;
        if (i == a->metric_count)
            a->metrics[a->metric_count++] = next;
    }
    return 0;
}

/* Which of two words: *second is 1 for the second. */
static int one_of(const char *text, const char *name, const char *first, const char *other, int *second,
                  struct knn_error *error) {
    *second = strcmp(text, other) == 0;
    if (*second || strcmp(text, first) == 0)
        return 0;
    return knn_fail(error, "--%s %s: give %s or %s", name, text, first, other);
}

static int fold_split(const char *text, enum knn_fold_split *value, struct knn_error *error) {
    for (int split = 0; split < KNN_FOLD_SPLITS; split++)
        if (strcmp(text, knn_fold_split_name(split)) == 0) {
            *value = split;
            return 0;
        }
    return knn_fail(error, "--split %s: give stratified, contiguous or shuffled", text);
}

/* Where an option goes that is taken as it is. */
static const char **text_of(struct arguments *a, char letter) {
    switch (letter) {
    case 'd':
        return &a->data;
    case 'K':
        return &a->knn.kernel;
    case 'i':
        return &a->knn.isa;
    case 'o':
        return &a->output;
    case 'c':
        return &a->confusion;
    case 'p':
        return &a->plot;
    default:
        return NULL;
    }
}

/* Where an option goes that takes no value. */
static int *flag_of(struct arguments *a, char letter) {
    switch (letter) {
    case 'f':
        return &a->final;
    case 'r':
        return &a->root;
    case 's':
        return &a->shares;
    case 'j':
        return &a->json;
    default:
        return &a->help;
    }
}

static int set(const struct command *command, struct arguments *a, char letter, const char *text,
               struct knn_error *error) {
    size_t threads = 0;
    int by_distance;
    switch (letter) {
    case 'm':
        return command->lists ? metric_list(a, text, error) : metric(text, &a->knn.metric, error);
    case 'k':
        return command->lists ? k_list(a, text, error) : number(text, "k", KNN_MAX_K, &a->knn.k, error);
    case 'w':
        if (one_of(text, "weights", "uniform", "distance", &by_distance, error) != 0)
            return -1;
        a->knn.weights = by_distance ? KNN_DISTANCE : KNN_UNIFORM;
        return 0;
    case 'v':
        return number(text, "validation", UINT32_MAX, &a->validation, error);
    case 'F':
        return number_from(2, text, "folds", 1000, &a->folds, error);
    case 'S':
        return command->folds ? fold_split(text, &a->fold_split, error)
                              : one_of(text, "split", "first", "shuffled", &a->shuffled, error);
    case 'e':
        return number(text, "seed", UINT32_MAX, &a->seed, error);
    case 't':
        if (number(text, "threads", KNN_MAX_THREADS, &threads, error) != 0)
            return -1;
        a->knn.threads = (unsigned)threads;
        return 0;
    case 'b':
        a->knn.binding = KNN_BIND_NEVER;
        return 0;
    case 'l':
        return number(text, "limit", UINT32_MAX, &a->limit, error);
    case 'n':
        return number_from(0, text, "image", UINT32_MAX, &a->image, error);
    default:
        if (text_of(a, letter) != NULL)
            *text_of(a, letter) = text;
        else
            *flag_of(a, letter) = 1;
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
    *arguments = (struct arguments){
        .validation = 1000,
        .seed = 1,
        .folds = 5,
        .image = 7,
        .knn = {.metric = KNN_L2, .k = command->operand != NULL ? 0 : 1, .binding = KNN_BIND_ALWAYS},
        .ks = {1, 3, 5, 10, 20, 50, 100},
        .k_count = 7,
        .metrics = {KNN_L1, KNN_L2},
        .metric_count = 2,
    };
    if (command->folds && k_list(arguments, CV_KS, error) != 0)
        return -1;
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
        if (set(command, arguments, (char)letter, optarg, error) != 0)
            return -1;
    }
    if (command->operand != NULL && optind < argc)
        arguments->operand = argv[optind++];
    if (optind < argc)
        return knn_fail(error, "%s takes no argument `%s`, see `knnmark %s --help`", command->name, argv[optind],
                        command->name);
    return 0;
}

void print_help(const struct command *command) {
    printf("usage: knnmark %s%s%s [options]\n%s\n\n", command->name, command->operand != NULL ? " " : "",
           command->operand != NULL ? command->operand : "", command->summary);
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
