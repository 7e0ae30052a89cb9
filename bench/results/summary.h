/* What a result file says, in words and tables of any form. Each writes nothing where it has nothing to say. */
#ifndef RESULTS_SUMMARY_H
#define RESULTS_SUMMARY_H

#include "results.h"
#include "table.h"

/* All of it, from the machine to the last table. */
void summary_write(FILE *stream, const struct results *results, enum form form);

/* "AMD EPYC, 2 threads, 2026-11-22, commit 309b030, on ... images", without what the file does not tell. */
void write_origin(FILE *stream, const struct results *results, enum form form);

/* The same of the peers, with their file's name and what either fails to say; only where there are any. */
void write_peers_origin(FILE *stream, const struct results *results, enum form form);

void write_warnings(FILE *stream, const struct results *results, enum form form);

/* One of them. */
void warn(FILE *stream, enum form form, const char *format, ...) __attribute__((format(printf, 3, 4)));

void write_full_job(FILE *stream, const struct results *results, enum form form); /* the main table, per metric */
void write_other_searches(FILE *stream, const struct results *results, enum form form);
void write_latencies(FILE *stream, const struct results *results, enum form form);
void write_peer_settings(FILE *stream, const struct results *results, enum form form);

/* How many times the ceilings of all threads are those of one; 0 where nothing tells. */
double ceiling_growth(const struct results *results, double threads);

#endif
