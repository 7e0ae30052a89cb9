/* Which rows of a file are read: for one process all of them, for one of several its part. */
#ifndef KNN_SHARE_H
#define KNN_SHARE_H

#include "arith.h"

/* The file's first `limit` rows (0: all) are cut into `parts` parts (0: one), and this is part number `part`. */
struct knn_share {
    size_t part, parts, limit;
};

/* The rows of a share: `count` rows from `first` on, of `all` in the file. */
struct knn_span {
    size_t first, count, all;
};

static inline struct knn_span knn_span_of(struct knn_share share, size_t all) {
    size_t taken = share.limit > 0 ? knn_min(share.limit, all) : all, parts = knn_max(share.parts, 1);
    size_t first = knn_part(taken, parts, share.part);
    return (struct knn_span){first, knn_part(taken, parts, share.part + 1) - first, all};
}

#endif
