#include "command.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int command_enter(void **state) {
    struct process *process = malloc(sizeof *process);
    *state = process;
    return process != NULL ? process_open(process) : -1;
}

int command_leave(void **state) {
    process_close(*state);
    free(*state);
    return 0;
}

int emulated(void) {
    const char *wrapper = getenv("WRAPPER");
    return wrapper != NULL && wrapper[0] != '\0';
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

int slow(void) {
    return SANITIZED || emulated();
}

/* -- running ------------------------------------------------------------------------------------------------------- */

/* The command's absolute path: some tests run it elsewhere. */
static const char *binary(void) {
    static char path[PATH_MAX];
    const char *name = getenv("KNNMARK");
    if (name == NULL)
        name = "build/knnmark";
    if (realpath(name, path) == NULL)
        fail_msg("%s is not there: `make test` builds it and names it in KNNMARK", name);
    return path;
}

void command_start(struct process *process, const char *const *arguments) {
    if (process_start_ours(process, binary(), arguments) != 0)
        fail_msg("cannot start %s", binary());
}

void program_start(struct process *process, const char *program, const char *const *arguments) {
    enum { MOST = 32 };
    static char paths[MOST][512];
    const char *all[MOST + 1] = {0};
    for (size_t i = 0; i < MOST && arguments[i] != NULL; i++) {
        size_t before = strcspn(arguments[i], "@");
        const char *rest = arguments[i] + before;
        snprintf(paths[i], sizeof paths[i], "%.*s%s%s%s", (int)before, arguments[i],
                 *rest != '\0' ? process->folder : "", *rest != '\0' ? "/" : "", *rest != '\0' ? rest + 1 : "");
        all[i] = paths[i];
    }
    if (process_start_ours(process, program, all) != 0)
        fail_msg("cannot start %s", program);
}

char *text_of(const struct process *process, const char *name) {
    char path[256], *text = NULL;
    size_t size = 0;
    FILE *file = fopen(process_path(process, name, path, sizeof path), "r");
    if (file == NULL)
        fail_msg("%s was not written", name);
    if (getdelim(&text, &size, '\0', file) < 0)
        fail_msg("%s is empty", name);
    fclose(file);
    return text;
}

/* Linux has the caught signals as a mask of bits. */
static int catches(const struct process *process, int number) {
    char path[64], line[256];
    unsigned long long caught = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process->id);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL && sscanf(line, "SigCgt: %llx", &caught) != 1)
        ;
    if (file != NULL)
        fclose(file);
    return (int)(caught >> (number - 1) & 1);
}

void command_await(const struct process *process, int number) {
    for (int i = 0; i < 100 && !catches(process, number); i++)
        usleep(10000);
    usleep(200000);
}

void command_finish(struct process *process) {
    assert_int_equal(process_finish(process), 0);
}

void command_run(struct process *process, const char *const *arguments) {
    command_start(process, arguments);
    command_finish(process);
}

/* -- judging ------------------------------------------------------------------------------------------------------- */

void assert_success(const struct process *process) {
    if (process->status != 0 || process->errors[0] != '\0')
        fail_msg("ended with status %d and said: %s", process->status, process->errors);
}

static void assert_line(const struct process *process, int status, const char *text) {
    const char *line = process->errors, *end = strchr(line, '\n');
    if (process->status != status)
        fail_msg("ended with status %d, not %d, and said: %s", process->status, status, line);
    if (strncmp(line, "knnmark: ", strlen("knnmark: ")) != 0 || end == NULL || end[1] != '\0')
        fail_msg("not one line \"knnmark: ...\": %s", line);
    assert_holds(line, text);
}

void assert_complaint(const struct process *process, int status, const char *text) {
    assert_line(process, status, text);
    if (process->output[0] != '\0')
        fail_msg("complained (%s) and yet wrote: %s", process->errors, process->output);
}

void assert_late_complaint(const struct process *process, int status, const char *text, const char *printed) {
    assert_line(process, status, text);
    assert_holds(process->output, printed);
}

void assert_holds(const char *text, const char *part) {
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in: %s", part, text);
}
