/* All contestants on the same job: opened, brought to their best setting, checked, then timed in turn. */
#ifndef CONTEST_H
#define CONTEST_H

#include "bench.h"
#include "peer.h"

enum { MAX_PEERS = 16, MAX_ROUNDS = 64, CHECKED_QUERIES = 100 };

struct contestant {
    const struct peer *peer;
    void *state;        /* NULL: did not open */
    size_t ours;        /* place of knnmark's own contestant of the same metric */
    size_t queries;     /* timed in a round */
    size_t differences; /* checked queries whose row is not the nearest, within the error of rounding */
    double worst;       /* the largest error of a distance, in roundings of |q|^2 + |t|^2 */
    double seconds[MAX_ROUNDS];
    char setting[256];
    char error[512]; /* "" or why there is no time */
};

struct contest {
    struct peer_job job;
    int quick;
    unsigned rounds, finished; /* asked for, timed to their end */
    size_t count, checked;
    struct contestant list[MAX_PEERS];
    uint64_t *expected[KNN_METRICS]; /* knnmark's distances of the checked queries */
    uint32_t *nearest;               /* room for the answers of a search */
};

/* A contestant that cannot take part stays in the list with its error. This fails only without memory, or if knnmark
 * itself fails. */
int contest_open(struct contest *contest, struct bench *bench, unsigned rounds, struct knn_error *error);

/* Times all rounds. Round r begins with contestant r, so that none always follows the same disturbance. All answers are
 * checked again. After an interrupt the running search is the last one. An incomplete round does not count: its times
 * cannot be compared within the round. */
void contest_run(struct contest *contest);
void contest_close(struct contest *contest);

/* Seconds of the full job, scaled from a round's time. */
double contest_full_job(const struct contest *contest, const struct contestant *c, unsigned round);

/* A round's time over that of knnmark's search in the same round, both for the full job; 0 if either has none. */
double contest_ratio(const struct contest *contest, const struct contestant *c, unsigned round);

/* Hands the times of the finished rounds, at least one, to Google Benchmark as repetitions of
 * peer/<name>/<metric>/threads:N. */
int report_register(struct contest *contest);

#endif
