/* Runs programs and keeps what they say, with a temporary folder for what they read and write. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdio.h>
#include <sys/types.h>

struct process {
    char folder[128]; /* absolute, empty at first */

    /* What the next program is given. */
    const char *environment[8]; /* "NAME=value", beside the caller's own */
    const char *directory;      /* where it runs; NULL: where the caller is */
    const char *out, *err;      /* files its output goes to; NULL: into the buffers below */

    /* What the last program left. */
    int status; /* its exit status; 128 + the signal if one ended it */
    char output[1 << 15], errors[1 << 13];

    pid_t id;
    FILE *captured[2];
};

/* Makes the folder. -1 if that fails. */
int process_open(struct process *process);

/* Removes the folder with all that is in it. */
void process_close(struct process *process);

/* Starts argv[0], sought in PATH, without the variables that would change what this project does; -1 if that fails. */
int process_start(struct process *process, const char *const *argv);

/* The same for a program of this project, with these arguments: under the emulator that WRAPPER names, if any. */
int process_start_ours(struct process *process, const char *program, const char *const *arguments);

/* Waits for it and reads what it said, but for an emulator's own warnings. */
int process_finish(struct process *process);

/* Both. */
int process_run(struct process *process, const char *const *argv);
int process_run_ours(struct process *process, const char *program, const char *const *arguments);

/* Ends `path`, of `size` bytes, with the file's name in the folder; returns it. */
char *process_path(const struct process *process, const char *name, char *path, size_t size);

/* Writes a file of the folder. */
int process_write(const struct process *process, const char *name, const void *data, size_t size);

/* How many files and folders the folder holds. */
size_t process_files(const struct process *process);

#endif
