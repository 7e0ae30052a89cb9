/* The rows of a data set dealt out to folds, for cross-validation: each fold is the test set once, while the rows of
 * all others are the training set.
 *
 *   contiguous   the rows in their order, cut into folds whose sizes differ by at most one, the larger ones first
 *                (scikit-learn's KFold)
 *   shuffled     the same with the rows in a random order, which the seed alone decides: a Fisher-Yates shuffle by
 *                SplitMix64 (its numbers are not NumPy's, so scikit-learn draws other folds)
 *   stratified   each class spread evenly over the folds, the rows of a class in their order (scikit-learn's
 *                StratifiedKFold without shuffle, which cross_val_score uses for classifiers): a fold gets as many rows
 *                of a class as if rows were sorted by class, classes by their first row, and dealt out round robin */
#ifndef KNN_FOLDS_H
#define KNN_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"

enum knn_fold_split { KNN_STRATIFIED, KNN_CONTIGUOUS, KNN_SHUFFLED, KNN_FOLD_SPLITS };

struct knn_folds {
    size_t count; /* folds, >= 2, none of them empty */
    uint32_t *of; /* the fold of each row */
    size_t *rows; /* how many each fold has */
};

/* "stratified", "contiguous" or "shuffled". */
const char *knn_fold_split_name(enum knn_fold_split split);

/* labels[i] is the class of row i; only stratified folds look at it, and only shuffled ones at the seed. Fails on fewer
 * than two folds or more than rows; for stratified folds on a single class or one of fewer rows than folds; and without
 * memory. Nothing is then left allocated. */
int knn_folds_make(struct knn_folds *folds, enum knn_fold_split split, size_t count, const uint16_t *labels,
                   size_t rows, uint64_t seed, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_folds_free(struct knn_folds *folds);

#endif
