/* How a function of the library says what went wrong: it returns -1 (0 is success) and leaves one line for people in
 * the caller's struct knn_error: what is wrong and what to do about it, without a final full stop or newline. */
#ifndef KNN_FAIL_H
#define KNN_FAIL_H

#include "knnmark.h"

/* Writes the message and returns -1, so that `return knn_fail(error, ...)` is the whole of a failure. A message that
 * is already there is replaced. */
__attribute__((format(printf, 2, 3))) int knn_fail(struct knn_error *error, const char *format, ...);

#endif
