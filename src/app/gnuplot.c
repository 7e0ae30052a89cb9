#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* -- running it ---------------------------------------------------------------------------------------------------- */

/* 0 if gnuplot ran this and had no complaint. Its two outputs go to these files; NULL: nowhere. */
static int run(const char *settings, const char *script, FILE *out, FILE *messages) {
    const char *argv[] = {"gnuplot", "-e", settings, script, NULL};
    FILE *const files[] = {out, messages};
    posix_spawn_file_actions_t actions;
    pid_t id;
    int status;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 2; i++) {
        int to = i == 0 ? STDOUT_FILENO : STDERR_FILENO;
        if (files[i] != NULL)
            posix_spawn_file_actions_adddup2(&actions, fileno(files[i]), to);
        else
            posix_spawn_file_actions_addopen(&actions, to, "/dev/null", O_WRONLY, 0);
    }
    int failed = posix_spawnp(&id, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return -1;
    while (waitpid(id, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

int knn_gnuplot_found(void) {
    return run("set terminal svg", NULL, NULL, NULL) == 0;
}

/* -- what it is given ---------------------------------------------------------------------------------------------- */

static const char *temporary_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}

static int no_room(struct knn_error *error) {
    return knn_fail(error, "cannot write what is drawn into %s; name a folder with room in TMPDIR", temporary_folder());
}

/* A new file and its name; NULL if there is none. */
static FILE *open_temporary(char *path, size_t size) {
    if (snprintf(path, size, "%s/knnmark-plot-XXXXXX", temporary_folder()) >= (int)size)
        return NULL;
    int descriptor = mkstemp(path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w+") : NULL;
    if (file == NULL && descriptor >= 0) {
        close(descriptor);
        unlink(path);
    }
    return file;
}

/* A new file without a name. */
static FILE *open_hidden(void) {
    char path[PATH_MAX];
    FILE *file = open_temporary(path, sizeof path);
    if (file != NULL)
        unlink(path);
    return file;
}

/* name='value'; as gnuplot reads it: a quote in quotes is doubled. */
static void put_setting(FILE *stream, const char *name, const char *value) {
    fprintf(stream, "%s='", name);
    for (; *value != '\0'; value++)
        fputs((char[]){*value, *value == '\'' ? '\'' : '\0', '\0'}, stream);
    fputs("';", stream);
}

static char *settings_of(const struct knn_gnuplot *picture, const char *data) {
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    put_setting(stream, "plots", picture->plots);
    put_setting(stream, "data", data);
    put_setting(stream, "out", "/dev/stdout");
    fprintf(stream, "narrow=%d", picture->narrow);
    fclose(stream);
    return text;
}

/* -- what it gives ------------------------------------------------------------------------------------------------- */

/* All of a file, to be freed: "" if it is empty, NULL if it cannot be read. */
static char *text_of(FILE *file) {
    char *text = NULL;
    size_t size = 0;
    rewind(file);
    if (getdelim(&text, &size, '\0', file) >= 0)
        return text;
    free(text);
    return ferror(file) ? NULL : calloc(1, 1);
}

/* What gnuplot complained of: its last line but for blank ones. */
static const char *complaint(char *messages) {
    size_t length = messages != NULL ? strlen(messages) : 0;
    while (length > 0 && strchr(" \n", messages[length - 1]) != NULL)
        messages[--length] = '\0';
    if (length == 0)
        return "no message";
    const char *line = strrchr(messages, '\n');
    return line != NULL ? line + 1 : messages;
}

/* gnuplot does not report a full disk: only a whole picture has an end. */
static char *draw_into(FILE *svg, FILE *messages, const char *settings, const char *script, struct knn_error *error) {
    if (run(settings, script, svg, messages) != 0) {
        char *said = text_of(messages);
        knn_fail(error, "gnuplot could not draw %s: %.200s", script, complaint(said));
        free(said);
        return NULL;
    }
    char *text = text_of(svg);
    if (text != NULL && strstr(text, "</svg>") != NULL)
        return text;
    free(text);
    no_room(error);
    return NULL;
}

char *knn_gnuplot_draw(const struct knn_gnuplot *picture, knn_gnuplot_data_fn *write, const void *context,
                       struct knn_error *error) {
    char path[PATH_MAX], script[PATH_MAX], *settings = NULL, *svg = NULL;
    FILE *data = open_temporary(path, sizeof path), *out = open_hidden(), *messages = open_hidden();
    int whole = data != NULL && out != NULL && messages != NULL;
    if (data != NULL) {
        write(context, data);
        whole &= !ferror(data);
        whole &= fclose(data) == 0;
        settings = settings_of(picture, path);
    }
    snprintf(script, sizeof script, "%s/%s.gp", picture->plots, picture->name);
    if (whole && settings != NULL)
        svg = draw_into(out, messages, settings, script, error);
    else
        no_room(error);
    free(settings);
    if (data != NULL)
        unlink(path);
    if (out != NULL)
        fclose(out);
    if (messages != NULL)
        fclose(messages);
    return svg;
}
