/* Words that are counted. */
#ifndef KNN_PLURAL_H
#define KNN_PLURAL_H

#include <stddef.h>

/* The ending of a regular noun: printf("%zu row%s", n, knn_plural(n)). */
static inline const char *knn_plural(size_t count) {
    return count == 1 ? "" : "s";
}

#endif
