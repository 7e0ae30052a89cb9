/* Where a result comes from: the "knnmark" member of a result file. results/README.md lists what is in it. */
#ifndef PROVENANCE_H
#define PROVENANCE_H

#include "bench.h"

/* Notes the load before anything is timed, and hashes the data: sets bench->before. To be called before the run. */
void provenance_begin(struct bench *bench);

/* `"knnmark": {...}`, to be freed by the caller; NULL without memory, or if the build's own flags are not UTF-8.
 * `complete` is 0 if the run was stopped. */
char *provenance_text(const struct bench *bench, int complete);

#endif
