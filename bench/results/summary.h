/* What a result file says, in words and tables of any form. Each writes nothing where it has nothing to say. */
#ifndef RESULTS_SUMMARY_H
#define RESULTS_SUMMARY_H

#include "results.h"
#include "table.h"

/* All of it, from the machine to the last table. */
void summary_write(FILE *stream, const struct results *results, enum form form);

/* "AMD EPYC, 2 threads, 2026-11-22, commit 309b030, on ... images", without what the file does not tell. */
void write_origin(FILE *stream, const struct results *results, enum form form);

/* The same for the peers, if there are any, with their file's name; says if one of the files does not name its data. */
void write_peers_origin(FILE *stream, const struct results *results, enum form form);

void write_warnings(FILE *stream, const struct results *results, enum form form);

void write_full_job(FILE *stream, const struct results *results, enum form form); /* the main table, per metric */
void write_other_searches(FILE *stream, const struct results *results, enum form form);
void write_latencies(FILE *stream, const struct results *results, enum form form);
void write_peer_settings(FILE *stream, const struct results *results, enum form form);

/* Two tables of the search by bounds (docs/bounds.md), and when the build is paid for. On a page, the latter stands
 * with the picture. */
void write_bounds(FILE *stream, const struct results *results, enum form form);

/* A sentence on how many queries pay for the build. */
void write_break_even(FILE *stream, const struct results *results, enum form form);

/* The runs by bounds on all threads: those of the largest batch, among random bytes or not, or those of k = 1. */
struct run_list bounds_by_k(const struct results *results, int random);
struct run_list bounds_by_batch(const struct results *results);

/* How it was measured: the i-th fact of machine, build and data as text, to be freed; NULL where the file does not
 * tell. *label is NULL behind the last one. */
char *fact_at(const struct results *results, size_t i, const char **label);

/* Any value of a result file as text, to be freed; NULL for NULL. */
char *fact_text(const json_t *value);

/* The ceilings of all threads over those of one; 0 if unknown. */
double ceiling_growth(const struct results *results, double threads);

#endif
