/* A competing load, for `make regress-selftest` only: busy loops bound to the cores that the workers use. */
#ifndef REGRESS_LOAD_H
#define REGRESS_LOAD_H

#include <sys/types.h>

#include "team.h"

enum load_kind {
    LOAD_NONE,
    LOAD_RANDOM, /* starts and stops at random, each for 0.1 to 2 seconds */
    LOAD_HEAD,   /* runs during head's epochs only */
};

enum { LOAD_PROCESSES = 256 };

struct load {
    enum load_kind kind;
    unsigned count;
    pid_t processes[LOAD_PROCESSES];
};

int load_start(struct load *load, enum load_kind kind, const struct knn_team *team, struct knn_error *error);

/* Called around head's epochs; they do nothing unless the load is LOAD_HEAD. */
void load_resume(const struct load *load);
void load_pause(const struct load *load);

/* Safe on a zeroed struct. */
void load_stop(struct load *load);

#endif
