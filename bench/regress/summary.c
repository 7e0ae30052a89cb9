/* The table on the terminal, and the summary in Markdown. */
#include <math.h>

#include "forms.h"
#include "plural.h"
#include "tables.h"
#include "words.h"

static void describe(FILE *stream, const struct comparison *c) {
    fprintf(stream, "threshold %.24s, controls' limit %.24s; confidence %.0f %% for all benchmarks at once",
            change_of(c->rules.tau).text + 1, change_of(c->rules.control).text + 1, 100 * (1 - c->rules.alpha));
}

static void ruled_out(FILE *stream, const struct comparison *c) {
    double least = least_ruled_out(c);
    if (isfinite(least))
        fprintf(stream, "a slowdown of more than %.24s is ruled out in %s", change_of(least).text + 1,
                c->decision.outcome == REGRESSION ? "all other benchmarks" : "every benchmark");
    else
        fputs("the time was too short to rule any slowdown out", stream);
}

static void measured(FILE *stream, const struct comparison *c) {
    fprintf(stream, "%u set%s of processes, budget %.0f s, seed %llu, %.0f s in all; data: %s", c->sets[0] + c->sets[1],
            knn_plural(c->sets[0] + c->sets[1]), c->settings.budget, (unsigned long long)c->settings.seed, c->seconds,
            c->source);
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
        ruled_out(stream, c);
        fputs(markdown ? "; " : "\n", stream);
    }
    measured(stream, c);
    fputs(markdown ? ".\n" : "\n", stream);
}
