/* Names that users type, turned into CPU features and kernels. */
#ifndef KNN_CHOOSE_H
#define KNN_CHOOSE_H

#include "fail.h"
#include "kernel.h"

/* Sets *features to those that `isa` allows or, if it is NULL, the environment's KNNMARK_ISA. */
int knn_allowed_features(const char *isa, unsigned *features, struct knn_error *error);

/* The kernel of this name, or the fastest if name is NULL, among those that `features` can run; NULL with an error when
 * there is none. */
const struct knn_kernel *knn_choose_kernel(const char *name, enum knn_metric metric, unsigned features,
                                           struct knn_error *error);

#endif
