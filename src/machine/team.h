/* The threads a job runs on: how many, and each bound to a core of its own. */
#ifndef KNN_TEAM_H
#define KNN_TEAM_H

#include "fail.h"
#include "topology.h"

struct knn_team {
    struct knn_topology *topology;
    unsigned threads; /* >= 1 */
    int bound;        /* 1: thread i is bound to knn_topology_pu(i, threads) while it works, the same in every team;
                         0, unbound, is for teams that work at the same time */
};

enum { KNN_MAX_THREADS = 4096 };

/* threads 0 means what knn_topology_threads() says. */
int knn_team_open(struct knn_team *team, unsigned threads, int bound, struct knn_error *error);
void knn_team_close(struct knn_team *team);

/* Called at the start and the end of a parallel region: the first binds the calling thread to its place in the team;
 * the second restores its own binding, as the threads are the caller's.
 *
 *     #pragma omp parallel num_threads(team->threads)
 *     {
 *         struct knn_binding *own = knn_team_join(team);
 *         ...
 *         knn_team_leave(team, own);
 *     } */
struct knn_binding *knn_team_join(const struct knn_team *team);
void knn_team_leave(const struct knn_team *team, struct knn_binding *own);

#endif
