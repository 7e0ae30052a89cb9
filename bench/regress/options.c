#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: knnmark-regress --base=WORKER --head=WORKER [options]\n"
    "\n"
    "Compares two builds by paired, interleaved runs. `make regress BASE=REF` builds both and calls this.\n"
    "\n"
    "  --base=FILE, --head=FILE     the worker programs of the two builds\n"
    "  --base-name=TEXT, --head-name=TEXT   what to call them\n"
    "  --benchmarks=PATTERN,...     what to time (default: the searches and the tiles,\n"
    "                               search/*,kernel/*_[0-9]*x[0-9]*/*)\n"
    "  --list                       only list these benchmarks\n"
    "  --base-code=FILE, --head-code=FILE   output of code.sh: benchmarks with the same code in both are not timed\n"
    "  --always-time                time them, too\n"
    "  --threshold=PERCENT          a larger slowdown counts as slower (default: 3)\n"
    "  --max-threshold=PERCENT      how far noise may raise the threshold (default: 10)\n"
    "  --control=PERCENT            if a control moves further, the run is disturbed (default: 1)\n"
    "  --budget=SECONDS             for all timing; it ends earlier when all is decided (default: 180)\n"
    "  --epoch=MS                   the least time of an epoch of base (default: 0, a pilot finds it)\n"
    "  --threads=N                  default: OMP_NUM_THREADS, else one a core\n"
    "  --data=SPEC                  data set, as for `knnmark classify`\n"
    "  --data-file=FILE             where it is written for the workers (default: regress-data)\n"
    "  --seed=N                     of the random order (default: the time)\n"
    "  --output=NAME                writes NAME.json, NAME.html and NAME.md (default: results/regress)\n"
    "  --allow-new                  head may have benchmarks that base lacks\n"
    "  --warn-undecided             exit 0 instead of 3\n"
    "\n"
    "Exit status: 0 no regression; 1 a confirmed regression; 2 an error, a wrong distance, or a benchmark missing on\n"
    "one side; 3 undecided or disturbed. Only for the self-test: --load=random|head, and for head's worker\n"
    "--extra-work=PERCENT, --wrong-distance=KERNEL and --without=NAME.\n";

void print_usage(void) {
    fputs(usage, stdout);
}

static int number(const char *name, const char *text, double least, double most, double *value,
                  struct knn_error *error) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    if (text[0] == '\0' || *end != '\0' || errno != 0 || !(*value >= least && *value <= most))
        return knn_fail(error, "--%s=%.80s: give a number from %g to %g", name, text, least, most);
    return 0;
}

static int whole(const char *name, const char *text, double least, double most, unsigned *value,
                 struct knn_error *error) {
    double read = 0;
    if (number(name, text, least, most, &read, error) != 0)
        return -1;
    *value = (unsigned)read;
    return *value == read ? 0 : knn_fail(error, "--%s=%.80s: give a whole number", name, text); // NOLINT
}

static int load(const char *text, enum load_kind *kind, struct knn_error *error) {
    *kind = strcmp(text, "head") == 0 ? LOAD_HEAD : LOAD_RANDOM;
    return strcmp(text, "head") == 0 || strcmp(text, "random") == 0
               ? 0
               : knn_fail(error, "--load=%.80s: give random or head", text);
}

enum option_key {
    OPTION_BASE = 1,
    OPTION_HEAD,
    OPTION_BASE_NAME,
    OPTION_HEAD_NAME,
    OPTION_BENCHMARKS,
    OPTION_BASE_CODE,
    OPTION_HEAD_CODE,
    OPTION_ALWAYS_TIME,
    OPTION_LIST,
    OPTION_THRESHOLD,
    OPTION_MAX_THRESHOLD,
    OPTION_CONTROL,
    OPTION_BUDGET,
    OPTION_EPOCH,
    OPTION_THREADS,
    OPTION_DATA,
    OPTION_DATA_FILE,
    OPTION_SEED,
    OPTION_OUTPUT,
    OPTION_ALLOW_NEW,
    OPTION_WARN,
    OPTION_HELP,
    OPTION_LOAD,
    OPTION_OF_WORKER,
};

static const struct option known[] = {{"base", required_argument, NULL, OPTION_BASE},
                                      {"head", required_argument, NULL, OPTION_HEAD},
                                      {"base-name", required_argument, NULL, OPTION_BASE_NAME},
                                      {"head-name", required_argument, NULL, OPTION_HEAD_NAME},
                                      {"benchmarks", required_argument, NULL, OPTION_BENCHMARKS},
                                      {"base-code", required_argument, NULL, OPTION_BASE_CODE},
                                      {"head-code", required_argument, NULL, OPTION_HEAD_CODE},
                                      {"always-time", no_argument, NULL, OPTION_ALWAYS_TIME},
                                      {"list", no_argument, NULL, OPTION_LIST},
                                      {"threshold", required_argument, NULL, OPTION_THRESHOLD},
                                      {"max-threshold", required_argument, NULL, OPTION_MAX_THRESHOLD},
                                      {"control", required_argument, NULL, OPTION_CONTROL},
                                      {"budget", required_argument, NULL, OPTION_BUDGET},
                                      {"epoch", required_argument, NULL, OPTION_EPOCH},
                                      {"threads", required_argument, NULL, OPTION_THREADS},
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"data-file", required_argument, NULL, OPTION_DATA_FILE},
                                      {"seed", required_argument, NULL, OPTION_SEED},
                                      {"output", required_argument, NULL, OPTION_OUTPUT},
                                      {"allow-new", no_argument, NULL, OPTION_ALLOW_NEW},
                                      {"warn-undecided", no_argument, NULL, OPTION_WARN},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {"load", required_argument, NULL, OPTION_LOAD},
                                      {"extra-work", required_argument, NULL, OPTION_OF_WORKER},
                                      {"wrong-distance", required_argument, NULL, OPTION_OF_WORKER},
                                      {"without", required_argument, NULL, OPTION_OF_WORKER},
                                      {0}};

/* `word` is the whole argument, handed on as it is. */
static int pass_on(struct settings *s, const char *word, struct knn_error *error) {
    if (s->head_option_count == sizeof s->head_options / sizeof s->head_options[0] || strchr(word, '=') == NULL)
        return knn_fail(error, "%s: give options of head's worker once, as --name=value", word);
    s->head_options[s->head_option_count++] = word;
    return 0;
}

static int set_number(struct settings *s, enum option_key key, const char *name, const char *value,
                      struct knn_error *error) {
    double read = 0;
    unsigned seed = 0;
    int status = 0;
    switch (key) {
    case OPTION_THRESHOLD:
        status = number(name, value, 0.1, 100, &read, error);
        s->tau = read / 100;
        return status;
    case OPTION_MAX_THRESHOLD:
        status = number(name, value, 0.1, 1000, &read, error);
        s->most = read / 100;
        return status;
    case OPTION_CONTROL:
        status = number(name, value, 0.1, 10000, &read, error);
        s->control = read / 100;
        return status;
    case OPTION_EPOCH:
        status = number(name, value, 0, 60000, &read, error);
        s->epoch = read / 1000;
        return status;
    case OPTION_BUDGET:
        return number(name, value, 0.1, 1e6, &s->budget, error);
    case OPTION_THREADS:
        return whole(name, value, 1, KNN_MAX_THREADS, &s->threads, error);
    default:
        status = whole(name, value, 0, 4294967295.0, &seed, error);
        s->seed = seed;
        return status;
    }
}

static int set(struct words *words, enum option_key key, const char *name, const char *value, const char *word,
               struct knn_error *error) {
    struct settings *s = &words->settings;
    const char **const texts[] = {
        [OPTION_BASE] = &s->base,           [OPTION_HEAD] = &s->head,
        [OPTION_BASE_NAME] = &s->base_name, [OPTION_HEAD_NAME] = &s->head_name,
        [OPTION_DATA] = &s->data,           [OPTION_DATA_FILE] = &s->data_file,
        [OPTION_OUTPUT] = &s->output,       [OPTION_BENCHMARKS] = &s->benchmarks,
        [OPTION_BASE_CODE] = &s->base_code, [OPTION_HEAD_CODE] = &s->head_code,
        [OPTION_OF_WORKER] = NULL,
    };
    if (texts[key] != NULL) {
        *texts[key] = value;
        return 0;
    }
    if (key == OPTION_LIST)
        s->list = 1;
    else if (key == OPTION_ALLOW_NEW)
        s->allow_new = 1;
    else if (key == OPTION_ALWAYS_TIME)
        s->always_time = 1;
    else if (key == OPTION_WARN)
        s->warn_undecided = 1;
    else if (key == OPTION_HELP)
        words->help = 1;
    else if (key == OPTION_LOAD)
        return load(value, &s->load, error);
    else if (key == OPTION_OF_WORKER)
        return pass_on(s, word, error);
    else
        return set_number(s, key, name, value, error);
    return 0;
}

int parse_words(struct words *words, int argc, char **argv, struct knn_error *error) {
    *words = (struct words){.settings = {.base_name = "base",
                                         .head_name = "head",
                                         .data_file = "regress-data",
                                         .output = "results/regress",
                                         .budget = 180,
                                         .tau = 0.03,
                                         .control = 0.01,
                                         .most = 0.1,
                                         .seed = (uint64_t)time(NULL)}};
    opterr = 0;
    for (int key, index = 0; (key = getopt_long(argc, argv, "", known, &index)) != -1;) {
        if (key == '?')
            return knn_fail(error, "%s: no such option, or its value is missing; --help lists them", argv[optind - 1]);
        if (set(words, (enum option_key)key, known[index].name, optarg, argv[optind - 1], error) != 0)
            return -1;
    }
    if (optind < argc)
        return knn_fail(error, "%s: no such argument; --help lists what there is", argv[optind]);
    if (!words->help && (words->settings.base == NULL || words->settings.head == NULL))
        return knn_fail(error, "give --base and --head; --help says more");
    return 0;
}
