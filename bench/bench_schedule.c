/* How searches are cut and spread over threads, by the default kernels, k = 1.
 *
 * schedule/<loop>-<split>/batch:B/threads:N: the policies of src/search/schedule.h, for L2, every thread bound.
 * Machines drift, so a policy runs in turn with the default one, dynamic-auto: x_default is its rate by that one's, the
 * median of the pairs, and dynamic-auto's own says how far to trust the others. A split that comes to the same tasks as
 * the automatic one is left out, and so are some policies of large batches. schedule/free/... is the default on unbound
 * threads.
 *
 * scaling/<kernel>/threads:N: SCALING_QUERIES for each thread, in turn with one thread on its own; efficiency is the
 * rate by N times that of the one.
 *
 * stream/<kernel>/batch:B/threads:N: batches of test images that come one after another, each timed. There is a p99
 * from ENOUGH batches on. The batch of all test images is search/...
 *
 * A search of schedule/ or scaling/ that would take too long has the first half of the train rows, a quarter, an eighth
 * or a sixteenth (the counter `rows`), and then no batch_ms. Splits by rows look worse there than they are: each range
 * fills its k best anew, and has fewer rows to do it with. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "bench.h"
#include "clock.h"
#include "samples.h"

enum { SCALING_QUERIES = 240, ENOUGH = 100 };

static const size_t batches[] = {1, 8, 64, 512, 4096, 10000};
enum { BATCHES = sizeof batches / sizeof batches[0] };

struct job {
    struct knn_team team; /* its topology is that of the bench's largest */
    struct knn_policy policy;
    size_t queries;
};

struct schedule_case {
    struct bench *bench;
    const struct knn_kernel *kernel;
    struct job job, base; /* base: what it runs in turn with */
    const char *by_base;  /* the counter for the rate of a thread of the job by that of the base */
};

static struct knn_binding *at_start; /* what the main thread could run on before anything was bound */

/* -- searches ------------------------------------------------------------------------------------------------------ */

/* Searches for the job's queries, the test images from `first` on. */
static int timed_search(const struct schedule_case *c, const struct job *job, const struct knn_panels *panels,
                        size_t first, double *seconds, struct knn_error *error) {
    struct knn_matrix view = bench_view(&c->bench->dataset.test.pixels, job->queries);
    view.data += first * view.stride;
    struct knn_neighbor *found = malloc(view.rows * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for the neighbours of %zu queries", view.rows);
    double start = knn_seconds();
    const struct knn_job how = {.team = &job->team, .policy = job->policy};
    int status = knn_search_panels(&how, panels, knn_view(&view), 1, found, error);
    *seconds = knn_seconds() - start;
    free(found);
    return status;
}

/* The seconds that `queries` will take all threads, from the best time of a few of them, which is taken once. */
static int predict(const struct schedule_case *c, size_t queries, double *seconds, struct knn_error *error) {
    enum { PROBE = 64, PROBES = 4 };
    static double best[KNN_METRICS][PROBE + 1];
    const struct job probe = {.team = c->bench->teams[c->bench->team_count - 1], .queries = knn_min(queries, PROBE)};
    double *known = &best[c->kernel->metric][probe.queries], now = 0, least = INFINITY;
    for (int i = 0; *known <= 0 && i < PROBES; i++) {
        if (timed_search(c, &probe, &c->bench->panels, 0, &now, error) != 0)
            return -1;
        least = fmin(least, now);
    }
    if (*known <= 0)
        *known = least;
    *seconds = *known * (double)queries / (double)probe.queries;
    return 0;
}

/* As many of the train rows as the job may take its time for. */
static int prepare(const struct schedule_case *c, struct knn_panels *panels, struct knn_error *error) {
    enum { MOST_HALVINGS = 4 }; /* also on a busy machine */
    double seconds, allowed = c->bench->quick ? 0.1 : 0.25;
    if (bench_prepare(c->bench, c->kernel, error) != 0 || predict(c, c->job.queries, &seconds, error) != 0)
        return -1;
    *panels = c->bench->panels;
    for (int i = 0; i < MOST_HALVINGS && seconds > allowed; i++, seconds /= 2)
        panels->count = (panels->count + 1) / 2;
    panels->rows.rows = knn_min(panels->rows.rows, panels->count * c->kernel->nr);
    return 0;
}

static double rate(const struct job *job, const struct knn_panels *panels, double seconds) {
    return (double)job->queries * (double)panels->rows.rows / seconds;
}

/* -- in turn with another ------------------------------------------------------------------------------------------ */

/* Ceilings leave threads bound. */
static void unbind(const struct knn_team *team) {
#pragma omp parallel num_threads(team->threads)
#pragma omp critical
    {
        knn_topology_restore(team->topology, at_start);
        at_start = knn_topology_save(team->topology);
    }
}

/* Times the job and its base in turn, either first every other time; ratios[i] is the i-th of their rates. */
static int time_pairs(struct gb_state *state, const struct schedule_case *c, const struct knn_panels *panels,
                      double *ratios, double *sum, struct knn_error *error) {
    double of_job = 0, of_base = 0, work = (double)c->job.queries / (double)c->base.queries;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        if ((i % 2 == 0 && timed_search(c, &c->base, panels, 0, &of_base, error) != 0) ||
            timed_search(c, &c->job, panels, 0, &of_job, error) != 0 ||
            (i % 2 != 0 && timed_search(c, &c->base, panels, 0, &of_base, error) != 0))
            return -1;
        gb_set_iteration_time(state, of_job);
        ratios[i] = work * of_base / of_job;
        *sum += of_job;
    }
    gb_stop(state);
    return 0;
}

static void run_pairs(struct gb_state *state, void *context) {
    const struct schedule_case *c = context;
    struct knn_error error;
    struct knn_panels panels;
    size_t n = (size_t)gb_iterations(state);
    double sum = 0, *ratios = malloc(n * sizeof *ratios);
    if (!c->job.team.bound)
        unbind(&c->job.team);
    if (ratios == NULL || prepare(c, &panels, &error) != 0 ||
        time_pairs(state, c, &panels, ratios, &sum, &error) != 0) {
        gb_skip_with_error(state, "%s", ratios == NULL ? "no memory for the times" : error.message);
        free(ratios);
        return;
    }
    samples_sort(ratios, n);
    double own = rate(&c->job, &panels, sum / (double)n);
    gb_counter(state, "rows", (double)panels.rows.rows, 0);
    gb_counter(state, "distances_per_s", own, 0);
    gb_counter(state, c->by_base, samples_median(ratios, n) * c->base.team.threads / c->job.team.threads, 0);
    if (panels.rows.rows == c->bench->panels.rows.rows)
        gb_counter(state, "batch_ms", 1e3 * sum / (double)n, 0);
    const struct ceiling *ceiling = bench_ceiling(c->bench, c->bench->team_count - 1, c->kernel);
    if (ceiling != NULL)
        gb_counter(state, "of_ceiling", own * (double)panels.rows.dim / bench_ceiling_rate(&c->job.team, ceiling, 0.02),
                   0);
    free(ratios);
}

/* -- a stream ------------------------------------------------------------------------------------------------------ */

/* Batches that one pass takes: for a part of a second, some more if that lets it have a p99. */
static size_t choose_batches(const struct bench *bench, double seconds) {
    enum { MOST = 1000 };
    double fit = (bench->quick ? 0.02 : 0.3) / seconds;
    return fit >= MOST ? MOST : fit >= ENOUGH ? (size_t)fit : fit >= ENOUGH / 2.0 ? ENOUGH : fit > 1 ? (size_t)fit : 1;
}

/* Times `count` batches that follow one another in the test images, which begin anew when they end. */
static int time_batches(const struct schedule_case *c, size_t count, double *seconds, double *sum,
                        struct knn_error *error) {
    size_t first = 0, all = c->bench->dataset.test.pixels.rows;
    for (size_t i = 0; i < count; i++, first += c->job.queries) {
        if (first + c->job.queries > all)
            first = 0;
        seconds[i] = 0;
        if (timed_search(c, &c->job, &c->bench->panels, first, &seconds[i], error) != 0)
            return -1;
        *sum += seconds[i];
    }
    return 0;
}

static void count_stream(struct gb_state *state, const struct schedule_case *c, double *seconds, size_t n, double sum) {
    samples_sort(seconds, n);
    gb_counter(state, "batches", (double)n, 0);
    gb_counter(state, "min_ms", 1e3 * seconds[0], 0);
    gb_counter(state, "p50_ms", 1e3 * samples_median(seconds, n), 0);
    if (n >= ENOUGH)
        gb_counter(state, "p99_ms", 1e3 * seconds[(n * 99 + 99) / 100 - 1], 0);
    gb_counter(state, "max_ms", 1e3 * seconds[n - 1], 0);
    gb_counter(state, "distances_per_s", rate(&c->job, &c->bench->panels, sum / (double)n), 0);
}

static void run_stream(struct gb_state *state, void *context) {
    const struct schedule_case *c = context;
    struct knn_error error;
    double predicted;
    if (bench_prepare(c->bench, c->kernel, &error) != 0 || predict(c, c->job.queries, &predicted, &error) != 0) {
        gb_skip_with_error(state, "%s", error.message);
        return;
    }
    size_t a_pass = choose_batches(c->bench, predicted), n = a_pass * (size_t)gb_iterations(state);
    double all = 0, *seconds = malloc(n * sizeof *seconds);
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++) {
        double sum = 0;
        if (seconds == NULL || time_batches(c, a_pass, seconds + (size_t)i * a_pass, &sum, &error) != 0) {
            gb_skip_with_error(state, "%s", seconds == NULL ? "no memory for the times" : error.message);
            free(seconds);
            return;
        }
        gb_set_iteration_time(state, sum);
        all += sum;
    }
    gb_stop(state);
    count_stream(state, c, seconds, n, all);
    free(seconds);
}

/* -- registration -------------------------------------------------------------------------------------------------- */

static struct job default_job(const struct bench *bench, size_t queries) {
    return (struct job){.team = bench->teams[bench->team_count - 1],
                        .queries = knn_min(queries, bench->dataset.test.pixels.rows)};
}

static int add(const struct schedule_case *c, gb_fn *function, const char *group, const char *policy,
               struct knn_error *error) {
    struct identity identity = bench_search_identity(c->bench, group, c->kernel, c->job.team.threads);
    identity.policy = policy;
    identity.batch = c->job.queries;
    identity.named = strcmp(group, "scaling") == 0 ? NAME_THREADS : NAME_BATCH | NAME_THREADS;
    return bench_add(c->bench, &identity, function, GB_MS, c, sizeof *c, error);
}

/* Whether a split comes to other tasks than the automatic one. */
static int differs(const struct schedule_case *c) {
    const struct knn_matrix *train = &c->bench->dataset.train.pixels;
    struct knn_schedule s[2];
    for (int i = 0; i < 2; i++)
        s[i] = knn_schedule(c->kernel, i == 0 ? KNN_SPLIT_AUTO : c->job.policy.split, c->job.queries,
                            (train->rows + c->kernel->nr - 1) / c->kernel->nr, train->dim, c->job.team.threads,
                            knn_topology_block_bytes(c->job.team.topology));
    return s[0].blocks != s[1].blocks || s[0].ranges != s[1].ranges;
}

static int add_policies(struct bench *bench, const struct knn_kernel *kernel, size_t queries, struct knn_error *error) {
    static const struct {
        const char *name;
        struct knn_policy policy;
        int bound;
        size_t largest; /* batch worth its time */
    } policies[] = {
        {"dynamic-auto", {0}, 1, SIZE_MAX},
        {"static-auto", {.loop = KNN_LOOP_STATIC}, 1, SIZE_MAX},
        {"guided-auto", {.loop = KNN_LOOP_GUIDED}, 1, 512},
        {"tasks-auto", {.loop = KNN_LOOP_TASKS}, 1, 512},
        {"dynamic-queries", {.split = KNN_SPLIT_QUERIES}, 1, SIZE_MAX},
        {"dynamic-rows", {.split = KNN_SPLIT_ROWS}, 1, SIZE_MAX},
        {"dynamic-both", {.split = KNN_SPLIT_BOTH}, 1, 4096},
        {"free", {0}, 0, 4096},
    };
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        struct job job = default_job(bench, queries);
        struct schedule_case c = {.bench = bench, .kernel = kernel, .job = job, .base = job, .by_base = "x_default"};
        c.job.policy = policies[i].policy;
        c.job.team.bound = policies[i].bound;
        int wanted = queries <= policies[i].largest && (c.job.policy.split == KNN_SPLIT_AUTO || differs(&c));
        if (wanted && add(&c, run_pairs, "schedule", policies[i].name, error) != 0)
            return -1;
    }
    return 0;
}

static int add_scaling(struct bench *bench, const struct knn_kernel *kernel, unsigned threads,
                       struct knn_error *error) {
    struct schedule_case c = {.bench = bench, .kernel = kernel, .by_base = "efficiency"};
    c.base = default_job(bench, SCALING_QUERIES);
    c.job = default_job(bench, (size_t)SCALING_QUERIES * threads);
    c.base.team.threads = 1;
    c.job.team.threads = threads;
    return add(&c, run_pairs, "scaling", NULL, error);
}

static int add_stream(struct bench *bench, const struct knn_kernel *kernel, size_t queries, struct knn_error *error) {
    struct schedule_case c = {.bench = bench, .kernel = kernel, .job = default_job(bench, queries)};
    return add(&c, run_stream, "stream", NULL, error);
}

/* Whether batch size i is worth its time: there must be so many test images, and a quick run takes two of the sizes. */
static int takes_batch(const struct bench *bench, size_t i) {
    return batches[i] <= bench->dataset.test.pixels.rows && (!bench->quick || batches[i] == 1 || batches[i] == 512);
}

static int add_kernel(struct bench *bench, const struct knn_kernel *kernel, struct knn_error *error) {
    unsigned all = bench->teams[bench->team_count - 1].threads, step = all > 32 ? 4 : 2;
    for (size_t i = 0; i < BATCHES && kernel->metric == KNN_L2; i++)
        if (takes_batch(bench, i) && add_policies(bench, kernel, batches[i], error) != 0)
            return -1;
    for (unsigned threads = 1; threads < all; threads *= step)
        if (add_scaling(bench, kernel, threads, error) != 0)
            return -1;
    if (add_scaling(bench, kernel, all, error) != 0)
        return -1;
    for (size_t i = 0; i < BATCHES && batches[i] <= (kernel->metric == KNN_L2 ? 4096 : 512); i++)
        if (takes_batch(bench, i) && add_stream(bench, kernel, batches[i], error) != 0)
            return -1;
    return 0;
}

int register_schedules(struct bench *bench, struct knn_error *error) {
    if (at_start == NULL)
        at_start = knn_topology_save(bench->teams[0].topology);
    for (int metric = KNN_METRICS - 1; metric >= 0; metric--)
        if (knn_metrics[metric].timed &&
            add_kernel(bench, knn_kernel_default((enum knn_metric)metric, bench->features), error) != 0)
            return -1;
    return 0;
}
