#include "check.h"

#include <string.h>

static int differ(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) != 0;
}

/* Of numbers that are known. */
static int unequal(double a, double b) {
    return a > 0 && b > 0 && a != b;
}

static double number(const struct results *results, const char *path) {
    return json_number_value(results_fact(results, path, NULL));
}

struct difference difference_of(const struct results *first, const struct results *other, int asked) {
    static const struct {
        const char *path, *what;
    } shapes[] = {
        {"knnmark.data.train", "train rows"}, {"knnmark.data.test", "queries"}, {"knnmark.data.dim", "bytes"}};
    const struct results *both[] = {first, other};
    const char *cpu[2], *data[2];
    struct difference difference = {""};
    for (size_t i = 0; i < 2; i++) {
        cpu[i] = results_text(both[i], "knnmark.cpu.name", "context.cpu");
        data[i] = results_text(both[i], "knnmark.data.sha256", "context.data_sha256");
    }
    if ((asked & SAME_CPU) && differ(cpu[0], cpu[1]))
        snprintf(difference.text, sizeof difference.text, "its CPU is %.100s, not %.100s", cpu[1], cpu[0]);
    else if ((asked & SAME_THREADS) && unequal(results_threads(first), results_threads(other)))
        snprintf(difference.text, sizeof difference.text, "it ran on %.0f threads, not on %.0f", results_threads(other),
                 results_threads(first));
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0] && difference.text[0] == '\0' && (asked & SAME_DATA); i++)
        if (unequal(number(first, shapes[i].path), number(other, shapes[i].path)))
            snprintf(difference.text, sizeof difference.text, "its data set has %.0f %s, not %.0f",
                     number(other, shapes[i].path), shapes[i].what, number(first, shapes[i].path));
    if (difference.text[0] == '\0' && (asked & SAME_DATA) && differ(data[0], data[1]))
        snprintf(difference.text, sizeof difference.text,
                 "it was measured on other data, whose SHA-256 is %.12s..., not %.12s...", data[1], data[0]);
    return difference;
}
