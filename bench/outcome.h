/* What a run gave, as its result file has it: so that the tables which end it are those that knnmark-report makes of
 * the file. */
#ifndef BENCH_OUTCOME_H
#define BENCH_OUTCOME_H

#include <jansson.h>
#include <stdio.h>

#include "bench.h"

struct outcome {
    const struct bench *bench;
    int unfinished;     /* though gb_stop_run was not called */
    json_t *benchmarks; /* entries of a result file; NULL at first */
    char *provenance;   /* what outcome_describe gave last */
    int undescribed;    /* it failed */
    double told;        /* when somebody was last told what is running, by whoever tells */
};

/* For struct gb_reporting, with the outcome as their context. */
void outcome_take(const struct gb_result *result, void *outcome);
const char *outcome_describe(void *outcome);

/* The tables; nothing if nothing was measured. */
int outcome_print(struct outcome *outcome, FILE *stream, struct knn_error *error);
void outcome_free(struct outcome *outcome);

#endif
