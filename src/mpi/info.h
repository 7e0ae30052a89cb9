/* The command that only knnmark-mpi has. */
#ifndef INFO_H
#define INFO_H

#include "options.h"
#include "ranks.h"

extern const struct command command_ranks;

#endif
