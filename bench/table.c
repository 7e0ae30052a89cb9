/* The tables that end a run, readable as they are and as Markdown: medians over the repetitions, and the range of the
 * share of the ceiling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "samples.h"

enum { MAX_ROWS = 256, MAX_REPETITIONS = 64, COLUMNS = 4 };

/* The counters a row shows; a latency row shows those of its own kind, and has no others. */
static const char *const search_counters[COLUMNS] = {"full_job_s", "distances_per_s", "of_ceiling", "x_scalar"};
static const char *const latency_counters[COLUMNS] = {"query_ms", "distances_per_s", "of_read_ceiling", "x_scalar"};

struct row {
    char name[96];
    double queries;
    size_t repetitions;
    double values[COLUMNS][MAX_REPETITIONS];
};

static struct row rows[MAX_ROWS];
static size_t row_count;

static int starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static struct row *find_row(const char *name) {
    for (size_t i = 0; i < row_count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static struct row *row_of(const char *name) {
    struct row *row = find_row(name);
    if (row != NULL || row_count == MAX_ROWS)
        return row;
    snprintf(rows[row_count].name, sizeof rows[row_count].name, "%s", name);
    return &rows[row_count++];
}

void table_collect(const struct gb_result *result, void *context) {
    (void)context;
    int search = starts(result->name, "search/"), latency = starts(result->name, "latency/");
    if (result->aggregate != NULL || result->error != NULL || (!search && !latency))
        return;
    struct row *row = row_of(result->benchmark);
    if (row == NULL || row->repetitions == MAX_REPETITIONS)
        return;
    for (size_t i = 0; i < COLUMNS; i++)
        if (gb_result_counter(result, search ? search_counters[i] : latency_counters[i],
                              &row->values[i][row->repetitions]) != 0)
            row->values[i][row->repetitions] = 0;
    gb_result_counter(result, "queries", &row->queries);
    row->repetitions++;
}

static void sort_rows(void) {
    for (size_t i = 0; i < row_count; i++)
        for (size_t column = 0; column < COLUMNS; column++)
            samples_sort(rows[i].values[column], rows[i].repetitions);
}

/* How many times faster than the scalar kernel's row for the same metric and threads; where it was not run, than the
 * few queries that the counter is by. */
static double times_scalar(const struct row *row) {
    char name[sizeof row->name];
    const char *subject = strchr(row->name, '/') + 1, *threads = strstr(subject, "/threads:");
    snprintf(name, sizeof name, "search/%.*s_scalar/k:1%s", (int)strcspn(subject, "_"), subject,
             threads != NULL ? threads : "");
    const struct row *scalar = find_row(name);
    if (scalar == NULL)
        return samples_median(row->values[3], row->repetitions);
    return samples_median(scalar->values[0], scalar->repetitions) / samples_median(row->values[0], row->repetitions);
}

/* "91.2 %" and "89.0-92.1": the median share of a ceiling and its range over the repetitions. */
static void format_share(const double *sorted, size_t n, char *share, char *spread, size_t size) {
    share[0] = spread[0] = '\0';
    if (sorted[n - 1] <= 0)
        return;
    snprintf(share, size, "%.1f %%", 100 * samples_median(sorted, n));
    snprintf(spread, size, "%.1f-%.1f", 100 * sorted[0], 100 * sorted[n - 1]);
}

/* One line of either table. */
static void print_row(FILE *stream, const struct row *row) {
    enum { CELL = 24 };
    char share[CELL], spread[CELL];
    size_t n = row->repetitions;
    format_share(row->values[2], n, share, spread, CELL);
    fprintf(stream, "| %-36s | %9.3f |", strchr(row->name, '/') + 1, samples_median(row->values[0], n));
    if (starts(row->name, "search/"))
        fprintf(stream, " %11.4g | %8s | %11s | %8.1f | %7.0f |", samples_median(row->values[1], n), share, spread,
                times_scalar(row), row->queries);
    else
        fprintf(stream, " %8s | %11s |", share, spread);
    fprintf(stream, "\n");
}

static void print_group(FILE *stream, const char *prefix, const char *head) {
    int first = 1;
    for (size_t i = 0; i < row_count; i++) {
        if (!starts(rows[i].name, prefix))
            continue;
        if (first)
            fputs(head, stream);
        first = 0;
        print_row(stream, &rows[i]);
    }
}

/* What the row is a share of; 0 where it has no ceiling. */
static double ceiling_of(const struct row *row) {
    double share = samples_median(row->values[2], row->repetitions);
    return share > 0 ? samples_median(row->values[1], row->repetitions) / share : 0;
}

/* Threads have cores of their own only if the ceilings grow with them: of the searches that were run on one thread and
 * on all. */
static void print_scaling(FILE *stream, unsigned threads) {
    const double enough = 0.9;
    double one = 0, all = 0;
    for (size_t i = 0; i < row_count; i++) {
        char name[sizeof rows[i].name + 16];
        const char *end = strstr(rows[i].name, "/threads:1");
        if (!starts(rows[i].name, "search/") || end == NULL || end[strlen("/threads:1")] != '\0')
            continue;
        snprintf(name, sizeof name, "%.*s/threads:%u", (int)(end - rows[i].name), rows[i].name, threads);
        const struct row *together = find_row(name);
        one += together != NULL ? ceiling_of(&rows[i]) : 0;
        all += together != NULL ? ceiling_of(together) : 0;
    }
    if (threads < 2 || one <= 0)
        return;
    double scaling = all / one;
    fprintf(stream, "ceilings of %u threads: %.2f times those of one%s\n", threads, scaling,
            scaling < enough * threads ? "; a disturbed run, repeat it on an idle machine" : "");
}

void table_print(FILE *stream, const struct bench *bench) {
    char cpu[64], topology[256];
    sort_rows();
    knn_cpu_name(cpu, sizeof cpu);
    knn_topology_describe(bench->teams[0].topology, topology, sizeof topology);
    fprintf(stream, "\n%s; %s; %s\n%s\n", cpu, topology, KNN_COMPILER, bench->dataset.source);
    fprintf(
        stream,
        "full job: %d queries x %d train rows x %zu bytes; medians; a time measured on fewer queries is scaled to it\n",
        FULL_QUERIES, FULL_ROWS, bench->dataset.train.pixels.dim);
    print_scaling(stream, bench->teams[bench->team_count - 1].threads);
    print_group(
        stream, "search/",
        "\n| search                               |    full s | distances/s |  ceiling |      spread | x scalar | "
        "queries |\n|:-------------------------------------|----------:|------------:|---------:|------------:|"
        "---------:|--------:|\n");
    print_group(stream, "latency/",
                "\n| one query at a time                  |        ms | of reads |      spread |\n"
                "|:-------------------------------------|----------:|---------:|------------:|\n");
}
