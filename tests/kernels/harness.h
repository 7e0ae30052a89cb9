/* The differential harness: one kernel against the scalar reference, on many lengths, alignments and patterns, each
 * operand flush against inaccessible memory, with crashes caught and named.
 *
 * A check ends at the first fault and says all about it in one line, with the seed that repeats it. What a kernel is
 * tried on depends on the seed and on its name alone, not on which kernels were tried before. */
#ifndef HARNESS_H
#define HARNESS_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "guarded.h"
#include "kernel.h"
#include "palette.h"

enum { HARNESS_BUFFERS = 24, HARNESS_MAX_MR = 32, HARNESS_LONGEST = 297600 };

struct harness {
    uint64_t seed;
    int few; /* 1: fewer shapes, for kernels whose instructions cost thousands of a CPU's: each length, count and bound,
                but in turn and not each with each */
    struct palette *palettes;

    /* The check that runs: everything that a failure has to tell. */
    const struct knn_kernel *kernel;
    struct knn_error *error;
    uint64_t random;
    unsigned turn; /* few: what comes next */
    size_t dim;
    const char *volatile call; /* which of the kernel's functions is running; NULL while none is */
    struct guarded buffers[HARNESS_BUFFERS];
    unsigned open;
    void (*where)(const struct harness *harness, char *text, size_t size);

    unsigned a, b; /* pair: the buffers that hold the two rows */

    unsigned queries, rows, nq; /* tile: how many were packed, and the nq of the call */
    size_t query_stride, train_stride;
    unsigned query_picks[HARNESS_MAX_MR], train_picks[KNN_MAX_TILE]; /* rows of the palette */

    sigjmp_buf jump;
    volatile int signal;
    void *volatile address;
};

/* The seed in force: the environment's KNNMARK_SEED, else one from the clock. Fails if that is not a number. */
int harness_seed(uint64_t *seed, struct knn_error *error);

void harness_open(struct harness *harness, uint64_t seed);
void harness_close(struct harness *harness);

/* 0 if the kernel, which this CPU can run (as avxvnni_features() has it), is right; -1 and one line if not. Not for two
 * threads at once: it takes over the signals while it runs. */
int harness_check(struct harness *harness, const struct knn_kernel *kernel, struct knn_error *error);

/* -- the parts of a check ------------------------------------------------------------------------------------------ */

int harness_check_pair(struct harness *harness);
int harness_check_tile(struct harness *harness);

/* few: the next number from `first` to `last`. */
unsigned harness_turn(struct harness *harness, unsigned first, unsigned last);

/* A number below `limit`. */
unsigned harness_pick(struct harness *harness, unsigned limit);
enum guarded_side harness_side(struct harness *harness);

/* The lengths worth trying up to the kernel's max_dim: the i-th, or 0 after the last. */
size_t harness_dim(const struct harness *harness, size_t i);

/* The palette of harness->dim with the distances of the kernel's metric, or NULL and the error. */
const struct palette *harness_palette(struct harness *harness, const uint32_t **distances);

/* Opens buffers[open]. */
int harness_buffer(struct harness *harness, const char *name, size_t bytes);
void harness_close_buffers(struct harness *harness);

/* Writes the line: kernel, length, place, what is wrong, seed. Returns -1. */
__attribute__((format(printf, 2, 3))) int harness_fail(struct harness *harness, const char *format, ...);

#endif
