#include "versus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "paired.h"

enum { PAIRS = 40, QUICK_PAIRS = 10, WARM_UP = 16 };

static const double IN_CACHE_SECONDS = 0.01, SEARCH_SECONDS = 0.1; /* of an epoch */
static const double ALPHA = 0.01;                                  /* of each line's interval */

/* A side as it is timed: `n` runs are an epoch. */
struct contender {
    const struct side *side;
    struct work work;
    uint64_t n;
};

/* -- epochs -------------------------------------------------------------------------------------------------------- */

/* Byte pairs per second. Extra work takes time, and does not count. */
static int run_epoch(struct contender *c, double *rate, struct knn_error *error) {
    if (c->work.kind->prepare(&c->work, error) != 0 || work_warm_up(&c->work, c->n, WARM_UP, error) != 0)
        return -1;
    double start = knn_seconds();
    if (c->work.kind->run(&c->work, c->n, error) != 0 ||
        (c->side->extra > 0 && work_warm_up(&c->work, c->n, 100 / c->side->extra, error) != 0))
        return -1;
    *rate = (double)c->n * c->work.kind->byte_pairs(&c->work) / (knn_seconds() - start);
    return gb_stopping() ? knn_fail(error, "interrupted: there is no answer") : 0;
}

/* Finds how many runs fill an epoch, by the fastest of some. */
static int calibrate(struct contender *c, double seconds, struct knn_error *error) {
    enum { TRIES = 3 };
    double rate = 0, best = 0;
    for (c->n = 1;; c->n *= 2) {
        if (run_epoch(c, &rate, error) != 0)
            return -1;
        if ((double)c->n * c->work.kind->byte_pairs(&c->work) / rate >= seconds / 4)
            break;
    }
    for (int i = 0; i < TRIES; i++, best = fmax(best, rate))
        if (run_epoch(c, &rate, error) != 0)
            return -1;
    c->n = (uint64_t)fmax(1, ceil(seconds * best / c->work.kind->byte_pairs(&c->work)));
    return 0;
}

/* The logarithm of A's rate over B's for each pair. */
static int run_pairs(struct contender *a, struct contender *b, unsigned pairs, double *logs, struct knn_error *error) {
    uint64_t random = (uint64_t)(1e9 * knn_seconds());
    for (unsigned pair = 0; pair < pairs; pair++) {
        double rates[2];
        int b_first = paired_begins_with_b(&random);
        if (run_epoch(b_first ? b : a, &rates[b_first], error) != 0 ||
            run_epoch(b_first ? a : b, &rates[!b_first], error) != 0)
            return -1;
        logs[pair] = log(rates[0] / rates[1]);
    }
    return 0;
}

static int run_epochs(const struct bench *bench, const char *where, struct contender *both, double seconds,
                      struct knn_error *error) {
    double logs[PAIRS];
    char line[512];
    unsigned pairs = bench->quick ? QUICK_PAIRS : PAIRS;
    if (calibrate(&both[0], seconds, error) != 0 || calibrate(&both[1], seconds, error) != 0 ||
        run_pairs(&both[0], &both[1], pairs, logs, error) != 0)
        return -1;
    paired_line(line, sizeof line, where, both[0].side->text, both[1].side->text, logs, pairs, ALPHA);
    puts(line);
    return fflush(stdout) == 0 ? 0 : knn_fail(error, "cannot write to standard output");
}

/* -- what is compared ---------------------------------------------------------------------------------------------- */

static struct work kernel_of(struct bench *bench, const struct side *side) {
    enum { TURNS = 4 };
    return work_kernel(&bench->stock, side->kernel, &bench->teams[0], bench->stock.train.dim, TURNS, 0);
}

static struct work search_of(struct bench *bench, const struct side *side) {
    struct knn_team team = *bench_team(bench);
    size_t k = side->k > 0 ? side->k : 1, batch = side->batch > 0 ? side->batch : SIZE_MAX;
    if (side->threads > 0)
        team.threads = side->threads;
    if (side->policy != NULL)
        team.bound = side->policy->bound;
    struct work work =
        (side->bounds ? work_bounds : work_search)(&bench->stock, "versus", side->kernel, &team, k, batch);
    if (side->policy != NULL)
        work.policy = side->policy->policy;
    return work;
}

/* Gets a side ready. Unless given, the batch of a search is what fits into an epoch. */
static int ready(struct bench *bench, struct contender *c, struct knn_error *error) {
    enum { BLOCK = 240 };
    const struct knn_kernel *kernel = c->side->kernel;
    size_t unit = (size_t)kernel->mr * c->work.team.threads;
    int alone = c->work.batch == 0;
    if (alone && !work_kernel_fits(&bench->stock, kernel, bench->stock.train.dim))
        return knn_fail(error, "too few rows in the data set for a tile of %s", kernel->name);
    if (!c->work.team.bound)
        bench_unbind(bench, &c->work.team);
    if (work_ready(&c->work, error) != 0)
        return -1;
    return alone || c->side->batch > 0 ? 0 : work_fit(&c->work, unit, BLOCK, SEARCH_SECONDS, error);
}

/* Another batch is cut into other blocks, which moves a rate by a per cent or two. So sides that are about as fast get
 * the same, unless one was given. */
static void equal_batches(struct contender both[2]) {
    size_t *a = &both[0].work.batch, *b = &both[1].work.batch, less = *a < *b ? *a : *b;
    if (both[0].side->batch + both[1].side->batch == 0 && *a <= 2 * less && *b <= 2 * less)
        *a = *b = less;
}

/* The kernels alone, or the full job. */
static int compare(struct bench *bench, const struct side *sides, int alone, struct knn_error *error) {
    struct contender both[2];
    for (int i = 0; i < 2; i++)
        both[i] = (struct contender){.side = &sides[i], .work = (alone ? kernel_of : search_of)(bench, &sides[i])};
    int status = ready(bench, &both[0], error) != 0 || ready(bench, &both[1], error) != 0 ? -1 : 0;
    equal_batches(both);
    if (status == 0)
        status =
            run_epochs(bench, alone ? "in cache" : "full job", both, alone ? IN_CACHE_SECONDS : SEARCH_SECONDS, error);
    work_release(&both[0].work);
    work_release(&both[1].work);
    return status;
}

/* Whether nothing of a search was named. */
static int are_kernels(const struct side *sides) {
    for (int i = 0; i < 2; i++)
        if (sides[i].policy != NULL || sides[i].bounds || sides[i].threads + sides[i].k + sides[i].batch > 0)
            return 0;
    return 1;
}

/* A side without a kernel gets the other's. */
static int settle(const struct bench *bench, struct side *sides, struct knn_error *error) {
    const struct knn_kernel *otherwise = knn_kernel_default(KNN_L2, bench->features);
    for (int i = 0; i < 2; i++)
        otherwise = sides[i].kernel != NULL ? sides[i].kernel : otherwise;
    for (int i = 0; i < 2; i++)
        sides[i].kernel = sides[i].kernel != NULL ? sides[i].kernel : otherwise;
    if (sides[0].kernel->metric != sides[1].kernel->metric)
        return knn_fail(error, "--versus: %s and %s compute different distances: compare kernels of one metric",
                        sides[0].kernel->name, sides[1].kernel->name);
    return 0;
}

int versus(struct bench *bench, const char *words, struct knn_error *error) {
    struct side sides[2];
    char *text = strdup(words), *comma = text != NULL ? strchr(text, ',') : NULL;
    int status = 0;
    if (text == NULL)
        return knn_fail(error, "no memory");
    if (comma == NULL || strchr(comma + 1, ',') != NULL)
        status = knn_fail(error, "--versus=%s: give two sides with a comma between them: l1_avx2_6x8,l1_avx2", words);
    else
        *comma = '\0';
    if (status == 0 && (side_parse(&sides[0], text, bench, error) != 0 ||
                        side_parse(&sides[1], comma + 1, bench, error) != 0 || settle(bench, sides, error) != 0))
        status = -1;
    bench->stock.keep = 2;
    if (status == 0 && are_kernels(sides))
        status = compare(bench, sides, 1, error);
    if (status == 0)
        status = compare(bench, sides, 0, error);
    free(text);
    return status;
}
