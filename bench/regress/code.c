#include "code.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

static const char prefix[] = "knn_"; /* a descriptor's symbol: this, then the kernel's name */

/* -- reading ------------------------------------------------------------------------------------------------------- */

static char *read_text(const char *path) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    if (file != NULL && getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = NULL;
        errno = ferror(file) ? errno : ENODATA;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

int code_read(struct code *code, const char *side, const char *path, struct knn_error *error) {
    *code = (struct code){.text = read_text(path)};
    if (code->text == NULL)
        return knn_fail(error, "cannot read %s, the list of %s's code: %s", path, side, strerror(errno));
    size_t most = 1;
    for (const char *at = code->text; *at != '\0'; at++)
        most += *at == '\n';
    code->lines = calloc(most, sizeof *code->lines);
    if (code->lines == NULL) {
        code_free(code);
        return knn_fail(error, "no memory for the list of %s's code", side);
    }
    char *rest = NULL;
    for (char *line = strtok_r(code->text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        code->lines[code->count++] = line;
    return 0;
}

void code_free(struct code *code) {
    free(code->text);
    free(code->lines);
    *code = (struct code){0};
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static int has(const struct code *code, const char *line) {
    for (size_t i = 0; i < code->count; i++)
        if (strcmp(code->lines[i], line) == 0)
            return 1;
    return 0;
}

/* Whether an object file holds this kernel; `*only_kernels` is set if it holds nothing but kernels. */
static int holds(const char *line, const char *kernel, int *only_kernels) {
    int held = 0;
    const char *at = strchr(line, ' ');
    at = at != NULL ? strchr(at + 1, ' ') : NULL;
    *only_kernels = at != NULL;
    for (; at != NULL; at = strchr(at, ' ')) {
        char symbol[128], *name = symbol + sizeof prefix - 1;
        size_t length = strcspn(++at, " ");
        snprintf(symbol, sizeof symbol, "%.*s", (int)length, at);
        int is_kernel = strncmp(symbol, prefix, sizeof prefix - 1) == 0 && knn_kernel_find(name) != NULL;
        held |= is_kernel && strcmp(name, kernel) == 0;
        *only_kernels &= is_kernel;
    }
    return held;
}

/* Whether `other` has all code of this build that the kernel's benchmarks may run. Sets *found if it has the kernel. */
static int is_within(const struct code *code, const struct code *other, const char *kernel, int *found) {
    for (size_t i = 0; i < code->count; i++) {
        int only_kernels, held = holds(code->lines[i], kernel, &only_kernels);
        *found |= held;
        if ((held || !only_kernels) && !has(other, code->lines[i]))
            return 0;
    }
    return 1;
}

int code_same(const struct code *base, const struct code *head, const char *kernel) {
    int found = 0;
    return is_within(base, head, kernel, &found) && is_within(head, base, kernel, &found) && found;
}
