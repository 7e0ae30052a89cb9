/* How the work is divided where nobody said. */
#ifndef WAY_H
#define WAY_H

#include <stddef.h>

#include "fail.h"

/* From what the files of the first rank promise; a file that cannot be read is complained of when all read it. */
int way_for_rows(const char *train, const char *queries, size_t limit, struct knn_error *error);
int way_for_dataset(const char *spec, size_t limit, struct knn_error *error);

#endif
