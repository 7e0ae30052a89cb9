/* `make regress BASELINE=FILE`: the comparison of two result files. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "regress_driver.h"

static void write_baseline(const struct process *p, const char *name, const char *model, double first, double second) {
    char text[2048];
    int length = snprintf(
        text, sizeof text,
        "{\"knnmark\": {\"cpu\": {\"name\": \"A\", \"family\": \"6\", \"model\": \"%s\", \"features\": [\"avx2\"]},\n"
        "\"machine\": {\"topology_sha256\": \"0\"}, \"threads\": {\"count\": 2}},\n\"benchmarks\": [\n"
        "{\"run_name\": \"search/l1/k:1\", \"run_type\": \"iteration\", \"of_ceiling\": %g},\n"
        "{\"run_name\": \"search/l1/k:1\", \"run_type\": \"iteration\", \"of_ceiling\": %g},\n"
        "{\"run_name\": \"search/l1/k:1\", \"run_type\": \"aggregate\", \"of_ceiling\": 0.01},\n"
        "{\"run_name\": \"kernel/l1/dim:3\", \"of_ceiling\": 0.5},\n"
        "{\"run_name\": \"schedule/%s\", \"of_ceiling\": 0.5}]}\n",
        model, first, second, name);
    assert_int_equal(process_write(p, name, text, (size_t)length), 0);
}

static void test_baseline(void **state) {
    static const struct {
        double first, second;
        int status;
        const char *text;
    } cases[] = {
        {0.80, 0.82, 0, "regress: no regression by the weaker check"},
        {0.60, 0.61, 1, "regress: slower by the weaker check"},
        {0.60, 0.82, 3, "regress: undecided by the weaker check"},
        {0.95, 0.96, 0, "faster\n"},
    };
    struct process *p = *state;
    const char *const words[] = {"--baseline=@old.json", "--current=@new.json", NULL};
    write_baseline(p, "old.json", "1", 0.79, 0.81);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_baseline(p, "new.json", "1", cases[i].first, cases[i].second);
        regress_run(p, words);
        assert_int_equal(p->status, cases[i].status);
        assert_holds(p->output, cases[i].text);
    }
    write_baseline(p, "new.json", "2", 0.8, 0.8);
    regress_run(p, words);
    assert_no_regress_result(p, "the baseline is of another machine: cpu model was \"1\", is \"2\"");
    assert_int_equal(process_write(p, "new.json", "{", 1), 0);
    regress_run(p, words);
    assert_no_regress_result(p, "new.json");
    regress_run(p, (const char *const[]){"--baseline=@none.json", "--current=@new.json", NULL});
    assert_no_regress_result(p, "none.json");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_baseline, command_enter, command_leave),
    };
    return cmocka_run_group_tests_name("regress_baseline", tests, NULL, NULL);
}
