#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "interrupt.h"
#include "links.h"
#include "pump.h"
#include "ranks.h"

struct world world;

void world_open(void) {
    MPI_Comm_dup(MPI_COMM_WORLD, &world.all);
    MPI_Comm_set_errhandler(world.all, MPI_ERRORS_RETURN); /* which communicators made of it inherit */
    MPI_Comm_rank(world.all, &world.rank);
    MPI_Comm_size(world.all, &world.ranks);
    gethostname(world.host, sizeof world.host - 1);
    MPI_Comm_split_type(world.all, MPI_COMM_TYPE_SHARED, world.rank, MPI_INFO_NULL, &world.near);
    MPI_Comm_size(world.near, &world.neighbours);
    world.group = world.leaders = MPI_COMM_NULL;
    world_divide(world.ranks);
    pump_listen();
}

static void leave(MPI_Comm *ranks) {
    if (*ranks != MPI_COMM_NULL)
        MPI_Comm_free(ranks);
}

void world_divide(int shards) {
    leave(&world.group);
    leave(&world.leaders);
    world.shards = shards;
    world.shard = world.rank % shards;
    MPI_Comm_split(world.all, world.rank / shards, world.rank, &world.group);
    MPI_Comm_split(world.all, world.shard == 0 ? 0 : MPI_UNDEFINED, world.rank, &world.leaders);
}

int world_close(int status) {
    struct knn_error early = {"ended early"};
    ranks_agree(status == 0 ? 0 : -1, &early); /* no rank leaves another waiting */
    if (world.lost) {
        fflush(NULL);
        nanosleep(&(struct timespec){0, 200000000}, NULL); /* launchers that end a job may drop its last line */
        alarm(5); /* MPI may wait for good to tell a launcher that cannot be reached */
        MPI_Abort(MPI_COMM_WORLD, status);
    }
    pump_deafen();
    leave(&world.group);
    leave(&world.leaders);
    leave(&world.near);
    MPI_Barrier(world.all); /* MPICH over TCP hangs where one rank ends long before another */
    leave(&world.all);
    MPI_Finalize();
    return status;
}

/* -- waiting ------------------------------------------------------------------------------------------------------- */

static int lose(const char *why, struct knn_error *error) {
    world.failed = world.lost = 1;
    knn_fail(error, "rank %d on %s: %s", world.rank, world.host, why);
    if (!ranks_is_first() && !knn_interrupted())
        fprintf(stderr, "knnmark: %s\n", error->message);
    return -1;
}

int world_wait(MPI_Request *request, struct knn_error *error) {
    enum { EAGER = 100, REST = 50000 }; /* tries without a rest; nanoseconds of a rest after them */
    const double patience = 0.5;        /* launchers kill one second after they interrupt */
    double start = knn_seconds(), last = 0;
    int status = 0, done = 0;
    for (unsigned tries = 0; status == 0 && !done; tries++) {
        if (MPI_Test(request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            status = lose("cannot reach another rank: look at what the launcher says", error);
        if (done || status != 0)
            break;
        if (last == 0 && knn_interrupted())
            last = knn_seconds() + patience;
        if (last > 0 && knn_seconds() > last)
            status = lose("interrupted", error);
        if (links_watch() != 0)
            status = lose("the connection to another host is lost", error);
        if (tries > EAGER)
            nanosleep(&(struct timespec){0, REST}, NULL);
    }
    world.blocked += knn_seconds() - start;
    return status;
}

int world_share(MPI_Comm ranks, int first, void *things, int count, MPI_Datatype type, struct knn_error *error) {
    MPI_Request request;
    MPI_Ibcast(things, count, type, first, ranks, &request);
    return world_wait(&request, error);
}

int world_gather(MPI_Comm ranks, void *things, const struct parts *parts, MPI_Datatype type, struct knn_error *error) {
    MPI_Request request;
    MPI_Iallgatherv(MPI_IN_PLACE, 0, type, things, parts->counts, parts->places, type, ranks, &request);
    return world_wait(&request, error);
}

MPI_Datatype world_type(size_t bytes, size_t stride) {
    MPI_Datatype packed, type;
    MPI_Type_contiguous((int)bytes, MPI_BYTE, &packed);
    MPI_Type_create_resized(packed, 0, (MPI_Aint)stride, &type);
    MPI_Type_free(&packed);
    MPI_Type_commit(&type);
    return type;
}

/* -- agreeing ------------------------------------------------------------------------------------------------------ */

int ranks_is_first(void) {
    return world.rank == 0;
}

/* Gives all ranks the message of rank `from`. It names the rank unless all have failed, most likely for one reason. */
static int spread(int failed, int from, struct knn_error *error) {
    MPI_Request request;
    int all = 0;
    char message[sizeof error->message];
    MPI_Iallreduce(&failed, &all, 1, MPI_INT, MPI_MIN, world.all, &request);
    if (world_wait(&request, error) != 0)
        return -1;
    if (world.rank == from && all)
        snprintf(message, sizeof message, "%s", error->message);
    else if (world.rank == from)
        snprintf(message, sizeof message, "rank %d on %s: %.*s", from, world.host, 400, error->message);
    if (world_share(world.all, from, message, sizeof message, MPI_CHAR, error) != 0)
        return -1;
    return knn_fail(error, "%s", message);
}

int ranks_agree(int status, struct knn_error *error) {
    struct {
        int fine, rank;
    } own = {status == 0, world.rank}, worst = {1, 0};
    MPI_Request request;
    if (world.failed)
        return -1;
    MPI_Iallreduce(&own, &worst, 1, MPI_2INT, MPI_MINLOC, world.all, &request);
    if (world_wait(&request, error) != 0)
        return -1;
    if (worst.fine)
        return 0;
    world.failed = 1;
    return spread(status != 0, worst.rank, error);
}

void *world_alloc(size_t count, size_t size, struct knn_error *error) {
    void *memory = calloc(count, size);
    int status = memory != NULL ? 0 : knn_fail(error, "no memory for %zu times %zu bytes", count, size);
    if (ranks_agree(status, error) == 0)
        return memory;
    free(memory);
    return NULL;
}

/* -- dividing ------------------------------------------------------------------------------------------------------ */

struct knn_share rows_of(int rank) {
    return (struct knn_share){.part = (size_t)(rank % world.shards), .parts = (size_t)world.shards};
}

struct knn_share queries_of(int rank, size_t limit) {
    return (struct knn_share){(size_t)rank, (size_t)world.ranks, limit};
}

int world_parts(struct parts *parts, int queries, size_t limit, size_t all, struct knn_error *error) {
    parts->counts = world_alloc((size_t)world.ranks, 2 * sizeof *parts->counts, error);
    if (parts->counts == NULL)
        return -1;
    parts->places = parts->counts + world.ranks;
    for (int i = 0; i < world.ranks; i++) {
        struct knn_span span = knn_span_of(queries ? queries_of(i, limit) : rows_of(i), all);
        parts->counts[i] = (int)span.count;
        parts->places[i] = (int)span.first;
    }
    return 0;
}
