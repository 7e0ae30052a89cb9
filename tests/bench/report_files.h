/* Small result files of made-up numbers, to test the report on. */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include "process.h"

/* What is in a file. */
enum {
    SEARCHES = 1,  /* search/... alone */
    OTHERS = 2,    /* every other group of knnmark-bench but ... */
    BOUNDS = 4096, /* ... bounds/... */
    EVERYTHING = SEARCHES | OTHERS | BOUNDS,
    PEERS = 4,      /* peer/... */
    EVIL_NAMES = 8, /* a kernel and a CPU with names that mean something in HTML, gnuplot and Markdown */
    EARLIER = 16,   /* without the member "knnmark", the CPU's name in the context */
    ONCE = 32,      /* one repetition instead of three */
    TROUBLED = 64,  /* not complete, a benchmark that failed, ceilings that do not grow with the threads */
    /* Of the peers' file, what tells it from the others. */
    OTHER_CPU = 128,
    OTHER_THREADS = 256,
    OTHER_ROWS = 512,
    OTHER_DATA = 1024,
    QUICK = 2048,
    /* What tells a CPU's file from another's. */
    EMULATED = 8192,
    LIMITED = 1 << 14,      /* by --isa */
    SLOW_DEFAULT = 1 << 15, /* L1's default kernel is not the fastest */
    FIELDS = 1 << 16,       /* schema 2: names that say nothing */
    SLOWER = 1 << 17,       /* the full job by l1_avx2_6x8 takes 6 s */
    LATER = 1 << 18,        /* of another commit */
    OTHER_MODEL = 1 << 19,  /* of a CPU of the same name */
};

/* Writes a file of the folder. L1's fastest kernel is l1_avx2_6x8: 4 s, 80 % of the ceiling, 150 times the scalar one.
 */
void write_results(const struct process *process, const char *name, int contents);

#endif
