/* What a report says in words and tables. */
#ifndef RESULTS_SUMMARY_H
#define RESULTS_SUMMARY_H

#include <stdio.h>

#include "results.h"

/* Each writes nothing where it has nothing to say. */
void write_warnings(FILE *stream, const struct results *results, int markdown);
void write_tiles(FILE *stream, const struct results *results);
void write_full_job(FILE *stream, const struct results *results);          /* the main table, per metric */
void write_full_job_markdown(FILE *stream, const struct results *results); /* the same */
void write_other_searches(FILE *stream, const struct results *results);
void write_latencies(FILE *stream, const struct results *results);
void write_bounds_tables(FILE *stream, const struct results *results);
void write_bounds_markdown(FILE *stream, const struct results *results);
void write_facts(FILE *stream, const struct results *results);

/* The runs by bounds on all threads: those of the largest batch, or those of k = 1; among random bytes, or not. */
struct run_list bounds_by_k(const struct results *results, int random);
struct run_list bounds_by_batch(const struct results *results);

/* A sentence on how many queries pay for the build. */
void write_break_even(FILE *stream, const struct results *results, void put(FILE *stream, const char *text));

/* "AMD EPYC, 2 threads, 2026-11-22, commit 309b030, on ... images", without what the file does not tell. */
void write_origin(FILE *stream, const struct results *results, size_t file, void put(FILE *stream, const char *text));

/* The same of the second file, with its name and what it fails to say; only where there is one. */
void write_peers_origin(FILE *stream, const struct results *results, void put(FILE *stream, const char *text));

#endif
