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
    size_t differences; /* checked queries whose nearest row is another one, rounding or a tie having decided */
    double worst;       /* the largest of those differences, in roundings of the largest addend */
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

/* A contestant that cannot take part stays in the list with its error; this fails only for what concerns all. */
int contest_open(struct contest *contest, struct bench *bench, unsigned rounds, struct knn_error *error);

/* Times all rounds. Round r begins with contestant r, so that none always follows the same disturbance, and the answers
 * of every one are checked again. After an interrupt the search that runs is the last one. A round that this cuts
 * does not count: its times have nothing of the same round to be compared with. */
void contest_run(struct contest *contest);
void contest_close(struct contest *contest);

/* Seconds of the full job by a round's time. */
double contest_full_job(const struct contest *contest, const struct contestant *c, unsigned round);

/* A round's time over that of knnmark's search in the same round, both for the full job; 0 if either has none. */
double contest_ratio(const struct contest *contest, const struct contestant *c, unsigned round);

/* Hands the times of the finished rounds, at least one, to Google Benchmark as repetitions of
 * peer/<name>/<metric>/threads:N. */
int report_register(struct contest *contest);

#endif
