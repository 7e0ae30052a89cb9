#include "check.h"

#include <string.h>

static int differ(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) != 0;
}

/* Whether two numbers are known and differ. */
static int unequal(double a, double b) {
    return a > 0 && b > 0 && a != b;
}

static double number(const struct results *results, const char *path) {
    return json_number_value(results_fact(results, path, NULL));
}

/* Virtual machines give CPUs of several generations the same name, so family and model are compared, too. */
static struct difference cpu_difference(const struct results *first, const struct results *other) {
    static const struct {
        const char *path, *earlier, *is;
    } facts[] = {{"knnmark.cpu.name", "context.cpu", "its CPU is"},
                 {"knnmark.cpu.family", NULL, "the family of its CPU is"},
                 {"knnmark.cpu.model", NULL, "the model of its CPU is"}};
    struct difference difference = {""};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0] && difference.text[0] == '\0'; i++) {
        const char *ours = results_text(first, facts[i].path, facts[i].earlier),
                   *theirs = results_text(other, facts[i].path, facts[i].earlier);
        if (differ(ours, theirs))
            snprintf(difference.text, sizeof difference.text, "%s %.100s, not %.100s", facts[i].is, theirs, ours);
    }
    return difference;
}

struct difference difference_of(const struct results *first, const struct results *other, int asked) {
    static const struct {
        const char *path, *what;
    } shapes[] = {
        {"knnmark.data.train", "train rows"}, {"knnmark.data.test", "queries"}, {"knnmark.data.dim", "bytes"}};
    const struct results *both[] = {first, other};
    const char *data[2];
    struct difference difference = {""};
    for (size_t i = 0; i < 2; i++)
        data[i] = results_text(both[i], "knnmark.data.sha256", "context.data_sha256");
    if (asked & SAME_CPU)
        difference = cpu_difference(first, other);
    if (difference.text[0] == '\0' && (asked & SAME_THREADS) && unequal(results_threads(first), results_threads(other)))
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
