/* Accuracy by k, drawn by gnuplot. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command_tune.h"

extern char **environ;

#define SCRIPT "plots/tune.gp"

/* 0 if gnuplot ran this and had no complaint; -1 if not. What it draws goes to `out`, a descriptor, or nowhere. */
static int gnuplot(const char *settings, const char *script, int out) {
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

int check_drawing(struct knn_error *error) {
    if (access(SCRIPT, R_OK) != 0)
        return knn_fail(error, "--plot needs %s, which is not here: run knnmark in its project's folder", SCRIPT);
    if (gnuplot("set terminal svg", NULL, -1) != 0)
        return knn_fail(error, "--plot needs gnuplot with its svg terminal, which is not here: install gnuplot");
    return 0;
}

static void write_setting(const struct tune *t, const struct setting *s, FILE *data) {
    struct knn_interval interval = knn_wilson(s->evaluation.right, s->evaluation.images);
    fprintf(data, "%zu %.6f %.6f %.6f %zu %s\n", s->k, 100 * knn_share(s->evaluation.right, s->evaluation.images),
            100 * interval.low, 100 * interval.high, (size_t)(s - t->settings) / t->per_metric + 1,
            knn_metric_name(s->metric));
}

/* The choice, then a block for each metric; plots/tune.gp says what is in a line. */
static void write_data(const struct tune *t, FILE *data) {
    write_setting(t, t->best, data);
    for (size_t i = 0; i < t->count; i++) {
        if (i == 0 || t->settings[i].metric != t->settings[i - 1].metric)
            fputs("\n\n", data);
        write_setting(t, &t->settings[i], data);
    }
}

int draw_tune(const struct tune *t, FILE *svg, struct knn_error *error) {
    char path[] = "/tmp/knnmark-tune-XXXXXX", settings[64];
    int descriptor = mkstemp(path);
    FILE *data = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (data == NULL)
        return knn_fail(error, "cannot write %s, from which the plot is drawn: make room in /tmp", path);
    write_data(t, data);
    snprintf(settings, sizeof settings, "data='%s'; out='/dev/stdout'", path);
    int full = fclose(data) != 0, failed = full || gnuplot(settings, SCRIPT, fileno(svg)) != 0;
    unlink(path);
    if (full)
        return knn_fail(error, "cannot write %s, from which the plot is drawn: make room in /tmp", path);
    return failed ? knn_fail(error, "gnuplot could not draw %s: is it this version's?", SCRIPT) : 0;
}
