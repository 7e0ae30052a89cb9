#include "vote.h"

#include <math.h>

const char *knn_weights_name(enum knn_weights weights) {
    return weights == KNN_DISTANCE ? "distance" : "uniform";
}

double knn_distance_root(enum knn_metric metric, uint64_t distance) {
    return knn_metrics[metric].root ? sqrt((double)distance) : (double)distance;
}

uint8_t knn_vote(const struct knn_neighbor *neighbors, size_t k, const uint8_t *labels, enum knn_metric metric,
                 enum knn_weights weights, double *shares) {
    double votes[KNN_LABELS] = {0}, all = 0;
    if (weights == KNN_DISTANCE && neighbors[0].distance == 0) {
        while (k > 1 && neighbors[k - 1].distance != 0)
            k--;
        weights = KNN_UNIFORM;
    }
    for (size_t i = 0; i < k; i++) {
        double vote = weights == KNN_DISTANCE ? 1 / knn_distance_root(metric, neighbors[i].distance) : 1;
        votes[labels[neighbors[i].index]] += vote;
        all += vote;
    }
    unsigned winner = 0;
    for (unsigned label = 1; label < KNN_LABELS; label++)
        if (votes[label] > votes[winner])
            winner = label;
    for (unsigned label = 0; shares != NULL && label < KNN_LABELS; label++)
        shares[label] = votes[label] / all;
    return (uint8_t)winner;
}
