/* Which cores a rank has. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plural.h"
#include "ranks.h"
#include "topology.h"
#include "world.h"

enum { MOST_CPUS = 4096 };

struct place {
    int cores;     /* that this rank may use */
    int cpus, all; /* hardware threads of these, and of the host */
    int crowded;   /* 1: other ranks may use the same ones */
};

static int is_crowded(const struct knn_topology *topology) {
    static int users[MOST_CPUS];
    unsigned cpus = knn_topology_pus(topology);
    int crowded = 0;
    for (unsigned i = 0; i < cpus; i++)
        users[knn_topology_pu(topology, i, cpus) % MOST_CPUS] = 1;
    MPI_Allreduce(MPI_IN_PLACE, users, MOST_CPUS, MPI_INT, MPI_SUM, world.near);
    for (int i = 0; i < MOST_CPUS; i++)
        crowded |= users[i] > 1;
    return crowded;
}

static struct place find_place(void) {
    struct place place = {.cores = 1, .cpus = 1, .all = (int)sysconf(_SC_NPROCESSORS_ONLN)};
    struct knn_topology *topology;
    struct knn_error error;
    if (knn_topology_open(&topology, &error) == 0) {
        place.cores = (int)knn_topology_cores(topology);
        place.cpus = (int)knn_topology_pus(topology);
        place.crowded = is_crowded(topology);
        knn_topology_close(topology);
    }
    return place;
}

/* Launchers like to bind a rank to one core, which is rarely meant: the first rank that has less of its host than its
 * share says so. */
static void remark(const struct place *place, int open) {
    char text[512] = "";
    struct {
        int fine, rank;
    } own = {!open || place->cpus * world.neighbours >= place->all, world.rank}, worst;
    MPI_Allreduce(&own, &worst, 1, MPI_2INT, MPI_MINLOC, world.all);
    if (worst.fine)
        return;
    snprintf(text, sizeof text,
             "rank %d on %s may use %d of %d hardware threads with %d rank%s there: if that is not meant, give mpirun "
             "--bind-to none, or --map-by node:PE=%d",
             world.rank, world.host, place->cpus, place->all, world.neighbours, knn_plural((size_t)world.neighbours),
             place->all / world.neighbours);
    MPI_Bcast(text, sizeof text, MPI_CHAR, worst.rank, world.all);
    if (ranks_is_first())
        fprintf(stderr, "knnmark: note: %s\n", text);
}

void ranks_place(struct knn_options *options) {
    struct place place = find_place();
    int open = options->threads == 0 && getenv("OMP_NUM_THREADS") == NULL;
    remark(&place, open);
    if (!place.crowded)
        return;
    options->bind = 0;
    if (open)
        options->threads = (unsigned)(place.cores > world.neighbours ? place.cores / world.neighbours : 1);
}
