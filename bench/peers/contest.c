#include "contest.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "interrupt.h"

/* In a round: a search of all queries that would take longer than FULL gets only as many queries as take SUBSET. */
static const double FULL_SECONDS = 12, SUBSET_SECONDS = 5, QUICK_FULL_SECONDS = 1, QUICK_SUBSET_SECONDS = 0.3;

/* -- correctness --------------------------------------------------------------------------------------------------- */

/* Floats have 24 bits, so every addition is wrong by up to a rounding, 2^-24 of its sum. |t|^2 - 2 qt adds up to
 * numbers of the size of |q|^2 + |t|^2, which is up to a hundred times the distance. The thousands of errors on the way
 * have either sign: of two million pairs of images none was off by more than 5 roundings of |q|^2 + |t|^2, so that two
 * distances up to 10 roundings apart may change places. That is 6e-5 of the distance at worst. Rounding does not
 * explain more than ROUNDINGS. */
static const double ROUNDINGS = 16;

static uint64_t distance(const struct contest *contest, enum knn_metric metric, size_t query, size_t row) {
    return knn_kernel_reference(metric)->pair(knn_matrix_row(contest->job.test, query),
                                              knn_matrix_row(contest->job.train, row), contest->job.train->dim);
}

static double squares(const struct knn_matrix *matrix, size_t i) {
    double sum = 0;
    for (size_t j = 0; j < matrix->dim; j++)
        sum += knn_matrix_row(matrix, i)[j] * knn_matrix_row(matrix, i)[j];
    return sum;
}

/* Compares the answers in contest->nearest with knnmark's. */
static int check(struct contest *contest, struct contestant *c, struct knn_error *error) {
    const struct peer *peer = c->peer;
    c->differences = 0;
    for (size_t i = 0; i < contest->checked && i < c->queries; i++) {
        size_t row = contest->nearest[i];
        if (row >= contest->job.train->rows)
            return knn_fail(error, "wrong answers here: query %zu gets row %zu of %zu", i, row,
                            contest->job.train->rows);
        uint64_t right = contest->expected[peer->metric][i], found = distance(contest, peer->metric, i, row);
        if (found == right)
            continue;
        double rounding = ldexp(squares(contest->job.test, i) + squares(contest->job.train, row), -24);
        double off = ((double)found - (double)right) / rounding;
        if (peer->exact || off < 0 || off > ROUNDINGS)
            return knn_fail(error, "wrong answers here: query %zu gets a row at distance %llu, the nearest is at %llu",
                            i, (unsigned long long)found, (unsigned long long)right);
        c->differences++;
        c->worst = fmax(c->worst, off);
    }
    return 0;
}

/* Keeps knnmark's distances, with which all others are compared. */
static int expect(struct contest *contest, const struct contestant *c, struct knn_error *error) {
    enum knn_metric metric = c->peer->metric;
    uint64_t *expected = calloc(contest->checked, sizeof *expected);
    if (expected == NULL)
        return knn_fail(error, "no memory for the answers to %zu queries", contest->checked);
    for (size_t i = 0; i < contest->checked; i++)
        expected[i] = distance(contest, metric, i, contest->nearest[i]);
    contest->expected[metric] = expected;
    return 0;
}

/* -- settings ------------------------------------------------------------------------------------------------------ */

static double timed_search(struct contest *contest, const struct contestant *c, size_t queries,
                           struct knn_error *error) {
    double start = knn_seconds();
    return c->peer->search(c->state, queries, contest->nearest, error) == 0 ? knn_seconds() - start : -1;
}

static size_t trial_queries(const struct contest *contest, const struct contestant *c) {
    size_t queries = c->peer->trial * contest->job.team->threads, all = contest->job.test->rows;
    return queries < all ? queries : all;
}

/* Tries every setting twice, so that a disturbed moment does not decide, and chooses the best. Returns the seconds per
 * query in the best trial, -1 on failure. */
static double tune(struct contest *contest, struct contestant *c, struct knn_error *error) {
    enum { MAX_SETTINGS = 32 };
    double best[MAX_SETTINGS];
    size_t fastest = 0, settings = c->peer->settings, passes = contest->quick ? 1 : 2;
    size_t queries = trial_queries(contest, c);
    for (size_t pass = 0; pass < passes; pass++)
        for (size_t i = 0; i < settings; i++) {
            double seconds = c->peer->choose(c->state, i, error) == 0 ? timed_search(contest, c, queries, error) : -1;
            if (seconds < 0)
                return -1;
            best[i] = pass == 0 ? seconds : fmin(best[i], seconds);
            if (pass + 1 < passes)
                continue;
            c->peer->describe(c->state, c->setting, sizeof c->setting);
            printf("trial: %6.3f s for %zu queries: %s\n", best[i], queries, c->setting);
            fastest = best[i] < best[fastest] ? i : fastest;
        }
    if (c->peer->choose(c->state, fastest, error) != 0)
        return -1;
    c->peer->describe(c->state, c->setting, sizeof c->setting);
    return best[fastest] / (double)queries;
}

/* All queries, or as many as fit, in multiples of a trial's. */
static size_t choose_queries(const struct contest *contest, const struct contestant *c, double seconds) {
    size_t all = contest->job.test->rows, trial = trial_queries(contest, c);
    if (seconds * (double)all <= (contest->quick ? QUICK_FULL_SECONDS : FULL_SECONDS))
        return all;
    return work_fitting(all, trial, trial, seconds, contest->quick ? QUICK_SUBSET_SECONDS : SUBSET_SECONDS);
}

static int prepare(struct contest *contest, struct contestant *c, struct knn_error *error) {
    if (c->peer->open(&c->state, &contest->job, error) != 0) {
        c->state = NULL;
        return -1;
    }
    double seconds = tune(contest, c, error);
    if (seconds < 0)
        return -1;
    c->queries = choose_queries(contest, c, seconds);
    size_t few = c->queries < contest->checked ? c->queries : contest->checked;
    if (c->peer->search(c->state, few, contest->nearest, error) != 0 ||
        (contest->expected[c->peer->metric] == NULL && expect(contest, c, error) != 0))
        return -1;
    return check(contest, c, error);
}

/* -- rounds -------------------------------------------------------------------------------------------------------- */

static void disqualify(struct contestant *c, const struct knn_error *error) {
    snprintf(c->error, sizeof c->error, "%s", error->message);
    fprintf(stderr, "knnmark-bench-peers: %s, %s: %s\n", c->peer->name, knn_metrics[c->peer->metric].name, c->error);
}

int contest_open(struct contest *contest, struct bench *bench, unsigned rounds, struct knn_error *error) {
    const struct peer *const *all = peers(&contest->count);
    const struct knn_team *team = &bench->teams[bench->team_count - 1];
    contest->job = (struct peer_job){&bench->dataset.train.pixels, &bench->dataset.test.pixels, team, bench};
    contest->quick = bench->quick;
    contest->rounds = rounds;
    contest->checked = contest->job.test->rows < CHECKED_QUERIES ? contest->job.test->rows : CHECKED_QUERIES;
    contest->nearest = calloc(contest->job.test->rows, sizeof *contest->nearest);
    if (contest->nearest == NULL)
        return knn_fail(error, "no memory for the answers to %zu queries", contest->job.test->rows);
    omp_set_num_threads((int)team->threads);
    for (size_t i = 0; i < contest->count; i++) {
        struct contestant *c = &contest->list[i];
        *c = (struct contestant){.peer = all[i]};
        while (contest->list[c->ours].peer->metric != c->peer->metric)
            c->ours++;
        if (prepare(contest, c, error) != 0) {
            if (c->ours == i)
                return -1;
            disqualify(c, error);
        }
    }
    return 0;
}

void contest_run(struct contest *contest) {
    struct knn_error error;
    for (unsigned round = 0; round < contest->rounds; round++, contest->finished++)
        for (size_t j = 0; j < contest->count; j++) {
            struct contestant *c = &contest->list[(round + j) % contest->count];
            if (knn_interrupted())
                return;
            if (c->error[0] != '\0')
                continue;
            c->seconds[round] = timed_search(contest, c, c->queries, &error);
            if (c->seconds[round] < 0 || check(contest, c, &error) != 0)
                disqualify(c, &error);
        }
}

void contest_close(struct contest *contest) {
    for (size_t i = 0; i < contest->count; i++)
        if (contest->list[i].state != NULL)
            contest->list[i].peer->close(contest->list[i].state);
    for (size_t metric = 0; metric < KNN_METRICS; metric++)
        free(contest->expected[metric]);
    free(contest->nearest);
}

double contest_full_job(const struct contest *contest, const struct contestant *c, unsigned round) {
    return c->seconds[round] * FULL_QUERIES / (double)c->queries * FULL_ROWS / (double)contest->job.train->rows;
}

double contest_ratio(const struct contest *contest, const struct contestant *c, unsigned round) {
    const struct contestant *ours = &contest->list[c->ours];
    if (c->error[0] != '\0' || ours->error[0] != '\0')
        return 0;
    return contest_full_job(contest, c, round) / contest_full_job(contest, ours, round);
}
