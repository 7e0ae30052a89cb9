#include "folds.h"

#include <stdlib.h>

#include "random.h"
#include "schedule.h"

const char *knn_fold_split_name(enum knn_fold_split split) {
    static const char *const names[KNN_FOLD_SPLITS] = {
        [KNN_STRATIFIED] = "stratified", [KNN_CONTIGUOUS] = "contiguous", [KNN_SHUFFLED] = "shuffled"};
    return names[split];
}

/* -- which fold a row is in ---------------------------------------------------------------------------------------- */

static void shuffle(uint32_t *order, size_t rows, uint64_t seed) {
    for (size_t i = rows; i > 1; i--) {
        size_t j = (size_t)(knn_random(&seed) % i); /* uneven by i in 2^64 */
        uint32_t row = order[j];
        order[j] = order[i - 1];
        order[i - 1] = row;
    }
}

/* Cuts the rows, in this order, into folds. */
static void cut(uint32_t *fold_of, const uint32_t *order, size_t rows, size_t folds) {
    for (size_t f = 0; f < folds; f++)
        for (size_t i = knn_part(rows, folds, f); i < knn_part(rows, folds, f + 1); i++)
            fold_of[order[i]] = (uint32_t)f;
}

struct class {
    size_t rows;
    size_t first; /* its first row's place when rows are sorted by class */
    size_t fold;  /* the fold that its next row goes to ... */
    size_t left;  /* ... and how many still go there */
    int seen;
};

/* Rows of a class that a fold gets: those whose places leave the remainder `fold` when divided by `folds`. */
static size_t rows_in_fold(const struct class *class, size_t fold, size_t folds) {
    size_t before = (class->first + folds - 1 - fold) / folds;
    return (class->first + class->rows + folds - 1 - fold) / folds - before;
}

static void stratify(uint32_t *fold_of, struct class *classes, const uint16_t *labels, size_t rows, size_t folds) {
    size_t place = 0;
    for (size_t i = 0; i < rows && place < rows; i++) {
        struct class *class = &classes[labels[i]];
        if (class->seen)
            continue;
        class->seen = 1;
        class->first = place;
        class->left = rows_in_fold(class, 0, folds);
        place += class->rows;
    }
    for (size_t i = 0; i < rows; i++) {
        struct class *class = &classes[labels[i]];
        while (class->left == 0)
            class->left = rows_in_fold(class, ++class->fold, folds);
        class->left--;
        fold_of[i] = (uint32_t) class->fold;
    }
}

/* Counts the rows of every class, and refuses what cannot be spread. */
static int count_classes(struct class *classes, const uint16_t *labels, size_t rows, size_t folds,
                         struct knn_error *error) {
    size_t smallest = labels[0];
    for (size_t i = 0; i < rows; i++)
        classes[labels[i]].rows++;
    if (classes[labels[0]].rows == rows)
        return knn_fail(error, "all %zu rows are of class %u: stratified folds need two classes, use more rows", rows,
                        labels[0]);
    for (size_t label = 0; label <= UINT16_MAX; label++)
        if (classes[label].rows > 0 && classes[label].rows < classes[smallest].rows)
            smallest = label;
    if (classes[smallest].rows < folds)
        return knn_fail(error,
                        "class %zu has %zu rows, too few for %zu stratified folds: use fewer folds, more rows or "
                        "another split",
                        smallest, classes[smallest].rows, folds);
    return 0;
}

static int deal_classes(uint32_t *fold_of, const uint16_t *labels, size_t rows, size_t folds, struct knn_error *error) {
    struct class *classes = calloc(UINT16_MAX + 1, sizeof *classes);
    if (classes == NULL)
        return knn_fail(error, "no memory to count the rows of every class: close other programs");
    int status = count_classes(classes, labels, rows, folds, error);
    if (status == 0)
        stratify(fold_of, classes, labels, rows, folds);
    free(classes);
    return status;
}

/* -- folds --------------------------------------------------------------------------------------------------------- */

static int deal(const struct knn_folds *folds, uint32_t *order, enum knn_fold_split split, const uint16_t *labels,
                size_t rows, uint64_t seed, struct knn_error *error) {
    if (split == KNN_STRATIFIED) {
        if (deal_classes(folds->of, labels, rows, folds->count, error) != 0)
            return -1;
    } else {
        for (size_t i = 0; i < rows; i++)
            order[i] = (uint32_t)i;
        if (split == KNN_SHUFFLED)
            shuffle(order, rows, seed);
        cut(folds->of, order, rows, folds->count);
    }
    for (size_t i = 0; i < rows; i++)
        folds->rows[folds->of[i]]++;
    return 0;
}

int knn_folds_make(struct knn_folds *folds, enum knn_fold_split split, size_t count, const uint16_t *labels,
                   size_t rows, uint64_t seed, struct knn_error *error) {
    *folds = (struct knn_folds){0};
    if (count < 2)
        return knn_fail(error, "folds = %zu: use at least 2", count);
    if (rows > UINT32_MAX)
        return knn_fail(error, "%zu rows are too many: at most %u", rows, UINT32_MAX);
    if (count > rows)
        return knn_fail(error, "%zu folds of %zu rows would leave a fold empty: use fewer folds", count, rows);
    uint32_t *order = calloc(rows, sizeof *order);
    folds->count = count;
    folds->of = calloc(rows, sizeof *folds->of);
    folds->rows = calloc(count, sizeof *folds->rows);
    int status = -1;
    if (order == NULL || folds->of == NULL || folds->rows == NULL)
        knn_fail(error, "no memory to deal %zu rows out to %zu folds", rows, count);
    else
        status = deal(folds, order, split, labels, rows, seed, error);
    free(order);
    if (status != 0)
        knn_folds_free(folds);
    return status;
}

void knn_folds_free(struct knn_folds *folds) {
    free(folds->of);
    free(folds->rows);
    *folds = (struct knn_folds){0};
}
