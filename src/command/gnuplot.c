#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

extern char **environ;

/* 0 if gnuplot ran this and had no complaint; -1 if not. What it draws goes to `out`, a descriptor, or nowhere. */
static int run(const char *settings, const char *script, int out) {
    const char *argv[] = {"gnuplot", "-e", settings, script, NULL};
    posix_spawn_file_actions_t actions;
    pid_t id;
    int status;
    posix_spawn_file_actions_init(&actions);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&id, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return -1;
    while (waitpid(id, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* gnuplot does not say so when the disk is full. */
static int is_whole(FILE *svg) {
    char last[32];
    struct stat status;
    int file = fileno(svg);
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return 1; /* a pipe: it cannot be read again */
    off_t at = status.st_size - (off_t)sizeof last + 1;
    ssize_t count = pread(file, last, sizeof last - 1, at > 0 ? at : 0);
    last[count > 0 ? count : 0] = '\0';
    return count < 0 /* it may not be read */ || strstr(last, "</svg>") != NULL;
}

int gnuplot_check(const char *script, struct knn_error *error) {
    if (access(script, R_OK) != 0)
        return knn_fail(error, "--plot needs %s, which is not here: run knnmark in its project's folder", script);
    int missing = run("set terminal svg", NULL, -1) != 0;
    if (missing && interrupted())
        return knn_fail(error, "interrupted");
    if (missing)
        return knn_fail(error, "--plot needs gnuplot with its svg terminal, which is not here: install gnuplot");
    return 0;
}

int gnuplot_draw(const char *script, void (*write)(const void *context, FILE *data), const void *context, FILE *svg,
                 struct knn_error *error) {
    char path[] = "/tmp/knnmark-plot-XXXXXX", settings[64];
    int descriptor = mkstemp(path);
    FILE *data = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (data == NULL && descriptor >= 0) {
        close(descriptor);
        unlink(path);
    }
    if (data == NULL)
        return knn_fail(error, "cannot write %s, from which the plot is drawn: make room in /tmp", path);
    write(context, data);
    snprintf(settings, sizeof settings, "data='%s'; out='/dev/stdout'", path);
    int full = fclose(data) != 0, failed = full || run(settings, script, fileno(svg)) != 0;
    unlink(path);
    if (full)
        return knn_fail(error, "cannot write %s, from which the plot is drawn: make room in /tmp", path);
    if (failed && interrupted())
        return knn_fail(error, "interrupted");
    if (!failed && !is_whole(svg))
        return knn_fail(error, "gnuplot could not write all of the plot: is the disk full?");
    return failed ? knn_fail(error, "gnuplot could not draw %s: is it this version's?", script) : 0;
}
