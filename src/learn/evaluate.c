#include "evaluate.h"

#include <math.h>

double knn_share(size_t part, size_t whole) {
    return whole > 0 ? (double)part / (double)whole : 0;
}

struct knn_interval knn_wilson(size_t right, size_t all) {
    const double z = 1.959963984540054; /* 97.5 % of a normal distribution are below */
    if (all == 0)
        return (struct knn_interval){0, 1};
    double n = (double)all, p = (double)right / n, shrink = 1 / (1 + z * z / n);
    double centre = (p + z * z / (2 * n)) * shrink;
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) * shrink;
    return (struct knn_interval){right == 0 ? 0 : centre - half, right == all ? 1 : centre + half};
}

/* -- counting ------------------------------------------------------------------------------------------------------ */

static int check_label(const char *what, size_t image, uint16_t label, struct knn_error *error) {
    if (label < KNN_CLASSES)
        return 0;
    return knn_fail(error, "the %s of image %zu is %d, which the class list does not have: use labels 0 to %d", what,
                    image, label, KNN_CLASSES - 1);
}

int knn_evaluate(struct knn_evaluation *evaluation, const uint16_t *labels, const uint16_t *predicted, size_t count,
                 struct knn_error *error) {
    *evaluation = (struct knn_evaluation){.images = count};
    for (size_t i = 0; i < count; i++) {
        if (check_label("label", i, labels[i], error) != 0 || check_label("prediction", i, predicted[i], error) != 0)
            return -1;
        evaluation->right += predicted[i] == labels[i];
        evaluation->images_of[labels[i]]++;
        evaluation->confusion[labels[i]][predicted[i]]++;
    }
    return 0;
}

int knn_check_classes(const uint16_t *labels, size_t count, struct knn_error *error) {
    int several = 0;
    for (size_t i = 0; i < count; i++) {
        if (check_label("label", i, labels[i], error) != 0)
            return -1;
        several |= labels[i] != labels[0];
    }
    if (count == 0)
        return knn_fail(error, "there is no image to train on: use more");
    if (!several)
        return knn_fail(error, "all training images (%zu) are of class %s: use images of two classes or more", count,
                        knn_class_names[labels[0]]);
    return 0;
}

/* -- printing ------------------------------------------------------------------------------------------------------ */

void knn_evaluation_print(const struct knn_evaluation *e, FILE *stream) {
    enum { SHORT = 5 }; /* letters of a class above its column */
    struct knn_interval all = knn_wilson(e->right, e->images);
    fprintf(stream, "accuracy  %.2f %% (%zu of %zu; guessing gives %.0f %%), 95 %% interval %.2f to %.2f %%\n",
            100 * knn_share(e->right, e->images), e->right, e->images, 100.0 / KNN_CLASSES, 100 * all.low,
            100 * all.high);
    for (size_t c = 0; c < KNN_CLASSES; c++) {
        if (e->images_of[c] == 0)
            continue;
        struct knn_interval own = knn_wilson(e->confusion[c][c], e->images_of[c]);
        fprintf(stream, "  %-12s %6.2f %% (%zu of %zu), %.2f to %.2f %%\n", knn_class_names[c],
                100 * knn_share(e->confusion[c][c], e->images_of[c]), e->confusion[c][c], e->images_of[c],
                100 * own.low, 100 * own.high);
    }
    fprintf(stream, "confusion (a row a label, a column a prediction)\n  %-12s", "");
    for (size_t c = 0; c < KNN_CLASSES; c++)
        fprintf(stream, " %*.*s", SHORT, SHORT, knn_class_names[c]);
    for (size_t c = 0; c < KNN_CLASSES; c++) {
        fprintf(stream, "\n  %-12s", knn_class_names[c]);
        for (size_t p = 0; p < KNN_CLASSES; p++)
            fprintf(stream, " %*zu", SHORT, e->confusion[c][p]);
    }
    fputc('\n', stream);
}

void knn_confusion_csv(const struct knn_evaluation *e, FILE *stream) {
    fputs("label", stream);
    for (size_t c = 0; c < KNN_CLASSES; c++)
        fprintf(stream, ",%s", knn_class_names[c]);
    for (size_t c = 0; c < KNN_CLASSES; c++) {
        fprintf(stream, "\n%s", knn_class_names[c]);
        for (size_t p = 0; p < KNN_CLASSES; p++)
            fprintf(stream, ",%zu", e->confusion[c][p]);
    }
    fputc('\n', stream);
}
