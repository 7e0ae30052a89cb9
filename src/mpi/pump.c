#include "pump.h"

#include "links.h"
#include "world.h"

enum { ALARM = 1, MOST_REQUESTS = 8 };

static struct {
    knn_progress_fn *next;
    void *context;
    MPI_Request *requests[MOST_REQUESTS];
    int count, halted, rung;
    MPI_Request alarm;
} pump;

static int on_progress_of_rank(double done, void *context) {
    int came = 0, ignored;
    (void)context;
    for (int i = 0; i < pump.count; i++)
        MPI_Test(pump.requests[i], &ignored, MPI_STATUS_IGNORE);
    if (!pump.halted && pump.alarm != MPI_REQUEST_NULL)
        MPI_Test(&pump.alarm, &came, MPI_STATUS_IGNORE);
    pump.halted |= came || links_watch() != 0;
    return pump.halted || (pump.next != NULL && pump.next(done, pump.context));
}

struct knn_options pump_options(const struct knn_options *options) {
    struct knn_options own = *options;
    pump.next = own.progress;
    pump.context = own.context;
    own.progress = on_progress_of_rank;
    return own;
}

void pump_requests(MPI_Request *const *requests, int count) {
    pump.count = count;
    for (int i = 0; i < count; i++)
        pump.requests[i] = requests[i];
}

int pump_halted(void) {
    return pump.halted;
}

void pump_listen(void) {
    MPI_Irecv(NULL, 0, MPI_BYTE, MPI_ANY_SOURCE, ALARM, world.all, &pump.alarm);
}

void pump_deafen(void) {
    if (pump.alarm == MPI_REQUEST_NULL)
        return;
    MPI_Cancel(&pump.alarm);
    MPI_Wait(&pump.alarm, MPI_STATUS_IGNORE);
}

void pump_alarm(void) {
    for (int i = 0; i < world.ranks && !pump.rung; i++) {
        MPI_Request sent;
        if (i == world.rank)
            continue;
        MPI_Isend(NULL, 0, MPI_BYTE, i, ALARM, world.all, &sent);
        MPI_Request_free(&sent);
    }
    pump.rung = 1;
}
