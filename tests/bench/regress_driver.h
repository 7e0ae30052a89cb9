/* Runs $KNNMARK_REGRESS (build/knnmark-regress unless set), the driver behind `make regress`. */
#ifndef REGRESS_DRIVER_H
#define REGRESS_DRIVER_H

#include "process.h"

/* The driver with these words, up to the first NULL; "@" in them stands for the folder. */
void regress_run(struct process *process, const char *const *words);

/* Its first half; command_finish() is the second. */
void regress_start(struct process *process, const char *const *words);

/* Ended with status 2 and one line that holds `text`, and wrote no result.*. */
void assert_no_regress_result(const struct process *process, const char *text);

#endif
