/* The report on result files written here: what stands in the page, that it is well formed and readable, and what
 * becomes of files that are not what they should be. $KNNMARK_REPORT names the program, which runs gnuplot; run from
 * the project's root. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "report_files.h"
#include "report_page.h"
#include "report_run.h"

static const char *const names[PICTURES] = {"throughput", "roofline", "dim",         "scaling",
                                            "batch",      "schedule", "repetitions", "bounds"};

/* -- contents ------------------------------------------------------------------------------------------------------ */

static void test_all_pictures(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, EVERYTHING);
    assert_int_equal(process_files(p), 3); /* the result, page and tables: nothing is left behind */
    assert_int_equal(count_of(w.html, "<svg"), 2 * PICTURES);
    assert_int_equal(count_of(w.html, "role=\"img\""), 2 * PICTURES);
    for (size_t i = 0; i < PICTURES; i++) {
        char title[64];
        snprintf(title, sizeof title, "<title id=\"%s-wide-title\">", names[i]);
        assert_holds(w.html, title);
        snprintf(title, sizeof title, "<desc id=\"%s-narrow-desc\">", names[i]);
        assert_holds(w.html, title);
    }
    assert_lacks(w.html, "Not in this result file");
    assert_holds(w.html, "<text>0.95</text>"); /* the schedule's axis has its numbers, which are logarithmic */
    assert_holds(w.html, "<p class=\"big\">4.00 s</p>");
    assert_holds(w.html, "<dt>Microcode</dt><dd>0x1</dd>");
    assert_lacks(w.html, "class=\"warn\"");
}

/* The scalar kernel is once as fast as itself: the table's own times are compared. What a run counted is used only if
 * the table has no scalar search of as many threads. */
static void test_times_scalar(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, SEARCHES);
    assert_holds(w.summary, "| l1_avx2_6x8 | 4.00 | 125 M | 80.0 % | 78.4–82.4 | 150 |");
    assert_holds(w.summary, "| l1_scalar | 600 | 833 k | 2.00 % | 1.96–2.06 | 1.00 |");
    assert_holds(w.html, "4.00 s</p>\n<p>80.0 % of the ceiling, 150&nbsp;×&nbsp;scalar</p>");
    assert_holds(w.html, "6x8, k 1, 1 thread</th><td>8.00</td><td>80.0&nbsp;%</td><td>78.4–82.4</td><td>140</td>");
}

/* The search by bounds has a section of its own, and is in no exhaustive table. */
static void test_bounds(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, EVERYTHING);
    char *section = strstr(w.html, "<section id=\"bounds\">\n<h2>The same answers for less work</h2>");
    char *heading = strstr(w.summary, "\n#### The same answers for less work\n");
    assert_non_null(section);
    assert_non_null(heading);
    assert_holds(w.html, "<a href=\"#bounds\">");
    assert_holds(section, "<td>5</td><td>1.60</td><td>2.50</td><td>0.300&nbsp;%</td><td>0.200</td>");
    assert_holds(heading, "| l1_avx2_6x8 | 8 | 2.50 | 6.00 | 0.200 % | 0.200 |");
    assert_holds(heading, "| l1_avx2_6x8, auto, random bytes | 1 | 4.04 | 0.990 | 100 % | 0.100 |");
    assert_int_equal(count_of(heading, "random bytes |"), 1); /* not by batch */
    static const char pays[] = "the build is paid for after 667 queries by l1_avx2_6x8, never by l2_avx2_6x16.";
    assert_holds(section, pays);
    assert_holds(heading, pays);
    *section = *heading = '\0';
    assert_lacks(w.html, "<td>1.25</td>");
    assert_lacks(w.summary, "| 1.25 |");
}

/* A report without bounds says nothing of them; one of bounds alone is a report, too. */
static void test_bounds_left_out(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, SEARCHES | OTHERS);
    assert_lacks(w.html, "bounds");
    assert_lacks(w.html, "for less work");
    assert_lacks(w.summary, "for less work");
    assert_int_equal(count_of(report_on(p, BOUNDS).html, "<svg"), 2);
}

static void test_names_are_escaped(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, EVERYTHING | EVIL_NAMES);
    assert_lacks(w.html, "<b>");
    assert_lacks(w.html, "<i>");
    assert_holds(w.html, "l1_<wbr>&lt;b&gt;&amp;&quot;x&quot;"); /* in the table */
    assert_holds(w.html, "<text>l1_&lt;b>&amp;");                /* in a picture */
    assert_holds(w.html, "&lt;i&gt;A CPU&lt;/i&gt;");
    assert_lacks(w.summary, " <b>");
}

static void test_missing_groups_are_said(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, SEARCHES);
    assert_int_equal(count_of(w.html, "<svg"), 2 * 2);
    assert_int_equal(count_of(w.html, "Not in this result file"), 1);
    assert_holds(w.html, "(stream/.../batch:B)");
    assert_int_equal(count_of(w.html, "<section"), 2 + 2);
}

/* A file without "knnmark" has its facts in "context"; one repetition has no distribution. */
static void test_earlier_files(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, SEARCHES | EARLIER | ONCE);
    assert_holds(w.html, "<dt>CPU</dt><dd>A CPU</dd>");
    assert_int_equal(count_of(w.html, "<svg"), 2);
}

static void test_warnings(void **state) {
    struct process *p = *state;
    struct written w = report_on(p, EVERYTHING | TROUBLED);
    assert_int_equal(count_of(w.html, "class=\"warn\""), 3);
    assert_holds(w.html, "this run did not finish");
    assert_holds(w.html, "the ceilings of 2 threads are only 1.20 times those of one");
    assert_holds(w.html, "search/l1_broken/k:1/threads:2 failed: it &lt;differs&gt;");
    assert_int_equal(count_of(w.summary, "**Warning:**"), 3);
}

/* -- contrast ------------------------------------------------------------------------------------------------------ */

static void test_contrast(void **state) {
    static const char *const texts[] = {"ink", "muted", "l1", "l2", "warn"}, *const grounds[] = {"page", "card"};
    static const size_t marks = 4; /* of the texts, on a picture's band */
    struct process *p = *state;
    assert_true(fabs(contrast(0, 0xffffff) - 21) < 1e-9 && fabs(contrast(0x777777, 0xffffff) - 4.48) < 0.01);
    char *html = report_on(p, SEARCHES).html;
    const char *modes[] = {strstr(html, ":root{"), strstr(html, "(prefers-color-scheme:dark)")};
    for (size_t mode = 0; mode < 2; mode++) {
        assert_non_null(modes[mode]);
        for (size_t t = 0; t < 5; t++)
            for (size_t g = 0; g < 2; g++) {
                double ratio = contrast(css_colour(modes[mode], texts[t]), css_colour(modes[mode], grounds[g]));
                if (ratio < 4.5)
                    fail_msg("%s on %s has a contrast of %.2f", texts[t], grounds[g], ratio);
            }
        assert_true(contrast(css_colour(modes[mode], "quiet"), css_colour(modes[mode], "page")) >= 3); /* marks */
        for (size_t t = 0; t < marks; t++)
            assert_true(contrast(css_colour(modes[mode], texts[t]), css_colour(modes[mode], "grid")) >= 3);
    }
    assert_true(css_colour(modes[0], "page") != css_colour(modes[1], "page"));
}

/* -- trouble ------------------------------------------------------------------------------------------------------- */

static void test_files_that_are_no_results(void **state) {
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {NULL, "cannot read"},
        {"{\"benchmarks\": [", "is no whole JSON file"},
        {"", "is no whole JSON file"},
        {"{}", "has none of knnmark's benchmarks"},
        {"[1, 2]", "has none of knnmark's benchmarks"},
        {"{\"benchmarks\": 3}", "has none of knnmark's benchmarks"},
        {"{\"benchmarks\": [3, {\"run_name\": \"BM_memcpy/8\", \"run_type\": \"iteration\"}]}", "has none of"},
    };
    struct process *p = *state;
    assert_int_equal(process_write(p, "report.html", "before", 6), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].text != NULL)
            assert_int_equal(process_write(p, "result.json", cases[i].text, strlen(cases[i].text)), 0);
        report(p, "--output=@report.html", "@result.json");
        assert_report_complaint(p, 1, cases[i].complaint);
    }
    assert_string_equal(report_text(p, "report.html"), "before");
    assert_int_equal(process_files(p), 2);
}

static void test_arguments(void **state) {
    struct process *p = *state;
    report(p, "--output=@report.html");
    assert_report_complaint(p, 1, "name one result file");
    report(p, "--colour=red", "@result.json");
    assert_report_complaint(p, 1, "--colour=red: no such option");
    report(p, "--help");
    assert_success(p);
    assert_holds(p->output, "usage: knnmark-report");
}

static void test_unwritable(void **state) {
    struct process *p = *state;
    write_results(p, "result.json", SEARCHES);
    report(p, "--output=@no/folder/report.html", "@result.json");
    assert_report_complaint(p, 1, "cannot write");
    assert_int_equal(process_write(p, "report.html", "before", 6), 0);
    char path[256];
    assert_int_equal(mkdir(process_path(p, "report.md", path, sizeof path), 0755), 0);
    report(p, "--output=@report.html", "--output=@report.md", "@result.json"); /* the summary's place is taken */
    assert_report_complaint(p, 1, "report.md");
    assert_string_equal(report_text(p, "report.html"), "before");
    assert_int_equal(process_files(p), 3);
}

/* The same tables for other programs, whose numbers have no unit and all digits, and for a terminal. */
static void test_other_forms(void **state) {
    struct process *p = *state;
    write_results(p, "result.json", EVERYTHING | EVIL_NAMES);
    report(p, "--output=@tables.csv", "--output=@tables.txt", "@result.json");
    assert_success(p);
    char *csv = report_text(p, "tables.csv"), *text = report_text(p, "tables.txt");
    assert_holds(csv, "\"l1_avx2_6x8\",4,125000000,0.8,\"78.4–82.4\",150\n");
    assert_holds(csv, "\n\"l1_<b>&\"\"x\"\"'`|\\\",30,");
    assert_holds(text, "\nvariant         full job, s  distances/s  % of ceiling     spread  × scalar\n");
    assert_holds(text, "\nl1_avx2_6x8            4.00        125 M        80.0 %  78.4–82.4       150\n");
    assert_holds(text, "is paid for after 667 queries by l1_avx2_6x8, never by l2_avx2_6x16.");
}

/* What was not named is not written: a file of the same name with another ending stays. */
static void test_nothing_beside(void **state) {
    struct process *p = *state;
    write_results(p, "README.json", SEARCHES);
    assert_int_equal(process_write(p, "README.md", "before", 6), 0);
    report(p, "--output=@README.html", "@README.json");
    assert_success(p);
    assert_string_equal(report_text(p, "README.md"), "before");
    report(p, "--output=@README.json", "@README.json");
    assert_report_complaint(p, 1, "README.json: give a name that ends with .html, for the page, or .md");
    report(p, "--output=@summary.md", "@README.json"); /* without a page, nothing is drawn */
    assert_success(p);
    assert_int_equal(process_files(p), 4);
}

static void test_without_gnuplot(void **state) {
    struct process *p = *state;
    write_results(p, "result.json", EVERYTHING);
    p->environment[1] = "PATH=/nonexistent";
    report(p, "--output=@report.html", "@result.json");
    assert_report_complaint(p, 0, "no gnuplot here, so there are tables only; `make deps` installs it");
    char *html = report_text(p, "report.html");
    assert_page(html);
    assert_lacks(html, "<svg");
    assert_int_equal(count_of(html, "Not drawn"), PICTURES);
    assert_int_equal(count_of(html, "<details open>"), PICTURES);
}

/* Scripts that fail are named, and their pictures left out. */
static void test_broken_scripts(void **state) {
    struct process *p = *state;
    char path[256];
    write_results(p, "result.json", SEARCHES);
    assert_int_equal(mkdir(process_path(p, "it's", path, sizeof path), 0755), 0);
    report(p, "--output=@report.html", "--plots=@it's", "@result.json");
    assert_report_complaint(p, 1, "it's/style.gp; run this in the project's folder, or name its plots by --plots");
    assert_int_equal(process_write(p, "it's/style.gp", "", 0), 0);
    assert_int_equal(process_write(p, "it's/throughput.gp", "plot nothing", 12), 0);
    report(p, "--output=@report.html", "--plots=@it's", "@result.json");
    assert_int_equal(p->status, 0);
    assert_holds(p->errors, "it's/throughput.gp");
    assert_holds(p->errors, "nothing");
    char *html = report_text(p, "report.html");
    assert_page_of(html, 4);
    assert_int_equal(count_of(html, "Not drawn"), 2);
}

static void test_pictures_alone(void **state) {
    struct process *p = *state;
    write_results(p, "result.json", EVERYTHING);
    report(p, "--pictures=@.", "@result.json");
    assert_success(p);
    assert_int_equal(process_files(p), 1 + 2 * PICTURES);
    for (size_t i = 0; i < PICTURES; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.svg", names[i]);
        char *svg = report_text(p, name);
        assert_true(strncmp(svg, "<svg", 4) == 0);
        assert_holds(svg, "prefers-color-scheme:dark");
        assert_lacks(svg, "rgb(");
        assert_no_nan(svg);
    }
    /* A script by hand, in a folder that has the scripts as the project's root has them. */
    const char *argv[] = {"gnuplot", "-e", "data='dim.dat'; out='by-hand.svg'", "plots/dim.gp", NULL};
    char plots[256], here[PATH_MAX];
    assert_non_null(realpath("plots", here));
    assert_int_equal(symlink(here, process_path(p, "plots", plots, sizeof plots)), 0);
    p->directory = p->folder;
    assert_int_equal(process_run(p, argv), 0);
    assert_int_equal(p->status, 0);
    report_text(p, "by-hand.svg");
}

/* Run somewhere else, it finds the scripts of the project it was built in: one folder above its own, or two. */
static void test_elsewhere(void **state) {
    struct process *p = *state;
    char path[256], program[256], build[256], asan[256], here[PATH_MAX], *before = strdup(getenv("KNNMARK_REPORT"));
    process_path(p, "build/asan/knnmark-report", program, sizeof program);
    write_results(p, "result.json", SEARCHES);
    p->directory = p->folder;
    report(p, "--output=@report.html", "@result.json");
    assert_success(p);
    p->directory = NULL;
    assert_int_equal(mkdir(process_path(p, "build", build, sizeof build), 0755), 0);
    assert_int_equal(mkdir(process_path(p, "build/asan", asan, sizeof asan), 0755), 0);
    assert_int_equal(process_run(p, (const char *const[]){"cp", before, program, NULL}), 0);
    assert_int_equal(p->status, 0);
    p->directory = p->folder;
    setenv("KNNMARK_REPORT", program, 1);
    report(p, "--output=@report.html", "@result.json");
    assert_report_complaint(p, 1, "plots/style.gp; run this in the project's folder, or name its plots by --plots");
    assert_non_null(realpath("plots", here));
    assert_int_equal(symlink(here, process_path(p, "plots", path, sizeof path)), 0);
    p->directory = "/";
    report(p, "--output=@report.html", "@result.json");
    setenv("KNNMARK_REPORT", before, 1);
    free(before);
    assert_success(p);
}

/* Interrupted while it draws. */
static void test_interrupt(void **state) {
    if (emulated() || system("gnuplot -e 'set terminal svg' >/dev/null 2>&1") != 0)
        skip();
    struct process *p = *state;
    char setting[sizeof p->folder + 8];
    write_results(p, "result.json", EVERYTHING);
    snprintf(setting, sizeof setting, "TMPDIR=%s", p->folder);
    p->environment[0] = setting;
    program_start(p, getenv("KNNMARK_REPORT"), (const char *const[]){"--output=@report.html", "@result.json", NULL});
    for (int i = 0; i < 10000 && process_files(p) == 1; i++)
        usleep(1000);
    assert_int_equal(kill(p->id, SIGINT), 0);
    command_finish(p);
    assert_report_complaint(p, 130, "interrupted: nothing was written");
    assert_int_equal(process_files(p), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        REPORT_TEST(test_all_pictures),
        REPORT_TEST(test_times_scalar),
        REPORT_TEST(test_bounds),
        REPORT_TEST(test_bounds_left_out),
        REPORT_TEST(test_names_are_escaped),
        REPORT_TEST(test_missing_groups_are_said),
        REPORT_TEST(test_earlier_files),
        REPORT_TEST(test_warnings),
        REPORT_TEST(test_contrast),
        REPORT_TEST(test_files_that_are_no_results),
        REPORT_TEST(test_arguments),
        REPORT_TEST(test_unwritable),
        REPORT_TEST(test_nothing_beside),
        REPORT_TEST(test_other_forms),
        REPORT_TEST(test_without_gnuplot),
        REPORT_TEST(test_broken_scripts),
        REPORT_TEST(test_pictures_alone),
        REPORT_TEST(test_elsewhere),
        REPORT_TEST(test_interrupt),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
