/* Two things timed in turn, A and B, so that what disturbs a machine meets both. */
#ifndef PAIRED_H
#define PAIRED_H

#include <stddef.h>
#include <stdint.h>

#include "statistics.h"

enum { PAIRED_BLOCK = 4 }; /* epochs: ABBA or BAAB, two pairs of neighbours */

/* Whether block i (0, 1, ...) begins with B. Of two blocks one does, which by chance: what a place in a block does to a
 * time is then the same for both. `last` is the answer for the block before. */
int paired_begins_with_b(size_t block, int last, uint64_t *random);

/* Whether epoch i of such a block is of B. */
static inline int paired_is_b(int begins_with_b, size_t i) {
    return (i == 0 || i == PAIRED_BLOCK - 1) == begins_with_b;
}

/* "in cache: A is 1.31 × (1.29 to 1.33) as fast as B", by the logarithms of A's rate over B's, of each pair. */
void paired_line(char *line, size_t size, const char *where, const char *a, const char *b, const double *logs, size_t n,
                 double alpha);

#endif
