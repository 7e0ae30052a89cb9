/* ceiling/<mix>/threads:N and ceiling/read/threads:N: what the hardware can do when nothing else is asked of it. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

struct ceiling_case {
    struct bench *bench;
    const struct ceiling *ceiling; /* NULL: the streaming read */
    size_t team;
};

/* A place for a case that lives as long as the program, as its registration does; NULL when there are more than
 * planned. */
static struct ceiling_case *next_case(void) {
    static struct ceiling_case cases[MAX_CASES];
    static size_t count_of_cases;
    return count_of_cases < MAX_CASES ? &cases[count_of_cases++] : NULL;
}

static void run(struct gb_state *state, void *context) {
    struct ceiling_case *c = context;
    const struct knn_team *team = &c->bench->teams[c->team];
    double rate = 0;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double start = bench_seconds();
        rate = c->ceiling != NULL ? bench_ceiling_rate(team, c->ceiling, c->bench->quick ? 0.02 : 0.1)
                                  : bench_read_rate(c->bench, c->team, 5);
        gb_set_iteration_time(state, bench_seconds() - start);
    }
    gb_stop(state);
    gb_counter(state, c->ceiling != NULL ? "byte_pairs_per_s" : "bytes_per_s", rate, 0);
}

static int add(struct bench *bench, const struct ceiling *ceiling, size_t team) {
    struct ceiling_case *c = next_case();
    if (c == NULL)
        return -1;
    *c = (struct ceiling_case){bench, ceiling, team};
    char name[96];
    snprintf(name, sizeof name, "ceiling/%s/threads:%u", ceiling != NULL ? ceiling->name : "read",
             bench->teams[team].threads);
    return gb_register(&(struct gb_benchmark){
               .name = name, .function = run, .context = c, .unit = GB_MS, .clock = GB_MANUAL_TIME}) != NULL
               ? 0
               : -1;
}

int register_ceilings(struct bench *bench) {
    size_t count;
    const struct ceiling *all = ceilings(&count);
    for (size_t team = 0; team < bench->team_count; team++) {
        for (size_t i = 0; i < count; i++)
            if ((all[i].features & ~bench->features) == 0 && add(bench, &all[i], team) != 0)
                return -1;
        if (add(bench, NULL, team) != 0)
            return -1;
    }
    return 0;
}
