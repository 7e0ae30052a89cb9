/* Where a data set's specification leads. */
#ifndef KNN_FIND_H
#define KNN_FIND_H

#include <limits.h>

#include "reader.h"

struct knn_find {
    const struct knn_format *format;
    const char *variant; /* NULL: none was named */
    char path[PATH_MAX]; /* of the folder, archive or file that holds it */
};

/* For any specification but a synthetic one. */
int knn_dataset_find(struct knn_find *found, const char *spec, struct knn_error *error);

#endif
