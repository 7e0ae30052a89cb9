/* The rounds: what is timed, in which order. */
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "paired.h"
#include "plural.h"
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

static int add_pair(struct series *series, const struct pair *pair, struct knn_error *error) {
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

/* ABBA or BAAB, `other` being B: two pairs. */
static int run_block(struct comparison *c, size_t benchmark, enum side other, struct series *series,
                     struct knn_error *error) {
    struct pair pairs[2] = {{.benchmark = benchmark}, {.benchmark = benchmark}};
    series->head_first = paired_begins_with_b(series->blocks++, series->head_first, &c->random);
    for (size_t i = 0; i < PAIRED_BLOCK; i++) {
        int is_other = paired_is_b(series->head_first, i);
        struct pair *pair = &pairs[i / 2];
        if (run_epoch(c, is_other ? other : BASE, &c->benchmarks[benchmark], is_other ? &pair->head : &pair->base,
                      error) != 0)
            return -1;
    }
    return add_pair(series, &pairs[0], error) != 0 ? -1 : add_pair(series, &pairs[1], error);
}

/* `items` are benchmarks, and one that stands for the copy. */
static int run_round(struct comparison *c, size_t *items, size_t count, size_t of_copy, int fresh,
                     struct knn_error *error) {
    shuffle(items, count, &c->random);
    for (size_t i = 0; i < count; i++) {
        struct benchmark *b = &c->benchmarks[items[i]];
        int is_copy = items[i] == c->count;
        struct series *series = is_copy ? (fresh ? &c->fresh_copies : &c->copies) : fresh ? &b->fresh : &b->first;
        if (run_block(c, is_copy ? of_copy : items[i], is_copy ? COPY : HEAD, series, error) != 0)
            return -1;
    }
    return 0;
}

/* The first run of a benchmark packs its data, and the threads of a new process meet their cores. */
static int warm_up(struct comparison *c, const size_t *items, size_t count, struct knn_error *error) {
    size_t order[SIDES] = {BASE, COPY, HEAD};
    double seconds;
    for (size_t i = 0; i < count; i++) {
        shuffle(order, SIDES, &c->random);
        for (size_t at = 0; at < SIDES; at++)
            if (run_once(&c->children[order[at]], c->benchmarks[items[i]].name, 1, &seconds, error) != 0)
                return -1;
    }
    return 0;
}

int run_rounds(struct comparison *c, const char *take, int fresh, struct knn_error *error) {
    size_t items[MOST_BENCHMARKS + 1], taken[MOST_BENCHMARKS], count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (take[i])
            taken[count++] = i;
    if (count == 0)
        return 0;
    if (warm_up(c, taken, count, error) != 0)
        return -1;
    memcpy(items, taken, count * sizeof *items);
    items[count] = c->count;
    for (unsigned round = 0; round < c->settings.rounds; round++) {
        show_progress("%sround %u of %u, %zu benchmark%s", fresh ? "fresh processes, " : "", round + 1,
                      c->settings.rounds, count, knn_plural(count));
        if (run_round(c, items, count + 1, taken[round % count], fresh, error) != 0)
            return -1;
    }
    return 0;
}
