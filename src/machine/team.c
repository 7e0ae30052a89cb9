#include "team.h"

#include <omp.h>

int knn_team_open(struct knn_team *team, unsigned threads, int bound, struct knn_error *error) {
    *team = (struct knn_team){.bound = bound};
    if (knn_topology_open(&team->topology, error) != 0)
        return -1;
    team->threads = knn_topology_threads(team->topology, threads);
    if (team->threads <= KNN_MAX_THREADS)
        return 0;
    knn_fail(error, "%u threads are too many: at most %d", team->threads, KNN_MAX_THREADS);
    knn_team_close(team);
    return -1;
}

void knn_team_close(struct knn_team *team) {
    if (team->topology != NULL)
        knn_topology_close(team->topology);
    *team = (struct knn_team){0};
}

struct knn_binding *knn_team_join(const struct knn_team *team) {
    if (!team->bound)
        return NULL;
    struct knn_binding *own = knn_topology_save(team->topology);
    knn_topology_bind(team->topology, (unsigned)omp_get_thread_num(), team->threads);
    return own;
}

void knn_team_leave(const struct knn_team *team, struct knn_binding *own) {
    if (team->bound)
        knn_topology_restore(team->topology, own);
}
