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
    return b->found.confirmed ? "slower (confirmed)" : "slower once, not in fresh processes";
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

double least_detectable(const struct comparison *c) {
    double most = 0;
    for (size_t i = 0; i < c->count; i++)
        most = fmax(most, c->benchmarks[i].found.judgement.detectable);
    return most;
}

static void write_disturbed(FILE *stream, const struct comparison *c) {
    fputs("disturbed, no verdict: what is the same on both sides was not: ", stream);
    for (int confirming = 0, first = 1; confirming < 2; confirming++) {
        struct named_control all[CONTROLS];
        list_controls(c, confirming, all);
        for (size_t i = 0; i < CONTROLS; i++)
            if (all[i].control->outside) {
                fprintf(stream, "%s\"%s\" changed by %s%s", first ? "" : ", ", all[i].name,
                        change_of(all[i].control->interval.estimate).text, confirming ? " (fresh processes)" : "");
                first = 0;
            }
    }
}

void write_conclusion(FILE *stream, const struct comparison *c) {
    size_t slower = 0, undecided = 0;
    for (size_t i = 0; i < c->count; i++) {
        slower += c->benchmarks[i].found.verdict == VERDICT_SLOWER;
        undecided += c->benchmarks[i].found.verdict == VERDICT_UNDECIDED;
    }
    if (c->decision.controls.outside + c->decision.fresh_controls.outside > 0)
        write_disturbed(stream, c);
    else if (slower > 0)
        fprintf(stream, "regression: %zu of %zu benchmark%s slower, confirmed in fresh processes", slower, c->count,
                knn_plural(c->count));
    else if (undecided > 0)
        fprintf(stream, "undecided: %zu of %zu benchmark%s; repeat on a quieter machine or with more rounds", undecided,
                c->count, knn_plural(c->count));
    else
        fprintf(stream, "no regression in %zu benchmark%s", c->count, knn_plural(c->count));
    if (c->decision.controls.outside + c->decision.fresh_controls.outside == 0 &&
        c->decision.controls.floor > c->rules.tau)
        fprintf(stream, "; this machine is noisy: only beyond %s is slower",
                change_of(c->decision.controls.floor).text);
}
