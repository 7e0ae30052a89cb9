#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Prefixes of variables that a program under test must not inherit by chance. */
static const char *const hidden[] = {"KNNMARK_", "OMP_", "GOMP_", "HWLOC_"};

enum { HIDDEN = sizeof hidden / sizeof hidden[0], MAX_ARGUMENTS = 48 };

int process_open(struct process *process) {
    *process = (struct process){0};
    snprintf(process->folder, sizeof process->folder, "/tmp/knnmark-test-XXXXXX");
    return mkdtemp(process->folder) != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

void process_close(struct process *process) {
    nftw(process->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* -- starting ------------------------------------------------------------------------------------------------------ */

static int is_hidden(const struct process *process, const char *variable) {
    for (size_t i = 0; i < HIDDEN; i++)
        if (strncmp(variable, hidden[i], strlen(hidden[i])) == 0)
            return 1;
    for (size_t i = 0; process->environment[i] != NULL; i++)
        if (strncmp(variable, process->environment[i], strcspn(process->environment[i], "=") + 1) == 0)
            return 1;
    return 0;
}

/* The program's environment, to be freed. */
static char **make_environment(const struct process *process) {
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    char **all = calloc(count + sizeof process->environment / sizeof process->environment[0] + 1, sizeof *all);
    if (all == NULL)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_hidden(process, environ[i]))
            all[n++] = environ[i];
    for (size_t i = 0; process->environment[i] != NULL; i++)
        all[n++] = (char *)process->environment[i];
    return all;
}

static void redirect(posix_spawn_file_actions_t *actions, int descriptor, const char *path, FILE *captured) {
    if (path != NULL)
        posix_spawn_file_actions_addopen(actions, descriptor, path, O_WRONLY | O_CREAT | O_NOCTTY, 0666);
    else
        posix_spawn_file_actions_adddup2(actions, fileno(captured), descriptor);
}

int process_start(struct process *process, const char *const *argv) {
    char **environment = make_environment(process);
    process->captured[0] = tmpfile();
    process->captured[1] = tmpfile();
    if (environment == NULL || process->captured[0] == NULL || process->captured[1] == NULL) {
        free(environment);
        return -1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    redirect(&actions, STDOUT_FILENO, process->out, process->captured[0]);
    redirect(&actions, STDERR_FILENO, process->err, process->captured[1]);
    if (process->directory != NULL)
        posix_spawn_file_actions_addchdir_np(&actions, process->directory);
    int failed = posix_spawnp(&process->id, argv[0], &actions, NULL, (char *const *)argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    return failed ? -1 : 0;
}

int process_start_ours(struct process *process, const char *program, const char *const *arguments) {
    const char *argv[MAX_ARGUMENTS + 1] = {0}, *set = getenv("WRAPPER");
    char wrapper[512];
    size_t n = 0;
    snprintf(wrapper, sizeof wrapper, "%s", set != NULL ? set : "");
    for (char *word = strtok(wrapper, " "); word != NULL && n < MAX_ARGUMENTS; word = strtok(NULL, " "))
        argv[n++] = word;
    if (n < MAX_ARGUMENTS)
        argv[n++] = program;
    while (*arguments != NULL && n < MAX_ARGUMENTS)
        argv[n++] = *arguments++;
    return *arguments == NULL ? process_start(process, argv) : -1;
}

/* -- finishing ----------------------------------------------------------------------------------------------------- */

/* Lines of an emulator's own are left out: there may be more of them than `text` holds. */
static void read_captured(FILE *file, char *text, size_t size) {
    char *line = NULL;
    size_t room = 0, used = 0;
    rewind(file);
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        if (strncmp(line, "qemu-", 5) == 0)
            continue;
        size_t kept = (size_t)length < size - 1 - used ? (size_t)length : size - 1 - used;
        memcpy(text + used, line, kept);
        used += kept;
    }
    text[used] = '\0';
    free(line);
    fclose(file);
}

int process_finish(struct process *process) {
    int status;
    while (waitpid(process->id, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    process->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    read_captured(process->captured[0], process->output, sizeof process->output);
    read_captured(process->captured[1], process->errors, sizeof process->errors);
    return 0;
}

int process_run(struct process *process, const char *const *argv) {
    return process_start(process, argv) == 0 ? process_finish(process) : -1;
}

int process_run_ours(struct process *process, const char *program, const char *const *arguments) {
    return process_start_ours(process, program, arguments) == 0 ? process_finish(process) : -1;
}

/* -- files --------------------------------------------------------------------------------------------------------- */

char *process_path(const struct process *process, const char *name, char *path, size_t size) {
    snprintf(path, size, "%s/%s", process->folder, name);
    return path;
}

int process_write(const struct process *process, const char *name, const void *data, size_t size) {
    char path[256];
    FILE *file = fopen(process_path(process, name, path, sizeof path), "w");
    if (file == NULL)
        return -1;
    size_t written = fwrite(data, 1, size, file);
    return fclose(file) == 0 && written == size ? 0 : -1;
}

size_t process_files(const struct process *process) {
    DIR *folder = opendir(process->folder);
    size_t count = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (folder != NULL)
        closedir(folder);
    return count;
}
