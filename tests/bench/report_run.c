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
#include "report_files.h"
#include "report_page.h"

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

static char *texts[16];
static size_t count;

char *report_text(const struct process *p, const char *name) {
    assert_true(count < sizeof texts / sizeof texts[0]);
    return texts[count++] = text_of(p, name);
}

int report_leave(void **state) {
    while (count > 0)
        free(texts[--count]);
    return command_leave(state);
}

struct written report_written(struct process *p, const char *const *files) {
    const char *arguments[] = {"--output=@report.html", "--output=@report.md", files[0], files[1], NULL};
    run_report(p, arguments);
    assert_int_equal(p->status, 0);
    struct written written = {report_text(p, "report.html"), report_text(p, "report.md")};
    assert_page(written.html);
    return written;
}

struct written report_on(struct process *p, int contents) {
    write_results(p, "result.json", contents);
    struct written written = written_of(p, "@result.json");
    assert_success(p);
    return written;
}
