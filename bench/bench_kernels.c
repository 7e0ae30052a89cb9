/* kernel/<name>/dim:D: one kernel on one thread with everything in cache. It takes query panels (a pair kernel: rows)
 * in turn, at least one, as many as fit into BUDGET; `input_bytes` is the size of all. */
#include "bench.h"
#include "clock.h"

enum { BUDGET = 512 * 1024, MOST_TURNS = 8, QUICK_DIM = 3072 };

struct kernel_case {
    struct bench *bench;
    struct work work;
};

static int measure(struct gb_state *state, struct kernel_case *c, struct knn_error *error) {
    const struct knn_team *team = &c->bench->teams[0];
    const struct ceiling *ceiling = bench_ceiling(c->bench, 0, c->work.kernel);
    double limit = ceiling != NULL ? bench_ceiling_rate(team, ceiling, 0.03) : 0, each;
    knn_topology_bind(team->topology, 0, team->threads); /* the core whose ceiling and clock are measured */
    double clock = clock_rate(0.005) / 2;
    if (bench_measure(state, &c->work, &each, error) != 0)
        return -1;
    clock += clock_rate(0.005) / 2;
    double rate = c->work.kind->byte_pairs(&c->work) / each;
    gb_counter(state, "byte_pairs_per_s", rate, 0);
    gb_counter(state, "input_bytes", (double)work_kernel_bytes(&c->work), 0);
    if (clock > 0)
        gb_counter(state, "byte_pairs_per_cycle", rate / clock, 0);
    if (limit > 0)
        gb_counter(state, "of_ceiling", rate / limit, 0);
    return 0;
}

static int run(struct gb_state *state, void *context, struct knn_error *error) {
    struct kernel_case *c = context;
    int status = work_ready(&c->work, error) != 0 ? -1 : measure(state, c, error);
    work_release(&c->work);
    return status;
}

int register_kernels(struct bench *bench, struct knn_error *error) {
    static const size_t dims[] = {128, 784, 3072, 12288};
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
            struct kernel_case c = {bench, {0}};
            if ((bench->quick && dims[d] != QUICK_DIM) || !knn_metrics[kernels[i]->metric].timed ||
                !knn_kernel_runs(kernels[i], bench->features) || !work_kernel_fits(&bench->stock, kernels[i], dims[d]))
                continue;
            c.work = work_kernel(&bench->stock, kernels[i], &bench->teams[0], dims[d], MOST_TURNS, BUDGET);
            if (bench_add(bench, &c.work.identity, run, GB_NS, &c, sizeof c, error) != 0)
                return -1;
        }
    return 0;
}
