/* A worker process, and the lines that pass between it and the driver (protocol.h). */
#ifndef REGRESS_CHILD_H
#define REGRESS_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "fail.h"
#include "protocol.h"

enum { CHILD_OPTIONS = 8, CHILD_TASKS = 512 };

struct child {
    const char *side; /* "base", "base's copy", "head": for messages */
    pid_t id;         /* 0: not running */
    int to, from;
    char buffer[REGRESS_LINE]; /* what was read and not yet taken */
    size_t filled;
};

/* Runs `program` with these options, up to the first NULL, and reads its version line. On failure nothing runs. */
int child_start(struct child *child, const char *side, const char *program, const char *const *options,
                struct knn_error *error);

/* Sends a line; an empty one sends nothing. Reads one line of the answer into line[REGRESS_LINE]. Fails when the worker
 * ended, took more than two minutes, answered `error`, or when the run was interrupted. */
int child_ask(struct child *child, const char *command, char *line, struct knn_error *error);

/* Ends it: closes its input, and kills it if it still runs after a second. Safe on a zeroed struct. */
void child_stop(struct child *child);

/* How long each thread of the process was ready to run but waited for a CPU, in nanoseconds, as Linux counts it. */
struct waiting {
    size_t count; /* 0: the system does not tell */
    pid_t task[CHILD_TASKS];
    uint64_t ns[CHILD_TASKS];
};
void child_waiting(const struct child *child, struct waiting *waiting);

/* The longest wait of a thread between two moments, in seconds. */
double waited(const struct waiting *before, const struct waiting *after);

#endif
