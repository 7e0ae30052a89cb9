/* Under what conditions two result files came about: what they must have in common, and what else differs. */
#ifndef REGRESS_BASELINE_CONDITIONS_H
#define REGRESS_BASELINE_CONDITIONS_H

#include <jansson.h>

#include "fail.h"

/* -1 if the files are of two machines, or of other data or threads: the error lists all that differs. */
int check_conditions(const json_t *base, const json_t *head, struct knn_error *error);

/* The commits, and what may differ because the difference may be what is asked for: compiler, flags, settings. */
void print_conditions(const json_t *base, const json_t *head);

#endif
