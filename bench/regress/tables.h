/* The tables of a comparison, and the one scale that their pictures have. */
#ifndef REGRESS_TABLES_H
#define REGRESS_TABLES_H

#include "compare.h"
#include "results/table.h"

/* Both are to be freed by table_free. */
struct table benchmarks_table(const struct comparison *comparison);
struct table controls_table(const struct comparison *comparison);

/* Where a value is on a scale from -range to range, from 0 to `size`; what is beyond is at the edge. */
double place(double value, double range, int size);

#endif
