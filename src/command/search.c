/* `knnmark search`: the exact neighbours of rows without labels, the ground truth that approximate indexes need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "job.h"
#include "options.h"
#include "plural.h"
#include "progress.h"
#include "ranks.h"
#include "search_write.h"
#include "utf8.h"

struct search {
    const struct arguments *arguments;
    const struct neighbor_format *format;
    struct ranks_rows train, queries;
    size_t rows, count; /* of all processes: to search in, and to search for */
    struct knn_index *index;
    struct knn_neighbor *neighbors;
    double index_seconds, search_seconds;
    char names[2][512]; /* of both files, as UTF-8 */
};

/* -- the work ------------------------------------------------------------------------------------------------------ */

static int read_files(struct search *s, struct knn_error *error) {
    const struct arguments *arguments = s->arguments;
    if (ranks_open_rows(&s->train, arguments->train, &s->queries, arguments->queries, arguments->limit, error) != 0)
        return -1;
    s->rows = s->train.span.all;
    s->count = knn_span_of((struct knn_share){.limit = arguments->limit}, s->queries.span.all).count;
    if (s->queries.rows.dim != s->train.rows.dim)
        return knn_fail(error, "%s has rows of %zu bytes, %s of %zu: give rows of one length", arguments->train,
                        s->train.rows.dim, arguments->queries, s->queries.rows.dim);
    if (arguments->knn.k > s->rows)
        return knn_fail(error, "k = %zu is more than the %zu training rows: use a smaller k", arguments->knn.k,
                        s->rows);
    if (s->rows - 1 > s->format->most)
        return knn_fail(error, "the ids of %zu rows are more than .%s can hold: write .npy", s->rows, s->format->name);
    return 0;
}

/* Makes room for the answers, in the process that gets them. */
static int allot(struct search *s, struct knn_error *error) {
    size_t k = s->arguments->knn.k;
    if (!ranks_is_first())
        return 0;
    s->neighbors = calloc(s->count, k * sizeof *s->neighbors);
    if (s->neighbors == NULL)
        return knn_fail(error, "no memory for %zu times %zu neighbours: use a smaller k or --limit", s->count, k);
    return 0;
}

static int work(void *result, struct knn_error *error) {
    struct search *s = result;
    if (read_files(s, error) != 0)
        return -1;
    struct progress progress = {.share = 1};
    struct knn_options options = s->arguments->knn;
    options.progress = on_progress;
    options.context = &progress;
    if (allot(s, error) != 0)
        return -1;
    double start = knn_seconds();
    if (ranks_index(&s->index, &s->train.rows, s->train.span, &options, error) != 0)
        return -1;
    s->index_seconds = knn_seconds() - start;
    start = knn_seconds();
    int status = ranks_search(s->index, s->train.span, &s->queries.rows, s->queries.span, options.k, s->neighbors,
                              &progress, error);
    s->search_seconds = knn_seconds() - start;
    clear_progress();
    return status;
}

/* -- the neighbours, and what is said of them ---------------------------------------------------------------------- */

static void write_lists(const void *result, FILE *stream) {
    const struct search *s = result;
    s->format->write(&(struct neighbor_lists){s->count, s->arguments->knn.k, s->neighbors}, stream);
}

static void print_lists(const void *result) {
    write_lists(result, stdout);
}

static double rate(const struct search *s) {
    return (double)s->count * (double)s->rows / s->search_seconds;
}

static void print_text(const void *result) {
    const struct search *s = result;
    const struct arguments *arguments = s->arguments;
    unsigned threads = knn_index_threads(s->index);
    printf("train     %s: %zu x %zu\n", s->names[0], s->rows, s->train.rows.dim);
    printf("queries   %s: %zu x %zu\n", s->names[1], s->count, s->queries.rows.dim);
    int by_bounds = knn_index_method(s->index) == KNN_BOUNDS;
    printf("method    k = %zu, %s, kernel %s, %u thread%s%s%s\n", arguments->knn.k,
           knn_metric_name(arguments->knn.metric), knn_index_kernel(s->index), threads, knn_plural(threads),
           !arguments->knn.bind ? ", not bound" : "", by_bounds ? ", by bounds" : "");
    printf("index     %.3f s\n", s->index_seconds);
    printf("search    %.3f s, %.0f queries/s, %s%.4g distances/s\n", s->search_seconds,
           (double)s->count / s->search_seconds, by_bounds ? "equivalent to " : "", rate(s));
    ranks_print();
}

static json_t *make_json(const void *result) {
    const struct search *s = result;
    const struct arguments *arguments = s->arguments;
    json_t *object = json_pack(
        "{s:s, s:[I,I], s:s, s:[I,I], s:s, s:I, s:s, s:s, s:i, s:b, s:f, s:f, s:f, s:f}", "train", s->names[0],
        "train_shape", (json_int_t)s->rows, (json_int_t)s->train.rows.dim, "queries", s->names[1], "queries_shape",
        (json_int_t)s->count, (json_int_t)s->queries.rows.dim, "metric", knn_metric_name(arguments->knn.metric), "k",
        (json_int_t)arguments->knn.k, "kernel", knn_index_kernel(s->index), "search",
        knn_index_method(s->index) == KNN_BOUNDS ? "bounds" : "exhaustive", "threads", (int)knn_index_threads(s->index),
        "bound", arguments->knn.bind, "index_s", s->index_seconds, "search_s", s->search_seconds, "queries_per_s",
        (double)s->count / s->search_seconds, "distances_per_s", rate(s));
    json_object_update_missing_new(object, ranks_json());
    return object;
}

static void close_search(void *result) {
    struct search *s = result;
    knn_index_free(s->index);
    knn_matrix_free(&s->train.rows);
    knn_matrix_free(&s->queries.rows);
    free(s->neighbors);
}

/* -- the command --------------------------------------------------------------------------------------------------- */

static const char *format_word(size_t i) {
    const struct neighbor_format *format = neighbor_format(i);
    return format != NULL ? format->name : NULL;
}

enum { NO_FORMAT = -1 };

/* Checks what needs no data. Standard output has either the neighbours or the report. */
static int check(struct search *s, int aside, struct knn_error *error) {
    const struct arguments *arguments = s->arguments;
    if (arguments->train == NULL || arguments->queries == NULL)
        return knn_fail(error, "search needs --train FILE and --queries FILE, see `knnmark search --help`");
    if (arguments->json && !aside)
        return knn_fail(error, "--json: standard output has the neighbours already: give --output FILE");
    s->format = arguments->format != NO_FORMAT ? neighbor_format((size_t)arguments->format)
                : aside                        ? neighbor_format_of(arguments->output)
                                               : neighbor_format(0);
    if (s->format == NULL)
        return knn_fail(error, "--output %s: end it in .csv, .npy, .npz, .ivecs or .bin, or give --format",
                        arguments->output);
    return 0;
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    struct search search = {.arguments = arguments};
    int aside = strcmp(arguments->output, "-") != 0;
    if (check(&search, aside, &error) != 0)
        return complain(&error, EXIT_USAGE);
    snprintf(search.names[0], sizeof search.names[0], "%s", arguments->train);
    snprintf(search.names[1], sizeof search.names[1], "%s", arguments->queries);
    knn_utf8_clean(search.names[0]);
    knn_utf8_clean(search.names[1]);
    const struct job job = {
        .files = {{aside ? arguments->output : NULL, write_lists, NULL}},
        .work = work,
        .print_text = aside ? print_text : print_lists,
        .json = make_json,
        .close = close_search,
    };
    return run_job(&job, arguments->json, &search);
}

static const struct option_row options[] = {
    {"train", 'x', "FILE", offsetof(struct arguments, train), option_text,
     .help = "rows to search in: .npy, .u8bin, .bvecs or idx images, see docs/data.md"},
    {"queries", 'q', "FILE", offsetof(struct arguments, queries), option_text, .help = "rows to search for, likewise"},
    {"k", 'k', "N", offsetof(struct arguments, knn.k), option_number, .help = "neighbours, 1 to 1000 (default 1)",
     .least = 1, .most = KNN_MAX_K},
    {"metric", 'm', "NAME", offsetof(struct arguments, metric), option_word,
     .help = "l1: sum of absolute differences; l2: squared Euclidean distance (default);\n"
             "l1wrap: l1 as NumPy computes it from bytes",
     .word = metric_word},
    {.same = &shared_options[OPTION_KERNEL]},
    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_SEARCH]},
    {.same = &shared_options[OPTION_THREADS]},
    {.same = &shared_options[OPTION_NO_BIND]},
    {"limit", 'l', "N", offsetof(struct arguments, limit), option_number, .help = "only the first N queries",
     .least = 1, .most = UINT32_MAX},
    {"output", 'o', "FILE", offsetof(struct arguments, output), option_text,
     .help = "where the neighbours go (default -, standard output); the suffix decides the format:\n"
             ".csv; .npy: ids; .npz: ids and distances; .ivecs: ids;\n"
             ".bin: counts, ids and distances as big-ann has them"},
    {"format", 'F', "NAME", offsetof(struct arguments, format), option_word,
     .help = "csv (default), npy, npz, ivecs or bin, whatever the suffix", .word = format_word},
    {.same = &shared_options[OPTION_JSON]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_search = {
    .name = "search",
    .summary = "find the exact k nearest rows of each query, without labels: ids and distances",
    .options = options,
    .defaults = {.metric = KNN_METRICS, .output = "-", .format = NO_FORMAT, .knn = {.k = 1, .bind = 1}},
    .run = run,
};
