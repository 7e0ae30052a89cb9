/* The table on the terminal, and the summary in Markdown. */
#include <math.h>
#include <string.h>

#include "results/text.h"
#include "write.h"

/* The time of one iteration: a median over base's epochs. */
static double base_ms(const struct benchmark *b) {
    double seconds[2 * 2 * MOST_ROUNDS];
    size_t count = 0;
    for (; count < b->first.count && count < sizeof seconds / sizeof seconds[0]; count++)
        seconds[count] = b->first.pairs[count].base.seconds;
    return 1e3 * median(seconds, count) / (double)b->iterations;
}

static void describe(FILE *stream, const struct comparison *c) {
    fprintf(stream, "threshold %.24s", change_of(threshold_of(&c->rules, c->decision.controls.floor)).text + 1);
    fprintf(
        stream, " (asked for %.24s, floor of this machine now %.24s); confidence %.0f %% for all benchmarks at once",
        change_of(c->rules.tau).text + 1, change_of(c->decision.controls.floor).text + 1, 100 * (1 - c->rules.alpha));
}

static void detected(FILE *stream, const struct comparison *c) {
    double least = least_detectable(c);
    if (isfinite(least))
        fprintf(stream, "a slowdown of %.24s or more would have been found in any benchmark, %.0f times in 100",
                change_of(least).text + 1, 100 * c->rules.power);
}

static void measured(FILE *stream, const struct comparison *c) {
    fprintf(stream, "epochs of %.0f ms, seed %llu, %.0f s in all; data: %s", 1e3 * c->settings.epoch,
            (unsigned long long)c->settings.seed, c->seconds, c->source);
}

/* -- terminal ------------------------------------------------------------------------------------------------------ */

static void put_interval(FILE *stream, const struct interval *interval) {
    fprintf(stream, "%10s %10s ..%10s", change_of(interval->estimate).text, change_of(interval->low).text,
            change_of(interval->high).text);
}

static void table_row(FILE *stream, const struct benchmark *b, int width) {
    fprintf(stream, "%-*s %10.4g %5zu ", width, b->name, base_ms(b), b->found.judgement.interval.count);
    put_interval(stream, &b->found.judgement.interval);
    fprintf(stream, " %10s  %s\n", change_of(b->found.judgement.detectable).text, verdict_text(b));
    if (b->fresh.count == 0)
        return;
    fprintf(stream, "%-*s %10s %5zu ", width, "  in fresh processes", "", b->found.confirmation.interval.count);
    put_interval(stream, &b->found.confirmation.interval);
    fputc('\n', stream);
}

static void table_controls(FILE *stream, const struct comparison *c, int confirming, int width) {
    struct named_control all[CONTROLS];
    list_controls(c, confirming, all);
    for (size_t i = 0; i < CONTROLS; i++) {
        const struct interval *interval = &all[i].control->interval;
        char name[64];
        snprintf(name, sizeof name, "control: %s%s", all[i].name, confirming ? ", fresh" : "");
        fprintf(stream, "%-*s %10s ", width, name, "");
        if (all[i].control->measured) {
            fprintf(stream, "%5zu ", interval->count);
            put_interval(stream, interval);
            fprintf(stream, " %10s  %s\n", "", all[i].control->outside ? "disturbed" : "quiet");
        } else {
            fputs("      not told by this system\n", stream);
        }
    }
}

void write_table(FILE *stream, const struct comparison *c) {
    int width = 32;
    for (size_t i = 0; i < c->count; i++)
        width = (int)fmax(width, (double)strlen(c->benchmarks[i].name));
    fprintf(stream, "%s against %s on ", c->settings.head_name, c->settings.base_name);
    write_machine(stream, c);
    fprintf(stream, "\n%-*s %10s %5s %10s %22s %11s  %s\n", width, "benchmark", "ms", "pairs", "change", "interval",
            "detectable", "verdict");
    for (size_t i = 0; i < c->count; i++)
        table_row(stream, &c->benchmarks[i], width);
    for (int confirming = 0; confirming <= has_fresh(c); confirming++)
        table_controls(stream, c, confirming, width);
    describe(stream, c);
    fputc('\n', stream);
    measured(stream, c);
    fputc('\n', stream);
    detected(stream, c);
    fputs("\nregress: ", stream);
    write_conclusion(stream, c);
    fputc('\n', stream);
}

/* -- Markdown ------------------------------------------------------------------------------------------------------ */

static void markdown_row(FILE *stream, const char *name, const struct interval *interval, const char *detectable,
                         const char *verdict) {
    fputs("| ", stream);
    put_markdown(stream, name);
    fprintf(stream, " | %s | %s to %s | %zu | %s | %s |\n", change_of(interval->estimate).text,
            change_of(interval->low).text, change_of(interval->high).text, interval->count, detectable, verdict);
}

void write_markdown(FILE *stream, const struct comparison *c) {
    fputs("### knnmark: ", stream);
    put_markdown(stream, c->settings.head_name);
    fputs(" against ", stream);
    put_markdown(stream, c->settings.base_name);
    fputs("\n\n**", stream);
    write_conclusion(stream, c);
    fputs("**\n\n| benchmark | change | interval | pairs | detectable | verdict |\n|:--|--:|--:|--:|--:|:--|\n",
          stream);
    for (size_t i = 0; i < c->count; i++) {
        const struct benchmark *b = &c->benchmarks[i];
        markdown_row(stream, b->name, &b->found.judgement.interval, change_of(b->found.judgement.detectable).text,
                     verdict_text(b));
        if (b->fresh.count > 0)
            markdown_row(stream, "– in fresh processes", &b->found.confirmation.interval, "", "");
    }
    for (int confirming = 0; confirming <= has_fresh(c); confirming++) {
        struct named_control all[CONTROLS];
        list_controls(c, confirming, all);
        for (size_t i = 0; i < CONTROLS; i++)
            if (all[i].control->measured)
                markdown_row(stream, all[i].name, &all[i].control->interval, "",
                             all[i].control->outside ? "disturbed" : "quiet");
    }
    fputs("\nThe ", stream);
    describe(stream, c);
    fputs(". On ", stream);
    write_machine(stream, c);
    fputs("; ", stream);
    measured(stream, c);
    fputs(".\n", stream);
    if (isfinite(least_detectable(c))) {
        fputs("\nDetectable: ", stream);
        detected(stream, c);
        fputs(".\n", stream);
    }
}
