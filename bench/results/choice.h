/* Whether the kernel that a CPU gets by default is its fastest. */
#ifndef RESULTS_CHOICE_H
#define RESULTS_CHOICE_H

#include "jobs.h"
#include "table.h"

struct choice {
    const struct job *chosen, *fastest; /* of the full job; NULL: unknown */
    double longer;                      /* the chosen one's time over the fastest one's */
    int beyond;                         /* by more than their repetitions vary */
};

struct choice choice_of(const struct results *results, const struct jobs *jobs, unsigned metric);

/* A warning for every metric whose default is beaten by more than the spread. */
void write_choices(FILE *stream, const struct results *results, enum form form);

#endif
