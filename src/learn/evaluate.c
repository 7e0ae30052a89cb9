#include "evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int check_label(const char *what, size_t image, uint16_t label, size_t classes, struct knn_error *error) {
    if (label < classes)
        return 0;
    return knn_fail(error, "the %s of image %zu is %d, which the class list does not have: use labels 0 to %zu", what,
                    image, label, classes - 1);
}

static int count_labels(struct knn_evaluation *e, const uint16_t *labels, const uint16_t *predicted,
                        struct knn_error *error) {
    for (size_t i = 0; i < e->images; i++) {
        if (check_label("label", i, labels[i], e->classes, error) != 0 ||
            check_label("prediction", i, predicted[i], e->classes, error) != 0)
            return -1;
        e->right += predicted[i] == labels[i];
        e->start[labels[i] + 1]++;
    }
    for (size_t c = 0; c < e->classes; c++)
        e->start[c + 1] += e->start[c];
    return 0;
}

/* Sorts the predictions by label. */
static void collect(struct knn_evaluation *e, const uint16_t *labels, const uint16_t *predicted) {
    for (size_t i = 0; i < e->images; i++)
        e->predictions[e->start[labels[i]]++] = predicted[i]; /* each start becomes the next class's */
    for (size_t c = e->classes; c > 0; c--)
        e->start[c] = e->start[c - 1];
    e->start[0] = 0;
}

int knn_evaluate(struct knn_evaluation *evaluation, const uint16_t *labels, const uint16_t *predicted, size_t count,
                 const char *const *names, size_t classes, struct knn_error *error) {
    *evaluation = (struct knn_evaluation){.images = count, .classes = classes, .names = names};
    evaluation->start = calloc(classes + 1, sizeof *evaluation->start);
    evaluation->predictions = calloc(count + 1, sizeof *evaluation->predictions);
    evaluation->row = calloc(classes, sizeof *evaluation->row);
    int status = evaluation->start == NULL || evaluation->predictions == NULL || evaluation->row == NULL
                     ? knn_fail(error, "no memory to count %zu answers: close other programs", count)
                     : count_labels(evaluation, labels, predicted, error);
    if (status == 0)
        collect(evaluation, labels, predicted);
    else
        knn_evaluation_free(evaluation);
    return status;
}

void knn_evaluation_free(struct knn_evaluation *evaluation) {
    free(evaluation->start);
    free(evaluation->predictions);
    free(evaluation->row);
    *evaluation = (struct knn_evaluation){0};
}

size_t knn_class_right(const struct knn_evaluation *e, size_t label) {
    size_t right = 0;
    for (size_t i = e->start[label]; i < e->start[label + 1]; i++)
        right += e->predictions[i] == label;
    return right;
}

const size_t *knn_confusion_row(const struct knn_evaluation *e, size_t label) {
    memset(e->row, 0, e->classes * sizeof *e->row);
    for (size_t i = e->start[label]; i < e->start[label + 1]; i++)
        e->row[e->predictions[i]]++;
    return e->row;
}

int knn_check_classes(const uint16_t *labels, size_t count, const char *const *names, size_t classes,
                      struct knn_error *error) {
    int several = 0;
    for (size_t i = 0; i < count; i++) {
        if (check_label("label", i, labels[i], classes, error) != 0)
            return -1;
        several |= labels[i] != labels[0];
    }
    if (count == 0)
        return knn_fail(error, "there is no image to train on: use more");
    if (!several)
        return knn_fail(error, "all training images (%zu) are of class %s: use images of two classes or more", count,
                        names[labels[0]]);
    return 0;
}

/* -- printing ------------------------------------------------------------------------------------------------------ */

enum { LINES = 100, COLUMNS = 20 }; /* classes that a list, and a matrix, may have on a page */

static void print_classes(const struct knn_evaluation *e, FILE *stream) {
    for (size_t c = 0; c < e->classes; c++) {
        size_t right = knn_class_right(e, c), images = knn_class_images(e, c);
        if (images == 0)
            continue;
        struct knn_interval own = knn_wilson(right, images);
        fprintf(stream, "  %-12s %6.2f %% (%zu of %zu), %.2f to %.2f %%\n", e->names[c], 100 * knn_share(right, images),
                right, images, 100 * own.low, 100 * own.high);
    }
}

static void print_confusion(const struct knn_evaluation *e, FILE *stream) {
    enum { SHORT = 5 }; /* letters of a class above its column */
    fprintf(stream, "confusion (a row a label, a column a prediction)\n  %-12s", "");
    for (size_t c = 0; c < e->classes; c++)
        fprintf(stream, " %*.*s", SHORT, SHORT, e->names[c]);
    for (size_t c = 0; c < e->classes; c++) {
        const size_t *counts = knn_confusion_row(e, c);
        fprintf(stream, "\n  %-12s", e->names[c]);
        for (size_t p = 0; p < e->classes; p++)
            fprintf(stream, " %*zu", SHORT, counts[p]);
    }
    fputc('\n', stream);
}

void knn_evaluation_print(const struct knn_evaluation *e, FILE *stream) {
    struct knn_interval all = knn_wilson(e->right, e->images);
    fprintf(stream, "accuracy  %.2f %% (%zu of %zu; guessing gives %.3g %%), 95 %% interval %.2f to %.2f %%\n",
            100 * knn_share(e->right, e->images), e->right, e->images, 100.0 / (double)e->classes, 100 * all.low,
            100 * all.high);
    if (e->classes <= LINES)
        print_classes(e, stream);
    else
        fprintf(stream, "  %zu classes are too many for a page: --json has them\n", e->classes);
    if (e->classes <= COLUMNS)
        print_confusion(e, stream);
    else
        fprintf(stream, "confusion %zu x %zu classes: too many for a page, --confusion FILE writes them\n", e->classes,
                e->classes);
}

void knn_confusion_csv(const struct knn_evaluation *e, FILE *stream) {
    fputs("label", stream);
    for (size_t c = 0; c < e->classes; c++)
        fprintf(stream, ",%s", e->names[c]);
    for (size_t c = 0; c < e->classes && !ferror(stream); c++) {
        const size_t *counts = knn_confusion_row(e, c);
        fprintf(stream, "\n%s", e->names[c]);
        for (size_t p = 0; p < e->classes; p++)
            fprintf(stream, ",%zu", counts[p]);
    }
    fputc('\n', stream);
}
