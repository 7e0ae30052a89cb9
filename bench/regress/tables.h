/* The tables of a comparison, and the scale that all their pictures share. */
#ifndef REGRESS_TABLES_H
#define REGRESS_TABLES_H

#include "compare.h"
#include "results/table.h"

/* Both are to be freed by table_free. */
struct table benchmarks_table(const struct comparison *comparison);
struct table controls_table(const struct comparison *comparison);

/* Maps -range ... range to 0 ... size; values beyond are at the edge. */
double place(double value, double range, int size);

#endif
