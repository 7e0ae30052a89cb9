/* What a benchmark is: the fields of its entry in a result file or, before schema 2, its name. */
#ifndef RESULTS_FIELDS_H
#define RESULTS_FIELDS_H

#include "results.h"

/* A text of an object; "" where it has none. */
const char *json_text(const json_t *object, const char *key);

/* Sets the run's identity; 0 if the entry is none of knnmark's benchmarks. */
int identify(struct run *run, const json_t *entry);

#endif
