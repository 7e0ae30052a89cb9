/* How searches are cut and spread over threads, by the default kernels, k = 1.
 *
 * schedule/<loop>-<split>/batch:B/threads:N: the policies of src/search/schedule.h, for L2, every thread bound.
 * Machines drift, so a policy runs in turn with the default one, dynamic-auto. x_default is its rate over the
 * default's, the median of the pairs; that of dynamic-auto itself says how far to trust the others. A split that makes
 * the same tasks as the automatic one is left out, and so are some policies of large batches. schedule/free/... is the
 * default on unbound threads.
 *
 * scaling/<kernel>/threads:N: SCALING_QUERIES for each thread, in turn with one thread alone; efficiency is the rate
 * over N times the rate of one thread.
 *
 * stream/<kernel>/batch:B/threads:N: batches of test images that come one after another, each timed. A p99 needs ENOUGH
 * batches. The batch of all test images is search/...
 *
 * A search of schedule/ or scaling/ that would take too long gets the first half of the train rows, a quarter, and so
 * on (the counter `rows`), and then has no batch_ms. Splits by rows look worse there than they are: each range fills
 * its k best anew, from fewer rows. */
#include <math.h>
#include <stdlib.h>

#include "arith.h"
#include "bench.h"
#include "statistics.h"

enum { SCALING_QUERIES = 240, ENOUGH = 100 };

static const size_t batches[] = {1, 8, 64, 512, 4096, 10000};
enum { BATCHES = sizeof batches / sizeof batches[0], MOST_OF_STREAM = 512 };

struct schedule_case {
    struct bench *bench;
    struct work job, base; /* base: what it runs in turn with */
    const char *by_base;   /* counter: the rate per thread of the job over that of the base */
};

/* Predicts the seconds of a batch on all threads from the best time of a few queries, which is measured once. */
static int predict(const struct schedule_case *c, double *seconds, struct knn_error *error) {
    enum { PROBES = 4 };
    const struct knn_kernel *kernel = c->job.kernel;
    struct work probe =
        work_search(&c->bench->stock, "probe", kernel, bench_team(c->bench), 1, knn_min(c->job.batch, PROBE));
    double *known = &c->bench->probes[kernel->metric][probe.batch], now = 0, least = INFINITY;
    if (work_ready(&probe, error) != 0)
        return -1;
    for (int i = 0; *known <= 0 && i < PROBES; i++) {
        if (work_time(&probe, 1, &now, error) != 0)
            return -1;
        least = fmin(least, now);
    }
    if (*known <= 0)
        *known = least / (double)probe.batch;
    *seconds = *known * (double)c->job.batch;
    return 0;
}

/* Halves the train rows until the job takes no longer than it may. */
static int limit_rows(struct schedule_case *c, struct knn_error *error) {
    enum { MOST_HALVINGS = 6 }; /* also on a busy machine */
    double seconds, allowed = c->bench->quick ? 0.1 : 0.25;
    size_t all = c->bench->stock.train.rows, nr = c->job.kernel->nr, panels = (all + nr - 1) / nr;
    if (predict(c, &seconds, error) != 0)
        return -1;
    for (int i = 0; i < MOST_HALVINGS && seconds > allowed; i++, seconds /= 2)
        panels = (panels + 1) / 2;
    c->job.rows = c->base.rows = knn_min(all, panels * nr);
    return 0;
}

/* Distances per second. */
static double rate(const struct work *work, double seconds) {
    return work->kind->byte_pairs(work) / (double)work->stock->train.dim / seconds;
}

/* -- in turn with another ------------------------------------------------------------------------------------------ */

/* Times the job and its base in turn, each first every other time; ratios[i] is the i-th ratio of their rates. */
static int time_pairs(struct gb_state *state, struct schedule_case *c, double *ratios, double *sum,
                      struct knn_error *error) {
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double seconds[2];
        struct work *both[] = {&c->base, &c->job};
        for (int64_t turn = 0; turn < 2; turn++)
            if (work_time(both[(i + turn) % 2], 1, &seconds[(i + turn) % 2], error) != 0)
                return -1;
        gb_set_iteration_time(state, seconds[1]);
        ratios[i] = rate(&c->job, seconds[1]) / rate(&c->base, seconds[0]);
        *sum += seconds[1];
    }
    gb_stop(state);
    return 0;
}

static void count_pairs(struct gb_state *state, const struct schedule_case *c, double *ratios, size_t n, double sum) {
    sort_values(ratios, n);
    double own = rate(&c->job, sum / (double)n);
    gb_counter(state, "rows", (double)c->job.rows, 0);
    gb_counter(state, "distances_per_s", own, 0);
    gb_counter(state, c->by_base, sorted_median(ratios, n) * c->base.team.threads / c->job.team.threads, 0);
    if (c->job.rows == c->bench->stock.train.rows)
        gb_counter(state, "batch_ms", 1e3 * sum / (double)n, 0);
    const struct ceiling *ceiling = bench_ceiling(c->bench, c->bench->team_count - 1, c->job.kernel);
    if (ceiling != NULL)
        gb_counter(state, "of_ceiling",
                   own * (double)c->job.stock->train.dim / bench_ceiling_rate(&c->job.team, ceiling, 0.02), 0);
}

static int run_pairs(struct gb_state *state, void *context, struct knn_error *error) {
    struct schedule_case *c = context;
    size_t n = (size_t)gb_iterations(state);
    double sum = 0, *ratios = malloc(n * sizeof *ratios);
    if (ratios == NULL)
        return knn_fail(error, "no memory for the times");
    if (!c->job.team.bound)
        bench_unbind(c->bench, &c->job.team);
    int failed = work_ready(&c->job, error) != 0 || work_ready(&c->base, error) != 0 || limit_rows(c, error) != 0 ||
                 time_pairs(state, c, ratios, &sum, error) != 0;
    if (!failed)
        count_pairs(state, c, ratios, n, sum);
    free(ratios);
    return failed ? -1 : 0;
}

/* -- a stream ------------------------------------------------------------------------------------------------------ */

/* The batches of one pass: those of a part of a second, or some more if they then are enough for a p99. */
static size_t choose_batches(const struct bench *bench, double seconds) {
    enum { MOST = 1000 };
    double fit = (bench->quick ? 0.02 : 0.3) / seconds;
    return fit >= MOST ? MOST : fit >= ENOUGH ? (size_t)fit : fit >= ENOUGH / 2.0 ? ENOUGH : fit > 1 ? (size_t)fit : 1;
}

static void count_stream(struct gb_state *state, const struct schedule_case *c, double *seconds, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += seconds[i];
    sort_values(seconds, n);
    gb_counter(state, "batches", (double)n, 0);
    gb_counter(state, "min_ms", 1e3 * seconds[0], 0);
    gb_counter(state, "p50_ms", 1e3 * sorted_median(seconds, n), 0);
    if (n >= ENOUGH)
        gb_counter(state, "p99_ms", 1e3 * seconds[(n * 99 + 99) / 100 - 1], 0);
    gb_counter(state, "max_ms", 1e3 * seconds[n - 1], 0);
    gb_counter(state, "distances_per_s", rate(&c->job, sum / (double)n), 0);
}

/* Times every batch; an iteration is `a_pass` of them. */
static int time_stream(struct gb_state *state, struct work *work, size_t a_pass, double *seconds,
                       struct knn_error *error) {
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double pass = 0;
        for (size_t batch = 0; batch < a_pass; batch++, pass += *seconds++)
            if (work_time(work, 1, seconds, error) != 0)
                return -1;
        gb_set_iteration_time(state, pass);
    }
    gb_stop(state);
    return 0;
}

static int run_stream(struct gb_state *state, void *context, struct knn_error *error) {
    struct schedule_case *c = context;
    double predicted = 0;
    if (work_ready(&c->job, error) != 0 || predict(c, &predicted, error) != 0)
        return -1;
    size_t a_pass = choose_batches(c->bench, predicted), n = a_pass * (size_t)gb_iterations(state);
    double *seconds = calloc(n, sizeof *seconds);
    if (seconds == NULL)
        return knn_fail(error, "no memory for the times");
    int status = time_stream(state, &c->job, a_pass, seconds, error);
    if (status == 0)
        count_stream(state, c, seconds, n);
    free(seconds);
    return status;
}

/* -- registration -------------------------------------------------------------------------------------------------- */

static int add(struct schedule_case *c, bench_fn *function, unsigned named, struct knn_error *error) {
    c->job.identity.named = named | NAME_THREADS;
    return bench_add(c->bench, &c->job.identity, function, GB_MS, c, sizeof *c, error);
}

/* Whether a split makes other tasks than the automatic one. */
static int differs(const struct schedule_case *c) {
    const struct knn_matrix *train = &c->bench->stock.train;
    const struct knn_kernel *kernel = c->job.kernel;
    struct knn_schedule s[2];
    for (int i = 0; i < 2; i++)
        s[i] = knn_schedule(kernel, i == 0 ? KNN_SPLIT_AUTO : c->job.policy.split, c->job.batch,
                            (train->rows + kernel->nr - 1) / kernel->nr, train->dim, c->job.team.threads,
                            knn_topology_block_bytes(c->job.team.topology));
    return s[0].blocks != s[1].blocks || s[0].ranges != s[1].ranges;
}

static int add_policies(struct bench *bench, const struct knn_kernel *kernel, size_t queries, struct knn_error *error) {
    for (size_t i = 0; i < WORK_POLICIES; i++) {
        const struct work_policy *policy = &work_policies[i];
        struct schedule_case c = {.bench = bench, .by_base = "x_default"};
        c.job = c.base = work_search(&bench->stock, "schedule", kernel, bench_team(bench), 1, queries);
        c.job.policy = policy->policy;
        c.job.team.bound = policy->bound;
        c.job.identity.policy = policy->name;
        int wanted = queries <= policy->largest && (c.job.policy.split == KNN_SPLIT_AUTO || differs(&c));
        if (wanted && add(&c, run_pairs, NAME_BATCH, error) != 0)
            return -1;
    }
    return 0;
}

static int add_scaling(struct bench *bench, const struct knn_kernel *kernel, unsigned threads,
                       struct knn_error *error) {
    struct schedule_case c = {.bench = bench, .by_base = "efficiency"};
    struct knn_team one = *bench_team(bench), team = one;
    one.threads = 1;
    team.threads = threads;
    c.base = work_search(&bench->stock, "scaling", kernel, &one, 1, SCALING_QUERIES);
    c.job = work_search(&bench->stock, "scaling", kernel, &team, 1, (size_t)SCALING_QUERIES * threads);
    return add(&c, run_pairs, 0, error);
}

static int add_stream(struct bench *bench, const struct knn_kernel *kernel, size_t queries, struct knn_error *error) {
    struct schedule_case c = {.bench = bench};
    c.job = work_search(&bench->stock, "stream", kernel, bench_team(bench), 1, queries);
    return add(&c, run_stream, NAME_BATCH, error);
}

/* Whether batch size i is worth its time: there must be so many test images, and a quick run takes two of the sizes. */
static int takes_batch(const struct bench *bench, size_t i) {
    return batches[i] <= bench->stock.queries.rows && (!bench->quick || batches[i] == 1 || batches[i] == 512);
}

static int add_kernel(struct bench *bench, const struct knn_kernel *kernel, struct knn_error *error) {
    unsigned all = bench_team(bench)->threads, step = all > 32 ? 4 : 2;
    for (size_t i = 0; i < BATCHES && kernel->metric == KNN_L2; i++)
        if (takes_batch(bench, i) && add_policies(bench, kernel, batches[i], error) != 0)
            return -1;
    for (unsigned threads = 1; threads < all; threads *= step)
        if (add_scaling(bench, kernel, threads, error) != 0)
            return -1;
    if (add_scaling(bench, kernel, all, error) != 0)
        return -1;
    for (size_t i = 0; i < BATCHES; i++)
        if (takes_batch(bench, i) && batches[i] <= MOST_OF_STREAM && add_stream(bench, kernel, batches[i], error) != 0)
            return -1;
    return 0;
}

int register_schedules(struct bench *bench, struct knn_error *error) {
    for (int metric = KNN_METRICS - 1; metric >= 0; metric--)
        if (knn_metrics[metric].timed &&
            add_kernel(bench, knn_kernel_default((enum knn_metric)metric, bench->features), error) != 0)
            return -1;
    return 0;
}
