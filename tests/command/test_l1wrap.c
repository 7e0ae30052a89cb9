/* l1wrap is what NumPy computes: it equals recorded sums, and these equal NumPy's, if there is NumPy. Run from the
 * project's root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "fixtures/l1wrap.h"
#include "l1wrap.h"

static void test_sums(void **state) {
    (void)state;
    for (size_t q = 0; q < L1WRAP_QUERIES; q++)
        for (size_t row = 0; row < L1WRAP_ROWS; row++)
            assert_int_equal(knn_l1wrap.pair(l1wrap_queries[q], l1wrap_rows[row], L1WRAP_DIM), l1wrap_sums[q][row]);
}

/* A Python that has NumPy, or NULL: the first one in PATH may lack what the system's own has. */
static const char *python_with_numpy(struct process *p) {
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    for (size_t i = 0; i < sizeof pythons / sizeof pythons[0]; i++) {
        const char *argv[] = {pythons[i], "-c", "import numpy", NULL};
        if (process_run(p, argv) == 0 && p->status == 0)
            return pythons[i];
    }
    return NULL;
}

static void test_numpy(void **state) {
    struct process *p = *state;
    static char fixture[sizeof p->output];
    const char *argv[] = {python_with_numpy(p), "tests/numpy_l1wrap.py", NULL};
    if (argv[0] == NULL) {
        print_message("skipping the comparison with NumPy: no python3 here has it\n");
        skip();
    }
    FILE *file = fopen("tests/fixtures/l1wrap.h", "r");
    assert_non_null(file);
    fixture[fread(fixture, 1, sizeof fixture - 1, file)] = '\0';
    fclose(file);
    assert_int_equal(process_run(p, argv), 0);
    assert_int_equal(p->status, 0);
    assert_string_equal(p->output, fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test_setup_teardown(test_numpy, command_enter, command_leave),
    };
    return cmocka_run_group_tests_name("l1wrap", tests, NULL, NULL) != 0;
}
