/* The weaker check: two result files of knnmark-bench from one machine, compared by the shares of the measured ceilings
 * (`of_ceiling`). The files were not measured in turn, so what drifted between them and hits kernels and ceilings
 * differently passes for a change of the code. A benchmark counts by the range of its repetitions: it is slower when
 * even its best repetition is below the baseline's worst by more than the threshold. So a "slower" is measured again,
 * and has to be so by the repetitions of both runs. */
#ifndef REGRESS_BASELINE_H
#define REGRESS_BASELINE_H

#include "compare.h"

enum { MOST_CURRENT = 2 }; /* files */

/* The current files are one or, once it was measured again, two, then NULL if there is room: their repetitions count
 * together. Prints a table and sets *outcome; -1 if a file cannot be read or is of an interrupted run, if machine, data
 * or threads differ (all that differs is listed), or if a benchmark is missing or has no range. With settings->list the
 * current file may still lack its benchmarks, and nothing is compared. */
int compare_baseline(const char *baseline, const char *const *current, const struct settings *settings, int *outcome,
                     struct knn_error *error);

#endif
