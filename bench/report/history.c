#include "several.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html/template.h"
#include "results/check.h"

extern const char report_history_html[], report_history_css[]; /* the files history.html and history.css */

/* The least change that is marked, between the medians of neighbouring files. */
static const double LEAST_CHANGE = 0.05;

/* -- which files --------------------------------------------------------------------------------------------------- */

static const char *fact(const struct results *results, const char *path, const char *earlier) {
    const char *text = results_text(results, path, earlier);
    return text != NULL ? text : "";
}

int history_gather(struct history *history, const struct results *results, size_t count, struct knn_error *error) {
    *history = (struct history){.count = 0};
    for (size_t i = 0; i < count; i++) {
        struct difference why = difference_of(&results[count - 1], &results[i], SAME_CPU | SAME_THREADS | SAME_DATA);
        const char *unfit = check_unfit(&results[i]);
        if (unfit == NULL && why.text[0] == '\0')
            history->items[history->count++] = &results[i];
        else
            fprintf(stderr, "knnmark-report: %s is left out: %s\n", results[i].name, unfit != NULL ? unfit : why.text);
    }
    return history->count > 1 ? 0
                              : knn_fail(error, "a history needs two result files of one CPU; there %s",
                                         history->count == 1 ? "is one" : "are none");
}

/* -- one benchmark ------------------------------------------------------------------------------------------------- */

/* What a group is judged by. */
static const struct measure {
    const char *group, *counter;
    int is_time;
} measures[] = {{"search", "full_job_s", 1}, {"kernel", "byte_pairs_per_s", 0}, {"latency", "query_ms", 1}};

static const struct measure *measure_of(const struct results *results, const struct run *run) {
    int short_rows = strcmp(run->group, "kernel") == 0 && run->dim != results_dim(results);
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        if (strcmp(measures[i].group, run->group) == 0 && !short_rows)
            return &measures[i];
    return NULL;
}

struct line {
    struct spread points[MAX_HISTORY]; /* n 0: not in this file */
    int changed[MAX_HISTORY];          /* since the last file before that has it */
    size_t count, first, last;         /* of the points there are */
};

static int has_changed(const struct spread *before, const struct spread *now) {
    int apart = now->lowest > before->highest || now->highest < before->lowest;
    return apart && fabs(log(now->median / before->median)) >= log1p(LEAST_CHANGE);
}

static struct line line_of(const struct history *history, const char *name, const char *counter) {
    struct line line = {.count = 0};
    for (size_t f = 0; f < history->count; f++)
        for (size_t i = 0; i < history->items[f]->count; i++) {
            const struct run *run = &history->items[f]->runs[i];
            if (strcmp(run->name, name) != 0)
                continue;
            line.points[f] = run_spread(run, counter);
            if (line.points[f].n == 0)
                continue;
            line.changed[f] = line.count > 0 && has_changed(&line.points[line.last], &line.points[f]);
            line.first = line.count++ == 0 ? f : line.first;
            line.last = f;
        }
    return line;
}

/* -- its picture --------------------------------------------------------------------------------------------------- */

enum { WIDE = 1000, TALL = 100 };

struct scale {
    double lowest, highest; /* logarithms; never less than a tenth apart */
    size_t files;
    int is_time;
};

static struct scale scale_of(const struct line *line, size_t files, int is_time) {
    struct scale scale = {INFINITY, -INFINITY, files, is_time};
    for (size_t f = 0; f < files; f++)
        if (line->points[f].n > 0) {
            scale.lowest = fmin(scale.lowest, log(line->points[f].lowest));
            scale.highest = fmax(scale.highest, log(line->points[f].highest));
        }
    double more = fmax(0, 0.1 - (scale.highest - scale.lowest)) / 2;
    scale.lowest -= more;
    scale.highest += more;
    return scale;
}

static double x_of(const struct scale *scale, size_t file) {
    return WIDE * ((double)file + 0.5) / (double)scale->files;
}

/* Faster is higher. */
static double y_of(const struct scale *scale, double value) {
    double part = (log(value) - scale->lowest) / (scale->highest - scale->lowest);
    return 8 + (TALL - 16) * (scale->is_time ? part : 1 - part);
}

static char *picture_of(const struct line *line, size_t files, int is_time) {
    struct scale scale = scale_of(line, files, is_time);
    char *text = NULL;
    size_t size, drawn = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    fprintf(stream,
            "<svg class=\"line\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
            "aria-label=\"%zu files\"><path class=\"median\" d=\"",
            WIDE, TALL, line->count);
    for (size_t f = 0; f < files; f++)
        if (line->points[f].n > 0)
            fprintf(stream, "%c%.1f %.1f", drawn++ == 0 ? 'M' : 'L', x_of(&scale, f),
                    y_of(&scale, line->points[f].median));
    fputs("\"/>", stream);
    for (size_t f = 0; f < files; f++) {
        const struct spread *point = &line->points[f];
        if (point->n > 0)
            fprintf(stream, "<path class=\"range\" d=\"M%.1f %.1fV%.1f\"/>", x_of(&scale, f),
                    y_of(&scale, point->lowest), y_of(&scale, point->highest));
        if (line->changed[f])
            fprintf(stream, "<path class=\"changed\" d=\"M%.1f %.1fh0\"/>", x_of(&scale, f),
                    y_of(&scale, point->median));
    }
    fputs("</svg>", stream);
    fclose(stream);
    return text;
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

/* How much longer it takes: "+12 %". */
static struct number longer_by(const struct spread *before, const struct spread *now, int is_time) {
    struct number number = {.value = (is_time ? now->median / before->median : before->median / now->median) - 1};
    snprintf(number.text, sizeof number.text, "%+.1f %%", 100 * number.value);
    return number;
}

static char *changes_of(const struct history *history, const struct line *line, int is_time) {
    char *text = NULL;
    size_t size, before = line->first, some = 0;
    FILE *stream = open_memstream(&text, &size);
    for (size_t f = 0; stream != NULL && f < history->count; f++) {
        if (line->points[f].n == 0)
            continue;
        if (line->changed[f])
            fprintf(stream, "%s%.8s %s", some++ > 0 ? ", " : "",
                    fact(history->items[f], "knnmark.commit", "context.commit"),
                    longer_by(&line->points[before], &line->points[f], is_time).text);
        before = f;
    }
    if (stream != NULL)
        fclose(stream);
    return text;
}

static void add_line(struct table *table, const struct history *history, const struct run *run,
                     const struct measure *measure) {
    struct line line = line_of(history, run->name, measure->counter);
    if (line.count < 2)
        return;
    char *picture = picture_of(&line, history->count, measure->is_time),
         *changes = changes_of(history, &line, measure->is_time);
    const struct spread *first = &line.points[line.first], *last = &line.points[line.last];
    table_add(table, words(run->name), words(picture != NULL ? picture : ""), number_si(first->median),
              number_si(last->median), longer_by(first, last, measure->is_time), words(changes != NULL ? changes : ""));
    free(picture);
    free(changes);
}

/* A line for every benchmark of the last file; those that are gone have none. */
static void write_lines(FILE *stream, const void *context, enum form form) {
    const struct history *history = context;
    const struct results *last = history->items[history->count - 1];
    struct table table;
    table_start(&table, NULL, "benchmark", "", "first", "last", "takes longer by", "changed in");
    table.columns[1].kind = COLUMN_PICTURE;
    table.columns[5].kind = COLUMN_WORDS;
    for (size_t i = 0; i < last->count; i++)
        if (measure_of(last, &last->runs[i]) != NULL)
            add_line(&table, history, &last->runs[i], measure_of(last, &last->runs[i]));
    table_end(&table, stream, form);
}

static void write_files(FILE *stream, const void *context, enum form form) {
    const struct history *history = context;
    struct table table;
    table_start(&table, NULL, "file", "commit", "date", "compiler");
    table.columns[1].kind = table.columns[2].kind = table.columns[3].kind = COLUMN_WORDS;
    for (size_t f = 0; f < history->count; f++) {
        const struct results *results = history->items[f];
        table_add(&table, words(results->name), words(fact(results, "knnmark.commit", "context.commit")),
                  words(fact(results, "context.date", NULL)),
                  words(fact(results, "knnmark.build.compiler", "context.compiler")));
    }
    table_end(&table, stream, form);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static void write_page(FILE *stream, const struct history *history) {
    struct number count = number_exact((double)history->count), least = number_percent(LEAST_CHANGE);
    const struct field fields[] = {{"title", .text = "history"},
                                   {"cpu", .text = fact(history->items[0], "knnmark.cpu.name", "context.cpu")},
                                   {"count", .text = count.text},
                                   {"least", .text = least.text},
                                   {"benchmarks", .write_form = write_lines},
                                   {"files", .write_form = write_files},
                                   {0}};
    template_page(stream, report_history_html, report_history_css, fields, history);
}

void history_write(FILE *stream, const void *history, enum form form) {
    if (form == FORM_HTML) {
        write_page(stream, history);
        return;
    }
    write_lines(stream, history, form);
    write_files(stream, history, form);
}
