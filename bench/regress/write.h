/* The results of a comparison as files. */
#ifndef REGRESS_WRITE_H
#define REGRESS_WRITE_H

#include "compare.h"

/* OUTPUT.json, OUTPUT.html and OUTPUT.md: all of them or, when any cannot be written, none. */
int write_results(const struct comparison *comparison, struct knn_error *error);

#endif
