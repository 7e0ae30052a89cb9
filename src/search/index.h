/* What the classifier asks of an index beside the public calls. */
#ifndef KNN_INDEX_H
#define KNN_INDEX_H

#include "knnmark.h"

/* The options, with defaults for what an older program's do not have and for NULL. Fails on what makes no sense. */
int knn_options_read(struct knn_options *own, const struct knn_options *options, struct knn_error *error);

const struct knn_options *knn_index_options(const struct knn_index *index);
size_t knn_index_rows(const struct knn_index *index);

#endif
