/* The rounds: what is timed, in which order. */
#include <stdlib.h>

#include "compare.h"
#include "paired.h"
#include "random.h"
#include "reference.h"

void shuffle(size_t *items, size_t count, uint64_t *random) {
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(knn_random(random) % i), item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

static int run_epoch(struct comparison *c, enum side side, const struct benchmark *b, struct epoch *epoch,
                     struct knn_error *error) {
    static struct waiting before, after;
    struct child *child = &c->children[side];
    if (side == HEAD)
        load_resume(&c->load);
    epoch->reference = reference_time(&c->team, c->reference_rounds);
    child_waiting(child, &before);
    int status = run_once(child, b->name, b->iterations, &epoch->seconds, error);
    child_waiting(child, &after);
    if (side == HEAD)
        load_pause(&c->load);
    epoch->waiting = before.count > 0 ? waited(&before, &after) / (epoch->seconds > 0 ? epoch->seconds : 1) : -1;
    return status;
}

static int add(struct series *series, const struct pair *pair, struct knn_error *error) {
    if (series->count == series->room) {
        size_t room = series->room > 0 ? 2 * series->room : 64;
        struct pair *more = realloc(series->pairs, room * sizeof *more);
        if (more == NULL)
            return knn_fail(error, "no memory for %zu pairs of times", room);
        series->pairs = more;
        series->room = room;
    }
    series->pairs[series->count++] = *pair;
    return 0;
}

int run_pair(struct comparison *c, const struct benchmark *b, enum side other, struct pair *pair,
             struct knn_error *error) {
    int other_first = paired_begins_with_b(&c->random);
    *pair = (struct pair){.benchmark = (size_t)(b - c->benchmarks)};
    for (int i = 0; i < 2; i++) {
        int is_other = (i == 0) == other_first;
        if (run_epoch(c, is_other ? other : BASE, b, is_other ? &pair->head : &pair->base, error) != 0)
            return -1;
    }
    return 0;
}

static int add_pair(struct comparison *c, size_t benchmark, enum side other, struct series *series,
                    struct knn_error *error) {
    struct pair pair;
    return run_pair(c, &c->benchmarks[benchmark], other, &pair, error) != 0 ? -1 : add(series, &pair, error);
}

static size_t list_open(const struct comparison *c, const char *open, size_t *items) {
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (open[i])
            items[count++] = i;
    return count;
}

/* The item c->count stands for a pair of base and its copy. */
int run_round(struct comparison *c, const char *open, int fresh, struct knn_error *error) {
    size_t items[MOST_BENCHMARKS + 1], count = list_open(c, open, items);
    struct series *copies = fresh ? &c->fresh_copies : &c->copies;
    size_t of_copy = items[copies->count % count];
    items[count++] = c->count;
    shuffle(items, count, &c->random);
    for (size_t i = 0; i < count; i++) {
        struct benchmark *b = &c->benchmarks[items[i]];
        int failed = items[i] == c->count ? add_pair(c, of_copy, COPY, copies, error)
                                          : add_pair(c, items[i], HEAD, fresh ? &b->fresh : &b->first, error);
        if (failed)
            return -1;
    }
    return 0;
}

int warm_up(struct comparison *c, const char *open, struct knn_error *error) {
    size_t order[SIDES] = {BASE, COPY, HEAD}, items[MOST_BENCHMARKS], count = list_open(c, open, items);
    double seconds;
    for (size_t i = 0; i < count; i++) {
        shuffle(order, SIDES, &c->random);
        for (size_t at = 0; at < SIDES; at++)
            if (run_once(&c->children[order[at]], c->benchmarks[items[i]].name, 1, &seconds, error) != 0)
                return -1;
    }
    return 0;
}
