#include "child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"

extern char **environ;

enum { PATIENCE_MS = 120000, GRACE_MS = 1000, MOST_ARGUMENTS = CHILD_OPTIONS + 2 };

/* -- starting and ending ------------------------------------------------------------------------------------------- */

static int spawn(struct child *child, char *const *argv, const int *to, const int *from) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    int reason = posix_spawn(&child->id, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return reason;
}

/* Opens a pipe that later workers do not inherit: one that held another's input open would keep that one from
 * ending. */
static int open_pipe(int *ends) {
    if (pipe(ends) != 0)
        return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

static int connect_child(struct child *child, const char *program, const char *const *options,
                         struct knn_error *error) {
    char *argv[MOST_ARGUMENTS] = {(char *)program};
    int to[2], from[2];
    for (size_t i = 0; i < CHILD_OPTIONS && options[i] != NULL; i++)
        argv[i + 1] = (char *)options[i];
    if (open_pipe(to) != 0)
        return knn_fail(error, "cannot open a pipe: %s", strerror(errno));
    if (open_pipe(from) != 0) {
        close(to[0]), close(to[1]);
        return knn_fail(error, "cannot open a pipe: %s", strerror(errno));
    }
    int reason = spawn(child, argv, to, from);
    close(to[0]), close(from[1]);
    child->to = to[1];
    child->from = from[0];
    if (reason == 0)
        return 0;
    close(to[1]), close(from[0]);
    child->id = 0;
    return knn_fail(error, "cannot start %s's worker %s: %s", child->side, program, strerror(reason));
}

int child_start(struct child *child, const char *side, const char *program, const char *const *options,
                struct knn_error *error) {
    char line[REGRESS_LINE];
    *child = (struct child){.side = side};
    if (connect_child(child, program, options, error) != 0)
        return -1;
    if (child_ask(child, "", line, error) == 0) {
        if (strcmp(line, REGRESS_HELLO) == 0)
            return 0;
        knn_fail(error, "%s's worker speaks \"%.40s\", not \"" REGRESS_HELLO "\": it is of another version", side,
                 line);
    }
    child_stop(child);
    return -1;
}

static int ended(const struct child *child, int *status) {
    pid_t found;
    do
        found = waitpid(child->id, status, WNOHANG);
    while (found < 0 && errno == EINTR);
    return found != 0;
}

/* Waits for its end, or kills it; returns its exit status. */
static int reap(struct child *child) {
    int status = 0;
    for (int waited_ms = 0; waited_ms < GRACE_MS; waited_ms++) {
        if (ended(child, &status))
            return status;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    kill(child->id, SIGKILL);
    while (waitpid(child->id, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

void child_stop(struct child *child) {
    if (child->id == 0)
        return;
    close(child->to);
    close(child->from);
    reap(child);
    *child = (struct child){0};
}

/* -- lines --------------------------------------------------------------------------------------------------------- */

/* Why the output ended. */
static int died(struct child *child, struct knn_error *error) {
    const char *side = child->side;
    close(child->to);
    close(child->from);
    int status = reap(child);
    *child = (struct child){0};
    if (WIFSIGNALED(status))
        return knn_fail(error, "%s's worker crashed: %s", side, strsignal(WTERMSIG(status)));
    enum { NO_PROGRAM = 127 }; /* a child's status if it could not start, where posix_spawn does not report that */
    if (WEXITSTATUS(status) == NO_PROGRAM)
        return knn_fail(error, "cannot start %s's worker: no such program, or not one for this machine", side);
    return knn_fail(error, "%s's worker ended with status %d before its answer", side, WEXITSTATUS(status));
}

static int stop_waiting(struct knn_error *error) {
    return knn_fail(error, "interrupted: there is no verdict, and nothing was written");
}

/* Takes the first line out of the buffer; 0 if it holds none. */
static int take_line(struct child *child, char *line) {
    char *end = memchr(child->buffer, '\n', child->filled);
    if (end == NULL)
        return 0;
    size_t length = (size_t)(end - child->buffer);
    memcpy(line, child->buffer, length);
    line[length] = '\0';
    child->filled -= length + 1;
    memmove(child->buffer, end + 1, child->filled);
    return 1;
}

static int read_more(struct child *child, struct knn_error *error) {
    struct pollfd output = {.fd = child->from, .events = POLLIN};
    if (child->filled == sizeof child->buffer)
        return knn_fail(error, "%s's worker wrote a line of more than %d bytes", child->side, REGRESS_LINE - 1);
    int ready = poll(&output, 1, PATIENCE_MS);
    if (knn_interrupted())
        return stop_waiting(error);
    if (ready == 0)
        return knn_fail(error, "%s's worker gave no answer within %d seconds", child->side, PATIENCE_MS / 1000);
    if (ready < 0)
        return errno == EINTR ? 0 : knn_fail(error, "cannot wait for %s's worker: %s", child->side, strerror(errno));
    ssize_t count = read(child->from, child->buffer + child->filled, sizeof child->buffer - child->filled);
    if (count <= 0)
        return died(child, error);
    child->filled += (size_t)count;
    return 0;
}

int child_ask(struct child *child, const char *command, char *line, struct knn_error *error) {
    char text[REGRESS_LINE];
    int length = snprintf(text, sizeof text, "%s\n", command);
    if (knn_interrupted())
        return stop_waiting(error);
    if (length > 1 && write(child->to, text, (size_t)length) != length)
        return died(child, error);
    while (!take_line(child, line))
        if (read_more(child, error) != 0)
            return -1;
    if (strncmp(line, "error ", 6) == 0)
        return knn_fail(error, "%s's worker: %s", child->side, line + 6);
    return 0;
}

/* -- waiting for a CPU --------------------------------------------------------------------------------------------- */

static int read_waiting(pid_t process, const char *task, uint64_t *ns) {
    char path[64];
    unsigned long long ran, waited_ns;
    snprintf(path, sizeof path, "/proc/%ld/task/%.16s/schedstat", (long)process, task);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return -1;
    int count = fscanf(file, "%llu %llu", &ran, &waited_ns);
    fclose(file);
    *ns = waited_ns;
    return count == 2 && ran > 0 ? 0 : -1;
}

void child_waiting(const struct child *child, struct waiting *waiting) {
    char path[64];
    waiting->count = 0;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)child->id);
    DIR *tasks = opendir(path);
    if (tasks == NULL)
        return;
    for (struct dirent *task; (task = readdir(tasks)) != NULL && waiting->count < CHILD_TASKS;)
        if (task->d_name[0] != '.' && read_waiting(child->id, task->d_name, &waiting->ns[waiting->count]) == 0)
            waiting->task[waiting->count++] = (pid_t)strtol(task->d_name, NULL, 10);
    closedir(tasks);
}

double waited(const struct waiting *before, const struct waiting *after) {
    uint64_t longest = 0;
    for (size_t i = 0; i < after->count; i++) {
        uint64_t earlier = 0;
        for (size_t j = 0; j < before->count; j++)
            if (before->task[j] == after->task[i])
                earlier = before->ns[j];
        uint64_t ns = after->ns[i] > earlier ? after->ns[i] - earlier : 0;
        longest = ns > longest ? ns : longest;
    }
    return 1e-9 * (double)longest;
}
