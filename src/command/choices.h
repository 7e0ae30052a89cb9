/* What tune and cv have in common: they search by each of the metrics, and vote by each k. */
#ifndef CHOICES_H
#define CHOICES_H

#include "options.h"
#include "progress.h"

/* The options of the search by the i-th metric; *progress becomes the part of the job that it is. */
struct knn_options choice_options(const struct arguments *arguments, size_t i, struct progress *progress);

/* The line of votes, threads and kernels. */
void print_method(const struct arguments *arguments, unsigned threads);

/* The words before a rate of distances if they need not all have been computed. */
const char *as_good_as(const struct arguments *arguments);

#endif
