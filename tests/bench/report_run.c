#include "report_run.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"

void run_report(struct process *p, const char *const *arguments) {
    static char temporary[160], path[PATH_MAX];
    const char *program = getenv("KNNMARK_REPORT");
    if (realpath(program != NULL ? program : "build/knnmark-report", path) == NULL)
        fail_msg("there is no knnmark-report: `make test` builds it and names it in KNNMARK_REPORT");
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", p->folder);
    p->environment[0] = temporary;
    program_start(p, path, arguments);
    command_finish(p);
}

void assert_report_complaint(const struct process *p, int status, const char *text) {
    const char *end = strchr(p->errors, '\n');
    if (p->status != status || strncmp(p->errors, "knnmark-report: ", 16) != 0 || end == NULL || end[1] != '\0')
        fail_msg("status %d, not one line \"knnmark-report: ...\": %s", p->status, p->errors);
    assert_holds(p->errors, text);
}
