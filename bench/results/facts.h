/* How it was measured: what a result file says of machine, build and data. */
#ifndef RESULTS_FACTS_H
#define RESULTS_FACTS_H

#include "results.h"

/* The i-th fact as text, to be freed; NULL where the file does not tell. *label is NULL behind the last one. */
char *fact_at(const struct results *results, size_t i, const char **label);

#endif
