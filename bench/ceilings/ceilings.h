/* The measured ceilings of this CPU: how fast it runs an instruction mix when nothing else is asked of it, how fast it
 * reads memory, and its clock. A kernel's rate divided by the ceiling of its metric says how much of the machine the
 * kernel uses.
 *
 * A mix is a loop over registers only: no load, no store, no wait for an earlier result, one loop branch for every
 * twelve groups of instructions. A rate counts byte pairs, one byte of a query with one byte of a train row: the same
 * unit for every mix and every kernel of a metric. */
#ifndef CEILINGS_H
#define CEILINGS_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"
#include "topology.h"

enum { CEILING_GROUPS = 12, CEILING_OPERANDS = 4 * 64 }; /* groups in one round; bytes of operands */

struct ceiling {
    const char *name; /* <metric>_<isa>_<instructions> */
    enum knn_metric metric;
    unsigned features; /* knn_feature bits it needs; 0 where any CPU of this architecture runs it */
    unsigned bytes;    /* byte pairs one group of instructions consumes */
    void (*run)(const uint8_t *operands, uint64_t rounds); /* rounds >= 1; operands: CEILING_OPERANDS bytes */
};

/* Every mix of this build, runnable here or not; NULL and a count of 0 on an architecture that has none yet. The
 * ceiling of a metric is the best rate among the mixes whose features the CPU has. */
const struct ceiling *ceilings(size_t *count);

/* Byte pairs per second of `threads` OpenMP threads at once, at least one, measured for about `seconds` after a warm-up
 * of at least 20 ms that lets the clock ramp up. The time is cut into some hundred slices and the ninth decile of their
 * rates is taken, so that a disturbed moment does not pass for a low ceiling. Threads are bound in this topology and
 * stay so; NULL leaves them where they are. 0 where the runtime grants fewer threads. */
double ceiling_rate(const struct ceiling *ceiling, unsigned threads, double seconds,
                    const struct knn_topology *topology);

/* Cycles per second of the core that runs the calling thread, at this moment: no warm-up, about `seconds` of dependent
 * instructions of one cycle each, the ninth decile as above. 0 on an architecture whose instructions are not written
 * down here. A clock slowed by wide vectors recovers within a millisecond: measured after them, it may be higher than
 * it was for them. */
double clock_rate(double seconds);

/* Bytes per second at which `threads` OpenMP threads read the buffer, each a contiguous share of it: the median of
 * `repeats` (1 to READ_REPEATS_MAX) readings with or without prefetching, whichever is faster, after one reading that
 * does not count; 0 where the runtime grants fewer threads. The buffer should be several times larger than the last
 * cache, and written before: pages never written are all one page of zeros. */
enum { READ_REPEATS_MAX = 255 };
double read_rate(const void *buffer, size_t bytes, unsigned threads, unsigned repeats,
                 const struct knn_topology *topology);

#endif
