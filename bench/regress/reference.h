/* The frozen reference: a loop that never changes, run by the driver on the cores the workers use, directly before
 * every epoch. If it is slower before head's epochs than before base's, the machine was slower, too.
 *
 * FROZEN: its code stays as it is, so that its times stay comparable. */
#ifndef REGRESS_REFERENCE_H
#define REGRESS_REFERENCE_H

#include <stdint.h>

#include "team.h"

/* Chooses how many rounds take about this long. */
uint64_t reference_rounds(double seconds);

/* Runs the loop on all threads of the team at once, each bound to its core: the mean of their times, in seconds.
 * Threads are started for the purpose and ended: none spins while a worker is timed. */
double reference_time(const struct knn_team *team, uint64_t rounds);

double regress_seconds(void);

#endif
