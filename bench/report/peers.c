#include "peers.h"

#include <stdarg.h>
#include <string.h>

static const char *checksum(const struct results *results) {
    return results_text(results, "knnmark.data.sha256", "context.data_sha256");
}

static int differ(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) != 0;
}

/* Of two numbers that are known. */
static int unequal(double a, double b) {
    return a > 0 && b > 0 && a != b;
}

/* Why the peers are no comparison, into results->left_out. */
static void leave_out(struct results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void leave_out(struct results *results, const char *format, ...) {
    char why[320];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    snprintf(results->left_out, sizeof results->left_out,
             "the peers of %.100s are left out: %s; `make bench-peers` measures them anew", results->peers->name, why);
}

/* Whether the peers may stand beside the kernels. */
static int belong(struct results *results) {
    const struct results *files[] = {results, results->peers};
    const char *cpu[2], *data[2];
    double threads[2], rows[2];
    for (size_t i = 0; i < 2; i++) {
        cpu[i] = results_text(files[i], "knnmark.cpu.name", "context.cpu");
        data[i] = checksum(files[i]);
        threads[i] = results_threads(files[i]);
        rows[i] = json_number_value(results_fact(files[i], "knnmark.data.train", NULL));
    }
    if (results_most_threads(results, "peer") > 0)
        leave_out(results, "%.100s has peers, too", results->name);
    else if (results_fact(results->peers, "context.quick", NULL) != NULL)
        leave_out(results, "they are of a --quick run, on a part of the job");
    else if (differ(cpu[0], cpu[1]))
        leave_out(results, "their CPU is %.100s, not %.100s", cpu[1], cpu[0]);
    else if (unequal(threads[0], threads[1]))
        leave_out(results, "they ran on %.0f threads, not on %.0f", threads[1], threads[0]);
    else if (unequal(rows[0], rows[1]))
        leave_out(results, "they searched %.0f train rows, not %.0f", rows[1], rows[0]);
    else if (differ(data[0], data[1]))
        leave_out(results, "they were measured on other data, whose SHA-256 is %.12s..., not %.12s...", data[1],
                  data[0]);
    return results->left_out[0] == '\0';
}

static int all_peers(const struct run *runs, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(runs[i].group, "peer") != 0)
            return 0;
    return 1;
}

int peers_alone(const struct results *results) {
    return all_peers(results->runs, results->count) && all_peers(results->failed, results->failed_count);
}

/* What was measured becomes part of another list, in which there is room for MAX_RUNS; what it is stays known here. */
static void move(struct run *to, size_t *to_count, struct run *from, size_t from_count) {
    for (size_t i = 0; i < from_count && *to_count < MAX_RUNS; i++) {
        to[(*to_count)++] = from[i];
        from[i].repetitions = NULL;
        from[i].count = 0;
    }
}

void peers_join(struct results *results, struct results *peers) {
    results->peers = peers;
    if (!belong(results))
        return;
    move(results->runs, &results->count, peers->runs, peers->count);
    move(results->failed, &results->failed_count, peers->failed, peers->failed_count);
}
