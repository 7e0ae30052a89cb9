/* A comparison in words, for all forms of its results. */
#ifndef REGRESS_WORDS_H
#define REGRESS_WORDS_H

#include "compare.h"

/* A logarithm of a ratio as people read it: "+1.23 %"; "unknown" if it is infinite. */
struct change {
    char text[24];
};
struct change change_of(double logarithm);

/* "same", ..., "slower (confirmed)", "slower once, not in fresh processes". */
const char *verdict_text(const struct benchmark *benchmark);

/* The verdict of the whole run in one sentence, and what to do now. */
void write_conclusion(FILE *stream, const struct comparison *comparison);
void write_advice(FILE *stream, const struct comparison *comparison);

int was_disturbed(const struct comparison *comparison);

/* "AMD EPYC ..., 2 threads". */
void write_machine(FILE *stream, const struct comparison *comparison);

/* The controls by name, `waiting` last. `confirming`: those of the fresh processes. */
struct named_control {
    const char *name;
    const struct control *control;
};
void list_controls(const struct comparison *comparison, int confirming, struct named_control controls[CONTROLS]);

/* 1 if anything was measured in fresh processes. */
int has_fresh(const struct comparison *comparison);

/* A slowdown beyond this is ruled out in every benchmark but the slower ones. */
double least_ruled_out(const struct comparison *comparison);

#endif
