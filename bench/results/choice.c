#include "choice.h"

#include <string.h>

#include "summary.h"

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
    struct choice choice = {.fastest = jobs_best(jobs)};
    const char *name = default_of(results, metric);
    for (size_t i = 0; i < jobs->count; i++)
        if (!run_is_peer(jobs->items[i].run) && strcmp(jobs->items[i].run->subject, name) == 0)
            choice.chosen = &jobs->items[i];
    if (choice.chosen == NULL)
        return choice;
    choice.longer = choice.chosen->seconds / choice.fastest->seconds;
    choice.beyond =
        run_spread(choice.chosen->run, "full_job_s").lowest > run_spread(choice.fastest->run, "full_job_s").highest;
    return choice;
}

void write_choices(FILE *stream, const struct results *results, enum form form) {
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
        struct jobs jobs = jobs_of(results, metric);
        struct choice choice = choice_of(results, &jobs, metric);
        if (choice.beyond)
            warn(stream, form,
                 "%s's default kernel, %s, takes %s times as long as %s, which is more than they vary: on this CPU the "
                 "order in kernels/kernels.def should be another.",
                 metric_title(metric), choice.chosen->run->subject, number_plain(choice.longer).text,
                 choice.fastest->run->subject);
        jobs_free(&jobs);
    }
}
