/* The peers come in a file of their own: whether it belongs to the first one, and what is said of it. */
#include <string.h>

#include "results/summary.h"
#include "results/text.h"

static const char *checksum(const struct results *results, size_t file) {
    return results_text(results, file, "knnmark.data.sha256", "context.data_sha256");
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
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    __builtin_va_end(arguments);
    snprintf(results->left_out, sizeof results->left_out,
             "the peers of %.100s are left out: %s; `make bench-peers` measures them anew", results->names[1], why);
}

int peers_belong(struct results *results) {
    const char *cpu[2], *data[2];
    double threads[2], rows[2];
    for (size_t file = 0; file < 2; file++) {
        cpu[file] = results_text(results, file, "knnmark.cpu.name", "context.cpu");
        data[file] = checksum(results, file);
        threads[file] = results_threads(results, file);
        rows[file] = json_number_value(results_fact(results, file, "knnmark.data.train", NULL));
    }
    if (results_most_threads(results, "peer") > 0)
        leave_out(results, "%.100s has peers, too", results->names[0]);
    else if (results_fact(results, 1, "context.quick", NULL) != NULL)
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

void write_peers_origin(FILE *stream, const struct results *results, void put(FILE *stream, const char *text)) {
    put(stream, "Peers from ");
    put(stream, results->names[1]);
    put(stream, ": ");
    write_origin(stream, results, 1, put);
    for (size_t file = 0; file < 2; file++)
        if (checksum(results, file) == NULL) {
            put(stream, "; without a checksum ");
            put(stream, results->names[file]);
            put(stream, " does not say on which data it was measured");
        }
    put(stream, ".");
}
