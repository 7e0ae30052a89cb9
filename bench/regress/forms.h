/* The forms that a comparison's results take. */
#ifndef REGRESS_FORMS_H
#define REGRESS_FORMS_H

#include "compare.h"
#include "results/table.h"

void write_summary(FILE *stream, const struct comparison *comparison, enum form form); /* a terminal's, or Markdown */
void write_page(FILE *stream, const struct comparison *comparison);
int write_json(FILE *stream, const struct comparison *comparison);

#endif
