/* What the commands that run a job have in common: progress, results as JSON. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>

#include "engine.h"
#include "evaluate.h"
#include "options.h"
#include "plural.h"

/* The part of a job that a search is: it starts at `done` of the whole and is `share` of it. */
struct progress {
    double start; /* knn_seconds() when the job began */
    double done, share;
};

/* A knn_progress_fn, whose context is a struct progress: a bar on standard error if that is a terminal. Stops the job
 * after an interrupt. */
int on_progress(double done, void *context);
void clear_progress(void);

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
