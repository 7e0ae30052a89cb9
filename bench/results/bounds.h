/* The search by bounds (docs/bounds.md), apart from the exhaustive one. */
#ifndef RESULTS_BOUNDS_H
#define RESULTS_BOUNDS_H

#include "results.h"
#include "table.h"

/* The runs by bounds on all threads: those of the largest batch, or those of k = 1; among random bytes, or not. */
struct run_list bounds_by_k(const struct results *results, int random);
struct run_list bounds_by_batch(const struct results *results);

/* Two tables, and when the build is paid for; nothing where there are no bounds. On a page, the picture says the last.
 */
void write_bounds(FILE *stream, const struct results *results, enum form form);

/* A sentence on how many queries pay for the build. */
void write_break_even(FILE *stream, const struct results *results, enum form form);

#endif
