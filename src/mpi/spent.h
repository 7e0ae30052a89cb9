/* Where the seconds of a search went, and how much memory the ranks had. */
#ifndef SPENT_H
#define SPENT_H

#include "fail.h"

extern double computed; /* seconds of searching in this rank */

/* Collects what all ranks spent since the last time, for ranks_print() and ranks_json(). */
int spent(struct knn_error *error);

#endif
