/* Starting the workers, and what they must agree on before anything is timed. */
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code.h"
#include "compare.h"

static const char *const sides[] = {"base", "base's copy", "head"};

void show_progress(const char *format, ...) {
    if (!isatty(STDERR_FILENO))
        return;
    va_list arguments;
    va_start(arguments, format);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fflush(stderr);
}

int start_workers(struct comparison *c, struct knn_error *error) {
    const struct settings *s = &c->settings;
    char data[4096], threads[32];
    snprintf(data, sizeof data, "--data=%s", s->data_file);
    snprintf(threads, sizeof threads, "--threads=%u", c->team.threads);
    size_t order[SIDES] = {BASE, COPY, HEAD};
    shuffle(order, SIDES, &c->random);
    for (size_t at = 0; at < SIDES; at++) {
        size_t side = order[at];
        const char *options[CHILD_OPTIONS] = {data, threads};
        for (size_t i = 0; side == HEAD && i < s->head_option_count; i++)
            options[2 + i] = s->head_options[i];
        if (child_start(&c->children[side], sides[side], side == HEAD ? s->head : s->base, options, error) != 0)
            return -1;
    }
    return 0;
}

void stop_workers(struct comparison *c) {
    for (size_t side = 0; side < SIDES; side++)
        child_stop(&c->children[side]);
}

int restart_workers(struct comparison *c, struct knn_error *error) {
    stop_workers(c);
    return start_workers(c, error);
}

/* -- lists --------------------------------------------------------------------------------------------------------- */

struct list {
    char names[MOST_BENCHMARKS][REGRESS_NAME];
    char kernels[MOST_BENCHMARKS][REGRESS_NAME]; /* empty where the worker does not say */
    size_t count;
};

/* A benchmark's place in a list; the list's count if it is not there. */
static size_t find(const struct list *list, const char *name) {
    size_t i = 0;
    while (i < list->count && strcmp(list->names[i], name) != 0)
        i++;
    return i;
}

static int read_list(struct child *child, struct list *list, struct knn_error *error) {
    char line[REGRESS_LINE];
    list->count = 0;
    if (child_ask(child, "list", line, error) != 0)
        return -1;
    while (strcmp(line, "end") != 0) {
        if (list->count == MOST_BENCHMARKS ||
            sscanf(line, "benchmark %127s %127s", list->names[list->count], list->kernels[list->count]) < 1)
            return knn_fail(error, "%s's worker lists \"%.80s\", which is no benchmark, or one too many", child->side,
                            line);
        list->count++;
        if (child_ask(child, "", line, error) != 0)
            return -1;
    }
    return 0;
}

/* Marks by 1 the benchmarks that match a pattern. Each given pattern must match something. The default patterns need
 * not: some CPUs have no tiles. */
static int mark_chosen(const struct list *base, const char *patterns, char *chosen, struct knn_error *error) {
    int given = patterns != NULL;
    for (const char *at = given ? patterns : "search/*,kernel/*_[0-9]*x[0-9]*/*"; *at != '\0'; at += at[0] == ',') {
        char pattern[REGRESS_NAME];
        size_t found = 0, length = strcspn(at, ",");
        snprintf(pattern, sizeof pattern, "%.*s", (int)length, at);
        for (size_t i = 0; i < base->count; i++)
            if (fnmatch(pattern, base->names[i], 0) == 0)
                found += (size_t)(chosen[i] = 1);
        if (found == 0 && given)
            return knn_fail(error, "no benchmark is called %s; --list --benchmarks='*' shows all", pattern);
        at += length;
    }
    return 0;
}

/* Compares all benchmarks, chosen or not: nobody should lose one without noticing. */
static int compare_lists(const struct settings *s, const struct list *base, const struct list *head,
                         struct knn_error *error) {
    for (size_t i = 0; i < base->count; i++)
        if (find(head, base->names[i]) == head->count)
            return knn_fail(error, "%s is missing in head: base has it, so there is no comparison", base->names[i]);
    for (size_t i = 0; i < head->count && !s->allow_new; i++)
        if (find(base, head->names[i]) == base->count)
            return knn_fail(error, "%s is missing in base: give --allow-new if head adds it on purpose",
                            head->names[i]);
    return 0;
}

/* Marks by 2 the chosen benchmarks that run the same kernel and the same code on both sides. */
static int mark_unchanged(const struct settings *s, const struct list *base, const struct list *head, char *chosen,
                          struct knn_error *error) {
    struct code codes[2] = {{0}};
    if (s->base_code == NULL || s->head_code == NULL || s->always_time || s->head_option_count > 0)
        return 0;
    int status =
        code_read(&codes[0], "base", s->base_code, error) != 0 || code_read(&codes[1], "head", s->head_code, error) != 0
            ? -1
            : 0;
    for (size_t i = 0; i < base->count && status == 0; i++) {
        const char *kernel = base->kernels[i];
        if (chosen[i] && kernel[0] != '\0' && strcmp(kernel, head->kernels[find(head, base->names[i])]) == 0 &&
            code_same(&codes[0], &codes[1], kernel))
            chosen[i] = 2;
    }
    code_free(&codes[0]);
    code_free(&codes[1]);
    return status;
}

static int choose(struct comparison *c, const struct list *base, const struct list *head, struct knn_error *error) {
    char chosen[MOST_BENCHMARKS] = {0};
    c->benchmarks = calloc(base->count + 1, sizeof *c->benchmarks);
    c->unchanged = calloc(base->count + 1, sizeof *c->unchanged);
    if (c->benchmarks == NULL || c->unchanged == NULL)
        return knn_fail(error, "no memory for %zu benchmarks", base->count);
    if (mark_chosen(base, c->settings.benchmarks, chosen, error) != 0 ||
        mark_unchanged(&c->settings, base, head, chosen, error) != 0)
        return -1;
    for (size_t i = 0; i < base->count; i++)
        if (chosen[i] == 1)
            memcpy(c->benchmarks[c->count++].name, base->names[i], REGRESS_NAME);
        else if (chosen[i] == 2)
            memcpy(c->unchanged[c->unchanged_count++], base->names[i], REGRESS_NAME);
    return 0;
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

static int check(struct child *child, const char *name, struct knn_error *error) {
    char command[REGRESS_LINE], line[REGRESS_LINE];
    show_progress("checking %s of %s", name, child->side);
    snprintf(command, sizeof command, "check %s", name);
    if (child_ask(child, command, line, error) != 0)
        return -1;
    if (strcmp(line, "ok") == 0)
        return 0;
    if (strncmp(line, "wrong ", 6) == 0)
        return knn_fail(error, "%s computes wrong distances: %s", child->side, line + 6);
    return knn_fail(error, "%s's worker answers \"%.80s\" to a check", child->side, line);
}

/* All that head has is checked, whether it is timed or not. */
static int check_answers(struct comparison *c, const struct list *head, struct knn_error *error) {
    for (size_t i = 0; i < head->count; i++)
        if (check(&c->children[HEAD], head->names[i], error) != 0)
            return -1;
    for (size_t i = 0; i < c->count; i++)
        if (check(&c->children[BASE], c->benchmarks[i].name, error) != 0)
            return -1;
    return 0;
}

int find_benchmarks(struct comparison *c, struct knn_error *error) {
    struct list *lists = calloc(2, sizeof *lists);
    if (lists == NULL)
        return knn_fail(error, "no memory for the lists of benchmarks");
    int status = read_list(&c->children[BASE], &lists[0], error) != 0 ||
                         read_list(&c->children[HEAD], &lists[1], error) != 0 ||
                         compare_lists(&c->settings, &lists[0], &lists[1], error) != 0 ||
                         choose(c, &lists[0], &lists[1], error) != 0 ||
                         (!c->settings.list && check_answers(c, &lists[1], error) != 0)
                     ? -1
                     : 0;
    free(lists);
    return status;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

int run_once(struct child *child, const char *name, uint64_t iterations, double *seconds, struct knn_error *error) {
    char command[REGRESS_LINE], line[REGRESS_LINE];
    snprintf(command, sizeof command, "run %s %llu", name, (unsigned long long)iterations);
    if (child_ask(child, command, line, error) != 0)
        return -1;
    if (sscanf(line, "seconds %lf", seconds) != 1 || !isfinite(*seconds) || *seconds <= 0)
        return knn_fail(error, "%s's worker answers \"%.80s\" to a run of %s", child->side, line, name);
    return 0;
}
