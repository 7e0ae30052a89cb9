/* What a long computation does now and then: it calls MPI, so that messages move on, and ends when another rank has
 * failed. */
#ifndef PUMP_H
#define PUMP_H

#include <mpi.h>

#include "knnmark.h"

/* The options, with a progress function that does so before it calls the one they had. */
struct knn_options pump_options(const struct knn_options *options);

/* Sets the messages to move on: `count` requests; 0: none any more. */
void pump_requests(MPI_Request *const *requests, int count);

/* 1 if a computation was ended because of another rank: its failure is not this one's. */
int pump_halted(void);

/* Between world_open() and world_close(): begin and end to listen for the others; tell them to end. */
void pump_listen(void);
void pump_deafen(void);
void pump_alarm(void);

#endif
