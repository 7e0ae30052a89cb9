#include "ways.h"

#include <math.h>

/* A single slow group may have been disturbed, so a way's time grows by no more than SLOWER at once. The times of the
 * other ways shrink by FORGET meanwhile, so that a way which once looked slow is tried again in the end. */
static const float SLOWER = 1.25F, FORGET = 0.998F;

size_t knn_ways_kind(size_t k, size_t queries) {
    static const size_t most_k[] = {4, 32}, most_queries[] = {2, 32, 256};
    size_t kind = 0, batch = 0;
    while (kind < sizeof most_k / sizeof most_k[0] && k > most_k[kind])
        kind++;
    while (batch < sizeof most_queries / sizeof most_queries[0] && queries > most_queries[batch])
        batch++;
    return kind * 4 + batch;
}

size_t knn_ways_best(const struct knn_ways *ways, unsigned allowed) {
    size_t best = KNN_WAYS;
    float least = INFINITY;
    for (size_t i = 0; i < KNN_WAYS; i++) {
        float seconds = ways->seconds[i];
        int guessed = i != KNN_IN_FULL || seconds != 0;
        if ((allowed >> i & 1) != 0 && guessed && fabsf(seconds) < least) {
            best = i;
            least = fabsf(seconds);
        }
    }
    return best;
}

int knn_ways_known(const struct knn_ways *ways, size_t way) {
    return ways->seconds[way] > 0;
}

void knn_ways_note(struct knn_ways *ways, size_t way, double seconds) {
    float now = (float)seconds, before = ways->seconds[way];
    if (ways->groups++ == 0)
        return;
    ways->seconds[way] = before > 0 ? fminf(now, before * SLOWER) : now;
    for (size_t i = 0; i < KNN_WAYS; i++)
        if (i != way)
            ways->seconds[i] = ways->seconds[i] * FORGET;
}

void knn_ways_guess(struct knn_ways *ways, size_t way, double seconds) {
    if (ways->seconds[way] <= 0)
        ways->seconds[way] = (float)-seconds;
}
