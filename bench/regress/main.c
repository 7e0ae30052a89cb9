/* knnmark-regress: did head get slower than base? */
#include <stdlib.h>

#include "forms.h"
#include "interrupt.h"
#include "options.h"
#include "words.h"
#include "write.h"

static int fail(const struct knn_error *error) {
    fprintf(stderr, "knnmark-regress: %s\n", error->message);
    return FAILED;
}

/* A CI service that reads such lines shows an undecided run as a warning. */
static void warn(const struct comparison *c) {
    if (getenv("GITHUB_ACTIONS") == NULL)
        return;
    fputs("::warning title=knnmark::", stdout);
    write_conclusion(stdout, c);
    fputc('\n', stdout);
}

static int compare_builds(const struct settings *settings) {
    struct comparison comparison;
    struct knn_error error;
    knn_catch_interrupts(NULL);              /* workers get no signal: they are in groups of their own */
    setenv("OMP_WAIT_POLICY", "passive", 1); /* for the workers: no thread spins while another process is timed */
    int status = compare(&comparison, settings, &error);
    if (status == 0 && !settings->list)
        status = write_results(&comparison, &error);
    if (status == 0 && !settings->list) {
        write_summary(stdout, &comparison, FORM_TEXT);
        if (comparison.decision.outcome == UNDECIDED && settings->warn_undecided)
            warn(&comparison);
    }
    int outcome = status == 0 ? (int)comparison.decision.outcome : fail(&error);
    comparison_free(&comparison);
    return outcome == UNDECIDED && settings->warn_undecided ? NO_REGRESSION : outcome;
}

int main(int argc, char **argv) {
    struct words words;
    struct knn_error error;
    if (parse_words(&words, argc, argv, &error) != 0)
        return fail(&error);
    if (words.help) {
        print_usage();
        return 0;
    }
    int outcome = compare_builds(&words.settings);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        knn_fail(&error, "cannot write standard output");
        return fail(&error);
    }
    return outcome;
}
