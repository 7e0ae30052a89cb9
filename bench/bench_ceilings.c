/* ceiling/<mix>/threads:N, ceiling/read/threads:N and ceiling/clock/threads:1: what the hardware can do when nothing
 * else is asked of it. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "clock.h"

struct ceiling_case {
    struct bench *bench;
    const struct ceiling *ceiling; /* NULL: not a mix */
    size_t team;
    const char *counter;
    double (*rate)(const struct ceiling_case *c);
};

static double seconds(const struct bench *bench) {
    return bench->quick ? 0.02 : 0.1;
}

static double mix(const struct ceiling_case *c) {
    return bench_ceiling_rate(&c->bench->teams[c->team], c->ceiling, seconds(c->bench));
}

static double streaming_read(const struct ceiling_case *c) {
    return bench_read_rate(c->bench, c->team, 5);
}

static double clock_of_core(const struct ceiling_case *c) {
    const struct knn_team *team = &c->bench->teams[c->team];
    knn_topology_bind(team->topology, 0, team->threads);
    return clock_rate(seconds(c->bench));
}

static int run(struct gb_state *state, void *context, struct knn_error *error) {
    (void)error;
    struct ceiling_case *c = context;
    double rate = 0;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double start = knn_seconds();
        rate = c->rate(c);
        gb_set_iteration_time(state, knn_seconds() - start);
    }
    gb_stop(state);
    gb_counter(state, c->counter, rate, 0);
    return 0;
}

static int add(const char *what, struct ceiling_case c, struct knn_error *error) {
    const struct identity identity = {.group = "ceiling",
                                      .mix = what,
                                      .metric = c.ceiling != NULL ? knn_metrics[c.ceiling->metric].name : NULL,
                                      .threads = c.bench->teams[c.team].threads,
                                      .named = NAME_THREADS};
    return bench_add(c.bench, &identity, run, GB_MS, &c, sizeof c, error);
}

int register_ceilings(struct bench *bench, struct knn_error *error) {
    size_t count;
    const struct ceiling *all = ceilings(&count);
    if (clock_rate(0) > 0 &&
        add("clock", (struct ceiling_case){bench, NULL, 0, "cycles_per_s", clock_of_core}, error) != 0)
        return -1;
    for (size_t team = 0; team < bench->team_count; team++) {
        for (size_t i = 0; i < count; i++)
            if ((all[i].features & ~bench->features) == 0 &&
                add(all[i].name, (struct ceiling_case){bench, &all[i], team, "byte_pairs_per_s", mix}, error) != 0)
                return -1;
        if (add("read", (struct ceiling_case){bench, NULL, team, "bytes_per_s", streaming_read}, error) != 0)
            return -1;
    }
    return 0;
}
