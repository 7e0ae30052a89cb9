/* The peers come in a file of their own: whether it belongs to the benchmarks' one. */
#ifndef REPORT_PEERS_H
#define REPORT_PEERS_H

#include "results/results.h"

/* 1 if a file has nothing but peers. */
int peers_alone(const struct results *results);

/* Makes the peers' runs the results' own, if they may stand beside its kernels; if not, results->left_out says why.
 * Both are freed as before, the peers after the results. */
void peers_join(struct results *results, struct results *peers);

#endif
