#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "random.h"
#include "reference.h"

static void spin(double seconds) {
    double end = regress_seconds() + seconds;
    while (regress_seconds() < end)
        ;
}

static void rest(double seconds) {
    nanosleep(&(struct timespec){(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))}, NULL);
}

/* Ends with its parent. */
static void busy(enum load_kind kind, pid_t parent, unsigned place) {
    const double longest = 2, shortest = 0.1;
    uint64_t state = (uint64_t)parent * 1000 + place;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    while (getppid() == parent) {
        spin(kind == LOAD_HEAD ? 0.1 : shortest + (longest - shortest) * (double)(knn_random(&state) >> 11) * 0x1p-53);
        if (kind == LOAD_RANDOM)
            rest(shortest + (longest - shortest) * (double)(knn_random(&state) >> 11) * 0x1p-53);
    }
    _exit(0);
}

int load_start(struct load *load, enum load_kind kind, const struct knn_team *team, struct knn_error *error) {
    *load = (struct load){.kind = kind};
    pid_t parent = getpid();
    unsigned count = team->threads < LOAD_PROCESSES ? team->threads : LOAD_PROCESSES;
    for (; kind != LOAD_NONE && load->count < count; load->count++) {
        pid_t process = fork();
        if (process < 0) {
            load_stop(load);
            return knn_fail(error, "cannot start the competing load: %s", strerror(errno));
        }
        if (process == 0) {
            setpgid(0, 0);
            knn_topology_bind(team->topology, load->count, team->threads);
            busy(kind, parent, load->count);
        }
        load->processes[load->count] = process;
    }
    load_pause(load);
    return 0;
}

static void signal_all(const struct load *load, int number) {
    for (unsigned i = 0; i < load->count; i++)
        kill(load->processes[i], number);
}

void load_resume(const struct load *load) {
    if (load->kind == LOAD_HEAD)
        signal_all(load, SIGCONT);
}

void load_pause(const struct load *load) {
    if (load->kind == LOAD_HEAD)
        signal_all(load, SIGSTOP);
}

void load_stop(struct load *load) {
    signal_all(load, SIGKILL);
    for (unsigned i = 0; i < load->count; i++)
        while (waitpid(load->processes[i], NULL, 0) < 0 && errno == EINTR)
            ;
    *load = (struct load){0};
}
