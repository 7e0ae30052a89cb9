/* Which way of searching is the fastest, as searches have found out: over one of the levels, or among the rows in full.
 * Every group of queries notes its time, and later groups, of the same call or another, take the fastest way. What pays
 * depends on k and on how many queries come together, so each kind of search learns on its own. Threads may share
 * these. */
#ifndef KNN_WAYS_H
#define KNN_WAYS_H

#include <stddef.h>

#include "level.h"

enum { KNN_IN_FULL = KNN_LEVELS, KNN_WAYS };

/* The seconds of a query, each way; negative if not measured but guessed. The first guess of a level is no time at all,
 * so that it is tried. */
struct knn_ways {
    _Atomic float seconds[KNN_WAYS];
    _Atomic unsigned groups; /* noted so far */
};

enum { KNN_WAYS_KINDS = 12 };

/* The kind of a search: a number below KNN_WAYS_KINDS. */
size_t knn_ways_kind(size_t k, size_t queries);

/* The fastest way of those that `allowed` has a bit for; a level of which nothing is known comes first. */
size_t knn_ways_best(const struct knn_ways *ways, unsigned allowed);

/* 1 if a way was measured. */
int knn_ways_known(const struct knn_ways *ways, size_t way);

/* Notes what a way took. The first group of all only warms up and is not counted. */
void knn_ways_note(struct knn_ways *ways, size_t way, double seconds);

/* Guesses the least that a way may take, until it is measured. */
void knn_ways_guess(struct knn_ways *ways, size_t way, double seconds);

#endif
