#include "several.h"

#include <string.h>

#include "results/check.h"

/* Whether the peers may stand beside the kernels; if not, results->left_out says why. */
static int belong(struct results *results) {
    struct difference difference = difference_of(results, results->peers, SAME_CPU | SAME_THREADS | SAME_DATA);
    if (results_most_threads(results, "peer") > 0)
        snprintf(difference.text, sizeof difference.text, "%.100s has peers, too", results->name);
    else if (results_fact(results->peers, "context.quick", NULL) != NULL)
        snprintf(difference.text, sizeof difference.text, "it is of a --quick run, on a part of the job");
    if (difference.text[0] != '\0')
        snprintf(results->left_out, sizeof results->left_out,
                 "the peers of %.100s are left out: %s; `make bench-peers` measures them anew", results->peers->name,
                 difference.text);
    return difference.text[0] == '\0';
}

static int all_peers(const struct run *runs, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(runs[i].group, "peer") != 0)
            return 0;
    return 1;
}

int peers_alone(const struct results *results) {
    return all_peers(results->runs, results->count) && all_peers(results->failed, results->failed_count);
}

/* Moves the measurements to another list, which has room for MAX_RUNS; names and fields stay here, too. */
static void move(struct run *to, size_t *to_count, struct run *from, size_t from_count) {
    for (size_t i = 0; i < from_count && *to_count < MAX_RUNS; i++) {
        to[(*to_count)++] = from[i];
        from[i].repetitions = NULL;
        from[i].count = 0;
    }
}

void peers_join(struct results *results, struct results *peers) {
    results->peers = peers;
    if (!belong(results))
        return;
    move(results->runs, &results->count, peers->runs, peers->count);
    move(results->failed, &results->failed_count, peers->failed, peers->failed_count);
}
