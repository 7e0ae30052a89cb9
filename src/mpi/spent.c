#include "spent.h"

#include <stdio.h>
#include <sys/resource.h>

#include "ranks.h"
#include "world.h"

double computed;

/* The rank that computes longest waits only for messages; others wait longer, for that rank. */
static struct {
    double computing, communicating, waiting; /* the longest; the shortest; the longest minus the shortest */
} seconds;

static double peak[2]; /* GB: the most memory that a rank ever had; the least of that */

static double own_peak(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    const double unit = 1e-9;
#else
    const double unit = 1024e-9;
#endif
    return unit * (double)usage.ru_maxrss;
}

int spent(struct knn_error *error) {
    double memory = own_peak(), own[] = {computed, world.blocked, -world.blocked, memory, -memory}, most[5];
    MPI_Request request;
    computed = world.blocked = 0;
    MPI_Iallreduce(own, most, 5, MPI_DOUBLE, MPI_MAX, world.all, &request);
    if (world_wait(&request, error) != 0)
        return -1;
    seconds.computing += most[0];
    seconds.communicating -= most[2];
    seconds.waiting += most[1] + most[2];
    peak[0] = most[3];
    peak[1] = -most[4];
    return 0;
}

void ranks_print(void) {
    printf("ranks     %d: training rows in %d part%s, queries in %d\n", world.ranks, world.shards,
           world.shards == 1 ? "" : "s", world.ranks / world.shards);
    printf("spent     %.3f s computing, %.4f s communicating, up to %.3f s waiting for the slowest rank\n",
           seconds.computing, seconds.communicating, seconds.waiting);
    printf("memory    %.3f GB at most in a rank, %.3f GB in the one that had the least\n", peak[0], peak[1]);
}

json_t *ranks_json(void) {
    return json_pack("{s:{s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f}}", "ranks", "count", world.ranks, "row_parts",
                     world.shards, "query_parts", world.ranks / world.shards, "computing_s", seconds.computing,
                     "communicating_s", seconds.communicating, "waiting_s", seconds.waiting, "most_memory_gb", peak[0],
                     "least_memory_gb", peak[1]);
}
