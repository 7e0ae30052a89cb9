/* What a long computation does now and then: it moves messages on, which wait for MPI to be called, and ends when
 * another rank has failed. */
#ifndef PUMP_H
#define PUMP_H

#include <mpi.h>

#include "knnmark.h"

/* The options, with a progress function that does so before it calls the one they had. */
struct knn_options pump_options(const struct knn_options *options);

/* The messages to move on: `count` requests at most; 0: none any more. */
void pump_requests(MPI_Request *const *requests, int count);

/* 1 if a computation was ended because of another rank: its failure is not this one's. */
int pump_halted(void);

/* Between world_open() and world_close(): listens for the others; tells them to end. */
void pump_listen(void);
void pump_deafen(void);
void pump_alarm(void);

#endif
