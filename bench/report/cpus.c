#include "several.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html/template.h"
#include "results/check.h"
#include "results/jobs.h"
#include "results/summary.h"

extern const char report_cpus_html[]; /* the file cpus.html */

/* -- what may stand beside each other ------------------------------------------------------------------------------ */

static struct difference objection(const struct results *first, const struct results *results) {
    struct difference difference = difference_of(first, results, SAME_DATA);
    const char *unfit = check_unfit(results);
    if (unfit == NULL && select_runs(results, .group = "search", .counter = "full_job_s", .k = 1).count == 0)
        unfit = "it has no full job";
    if (unfit != NULL)
        snprintf(difference.text, sizeof difference.text, "%s", unfit);
    return difference;
}

static const char *base_name(const struct results *results) {
    const char *slash = strrchr(results->name, '/');
    return slash != NULL ? slash + 1 : results->name;
}

/* The file's name without its ending, and without folders unless another file has the same; then the features that were
 * left out, for without them it is another CPU. */
static void name_cpu(const struct results *all, size_t count, const struct results *results, char *name, size_t size) {
    const char *base = base_name(results), *shown = base;
    const json_t *left_out = results_fact(results, "knnmark.cpu.left_out", NULL);
    for (size_t i = 0; i < count; i++)
        if (&all[i] != results && strcmp(base_name(&all[i]), base) == 0)
            shown = results->name;
    int length = snprintf(name, size, "%.*s", (int)((size_t)(base - shown) + strcspn(base, ".")), shown);
    for (size_t i = 0; i < json_array_size(left_out) && length < (int)size; i++) {
        const char *isa = json_string_value(json_array_get(left_out, i));
        length +=
            snprintf(name + length, size - (size_t)length, "%s%s", i == 0 ? " without " : ", ", isa != NULL ? isa : "");
    }
}

int cpus_gather(struct cpus *cpus, const struct results *results, size_t count, struct knn_error *error) {
    char why[MAX_CPUS * 512] = "";
    if (count > MAX_CPUS)
        return knn_fail(error, "a page has room for %d CPUs: name fewer files", MAX_CPUS);
    *cpus = (struct cpus){.count = count};
    for (size_t i = 0; i < count; i++) {
        struct difference why_not = objection(&results[0], &results[i]);
        size_t length = strlen(why);
        cpus->items[i] = &results[i];
        name_cpu(results, count, &results[i], cpus->names[i], sizeof cpus->names[i]);
        if (why_not.text[0] != '\0')
            snprintf(why + length, sizeof why - length, "%s%.120s: %s", length > 0 ? "; " : "", results[i].name,
                     why_not.text);
    }
    return why[0] == '\0' ? 0 : knn_fail(error, "not to be compared: %.400s", why);
}

/* -- kernels ------------------------------------------------------------------------------------------------------- */

static struct table start(const struct cpus *cpus, const char *title, const char *first, enum column_kind kind) {
    struct table table;
    table_start(&table, title, first);
    for (size_t i = 0; i < cpus->count; i++)
        table_add_column(&table, cpus->names[i], kind);
    return table;
}

/* Byte pairs that a thread does in a cycle; 0 where the clock is not known. */
static double pairs_per_cycle(const struct results *results, const struct job *job) {
    double cycles =
        run_median(select_runs(results, .group = "ceiling", .counter = "cycles_per_s").items[0], "cycles_per_s");
    return cycles > 0 ? job_rate(job) * results_dim(results) / job->run->threads / cycles : 0;
}

struct entry {
    const char *kernel;
    double best; /* seconds on the CPU that is fastest with it */
};

static int faster_first(const void *a, const void *b) {
    double x = ((const struct entry *)a)->best, y = ((const struct entry *)b)->best;
    return (x > y) - (x < y);
}

/* Every kernel that any CPU has, once. */
static size_t list_kernels(const struct cpus *cpus, const struct jobs *jobs, struct entry *entries, size_t most) {
    size_t count = 0;
    for (size_t c = 0; c < cpus->count; c++)
        for (size_t i = 0; i < jobs[c].count; i++) {
            const struct job *job = &jobs[c].items[i];
            size_t e = 0;
            while (e < count && strcmp(entries[e].kernel, job->run->subject) != 0)
                e++;
            if (run_is_peer(job->run) || e == most)
                continue;
            if (e == count)
                entries[count++] = (struct entry){job->run->subject, INFINITY};
            entries[e].best = fmin(entries[e].best, job->seconds);
        }
    qsort(entries, count, sizeof *entries, faster_first);
    return count;
}

enum { MEASURES = 3 };
static const char *const measures[MEASURES] = {"seconds", "% of the CPU's ceiling", "byte pairs a cycle, per thread"};

static struct number measure_of(size_t measure, const struct results *results, const struct job *job) {
    return job == NULL    ? number_plain(0)
           : measure == 0 ? number_plain(job->seconds)
           : measure == 1 ? number_percent(job->share.median)
                          : number_plain(pairs_per_cycle(results, job));
}

static void write_kernels(FILE *stream, const struct cpus *cpus, unsigned metric, enum form form) {
    enum { MOST = 128 };
    struct jobs jobs[MAX_CPUS];
    struct entry entries[MOST];
    for (size_t c = 0; c < cpus->count; c++)
        jobs[c] = jobs_of(cpus->items[c], metric);
    size_t count = list_kernels(cpus, jobs, entries, MOST);
    for (size_t m = 0; m < MEASURES; m++) {
        char title[64];
        snprintf(title, sizeof title, "%s, full job, %s", metric_title(metric), measures[m]);
        struct table table = start(cpus, title, "kernel", COLUMN_NUMBER);
        for (size_t e = 0; e < count; e++) {
            struct number cells[MAX_CPUS + 1] = {words(entries[e].kernel)};
            for (size_t c = 0; c < cpus->count; c++)
                cells[c + 1] = measure_of(m, cpus->items[c], jobs_find(&jobs[c], entries[e].kernel));
            table_add_cells(&table, cells, cpus->count + 1);
        }
        table_end(&table, stream, form);
    }
    for (size_t c = 0; c < cpus->count; c++)
        jobs_free(&jobs[c]);
}

static void write_all_kernels(FILE *stream, const void *cpus, enum form form) {
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++)
        write_kernels(stream, cpus, metric, form);
}

/* -- the best ------------------------------------------------------------------------------------------------------ */

static void put_verdict(char *text, size_t size, const struct choice *choice) {
    if (choice->chosen == NULL || choice->fastest == NULL)
        snprintf(text, size, "%s", "");
    else if (choice->beyond)
        snprintf(text, size, "the fastest would save %s s, more than the spread",
                 number_plain(choice->chosen->seconds - choice->fastest->seconds).text);
    else
        snprintf(text, size, "%s",
                 choice->chosen == choice->fastest ? "the right choice" : "no difference beyond the spread");
}

static void write_best(FILE *stream, const void *context, enum form form) {
    const struct cpus *cpus = context;
    struct table table;
    table_start(&table, NULL, "CPU", "metric", "fastest kernel", "s", "default kernel", "s", "× fastest", "verdict");
    table.columns[1].kind = table.columns[2].kind = table.columns[4].kind = table.columns[7].kind = COLUMN_WORDS;
    for (size_t c = 0; c < cpus->count; c++)
        for (unsigned metric = 1; metric <= KNN_METRICS; metric++) {
            struct jobs jobs = jobs_of(cpus->items[c], metric);
            struct choice choice = choice_of(cpus->items[c], &jobs, metric);
            char verdict[96];
            put_verdict(verdict, sizeof verdict, &choice);
            if (choice.fastest != NULL)
                table_add(&table, words(cpus->names[c]), words(metric_title(metric)),
                          words(choice.fastest->run->subject), number_plain(choice.fastest->seconds),
                          words(choice.chosen != NULL ? choice.chosen->run->subject : "unknown"),
                          number_plain(choice.chosen != NULL ? choice.chosen->seconds : 0), number_plain(choice.longer),
                          words(verdict));
            jobs_free(&jobs);
        }
    table_end(&table, stream, form);
}

/* -- scaling ------------------------------------------------------------------------------------------------------- */

static struct number scaling_of(const struct results *results, unsigned metric, double threads) {
    struct run_list list =
        select_runs(results, .group = "scaling", .counter = "efficiency", .metric = metric, .threads = threads);
    return list.count > 0 ? number_plain(run_median(list.items[0], "efficiency") * threads) : number_plain(0);
}

static void write_scaling(FILE *stream, const void *context, enum form form) {
    const struct cpus *cpus = context;
    struct table table = start(cpus, NULL, "metric, threads", COLUMN_NUMBER);
    double most = 0;
    for (size_t c = 0; c < cpus->count; c++)
        most = fmax(most, results_most_threads(cpus->items[c], "scaling"));
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++)
        for (unsigned threads = 2; threads <= (unsigned)most; threads++) {
            struct number cells[MAX_CPUS + 1];
            char name[64];
            size_t some = 0;
            snprintf(name, sizeof name, "%s, %u threads", metric_title(metric), threads);
            cells[0] = words(name);
            for (size_t c = 0; c < cpus->count; c++) {
                cells[c + 1] = scaling_of(cpus->items[c], metric, threads);
                some += isfinite(cells[c + 1].value) != 0;
            }
            if (some > 0)
                table_add_cells(&table, cells, cpus->count + 1);
        }
    put_paragraph(stream, form, "The rate over that of one thread, by the default kernel.");
    table_end(&table, stream, form);
}

/* -- machines ------------------------------------------------------------------------------------------------------ */

static void write_machines(FILE *stream, const void *context, enum form form) {
    const struct cpus *cpus = context;
    struct table table = start(cpus, NULL, "", COLUMN_WORDS);
    const char *label = "";
    for (size_t i = 0; label != NULL; i++) {
        struct number cells[MAX_CPUS + 1];
        char *texts[MAX_CPUS];
        size_t some = 0;
        for (size_t c = 0; c < cpus->count; c++) {
            texts[c] = fact_at(cpus->items[c], i, &label);
            cells[c + 1] = words(texts[c] != NULL ? texts[c] : "");
            some += texts[c] != NULL;
        }
        cells[0] = words(label != NULL ? label : "");
        if (some > 0)
            table_add_cells(&table, cells, cpus->count + 1);
        for (size_t c = 0; c < cpus->count; c++)
            free(texts[c]);
    }
    table_end(&table, stream, form);
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

static void put_sources(FILE *stream, const void *context) {
    const struct cpus *cpus = context;
    for (size_t c = 0; c < cpus->count; c++) {
        put_html(stream, c > 0 ? ", " : "");
        put_html(stream, cpus->items[c]->name);
    }
}

static void write_page(FILE *stream, const struct cpus *cpus) {
    struct number count = number_exact((double)cpus->count), dim = number_exact(results_dim(cpus->items[0]));
    const struct field fields[] = {
        {"title", .text = "several CPUs"},
        {"count", .text = count.text},
        {"dim", .text = dim.text},
        {"kernels", .write_form = write_all_kernels},
        {"best", .write_form = write_best},
        {"scaling", .write_form = write_scaling},
        {"machines", .write_form = write_machines},
        {"sources", .write = put_sources},
        {0},
    };
    template_page(stream, report_cpus_html, "", fields, cpus);
}

void cpus_write(FILE *stream, const void *cpus, enum form form) {
    if (form == FORM_HTML) {
        write_page(stream, cpus);
        return;
    }
    write_all_kernels(stream, cpus, form);
    put_heading(stream, form, "The best kernel, and the default");
    write_best(stream, cpus, form);
    put_heading(stream, form, "Thread scaling");
    write_scaling(stream, cpus, form);
    put_heading(stream, form, "Machines");
    write_machines(stream, cpus, form);
}
