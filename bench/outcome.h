/* The results of a run as its result file has them: so the tables at its end are those that knnmark-report makes from
 * the file. */
#ifndef BENCH_OUTCOME_H
#define BENCH_OUTCOME_H

#include <jansson.h>
#include <stdio.h>

#include "bench.h"

struct outcome {
    const struct bench *bench;
    int unfinished;     /* 1: not finished, though gb_stop_run was not called */
    json_t *benchmarks; /* entries of a result file; NULL at first */
    char *provenance;   /* what outcome_describe gave last */
    int undescribed;    /* 1: outcome_describe failed */
    double told;        /* when progress was last shown */
};

/* For struct gb_reporting, with the outcome as their context. */
void outcome_take(const struct gb_result *result, void *outcome);
const char *outcome_describe(void *outcome);

/* The tables; nothing if nothing was measured. */
int outcome_print(struct outcome *outcome, FILE *stream, struct knn_error *error);
void outcome_free(struct outcome *outcome);

#endif
