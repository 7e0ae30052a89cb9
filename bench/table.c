/* The table that ends a run: medians over the repetitions, and the spread of the share of the ceiling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { MAX_ROWS = 256, MAX_REPETITIONS = 64, COLUMNS = 4 };

/* The counters a row shows; a latency row has the first two of its own kind. */
static const char *const search_counters[COLUMNS] = {"full_job_s", "distances_per_s", "of_ceiling", "x_scalar"};
static const char *const latency_counters[COLUMNS] = {"query_ms", "distances_per_s", "of_read_ceiling", "x_scalar"};

struct row {
    char name[96];
    double queries;
    size_t repetitions;
    double values[COLUMNS][MAX_REPETITIONS];
};

static struct row *rows;
static size_t row_count;

static int starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static struct row *row_of(const char *name) {
    for (size_t i = 0; i < row_count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    if (rows == NULL)
        rows = calloc(MAX_ROWS, sizeof *rows);
    if (rows == NULL || row_count == MAX_ROWS)
        return NULL;
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

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *sorted, size_t n) {
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static void print_share(const double *sorted, size_t n) {
    if (sorted[n - 1] > 0)
        printf(" %6.1f %% %5.1f-%-5.1f", 100 * median(sorted, n), 100 * sorted[0], 100 * sorted[n - 1]);
    else
        printf(" %8s %11s", "-", "");
}

static void print_row(struct row *row) {
    size_t n = row->repetitions;
    const char *name = strchr(row->name, '/') + 1;
    for (size_t i = 0; i < COLUMNS; i++)
        qsort(row->values[i], n, sizeof row->values[i][0], ascending);
    if (starts(row->name, "latency/")) {
        printf("%-40s %9.3f", name, median(row->values[0], n));
        print_share(row->values[2], n);
    } else {
        printf("%-40s %9.3f %12.4g", name, median(row->values[0], n), median(row->values[1], n));
        print_share(row->values[2], n);
        printf(" %8.1f %8.0f", median(row->values[3], n), row->queries);
    }
    printf("\n");
}

static void print_group(const char *prefix) {
    for (size_t i = 0; i < row_count; i++)
        if (starts(rows[i].name, prefix))
            print_row(&rows[i]);
}

void table_print(const struct bench *bench) {
    if (row_count == 0)
        return;
    printf("\n%s\nfull job: %d queries x %d train rows x %zu bytes; medians; a time measured on fewer queries is "
           "scaled\n\n",
           bench->dataset.source, FULL_QUERIES, FULL_ROWS, bench->dataset.train.pixels.dim);
    printf("%-40s %9s %12s %8s %11s %8s %8s\n", "search", "full s", "distances/s", "ceiling", "(spread)", "x scalar",
           "queries");
    print_group("search/");
    printf("\n%-40s %9s %8s\n", "one query at a time", "ms", "of the read ceiling");
    print_group("latency/");
    free(rows);
    rows = NULL;
    row_count = 0;
}
