/* The pilot: how long an epoch of each benchmark should be.
 *
 * A long epoch averages out fast, random noise. It does not help against disturbances that last as long, such as other
 * programs that use the memory. Against these, more and shorter pairs help: what disturbs one epoch of a pair disturbs
 * the other, too. So pairs of base and its copy are timed at some lengths. The best length has the least product of a
 * pair's noise and the square root of its time: it gives the narrowest interval in the same time. Head is not used. */
#include <math.h>

#include "compare.h"
#include "reference.h"

enum { PAIRS = 6 };

static const double lengths[] = {0.008, 0.025, 0.08}; /* seconds */

/* Seconds of one iteration: the fastest of some runs decides, so that a disturbed moment makes no epoch too short. */
static int time_iteration(struct comparison *c, const struct benchmark *b, double target, double *best,
                          struct knn_error *error) {
    enum { TRIES = 3, MOST_DOUBLINGS = 40 };
    double seconds = 0;
    uint64_t n = 1;
    for (int i = 0; i < MOST_DOUBLINGS; i++) {
        if (run_once(&c->children[BASE], b->name, n, &seconds, error) != 0)
            return -1;
        if (seconds >= target / 4)
            break;
        n *= 2;
    }
    *best = seconds / (double)n;
    for (int i = 0; i < TRIES && seconds < target; i++) {
        if (run_once(&c->children[BASE], b->name, n, &seconds, error) != 0)
            return -1;
        *best = fmin(*best, seconds / (double)n);
    }
    return 0;
}

static void set_length(struct benchmark *b, double length, double iteration) {
    const double surplus = 1.1; /* clocks may rise later */
    b->epoch = length;
    b->iterations = (uint64_t)ceil(surplus * length / iteration);
}

/* The noise of a pair times the square root of the time. */
static int try_length(struct comparison *c, const struct benchmark *b, double *noise, struct knn_error *error) {
    double d[PAIRS], start = regress_seconds();
    for (size_t i = 0; i < PAIRS; i++) {
        struct pair pair;
        if (run_pair(c, b, COPY, &pair, error) != 0)
            return -1;
        d[i] = fabs(log(pair.head.seconds / pair.base.seconds));
    }
    *noise = median(d, PAIRS) * sqrt(regress_seconds() - start);
    return 0;
}

static int pilot(struct comparison *c, struct benchmark *b, struct knn_error *error) {
    double iteration, noise, least = INFINITY, best = lengths[0], fixed = c->settings.epoch;
    uint64_t tried = 0;
    if (time_iteration(c, b, fixed > 0 ? fixed : lengths[0], &iteration, error) != 0)
        return -1;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0] && fixed <= 0; i++) {
        set_length(b, lengths[i], iteration);
        if (b->iterations == tried) /* one iteration is longer than that */
            continue;
        tried = b->iterations;
        if (try_length(c, b, &noise, error) != 0)
            return -1;
        if (noise < least) {
            least = noise;
            best = lengths[i];
        }
    }
    set_length(b, fixed > 0 ? fixed : best, iteration);
    return 0;
}

int run_pilot(struct comparison *c, struct knn_error *error) {
    for (size_t i = 0; i < c->count; i++) {
        show_progress("pilot of %s", c->benchmarks[i].name);
        if (pilot(c, &c->benchmarks[i], error) != 0)
            return -1;
    }
    return 0;
}
