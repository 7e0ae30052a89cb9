#include "knn.h"

#include <stdlib.h>
#include <string.h>

struct knn_classifier {
    struct knn_options options;
    struct knn_team team;
    struct knn_panels panels;
    uint16_t *labels;
};

static int learn(struct knn_classifier *c, const struct knn_matrix *X, const uint16_t *y, struct knn_error *error) {
    const struct knn_options *options = &c->options;
    if (options->k > KNN_MAX_K)
        return knn_fail(error, "k = %zu: k must be from 1 to %d", options->k, KNN_MAX_K);
    if (options->k > X->rows)
        return knn_fail(error, "k = %zu is more than the %zu training rows: use a smaller k", options->k, X->rows);
    unsigned features;
    if (knn_allowed_features(options->isa, &features, error) != 0)
        return -1;
    const struct knn_kernel *kernel = knn_choose_kernel(options->kernel, options->metric, features, error);
    if (kernel == NULL || knn_team_open(&c->team, options->threads, options->binding != KNN_BIND_NEVER, error) != 0)
        return -1;
    c->team.bound =
        options->binding == KNN_BIND_ALWAYS || (options->binding == KNN_BIND_SEVERAL && c->team.threads > 1);
    c->labels = malloc(X->rows * sizeof *c->labels);
    if (c->labels == NULL)
        return knn_fail(error, "no memory for %zu labels", X->rows);
    memcpy(c->labels, y, X->rows * sizeof *c->labels);
    return knn_panels_pack(&c->panels, kernel, X, options->consume, &c->team, error);
}

int knn_train(struct knn_classifier **classifier, const struct knn_matrix *X, const uint16_t *y,
              const struct knn_options *options, struct knn_error *error) {
    struct knn_classifier *c = *classifier = calloc(1, sizeof *c);
    if (c == NULL)
        return knn_fail(error, "no memory for a classifier");
    c->options = *options;
    if (c->options.k == 0)
        c->options.k = 1;
    if (learn(c, X, y, error) == 0)
        return 0;
    knn_classifier_free(c);
    *classifier = NULL;
    return -1;
}

int knn_predict(const struct knn_classifier *classifier, const struct knn_matrix *X, uint16_t *labels,
                struct knn_neighbor *neighbors, struct knn_error *error) {
    size_t k = classifier->options.k;
    struct knn_neighbor *found = neighbors != NULL ? neighbors : malloc(X->rows * k * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for %zu times %zu neighbours: use fewer queries or a smaller k", X->rows, k);
    int status = knn_search(&classifier->panels, X, k, found, &classifier->team, classifier->options.progress,
                            classifier->options.context, error);
    if (status == 0)
        for (size_t i = 0; i < X->rows; i++)
            labels[i] = knn_vote(found + i * k, k, classifier->labels, classifier->options.metric,
                                 classifier->options.weights, NULL, 0);
    if (neighbors == NULL)
        free(found);
    return status;
}

const struct knn_kernel *knn_classifier_kernel(const struct knn_classifier *classifier) {
    return classifier->panels.kernel;
}

unsigned knn_classifier_threads(const struct knn_classifier *classifier) {
    return classifier->team.threads;
}

void knn_classifier_free(struct knn_classifier *classifier) {
    if (classifier == NULL)
        return;
    knn_panels_free(&classifier->panels);
    knn_team_close(&classifier->team);
    free(classifier->labels);
    free(classifier);
}
