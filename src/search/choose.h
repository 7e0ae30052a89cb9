/* Names that users type, turned into CPU features and kernels. */
#ifndef KNN_CHOOSE_H
#define KNN_CHOOSE_H

#include "fail.h"
#include "kernel.h"

/* The CPU features that `isa` leaves, or if that is NULL the environment's KNNMARK_ISA: *features. */
int knn_allowed_features(const char *isa, unsigned *features, struct knn_error *error);

/* The kernel of this name among those `features` can run, the
 * fastest if name is NULL; NULL with an error when there is none. */
const struct knn_kernel *knn_choose_kernel(const char *name, enum knn_metric metric, unsigned features,
                                           struct knn_error *error);

#endif
