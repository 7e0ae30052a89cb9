#include "picture.h"

#include <string.h>

#include "results/summary.h"

static const struct picture all[] = {
    {"throughput", "Throughput per kernel",
     "Bars are medians of the full job on all threads, the thin line on a bar its range over the repetitions. The "
     "upright mark is the ceiling: the measured rate of the fastest instruction mix that the kernel's CPU features "
     "allow. Grey are the baselines: scalar code, what the compiler vectorizes, and floats.",
     "search/.../k:1", draw_throughput, NULL},
    {"roofline", "Roofline",
     "The work done on each byte of the train rows that is read, against the rate of that work: a batch of B queries "
     "does B byte pairs with every byte read, until B queries no longer fit nine tenths of a core's second-level "
     "cache. The slope is the measured rate of reading memory, the level lines are the measured instruction mixes. "
     "Joined points are batches, numbered by their size; single points are the full job by each kernel.",
     "ceiling/..., stream/... and search/...", draw_roofline, NULL},
    {"dim", "Rate against row length",
     "One thread, rows in cache: each kernel's rate on rows of that many bytes. Both axes are logarithmic; upright "
     "lines are ranges over the repetitions.",
     "kernel/.../dim:D", draw_dim, NULL},
    {"scaling", "Thread scaling",
     "The full job's rate on more and more threads, and the efficiency: the rate per thread over that of one thread. "
     "Dashed is perfect scaling.",
     "scaling/...", draw_scaling, NULL},
    {"batch", "Batch size: throughput and latency",
     "Queries that arrive in batches: how many distances a second, and how long a batch takes. The line of a latency "
     "is its median, the shade above it reaches the 99th percentile.",
     "stream/.../batch:B", draw_batch, NULL},
    {"schedule", "Scheduler policies",
     "The rate by each policy over the default policy's in the same batch; 1 is the default. The thin line is the "
     "range over the repetitions; one that reaches the edge goes on. The axis is logarithmic.",
     "schedule/.../batch:B", draw_schedule, NULL},
    {"repetitions", "Distribution of repetitions",
     "Every repetition of the full job on all threads, as its time's distance from the median. What lies far out was "
     "disturbed.",
     "search/.../k:1 with repetitions", draw_repetitions, NULL},
    {"bounds", "The same answers for less work",
     "How many times as long the exhaustive search takes, in turn with the search by bounds on the same batches, with "
     "the build counted. Dashed is the break-even: below it, bounds cost more than they save. Upright lines are ranges "
     "over the repetitions.",
     NULL, draw_bounds, write_bounds},
};

const struct picture *pictures(size_t *count) {
    *count = sizeof all / sizeof all[0];
    return all;
}

unsigned shade_of(const struct run *run) {
    return run->by_hand ? run->metric : 0;
}

void spread_labels(double *values, size_t count, double lowest, double highest, double gap) {
    size_t order[MAX_RUNS];
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        size_t to = i;
        for (; to > 0 && values[order[to - 1]] > values[i]; to--)
            order[to] = order[to - 1];
        order[to] = i;
    }
    if (gap * (double)count > highest - lowest)
        gap = (highest - lowest) / (double)count;
    /* First each value is lifted off the one below it; then those above the top are pushed down again, from the top. */
    double least = lowest;
    for (size_t i = 0; i < count; i++, least += gap) {
        if (values[order[i]] > least)
            least = values[order[i]];
        values[order[i]] = least;
    }
    double most = highest;
    for (size_t i = count; i-- > 0; most -= gap) {
        if (values[order[i]] < most)
            most = values[order[i]];
        values[order[i]] = most;
    }
}
