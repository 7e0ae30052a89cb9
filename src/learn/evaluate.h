/* How good predictions are: the accuracy with its interval, by class, and which classes are taken for which. */
#ifndef KNN_EVALUATE_H
#define KNN_EVALUATE_H

#include <stdio.h>

#include "dataset.h"

/* Wilson's interval: it stays within 0 to 1 and is not empty where all or none are right. */
struct knn_interval {
    double low, high;
};

/* The 95 % interval of the share right / all; 0 to 1 of none. */
struct knn_interval knn_wilson(size_t right, size_t all);

struct knn_evaluation {
    size_t images, right;
    size_t images_of[KNN_CLASSES];              /* by label */
    size_t confusion[KNN_CLASSES][KNN_CLASSES]; /* [label][prediction] */
};

/* Compares predictions with the labels of `count` images. Fails on a label that the class list does not have. */
int knn_evaluate(struct knn_evaluation *evaluation, const uint16_t *labels, const uint16_t *predicted, size_t count,
                 struct knn_error *error);

/* Training images that can teach something: every label is in the class list, and there are at least two classes. */
int knn_check_classes(const uint16_t *labels, size_t count, struct knn_error *error);

/* 0 of none. */
double knn_share(size_t part, size_t whole);

/* For people: the accuracy and its interval, a line a class, the confusion matrix. */
void knn_evaluation_print(const struct knn_evaluation *evaluation, FILE *stream);

/* The confusion matrix: a row a label, a column a prediction. */
void knn_confusion_csv(const struct knn_evaluation *evaluation, FILE *stream);

#endif
