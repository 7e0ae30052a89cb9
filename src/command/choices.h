/* What tune and cv have in common: they search by each of the metrics, and vote by each k. */
#ifndef CHOICES_H
#define CHOICES_H

#include "options.h"
#include "progress.h"

/* The options of the search by the i-th metric, which is its part of the progress. */
struct knn_options choice_options(const struct arguments *arguments, size_t i, struct progress *progress);

/* The line of votes, threads and kernels, without its end. */
void print_method(const struct arguments *arguments, unsigned threads);

#endif
