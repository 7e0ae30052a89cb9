/* The ranks of an MPI job: how the work is divided among them, and how they wait for one another. */
#ifndef WORLD_H
#define WORLD_H

#include <mpi.h>
#include <stddef.h>

#include "fail.h"
#include "share.h"

/* Consecutive ranks form groups. A group has all training rows, each rank a shard of them, and a part of the queries.
 * One group divides only the rows; groups of one rank divide only the queries; others divide both. */
struct world {
    MPI_Comm all, group, leaders; /* leaders: rank 0 of each group; MPI_COMM_NULL in others */
    MPI_Comm near;                /* the ranks on this host */
    int rank, ranks;
    int shard, shards; /* this rank's place in its group, and the group's size */
    char host[64];
    int neighbours; /* ranks on this host, this one among them */
    int divided;    /* the command line said how */
    int failed;     /* a failure has been agreed on */
    int lost;       /* others can no longer be reached, or do not answer after an interrupt */
    double blocked; /* seconds spent waiting for messages */
};
extern struct world world;

void world_open(void);

/* Makes groups of `shards` ranks; `shards` must divide their number. */
void world_divide(int shards);

/* Ends MPI, and every rank if others are lost; returns the exit status. */
int world_close(int status);

/* Waits until a request is done, asleep most of the time, as others may need the cores. -1 if it cannot be done. */
int world_wait(MPI_Request *request, struct knn_error *error);

/* Zeroed memory in every rank; NULL in all if one has none. */
void *world_alloc(size_t count, size_t size, struct knn_error *error);

/* Sends `count` things from rank `first` of `ranks` to all. */
int world_share(MPI_Comm ranks, int first, void *things, int count, MPI_Datatype type, struct knn_error *error);

/* The part of the training rows, or of the first `limit` (0: all) test rows or queries, that a rank has. */
struct knn_share rows_of(int rank);
struct knn_share queries_of(int rank, size_t limit);

/* Where the parts of all ranks lie: rank i has counts[i] things from places[i] on. */
struct parts {
    int *counts, *places;
};

/* Of `all` rows, or of the first `limit` queries; counts is to be freed. */
int world_parts(struct parts *parts, int queries, size_t limit, size_t all, struct knn_error *error);

/* Every rank of `ranks` has its part of things, and gets the others'. */
int world_gather(MPI_Comm ranks, void *things, const struct parts *parts, MPI_Datatype type, struct knn_error *error);

/* A type of `bytes` bytes whose elements lie `stride` apart; free it. */
MPI_Datatype world_type(size_t bytes, size_t stride);

#endif
