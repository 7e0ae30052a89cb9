/* The report on several result files: CPUs beside each other, and one through time; and whether a run is fit to be
 * published. $KNNMARK_REPORT names the program; run from the project's root. */
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
#include "report_run.h"

/* -- CPUs ---------------------------------------------------------------------------------------------------------- */

static void test_cpus(void **state) {
    struct process *p = *state;
    write_results(p, "one.json", EVERYTHING);
    write_results(p, "two.json", EVERYTHING | OTHER_CPU | SLOWER | LIMITED | FIELDS);
    write_results(p, "three.json", EVERYTHING | SLOW_DEFAULT);
    report(p, "--output=@cpus.html", "--output=@cpus.csv", "--output=@cpus.md", "@one.json", "@two.json",
           "@three.json");
    assert_success(p);
    char *html = report_text(p, "cpus.html"), *csv = report_text(p, "cpus.csv"), *summary = report_text(p, "cpus.md");
    assert_page_of(html, 4);
    assert_holds(html, "knnmark on 3 CPUs");
    assert_holds(html, "<td>4.00</td><td>6.00</td><td>4.00</td>");
    assert_holds(html, "<th scope=\"col\">two without avx512bw</th>");
    assert_holds(html, "tabindex=\"0\" role=\"group\" aria-label=\"L1, full job, seconds\"");
    assert_holds(html, "<td class=\"words\">l1_avx2_<wbr>6x8</td>");
    /* 125 M distances of 3072 bytes a second by two threads of 3 GHz. */
    assert_holds(csv, "\n\"l1_avx2_6x8\",64,42.6666667,64\n");
    assert_holds(csv, "\n\"l1_avx2_6x8\",0.8,0.8,0.8\n");
    assert_holds(csv, "\n\"L1, 2 threads\",1.84,1.84,1.84\n");
    assert_holds(summary, "| one | L1 | l1_avx2_6x8 | 4.00 | l1_avx2_6x8 | 4.00 | 1.00 | the right choice |");
    assert_holds(summary, "| three | L1 | l1_avx2_6x8 | 4.00 | l1_f32avx2 | 20.0 | 5.00 | the fastest would save 16.0 "
                          "s, more than the spread |");
    assert_holds(summary, "| CPU | A CPU | Another CPU | A CPU |");
    report(p, "--output=@cpus.html", "@one.json", "@one.json");
    assert_success(p);
    assert_lacks(report_text(p, "cpus.html"),
                 "<th scope=\"col\">one</th>"); /* two of them cannot be told apart by that */
    assert_holds(report_text(p, "cpus.html"), "/<wbr>one</th>");
}

/* Every file that may not stand beside the others is named. */
static void test_cpus_refused(void **state) {
    static const struct {
        int contents;
        const char *why;
    } cases[] = {
        {EVERYTHING | QUICK, "two.json: it is a --quick run"},
        {EVERYTHING | TROUBLED, "two.json: the run did not finish"},
        {EVERYTHING | EMULATED, "two.json: its CPU is emulated"},
        {EVERYTHING | OTHER_ROWS, "two.json: its data set has 5000 train rows, not 50000"},
        {EVERYTHING | OTHER_DATA, "two.json: it was measured on other data"},
        {OTHERS, "two.json: it has no full job"},
    };
    struct process *p = *state;
    write_results(p, "one.json", EVERYTHING);
    write_results(p, "three.json", EVERYTHING | OTHER_CPU | EMULATED);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_results(p, "two.json", cases[i].contents);
        report(p, "--output=@cpus.html", "@one.json", "@two.json", "@three.json");
        assert_report_complaint(p, 1, cases[i].why);
        assert_holds(p->errors, "three.json: its CPU is emulated");
        assert_lacks(p->errors, "one.json");
    }
    assert_int_equal(process_files(p), 3);
}

/* -- one CPU through time ------------------------------------------------------------------------------------------ */

static void test_history(void **state) {
    struct process *p = *state;
    write_results(p, "a.json", EVERYTHING);
    write_results(p, "b.json", EVERYTHING | SLOWER | LATER);
    write_results(p, "c.json", EVERYTHING | OTHER_CPU);
    write_results(p, "d.json", EVERYTHING | SLOWER | LATER | ONCE);
    write_results(p, "e.json", EVERYTHING | OTHER_MODEL);
    report(p, "--history", "--output=@history.html", "--output=@history.txt", "@a.json", "@b.json", "@c.json",
           "@d.json");
    assert_report_complaint(p, 0, "c.json is left out: its CPU is Another CPU, not A CPU");
    char *html = report_text(p, "history.html"), *text = report_text(p, "history.txt");
    assert_page_of(html, 2);
    assert_int_equal(count_of(html, "class=\"changed\""), 1);
    assert_int_equal(count_of(html, "<svg"), 5 + 3 + 1); /* searches, kernels of 3072 bytes, a latency */
    assert_holds(text, "    4.00    6.00          +50.0 %  ba987654 +50.0 %\n");
    report(p, "--history", "--output=@history.html", "@e.json", "@a.json");
    assert_holds(p->errors, "e.json is left out: the model of its CPU is 97, not 17");
    report(p, "--history", "--output=@history.html", "@a.json", "@c.json");
    assert_int_equal(p->status, 1);
    assert_holds(p->errors, "a history needs two result files of one CPU; there is one");
}

/* -- fit to be published? ------------------------------------------------------------------------------------------ */

static void check(struct process *p, int contents, int status, const char *line) {
    write_results(p, "run.json", contents);
    report(p, "--check", "@run.json");
    assert_int_equal(p->status, status);
    assert_string_equal(p->errors, "");
    assert_holds(p->output, line);
}

static void test_check(void **state) {
    struct process *p = *state;
    check(p, EVERYTHING, 0, "run.json is fit to be published\n");
    check(p, EVERYTHING | FIELDS, 0, "run.json is fit to be published\n");
    check(p, EVERYTHING | EMULATED, 1, "run.json is not fit to be published:\n- its CPU is emulated\n");
    check(p, EVERYTHING | QUICK, 1, "\n- it is a --quick run, on a part of the job\n");
    check(p, EVERYTHING | ONCE, 1, "\n- search/l1_avx2_6x8/k:1/threads:2 was repeated 1 times, not 3\n");
    check(p, EVERYTHING | OTHER_ROWS, 1,
          "\n- its data set has 5000 train rows and 10000 queries, not 50000 and 10000\n");
    check(p, EVERYTHING | EARLIER, 1, "\n- it does not say on which data it was measured\n");
    check(p, SEARCHES, 1, "\n- it does not tell the clock: ceiling/clock\n");
    check(p, EVERYTHING | TROUBLED, 1, "\n- the run did not finish\n");
    assert_holds(p->output, "\n- search/l1_broken/k:1/threads:2 failed: it <differs>\n");
    assert_holds(p->output, "\n- the ceilings of 2 threads are 1.20 times those of one: the machine was shared\n");
    assert_holds(p->output, "\n- the load was 7.25 at the end, more than its own 2 threads and 0.5\n");
    report(p, "--check", "--output=@x.html", "@run.json");
    assert_report_complaint(p, 1, "--check takes one result file, and nothing else");
}

/* -- fields, and the default kernel -------------------------------------------------------------------------------- */

/* Fields say what names said. */
static void test_fields(void **state) {
    struct process *p = *state;
    write_results(p, "names.json", EVERYTHING);
    write_results(p, "fields.json", EVERYTHING | FIELDS);
    report(p, "--output=@names.csv", "@names.json");
    report(p, "--output=@fields.csv", "@fields.json");
    assert_success(p);
    assert_string_equal(report_text(p, "names.csv"), report_text(p, "fields.csv"));
}

static void test_default(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, EVERYTHING | SLOW_DEFAULT);
    assert_holds(w.html, "L1's default kernel, l1_f32avx2, takes 5.00 times as long as l1_avx2_6x8");
    assert_holds(w.summary, "**Warning:** L1's default kernel, l1_f32avx2, takes 5.00 times as long as l1_avx2_6x8");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        REPORT_TEST(test_cpus),  REPORT_TEST(test_cpus_refused), REPORT_TEST(test_history),
        REPORT_TEST(test_check), REPORT_TEST(test_fields),       REPORT_TEST(test_default),
    };
    return cmocka_run_group_tests_name("report_several", tests, NULL, NULL);
}
