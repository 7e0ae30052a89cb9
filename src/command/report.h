/* What the commands that run a job have in common: results as JSON, the end. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>

#include "evaluate.h"
#include "options.h"
#include "plural.h"
#include "progress.h"

/* Counts, the accuracy and its interval. */
json_t *json_accuracy(size_t right, size_t images);

/* More classes than this, and JSON leaves their confusion matrix out: it is null. */
enum { MOST_CONFUSED = 1000 };

/* The same, by class, and the confusion matrix. */
json_t *json_evaluation(const struct knn_evaluation *evaluation);

/* The exit status of a job that may have failed: it complains of the error. */
int outcome(int failed, const struct knn_error *error);

/* Prints and releases the object; NULL is an object that there was no memory for. */
int print_object(json_t *object, struct knn_error *error);

#endif
