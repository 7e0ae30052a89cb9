/* Two things timed in turn, A and B, so that what disturbs a machine meets both. */
#ifndef PAIRED_H
#define PAIRED_H

#include <stddef.h>
#include <stdint.h>

#include "statistics.h"

/* A coin decides which of a pair of neighbouring epochs comes first. Then, if A and B are alike, the logarithm of their
 * ratio is as likely above 0 as below it, however the machine drifts or is disturbed. */
int paired_begins_with_b(uint64_t *random);

/* "in cache: A is 1.31 × (1.29 to 1.33) as fast as B", from the logarithm of A's rate over B's in each pair. */
void paired_line(char *line, size_t size, const char *where, const char *a, const char *b, const double *logs, size_t n,
                 double alpha);

#endif
