/* Search over rows that must stay as they are, for another metric or another fold. */
#ifndef KNN_NEAREST_H
#define KNN_NEAREST_H

#include "engine.h"

/* What knn_search finds among `rows`, by this kernel. Rows are packed a part at a time, so that the peak is the rows
 * and a quarter of them. */
int knn_nearest(const struct knn_kernel *kernel, const struct knn_matrix *rows, const struct knn_matrix *queries,
                size_t k, struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress,
                void *context, struct knn_error *error);

#endif
