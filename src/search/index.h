/* What the classifier asks of an index beside the public calls. */
#ifndef KNN_INDEX_H
#define KNN_INDEX_H

#include "knnmark.h"

const struct knn_options *knn_index_options(const struct knn_index *index);

#endif
