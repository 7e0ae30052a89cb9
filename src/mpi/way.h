/* How the work is divided if the command line does not say. */
#ifndef WAY_H
#define WAY_H

#include <stddef.h>

#include "fail.h"

/* Decide by the sizes in the first rank's files. A file that cannot be read is reported when all ranks read it. */
int way_for_rows(const char *train, const char *queries, size_t limit, struct knn_error *error);
int way_for_dataset(const char *spec, size_t limit, struct knn_error *error);

#endif
