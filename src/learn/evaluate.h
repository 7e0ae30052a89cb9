/* How good predictions are: the accuracy with its interval, by class, and which classes are taken for which. */
#ifndef KNN_EVALUATE_H
#define KNN_EVALUATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fail.h"

/* Wilson's interval: it stays within 0 to 1 and is not empty where all or none are right. */
struct knn_interval {
    double low, high;
};

/* The 95 % interval of the share right / all; 0 to 1 if `all` is 0. */
struct knn_interval knn_wilson(size_t right, size_t all);

struct knn_evaluation {
    size_t images, right, classes;
    const char *const *names; /* of the classes; the caller's */
    size_t *start;            /* [classes + 1]: class c's images are ... */
    uint16_t *predictions;    /* ... predictions[start[c]] to predictions[start[c + 1] - 1] */
    size_t *row;              /* of the confusion matrix, [classes] */
};

/* Compares predictions with the labels of `count` images of `classes` classes, whose names must live as long as the
 * evaluation. Fails on a label that is no class, and without memory; nothing is then left allocated. */
int knn_evaluate(struct knn_evaluation *evaluation, const uint16_t *labels, const uint16_t *predicted, size_t count,
                 const char *const *names, size_t classes, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_evaluation_free(struct knn_evaluation *evaluation);

/* Images of a class, and how many of them are right. */
static inline size_t knn_class_images(const struct knn_evaluation *evaluation, size_t label) {
    return evaluation->start[label + 1] - evaluation->start[label];
}
size_t knn_class_right(const struct knn_evaluation *evaluation, size_t label);

/* A row of the confusion matrix: how many images of the class were taken for each. It lasts until the next call for
 * this evaluation. */
const size_t *knn_confusion_row(const struct knn_evaluation *evaluation, size_t label);

/* Checks training images: every label is below `classes`, and at least two classes have images. */
int knn_check_classes(const uint16_t *labels, size_t count, const char *const *names, size_t classes,
                      struct knn_error *error);

/* 0 if `whole` is 0. */
double knn_share(size_t part, size_t whole);

/* For people: the accuracy and its interval, a line a class, the confusion matrix. With many classes it says what it
 * leaves out. */
void knn_evaluation_print(const struct knn_evaluation *evaluation, FILE *stream);

/* The confusion matrix, whole: a row a label, a column a prediction. */
void knn_confusion_csv(const struct knn_evaluation *evaluation, FILE *stream);

#endif
