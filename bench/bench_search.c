/* search/<kernel>/k:K/threads:N: the main job, selection included. The default kernels take all test images if that
 * fits FULL_SECONDS; the others take as many as fit OTHER_SECONDS, in whole blocks, and their time is scaled to the
 * full job: the work of a query does not depend on the others. The ceiling is measured directly before and after every
 * search, on the same threads: machines change their clocks.
 *
 * latency/<kernel>/k:1/threads:N: one query at a time, compared with the rate at which the same threads only read
 * memory.
 *
 * search/<metric>_f32<isa>/k:1/threads:N: the job in float32; `x_bytes` is how many times longer it takes than the
 * default byte kernel on the same queries, timed before and after. */
#include "bench.h"

static const double FULL_SECONDS = 3, OTHER_SECONDS = 1.0, QUICK_SECONDS = 0.12;

struct search_case {
    struct bench *bench;
    size_t team;
    struct work work;
    struct work bytes; /* of a search in float32: what it is compared with */
    int fitted;        /* its batch is chosen */
    double (*beside)(struct search_case *c);
    const char *share; /* counter: its rate over that of `beside`; for floats the inverse */
};

/* -- byte pairs per second to compare with ------------------------------------------------------------------------- */

static double ceiling_now(struct search_case *c) {
    const struct ceiling *ceiling = bench_ceiling(c->bench, c->team, c->work.kernel);
    double seconds = c->bench->quick ? 0.02 : 0.06;
    return ceiling != NULL ? bench_ceiling_rate(&c->bench->teams[c->team], ceiling, seconds) : 0;
}

static double reads_now(struct search_case *c) {
    return bench_read_rate(c->bench, c->team, 5);
}

static double bytes_now(struct search_case *c) {
    double seconds;
    struct knn_error error;
    c->bytes.batch = c->work.batch;
    if (work_ready(&c->bytes, &error) != 0 || work_time(&c->bytes, 1, &seconds, &error) != 0)
        return 0;
    return c->bytes.kind->byte_pairs(&c->bytes) / seconds;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static int is_float(const struct search_case *c) {
    return c->work.float_rows != NULL;
}

/* As many queries as the time allows. */
static int fit(struct search_case *c, struct knn_error *error) {
    enum { BLOCK = 240 };
    const struct knn_kernel *kernel = c->work.kernel;
    int is_default = !is_float(c) && kernel == knn_kernel_default(kernel->metric, c->bench->features);
    double allowed = c->bench->quick ? QUICK_SECONDS : is_default ? FULL_SECONDS : OTHER_SECONDS;
    size_t unit =
        c->work.team.threads * (is_float(c) ? (size_t)F32_BLOCK_TILES * c->bench->f32.kernel->mr : kernel->mr);
    if (!c->fitted && work_fit(&c->work, unit, is_float(c) ? unit : BLOCK, allowed, error) != 0)
        return -1;
    c->fitted = 1;
    return 0;
}

static void count(struct gb_state *state, const struct search_case *c, double rate) {
    double dim = (double)c->bench->dataset.train.pixels.dim;
    gb_counter(state, "queries", (double)c->work.batch, 0);
    gb_counter(state, "full_job_s", (double)FULL_QUERIES * FULL_ROWS * dim / rate, 0);
    gb_counter(state, "distances_per_s", rate / dim, 0);
    gb_counter(state, "x_scalar", rate / bench_scalar_rate(c->bench, c->team, c->work.kernel->metric), 0);
}

static int run(struct gb_state *state, void *context, struct knn_error *error) {
    struct search_case *c = context;
    double each;
    if (work_ready(&c->work, error) != 0 || fit(c, error) != 0)
        return -1;
    double beside = c->beside(c) / 2;
    if (bench_measure(state, &c->work, &each, error) != 0)
        return -1;
    beside += c->beside(c) / 2;
    double rate = c->work.kind->byte_pairs(&c->work) / each;
    if (c->beside == reads_now)
        gb_counter(state, "query_ms", 1e3 * each, 0);
    else
        count(state, c, rate);
    if (beside > 0)
        gb_counter(state, c->share, is_float(c) ? beside / rate : rate / beside, 0);
    return 0;
}

/* -- registration -------------------------------------------------------------------------------------------------- */

static int add(struct search_case *c, struct knn_error *error) {
    c->work.identity.named = NAME_K | NAME_THREADS;
    return bench_add(c->bench, &c->work.identity, run, GB_MS, c, sizeof *c, error);
}

static int add_search(struct bench *bench, const struct knn_kernel *kernel, size_t k, size_t team,
                      struct knn_error *error) {
    struct search_case c = {.bench = bench, .team = team, .beside = ceiling_now, .share = "of_ceiling"};
    c.work = work_search(&bench->stock, "search", kernel, &bench->teams[team], k, SIZE_MAX);
    return add(&c, error);
}

static int add_kernel(struct bench *bench, const struct knn_kernel *kernel, struct knn_error *error) {
    static const size_t more_k[] = {5, 100};
    size_t last = bench->team_count - 1;
    for (size_t team = 0; team <= last; team++)
        if (add_search(bench, kernel, 1, team, error) != 0)
            return -1;
    if (kernel != knn_kernel_default(kernel->metric, bench->features))
        return 0;
    for (size_t i = 0; i < sizeof more_k / sizeof more_k[0]; i++)
        if (more_k[i] <= bench->stock.train.rows && add_search(bench, kernel, more_k[i], last, error) != 0)
            return -1;
    struct search_case c = {.bench = bench, .team = last, .fitted = 1, .beside = reads_now, .share = "of_read_ceiling"};
    c.work = work_search(&bench->stock, "latency", kernel, &bench->teams[last], 1, 1);
    return add(&c, error);
}

static int add_float(struct bench *bench, enum knn_metric metric, struct knn_error *error) {
    struct search_case c = {.bench = bench, .team = bench->team_count - 1, .beside = bytes_now, .share = "x_bytes"};
    c.work = work_float(&bench->stock, "search", metric, bench_team(bench), &bench->f32);
    c.bytes =
        work_search(&bench->stock, "search", knn_kernel_default(metric, bench->features), bench_team(bench), 1, 1);
    return add(&c, error);
}

int register_searches(struct bench *bench, struct knn_error *error) {
    size_t count_of;
    const struct knn_kernel *const *kernels = knn_kernels(&count_of);
    for (size_t i = 0; i < count_of; i++)
        if (knn_metrics[kernels[i]->metric].timed && knn_kernel_runs(kernels[i], bench->features) &&
            add_kernel(bench, kernels[i], error) != 0)
            return -1;
    int floats = !bench->quick && bench->f32.kernel != NULL; /* packing takes seconds */
    for (unsigned metric = 0; floats && metric < KNN_METRICS && knn_metrics[metric].timed; metric++)
        if (add_float(bench, metric, error) != 0)
            return -1;
    return 0;
}
