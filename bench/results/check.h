/* Whether a run is fit to be published. */
#ifndef RESULTS_CHECK_H
#define RESULTS_CHECK_H

#include <stdio.h>

#include "results.h"

/* Writes the verdict and a line for every condition that does not hold; returns how many do not. */
size_t check_write(FILE *stream, const struct results *results);

/* The same in one word of the first that makes its times no measure of a CPU: of a part, not finished, emulated; NULL:
 * none. */
const char *check_unfit(const struct results *results);

/* What it ran under in the place of a CPU; NULL: nothing that it tells of. */
const char *results_emulator(const struct results *results);

#endif
