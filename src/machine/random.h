/* SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): a counter, scrambled
 * until no bit of it shows. A seed gives the same numbers on every machine. */
#ifndef KNN_RANDOM_H
#define KNN_RANDOM_H

#include <stdint.h>

static inline uint64_t knn_scramble(uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline uint64_t knn_random(uint64_t *state) {
    return knn_scramble(*state += 0x9e3779b97f4a7c15);
}

#endif
