#include "words.h"

#include <math.h>
#include <string.h>

#include "cpu.h"
#include "plural.h"

struct change change_of(double logarithm) {
    struct change change = {"unknown"};
    double percent = fmin(100 * expm1(logarithm), 1e6);
    if (isfinite(logarithm))
        snprintf(change.text, sizeof change.text, "%+.2f %%", fabs(percent) < 0.005 ? 0 : percent);
    return change;
}

const char *verdict_text(const struct benchmark *b) {
    if (b->found.judgement.verdict != VERDICT_SLOWER)
        return verdict_name(b->found.judgement.verdict);
    if (b->fresh.count == 0)
        return "slower (not confirmed: the run was disturbed)";
    if (b->found.confirmed)
        return "slower (confirmed)";
    return b->found.refuted ? "slower once, not in fresh processes" : "slower, not yet confirmed in fresh processes";
}

void write_machine(FILE *stream, const struct comparison *c) {
    char name[64];
    knn_cpu_name(name, sizeof name);
    fprintf(stream, "%s, %u thread%s", name, c->team.threads, knn_plural(c->team.threads));
}

void list_controls(const struct comparison *c, int confirming, struct named_control controls[CONTROLS]) {
    const struct controls *from = confirming ? &c->decision.fresh_controls : &c->decision.controls;
    controls[0] = (struct named_control){"frozen reference", &from->reference};
    controls[1] = (struct named_control){"base against its copy", &from->copy};
    controls[2] = (struct named_control){"waiting for a CPU", &from->waiting};
}

int has_fresh(const struct comparison *c) {
    return c->fresh_copies.count > 0;
}

double least_ruled_out(const struct comparison *c) {
    double most = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->benchmarks[i].found.verdict != VERDICT_SLOWER)
            most = fmax(most, c->benchmarks[i].found.judgement.interval.high);
    return most;
}

/* What it means if a control moved. */
static const char *const meanings[CONTROLS] = {
    "a loop that is the same for both ran at another speed: the clock or another program's load changed",
    "one program against itself differed: something other than the code, such as where memory lies, makes it",
    "one side's threads had to wait longer for a CPU: another program was running"};

static void write_disturbed(FILE *stream, const struct comparison *c) {
    fputs("disturbed, no verdict: ", stream);
    for (int confirming = 0, first = 1; confirming < 2; confirming++) {
        struct named_control all[CONTROLS];
        list_controls(c, confirming, all);
        for (size_t i = 0; i < CONTROLS; i++)
            if (all[i].control->outside) {
                fprintf(stream, "%s\"%s\" changed by %s%s (%s)", first ? "" : ", ", all[i].name,
                        change_of(all[i].control->interval.estimate).text, confirming ? " in fresh processes" : "",
                        meanings[i]);
                first = 0;
            }
    }
}

static size_t count_of(const struct comparison *c, enum verdict verdict) {
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->benchmarks[i].found.verdict == verdict;
    return count;
}

int was_disturbed(const struct comparison *c) {
    return c->decision.controls.outside + c->decision.fresh_controls.outside > 0;
}

/* Counts the benchmarks that are the same only because noise raised their threshold; sets the highest threshold. */
static size_t count_raised(const struct comparison *c, double *highest) {
    size_t count = 0;
    *highest = c->rules.tau;
    for (size_t i = 0; i < c->count; i++) {
        count += c->benchmarks[i].found.judgement.threshold > c->rules.tau;
        *highest = fmax(*highest, c->benchmarks[i].found.judgement.threshold);
    }
    return count;
}

static void write_limits(FILE *stream, const struct comparison *c) {
    double highest;
    size_t raised = count_raised(c, &highest);
    fprintf(stream, " beyond %.24s", change_of(c->rules.tau).text + 1);
    if (raised > 0)
        fprintf(stream, ", or %.24s in %zu noisy one%s", change_of(highest).text + 1, raised, knn_plural(raised));
}

void write_conclusion(FILE *stream, const struct comparison *c) {
    size_t slower = count_of(c, VERDICT_SLOWER), undecided = count_of(c, VERDICT_UNDECIDED);
    if (was_disturbed(c))
        write_disturbed(stream, c);
    else if (slower > 0)
        fprintf(stream, "regression: %zu of %zu benchmark%s slower, confirmed in fresh processes", slower, c->count,
                knn_plural(c->count));
    else if (undecided > 0)
        fprintf(stream, "undecided: %zu of %zu benchmark%s", undecided, c->count, knn_plural(c->count));
    else if (c->count > 0) {
        fprintf(stream, "no regression in %zu benchmark%s", c->count, knn_plural(c->count));
        write_limits(stream, c);
    } else
        fputs("no regression: every chosen benchmark runs the same code as before", stream);
    if (c->count > 0 && c->unchanged_count > 0)
        fprintf(stream, "; %zu more run%s the same code as before", c->unchanged_count,
                c->unchanged_count == 1 ? "s" : "");
}

void write_advice(FILE *stream, const struct comparison *c) {
    if (was_disturbed(c))
        fputs("repeat it when nothing else runs here, or on another machine", stream);
    else if (count_of(c, VERDICT_SLOWER) > 0)
        fputs("look at what changed in the code of these benchmarks; results/regress.html shows every pair", stream);
    else if (count_of(c, VERDICT_UNDECIDED) > 0)
        fprintf(stream, "repeat it on a quieter machine, or with more time than %.0f s (--budget)", c->settings.budget);
    else
        fputs("nothing", stream);
}
