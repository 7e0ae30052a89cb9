#include "jobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double FULL_JOB = 10000.0 * 50000.0; /* distances */

int run_is_peer(const struct run *run) {
    return strcmp(run->group, "peer") == 0 && strcmp(run->subject, "knnmark") != 0;
}

/* The threads of the searches; those of the peers if a file has nothing else. */
static double threads_of(const struct results *results) {
    double threads = results_most_threads(results, "search");
    return threads > 0 ? threads : results_most_threads(results, "peer");
}

int run_is_full_job(const struct results *results, const struct run *run) {
    int searched = strcmp(run->group, "search") == 0 && run->k == 1;
    return run->metric != 0 && run->threads == threads_of(results) && (searched || run_is_peer(run)) &&
           run_spread(run, "full_job_s").n > 0;
}

static int faster_first(const void *a, const void *b) {
    double x = ((const struct job *)a)->seconds, y = ((const struct job *)b)->seconds;
    return (x > y) - (x < y);
}

/* Machines drift from one run to the next. So a peer's time is its ratio to ours, measured in turn, times our time in
 * this file; without that ratio it is the time as measured. */
static double comparable(const struct job *job, double ours) {
    double ratio = run_is_peer(job->run) ? run_median(job->run, "x_ours") : 0;
    return ratio > 0 && isfinite(ours) ? ratio * ours : job->seconds;
}

double over_scalar(const struct results *results, const struct run *run, double seconds) {
    struct run_list list = select_runs(results, .group = "search", .counter = "full_job_s", .metric = run->metric,
                                       .k = 1, .threads = run->threads);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i]->scalar)
            return run_median(list.items[i], "full_job_s") / seconds;
    return run_median(run, "x_scalar");
}

static void compare(const struct results *results, struct jobs *jobs) {
    double ours = INFINITY, peer = INFINITY;
    if (jobs_best(jobs) != NULL)
        ours = jobs_best(jobs)->seconds;
    for (size_t i = 0; i < jobs->count; i++)
        if (run_is_peer(jobs->items[i].run))
            peer = fmin(peer, comparable(&jobs->items[i], ours));
    for (size_t i = 0; i < jobs->count; i++) {
        struct job *job = &jobs->items[i];
        job->x_scalar = over_scalar(results, job->run, comparable(job, ours));
        job->x_peer = isfinite(peer) ? peer / comparable(job, ours) : 0;
    }
    jobs->with_peers = isfinite(peer);
}

struct jobs jobs_of(const struct results *results, unsigned metric) {
    struct jobs jobs = {.items = calloc(results->count + 1, sizeof *jobs.items)};
    for (size_t i = 0; jobs.items != NULL && i < results->count; i++) {
        const struct run *run = &results->runs[i];
        if (run->metric == metric && run_is_full_job(results, run))
            jobs.items[jobs.count++] = (struct job){
                .run = run, .seconds = run_median(run, "full_job_s"), .share = run_spread(run, "of_ceiling")};
    }
    if (jobs.count > 0)
        qsort(jobs.items, jobs.count, sizeof *jobs.items, faster_first);
    compare(results, &jobs);
    return jobs;
}

void jobs_free(struct jobs *jobs) {
    free(jobs->items);
    *jobs = (struct jobs){0};
}

const struct job *jobs_best(const struct jobs *jobs) {
    for (size_t i = 0; i < jobs->count; i++)
        if (!run_is_peer(jobs->items[i].run))
            return &jobs->items[i];
    return NULL;
}

const struct job *jobs_find(const struct jobs *jobs, const char *kernel) {
    for (size_t i = 0; i < jobs->count; i++)
        if (strcmp(jobs->items[i].run->subject, kernel) == 0 && !run_is_peer(jobs->items[i].run))
            return &jobs->items[i];
    return NULL;
}

int peers_are_slow(const struct jobs *jobs) {
    double most = 0;
    for (size_t i = 0; i < jobs->count; i++)
        if (run_is_peer(jobs->items[i].run))
            most = fmax(most, jobs->items[i].x_scalar);
    return most > 0 && most < 1;
}

double job_rate(const struct job *job) {
    double rate = run_median(job->run, "distances_per_s");
    return rate > 0 ? rate : FULL_JOB / job->seconds;
}

/* -- the default kernel -------------------------------------------------------------------------------------------- */

/* Only the default kernels are timed one query at a time, on several threads and on streams. */
static const char *default_of(const struct results *results, unsigned metric) {
    static const char *const groups[] = {"latency", "scaling", "stream"};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
        for (size_t i = 0; i < results->count; i++)
            if (results->runs[i].metric == metric && strcmp(results->runs[i].group, groups[g]) == 0)
                return results->runs[i].subject;
    return "";
}

struct choice choice_of(const struct results *results, const struct jobs *jobs, unsigned metric) {
    struct choice choice = {.fastest = jobs_best(jobs), .chosen = jobs_find(jobs, default_of(results, metric))};
    if (choice.chosen == NULL || choice.fastest == NULL)
        return choice;
    choice.longer = choice.chosen->seconds / choice.fastest->seconds;
    choice.beyond =
        run_spread(choice.chosen->run, "full_job_s").lowest > run_spread(choice.fastest->run, "full_job_s").highest;
    return choice;
}
