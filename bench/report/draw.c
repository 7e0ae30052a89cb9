#include "draw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *const leftovers[] = {"data", "picture.svg", "messages"};

static void path_of(const struct workshop *workshop, const char *name, char *path, size_t size) {
    snprintf(path, size, "%s/%s", workshop->folder, name);
}

int workshop_open(struct workshop *workshop, const char *plots, struct knn_error *error) {
    const char *below = getenv("TMPDIR");
    char style[PATH_MAX];
    *workshop = (struct workshop){.plots = plots};
    snprintf(style, sizeof style, "%s/style.gp", plots);
    if (access(style, R_OK) != 0)
        return knn_fail(error, "cannot read %s; run this in the project's folder, or name its plots by --plots", style);
    int length = snprintf(workshop->folder, sizeof workshop->folder, "%s/knnmark-report-XXXXXX",
                          below != NULL && below[0] != '\0' ? below : "/tmp");
    if (length >= 0 && (size_t)length < sizeof workshop->folder && mkdtemp(workshop->folder) != NULL)
        return 0;
    workshop->folder[0] = '\0';
    return knn_fail(error, "cannot make a folder in %s; name another one in TMPDIR", below != NULL ? below : "/tmp");
}

void workshop_close(struct workshop *workshop) {
    char path[PATH_MAX];
    if (workshop->folder[0] == '\0')
        return;
    for (size_t i = 0; i < sizeof leftovers / sizeof leftovers[0]; i++) {
        path_of(workshop, leftovers[i], path, sizeof path);
        unlink(path);
    }
    rmdir(workshop->folder);
    workshop->folder[0] = '\0';
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static int write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return -1;
    int failed = fputs(text, file) < 0;
    return fclose(file) != 0 || failed ? -1 : 0;
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (file == NULL)
        return NULL;
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

/* -- gnuplot ------------------------------------------------------------------------------------------------------- */

/* Its exit status; -1 if it could not be started. What it says goes to a file, NULL: nowhere. */
static int gnuplot(const char *settings, const char *script, const char *messages) {
    const char *argv[] = {"gnuplot", "-e", settings, script, NULL};
    posix_spawn_file_actions_t actions;
    pid_t id;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, messages != NULL ? messages : "/dev/null",
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    int failed = posix_spawnp(&id, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return -1;
    while (waitpid(id, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int gnuplot_found(void) {
    return gnuplot("set terminal svg", NULL, NULL) == 0;
}

/* name='value'; as gnuplot reads it: a quote in quotes is doubled. */
static void put_setting(FILE *stream, const char *name, const char *value) {
    fprintf(stream, "%s='", name);
    for (; *value != '\0'; value++)
        fputs((char[]){*value, *value == '\'' ? '\'' : '\0', '\0'}, stream);
    fputs("';", stream);
}

static char *settings_of(const struct workshop *workshop, const char *data, const char *out, int narrow) {
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    put_setting(stream, "plots", workshop->plots);
    put_setting(stream, "data", data);
    put_setting(stream, "out", out);
    fprintf(stream, "narrow=%d", narrow);
    fclose(stream);
    return text;
}

/* What gnuplot complained of: its last line but for blank ones. */
static char *complaint(char *messages) {
    size_t length = strlen(messages);
    while (length > 0 && strchr(" \n", messages[length - 1]) != NULL)
        messages[--length] = '\0';
    char *line = strrchr(messages, '\n');
    return line != NULL ? line + 1 : messages;
}

char *draw(const struct workshop *workshop, const char *name, const char *data, int narrow, struct knn_error *error) {
    char paths[3][PATH_MAX], script[PATH_MAX];
    for (size_t i = 0; i < 3; i++)
        path_of(workshop, leftovers[i], paths[i], sizeof paths[i]);
    snprintf(script, sizeof script, "%s/%s.gp", workshop->plots, name);
    unlink(paths[1]);
    char *settings = settings_of(workshop, paths[0], paths[1], narrow), *svg = NULL;
    if (settings == NULL || write_file(paths[0], data) != 0) {
        free(settings);
        knn_fail(error, "cannot write %s; name a folder with room in TMPDIR", paths[0]);
        return NULL;
    }
    if (gnuplot(settings, script, paths[2]) == 0)
        svg = read_file(paths[1]);
    free(settings);
    if (svg != NULL && strstr(svg, "</svg>") != NULL) /* gnuplot does not say so when the disk is full */
        return svg;
    if (svg != NULL) {
        free(svg);
        knn_fail(error, "gnuplot could not write all of %s; name a folder with room in TMPDIR", paths[1]);
        return NULL;
    }
    char *messages = read_file(paths[2]);
    knn_fail(error, "gnuplot could not draw %s: %.200s", script, messages != NULL ? complaint(messages) : "no message");
    free(messages);
    return NULL;
}
