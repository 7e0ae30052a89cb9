#include "reference.h"

#include <pthread.h>
#include <time.h>

enum { MOST_THREADS = 256 };

double regress_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A chain of multiplications and additions in registers, each waiting for the one before: it measures the core's clock
 * and the share of it that we get. */
static double loop(uint64_t rounds) {
    double start = regress_seconds();
    uint64_t x = 1;
    for (uint64_t i = 0; i < rounds; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(x));
    }
    return regress_seconds() - start;
}

uint64_t reference_rounds(double seconds) {
    enum { SOME = 1000000 };
    double best = loop(SOME);
    for (int i = 0; i < 5; i++) {
        double again = loop(SOME);
        best = again < best ? again : best;
    }
    return 1 + (uint64_t)(seconds / best * SOME);
}

struct runner {
    const struct knn_team *team;
    unsigned place;
    uint64_t rounds;
    double seconds;
    pthread_t thread;
};

static void *run(void *argument) {
    struct runner *runner = argument;
    knn_topology_bind(runner->team->topology, runner->place, runner->team->threads);
    runner->seconds = loop(runner->rounds);
    return NULL;
}

double reference_time(const struct knn_team *team, uint64_t rounds) {
    struct runner runners[MOST_THREADS];
    unsigned count = team->threads < MOST_THREADS ? team->threads : MOST_THREADS, started = 0;
    double sum = 0;
    for (; started < count; started++) {
        runners[started] = (struct runner){.team = team, .place = started, .rounds = rounds};
        if (pthread_create(&runners[started].thread, NULL, run, &runners[started]) != 0)
            break;
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(runners[i].thread, NULL);
        sum += runners[i].seconds;
    }
    return started > 0 ? sum / started : loop(rounds);
}
