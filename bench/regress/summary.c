/* The table on the terminal, and the summary in Markdown. */
#include <math.h>

#include "forms.h"
#include "tables.h"
#include "words.h"

static void describe(FILE *stream, const struct comparison *c) {
    fprintf(stream, "threshold %.24s", change_of(threshold_of(&c->rules, c->decision.controls.floor)).text + 1);
    fprintf(
        stream, " (asked for %.24s, floor of this machine now %.24s); confidence %.0f %% for all benchmarks at once",
        change_of(c->rules.tau).text + 1, change_of(c->decision.controls.floor).text + 1, 100 * (1 - c->rules.alpha));
}

static void detected(FILE *stream, const struct comparison *c) {
    double least = least_detectable(c);
    if (!isfinite(least))
        fputs("so few pairs cannot tell which slowdown would have been found", stream);
    else
        fprintf(stream, "a slowdown of %.24s or more would have been found in any benchmark, %.0f times in 100",
                change_of(least).text + 1, 100 * c->rules.power);
}

static void measured(FILE *stream, const struct comparison *c) {
    fprintf(stream, "epochs of %.0f ms, seed %llu, %.0f s in all; data: %s", 1e3 * c->settings.epoch,
            (unsigned long long)c->settings.seed, c->seconds, c->source);
}

static void put_table(FILE *stream, struct table table, enum form form) {
    table_write(&table, stream, form);
    table_free(&table);
}

/* The verdict, why, and what to do; then what was measured. */
void write_summary(FILE *stream, const struct comparison *c, enum form form) {
    int markdown = form == FORM_MARKDOWN;
    fputs(markdown ? "### knnmark: " : "", stream);
    put_words(stream, form, c->settings.head_name);
    fputs(" against ", stream);
    put_words(stream, form, c->settings.base_name);
    fputs(" on ", stream);
    write_machine(stream, c);
    fputs(markdown ? "\n\n**" : "\nregress: ", stream);
    write_conclusion(stream, c);
    fputs(markdown ? ".** " : ".\n", stream);
    fputs("What to do: ", stream);
    write_advice(stream, c);
    fputs(".\n", stream);
    put_table(stream, benchmarks_table(c), form);
    if (c->count > 0)
        put_table(stream, controls_table(c), form);
    fputc('\n', stream);
    if (c->count > 0) {
        describe(stream, c);
        fputs(markdown ? "; " : "\n", stream);
        detected(stream, c);
        fputs(markdown ? "; " : "\n", stream);
    }
    measured(stream, c);
    fputs(markdown ? ".\n" : "\n", stream);
}
