/* Answers that were right or wrong, as JSON. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>

#include "evaluate.h"

/* Counts, the accuracy and its interval. */
json_t *json_accuracy(size_t right, size_t images);

/* More classes than this, and JSON leaves their confusion matrix out: it is null. */
enum { MOST_CONFUSED = 1000 };

/* The same, by class, and the confusion matrix. */
json_t *json_evaluation(const struct knn_evaluation *evaluation);

#endif
