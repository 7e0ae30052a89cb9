#include "spent.h"

#include <stdio.h>

#include "ranks.h"
#include "world.h"

double computed;

/* The rank that computes longest waits only for messages; others wait longer, for that rank. */
static struct {
    double computing, communicating, waiting; /* the longest; the shortest; the longest minus the shortest */
} seconds;

int spent(struct knn_error *error) {
    double own[3] = {computed, world.blocked, -world.blocked}, most[3];
    MPI_Request request;
    computed = world.blocked = 0;
    MPI_Iallreduce(own, most, 3, MPI_DOUBLE, MPI_MAX, world.all, &request);
    if (world_wait(&request, error) != 0)
        return -1;
    seconds.computing += most[0];
    seconds.communicating -= most[2];
    seconds.waiting += most[1] + most[2];
    return 0;
}

void ranks_print(void) {
    printf("ranks     %d: training rows in %d part%s, queries in %d\n", world.ranks, world.shards,
           world.shards == 1 ? "" : "s", world.ranks / world.shards);
    printf("spent     %.3f s computing, %.4f s communicating, up to %.3f s waiting for the slowest rank\n",
           seconds.computing, seconds.communicating, seconds.waiting);
}

json_t *ranks_json(void) {
    return json_pack("{s:{s:i, s:i, s:i, s:f, s:f, s:f}}", "ranks", "count", world.ranks, "row_parts", world.shards,
                     "query_parts", world.ranks / world.shards, "computing_s", seconds.computing, "communicating_s",
                     seconds.communicating, "waiting_s", seconds.waiting);
}
