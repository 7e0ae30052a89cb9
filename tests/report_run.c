#include "report_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"

void run_report(struct process *p, const char *const *arguments) {
    enum { MOST = 16 };
    static char paths[MOST][512], temporary[160];
    const char *all[MOST + 1] = {0}, *program = getenv("KNNMARK_REPORT");
    program = program != NULL ? program : "build/knnmark-report";
    for (size_t i = 0; i < MOST && arguments[i] != NULL; i++) {
        const char *at = strchr(arguments[i], '@');
        int before = at != NULL ? (int)(at - arguments[i]) : (int)strlen(arguments[i]);
        snprintf(paths[i], sizeof paths[i], "%.*s%s%s%s", before, arguments[i], at != NULL ? p->folder : "",
                 at != NULL ? "/" : "", at != NULL ? at + 1 : "");
        all[i] = paths[i];
    }
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", p->folder);
    p->environment[0] = temporary;
    if (process_run_ours(p, program, all) != 0)
        fail_msg("cannot start %s", program);
}

void assert_report_complaint(const struct process *p, int status, const char *text) {
    const char *end = strchr(p->errors, '\n');
    if (p->status != status || strncmp(p->errors, "knnmark-report: ", 16) != 0 || end == NULL || end[1] != '\0')
        fail_msg("status %d, not one line \"knnmark-report: ...\": %s", p->status, p->errors);
    assert_holds(p->errors, text);
}

char *text_of(const struct process *p, const char *name) {
    char path[256], *text = NULL;
    size_t size = 0;
    FILE *file = fopen(process_path(p, name, path, sizeof path), "r");
    if (file == NULL)
        fail_msg("%s was not written", name);
    if (getdelim(&text, &size, '\0', file) < 0)
        fail_msg("%s is empty", name);
    fclose(file);
    return text;
}
