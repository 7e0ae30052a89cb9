/* A comparison of two workers, from their start to the verdict.
 *
 * Start: base, a second copy of base, and head. Both sides must list the same benchmarks, and head's kernels must be
 * right. A benchmark that runs the same machine code on both sides (code.h) is unchanged, and is not timed.
 *
 * Pilot: chooses the length of an epoch for each benchmark, by the noise between base and its copy (pilot.c).
 *
 * Rounds: each times, in random order, a pair of every open benchmark, and a pair of base against its copy on one of
 * them in turn. A pair is an epoch of each side; a coin decides whose is first. The frozen reference runs before every
 * epoch. After a round all benchmarks are judged (verdict.h), and the decided ones drop out. Every few rounds fresh
 * processes take over, until nothing is open or the budget is spent. Once something is slower, a third of it is kept to
 * confirm that.
 *
 * Confirmation: slower benchmarks are timed again in fresh processes, until they are decided or the budget is spent.
 *
 * Where a process's memory lies can matter more than a change of the code. So processes start and pack their data in
 * random order, lest the first always get the better place, and a verdict needs more than one set of them.
 *
 * Only one process works at any time: the others block in a read. */
#ifndef REGRESS_COMPARE_H
#define REGRESS_COMPARE_H

#include <stdint.h>
#include <stdio.h>

#include "child.h"
#include "load.h"
#include "verdict.h"

enum side { BASE, COPY, HEAD, SIDES };
enum { MOST_BENCHMARKS = 256 };

struct settings {
    const char *base, *head;           /* worker programs */
    const char *base_name, *head_name; /* for people: commits */
    const char *data, *data_file;      /* what to time on, and the file that both sides map */
    const char *benchmarks;            /* shell patterns, separated by commas; NULL: searches and tiles */
    const char *base_code, *head_code; /* files that code.sh wrote; NULL: none, so that all is timed */
    const char *output;                /* results go to OUTPUT.json, .html, .md */
    unsigned threads;
    double budget, epoch;      /* seconds: of all timing; the least of an epoch of base, 0: the pilot chooses */
    double tau, most, control; /* the threshold, how far noise may raise it, the controls' limit: 0.03 for 3 % */
    uint64_t seed;
    int always_time;    /* also what runs the same code on both sides */
    int allow_new;      /* head may have benchmarks that base lacks */
    int warn_undecided; /* exit 0 instead of 3 */
    int list;           /* only list the benchmarks */

    /* For the self-test only. */
    const char *head_options[3]; /* of head's worker, such as --extra-work=10 */
    size_t head_option_count;
    enum load_kind load;
};

struct epoch {
    double seconds, reference, waiting; /* waiting: share of the time that its threads waited for a CPU; < 0: unknown */
};

/* Neighbouring epochs; the control compares base (`base`) with its copy (`head`). */
struct pair {
    struct epoch base, head;
    size_t benchmark;
};

struct series {
    struct pair *pairs;
    size_t count, room;
};

struct benchmark {
    char name[REGRESS_NAME];
    uint64_t iterations;
    double epoch;               /* the least seconds of an epoch of base */
    struct series first, fresh; /* fresh: of the confirmation; empty if there was nothing to confirm */
    struct finding found;
};

struct comparison {
    struct settings settings;
    struct knn_team team;
    struct load load;
    struct child children[SIDES];
    struct benchmark *benchmarks; /* to be timed */
    size_t count;
    char (*unchanged)[REGRESS_NAME]; /* those that run the same code on both sides */
    size_t unchanged_count;
    struct series copies, fresh_copies;
    struct rules rules;
    struct decision decision;
    char source[512]; /* of the data */
    uint64_t reference_rounds, random;
    double start, seconds; /* when the timing began; what all of it took */
    unsigned sets[2];      /* of processes that were timed: until the first verdict, and to confirm it */
};

/* Makes *comparison and runs it to its verdict. On failure (exit status 2) the error says why. Call comparison_free in
 * either case. */
int compare(struct comparison *comparison, const struct settings *settings, struct knn_error *error);
void comparison_free(struct comparison *comparison);

/* -- parts of it (sides.c, rounds.c) ----------------------------------------------------------------------------- */

int start_workers(struct comparison *comparison, struct knn_error *error);
int restart_workers(struct comparison *comparison, struct knn_error *error);
void stop_workers(struct comparison *comparison);
void shuffle(size_t *items, size_t count, uint64_t *random);

/* Compares the lists, fills comparison->benchmarks, and checks the answers of all of head's benchmarks and of those of
 * base that are timed. */
int find_benchmarks(struct comparison *comparison, struct knn_error *error);

/* Sets how long an epoch of each benchmark is. */
int run_pilot(struct comparison *comparison, struct knn_error *error);

/* Times a pair of epochs, BASE's and `other`'s; a coin decides the order. */
int run_pair(struct comparison *comparison, const struct benchmark *b, enum side other, struct pair *pair,
             struct knn_error *error);

/* A round of the benchmarks for which `open` is set. */
int run_round(struct comparison *comparison, const char *open, int fresh, struct knn_error *error);

/* Runs every open benchmark once on each side: a first run packs the data, and binds a new process's threads to
 * cores. */
int warm_up(struct comparison *comparison, const char *open, struct knn_error *error);

/* `run NAME N`: seconds. */
int run_once(struct child *child, const char *name, uint64_t iterations, double *seconds, struct knn_error *error);

/* One line about progress on a terminal; an empty text removes it. */
void show_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
