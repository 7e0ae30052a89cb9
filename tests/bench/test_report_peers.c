/* The report on a result file and one of the peers': when they stand side by side, and what is said when they do not.
 * $KNNMARK_REPORT names the program; run from the project's root. */
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

/* With a complaint that holds this, or none. */
static struct written with_peers(struct process *p, int contents, const char *complaint) {
    write_results(p, "result.json", SEARCHES);
    write_results(p, "peers.json", contents);
    struct written written = written_of(p, "@result.json", "@peers.json");
    if (complaint != NULL)
        assert_report_complaint(p, 0, complaint);
    else
        assert_success(p);
    return written;
}

static void test_peers(void **state) {
    struct process *p = *state;
    struct written w = with_peers(p, PEERS, NULL);
    /* The peer took 9 s where knnmark took 3.6: 2.5 times as long, whatever either takes elsewhere. */
    assert_holds(w.summary, "| l1_avx2_6x8 | 4.00 | 125 M | 80.0 % | 78.4–82.4 | 150 | 2.50 |");
    assert_holds(w.summary, "| peer other | 9.00 | 55.6 M | – | – | 60.0 | 1.00 |");
    assert_lacks(w.summary, "peer knnmark");
    assert_holds(w.html, "2.50&nbsp;×&nbsp;best&nbsp;peer");
    assert_holds(w.html, "/peers.json: A CPU, 2 threads, 2026-11-22, commit fedcba987654, on images.</p>");
    assert_holds(w.summary, "/peers.json: A CPU, 2 threads, 2026-11-22, commit fedcba987654, on images.\n");
    assert_lacks(w.html, "class=\"warn\"");
}

/* Peers of another machine, other data or a part of the job are not compared, and the report says so. */
static void test_peers_left_out(void **state) {
    static const struct {
        int other;
        const char *why;
    } cases[] = {
        {OTHER_CPU, "its CPU is Another CPU, not A CPU"},
        {OTHER_CPU | EARLIER, "its CPU is Another CPU, not A CPU"},
        {OTHER_THREADS, "it ran on 4 threads, not on 2"},
        {OTHER_THREADS | EARLIER, "it ran on 4 threads, not on 2"},
        {OTHER_ROWS, "its data set has 5000 train rows, not 50000"},
        {OTHER_DATA, "it was measured on other data, whose SHA-256 is bb0123456789..., not aa0123456789..."},
        {QUICK, "it is of a --quick run"},
        {TROUBLED | QUICK, "it is of a --quick run"},
    };
    struct process *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct written w = with_peers(p, PEERS | cases[i].other, cases[i].why);
        assert_int_equal(count_of(w.html, "class=\"warn\""), 1);
        assert_holds(w.html, cases[i].why);
        assert_holds(w.html, "Peers from ");
        assert_lacks(w.html, "No other library was timed");
        assert_holds(w.summary, "**Warning:** the peers of ");
        assert_holds(w.summary, cases[i].why);
        assert_lacks(w.summary, "peer other");
    }
}

/* Peers that do not tell their data are shown, and the report says so. */
static void test_earlier_peers(void **state) {
    struct process *p = *state;
    struct written w = with_peers(p, PEERS | EARLIER, NULL);
    assert_holds(w.summary, "| peer other | 9.00 |");
    assert_int_equal(count_of(w.html, "does not say on which data it was measured"), 1);
    assert_holds(w.html, "/peers.json does not say on which data it was measured.</p>");
    assert_holds(w.summary, "/peers.json does not say on which data it was measured.\n");
}

static void test_troubled_peers(void **state) {
    struct process *p = *state;
    struct written w = with_peers(p, PEERS | TROUBLED, NULL);
    assert_int_equal(count_of(w.html, "class=\"warn\""), 1);
    assert_holds(w.html, "the peers' run did not finish");
    /* That a peer cannot do it here is a finding, not a failure. */
    assert_holds(w.html, "<th scope=\"row\">broken</th><td class=\"words\">L1</td><td>–</td>");
    assert_holds(w.html, "<td class=\"words\">it &lt;differs&gt;</td>");
}

/* One file or two, of peers alone, and in the wrong order. */
static void test_which_file_is_the_peers(void **state) {
    struct process *p = *state;
    write_results(p, "result.json", SEARCHES);
    write_results(p, "peers.json", PEERS);
    report(p, "--output=@report.html", "@peers.json");
    assert_success(p);
    report(p, "--output=@report.html", "--output=@report.md", "@peers.json", "@peers.json");
    assert_report_complaint(p, 0, "peers.json has peers, too");
    assert_int_equal(count_of(report_text(p, "report.md"), "peer other"), 1);
    report(p, "--output=@report.html", "@peers.json", "@result.json");
    assert_report_complaint(p, 1, "result.json has more than peers; name the file of `make bench` first");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        REPORT_TEST(test_peers),          REPORT_TEST(test_peers_left_out),          REPORT_TEST(test_earlier_peers),
        REPORT_TEST(test_troubled_peers), REPORT_TEST(test_which_file_is_the_peers),
    };
    return cmocka_run_group_tests_name("report_peers", tests, NULL, NULL);
}
