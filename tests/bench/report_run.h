/* Runs knnmark-report in a test's folder. A failure is cmocka's. */
#ifndef TEST_REPORT_RUN_H
#define TEST_REPORT_RUN_H

#include "process.h"

/* Paths in the folder begin with "@". */
#define report(process, ...) run_report(process, (const char *const[]){__VA_ARGS__, NULL})
void run_report(struct process *p, const char *const *arguments);

/* The text of a file in the folder, which lives as long as the test. */
char *report_text(const struct process *p, const char *name);

/* Setup and teardown of a test. */
#define REPORT_TEST(function) cmocka_unit_test_setup_teardown(function, command_enter, report_leave)
int report_leave(void **state);

/* The page and the tables of the files that are named, which must have gone well. */
struct written {
    char *html, *summary;
};
#define written_of(process, ...) report_written(process, (const char *const[]){__VA_ARGS__, NULL})
struct written report_written(struct process *p, const char *const *files);

/* Of one file, with these contents (report_files.h). */
struct written report_on(struct process *p, int contents);

/* One line of complaint that holds this. */
void assert_report_complaint(const struct process *p, int status, const char *text);

#endif
