/* The public calls (knnmark.h) of the classifier. */
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "setup.h"

struct knn_classifier {
    struct knn_index *index;
    uint16_t *labels;
    size_t classes;
};

static int remember(struct knn_classifier *c, const uint16_t *y, size_t rows, struct knn_error *error) {
    c->labels = malloc(rows * sizeof *c->labels);
    if (c->labels == NULL)
        return knn_fail(error, "no memory for %zu labels", rows);
    memcpy(c->labels, y, rows * sizeof *c->labels);
    for (size_t i = 0; i < rows; i++)
        if (c->classes <= y[i])
            c->classes = y[i] + (size_t)1;
    return 0;
}

/* Labels go by the rows' numbers, so ids must be these. */
static int check(const struct knn_rows *X, const struct knn_options *options, struct knn_error *error) {
    if (options->ids != NULL || options->first_id != 0)
        return knn_fail(error, "a classifier has no ids but its rows' numbers: leave ids and first_id out");
    if (knn_check_k(options->k, error) != 0)
        return -1;
    if (options->k > X->rows)
        return knn_fail(error, "k = %zu is more than the %zu training rows: use a smaller k", options->k, X->rows);
    return 0;
}

static int train(struct knn_classifier **classifier, struct knn_rows *X, const uint16_t *y, int consume,
                 const struct knn_options *options, struct knn_error *error) {
    struct knn_options own;
    *classifier = NULL;
    if (knn_options_read(&own, options, error) != 0 || check(X, &own, error) != 0)
        return -1;
    struct knn_classifier *c = calloc(1, sizeof *c);
    if (c == NULL)
        return knn_fail(error, "no memory for a classifier");
    if (remember(c, y, X->rows, error) == 0 && (consume ? knn_index_consume(&c->index, X, options, error)
                                                        : knn_index_create(&c->index, X, options, error)) == 0) {
        *classifier = c;
        return 0;
    }
    knn_classifier_free(c);
    return -1;
}

int knn_train(struct knn_classifier **classifier, const struct knn_rows *X, const uint16_t *y,
              const struct knn_options *options, struct knn_error *error) {
    struct knn_rows rows = *X;
    return train(classifier, &rows, y, 0, options, error);
}

int knn_train_consuming(struct knn_classifier **classifier, struct knn_rows *X, const uint16_t *y,
                        const struct knn_options *options, struct knn_error *error) {
    return train(classifier, X, y, 1, options, error);
}

int knn_predict(const struct knn_classifier *classifier, const struct knn_rows *X, uint16_t *labels, double *shares,
                struct knn_neighbor *neighbors, struct knn_error *error) {
    const struct knn_options *options = knn_index_options(classifier->index);
    size_t k = options->k, classes = classifier->classes;
    struct knn_neighbor *found = neighbors != NULL ? neighbors : calloc(X->rows * k + 1, sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for %zu times %zu neighbours: use fewer queries or a smaller k", X->rows, k);
    int status = knn_index_search(classifier->index, X, k, found, error);
    for (size_t i = 0; status == 0 && i < X->rows; i++)
        labels[i] = knn_vote(found + i * k, k, classifier->labels, options->metric, options->weights,
                             shares != NULL ? shares + i * classes : NULL, classes);
    if (neighbors == NULL)
        free(found);
    return status;
}

size_t knn_classifier_classes(const struct knn_classifier *classifier) {
    return classifier->classes;
}

const struct knn_index *knn_classifier_index(const struct knn_classifier *classifier) {
    return classifier->index;
}

void knn_classifier_free(struct knn_classifier *classifier) {
    if (classifier == NULL)
        return;
    knn_index_free(classifier->index);
    free(classifier->labels);
    free(classifier);
}
