#include "vote.h"

#include <math.h>
#include <string.h>

const char *knn_weights_name(enum knn_weights weights) {
    return weights == KNN_DISTANCE ? "distance" : "uniform";
}

double knn_distance_root(enum knn_metric metric, uint64_t distance) {
    return knn_metrics[metric].root ? sqrt((double)distance) : (double)distance;
}

/* The labels of a list, in a hash table that is never more than half full. */
struct poll {
    double votes; /* 0: the place is free */
    uint16_t label;
};

enum { MOST_POLLS = 2048 };
_Static_assert(MOST_POLLS >= 2 * KNN_MAX_K, "there is room for the longest list");

/* Where a label's votes are, or go; `last` is the table's last place, a power of two less 1. */
static struct poll *find(struct poll *polls, size_t last, uint16_t label) {
    size_t at = label & last;
    while (polls[at].votes > 0 && polls[at].label != label)
        at = (at + 1) & last;
    polls[at].label = label;
    return &polls[at];
}

static const struct poll *choose(const struct poll *polls, size_t last) {
    const struct poll *winner = polls;
    for (size_t i = 1; i <= last; i++)
        if (polls[i].votes > winner->votes || (polls[i].votes == winner->votes && polls[i].label < winner->label))
            winner = &polls[i];
    return winner;
}

uint16_t knn_vote(const struct knn_neighbor *neighbors, size_t k, const uint16_t *labels, enum knn_metric metric,
                  enum knn_weights weights, double *shares, size_t classes) {
    struct poll polls[MOST_POLLS];
    double all = 0;
    size_t last = 1;
    if (weights == KNN_DISTANCE && neighbors[0].distance == 0) {
        while (k > 1 && neighbors[k - 1].distance != 0)
            k--;
        weights = KNN_UNIFORM;
    }
    if (k > KNN_MAX_K)
        k = KNN_MAX_K;
    while (last + 1 < 2 * k)
        last = 2 * last + 1;
    memset(polls, 0, (last + 1) * sizeof *polls);
    for (size_t i = 0; i < k; i++) {
        double vote = weights == KNN_DISTANCE ? 1 / knn_distance_root(metric, neighbors[i].distance) : 1;
        find(polls, last, labels[neighbors[i].id])->votes += vote;
        all += vote;
    }
    for (size_t label = 0; shares != NULL && label < classes; label++)
        shares[label] = 0;
    for (size_t i = 0; shares != NULL && i <= last; i++)
        if (polls[i].votes > 0)
            shares[polls[i].label] = polls[i].votes / all;
    return choose(polls, last)->label;
}
