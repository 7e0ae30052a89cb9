/* Runs knnmark-report in a test's folder. A failure is cmocka's. */
#ifndef TEST_REPORT_RUN_H
#define TEST_REPORT_RUN_H

#include "process.h"

/* Paths in the folder begin with "@". */
#define report(process, ...) run_report(process, (const char *const[]){__VA_ARGS__, NULL})
void run_report(struct process *p, const char *const *arguments);

/* One line of complaint that holds this. */
void assert_report_complaint(const struct process *p, int status, const char *text);

#endif
