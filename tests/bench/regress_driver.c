#include "regress_driver.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"

void regress_start(struct process *p, const char *const *words) {
    static char driver[PATH_MAX];
    const char *name = getenv("KNNMARK_REGRESS");
    if (realpath(name != NULL ? name : "build/knnmark-regress", driver) == NULL)
        fail_msg("the driver is not there: `make test` builds it and names it in KNNMARK_REGRESS");
    program_start(p, driver, words);
}

void regress_run(struct process *p, const char *const *words) {
    regress_start(p, words);
    command_finish(p);
}

void assert_no_regress_result(const struct process *p, const char *text) {
    const char *end = strchr(p->errors, '\n');
    char path[256];
    if (p->status != 2 || strncmp(p->errors, "knnmark-regress: ", 17) != 0 || end == NULL || end[1] != '\0')
        fail_msg("status %d, not one line \"knnmark-regress: ...\": %s", p->status, p->errors);
    assert_holds(p->errors, text);
    assert_string_equal(p->output, "");
    assert_int_not_equal(access(process_path(p, "result.json", path, sizeof path), F_OK), 0);
    assert_int_not_equal(access(process_path(p, "result.html", path, sizeof path), F_OK), 0);
    assert_int_not_equal(access(process_path(p, "result.md", path, sizeof path), F_OK), 0);
}
