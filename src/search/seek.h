/* The search by bounds for a group of queries, over the panels of one level (bounds.h). */
#ifndef KNN_SEEK_H
#define KNN_SEEK_H

#include "bounds.h"

/* Adds to *work. `level` must have panels, and the job's ids must have been checked. */
int knn_seek(const struct knn_job *job, const struct knn_bounds *bounds, int level, struct knn_rows queries, size_t k,
             struct knn_neighbor *neighbors, struct knn_bounds_work *work, struct knn_error *error);

#endif
