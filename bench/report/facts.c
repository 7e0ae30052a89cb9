/* How it was measured: what a result file says of the run. */
#include <string.h>

#include "plural.h"
#include "results/summary.h"
#include "results/text.h"

/* A member of "knnmark", or else of "context", as earlier files have it. */
struct fact {
    const char *label, *path, *earlier;
};

static const struct fact facts[] = {
    {"CPU", "knnmark.cpu.name", "context.cpu"},
    {"Family", "knnmark.cpu.family", NULL},
    {"Model", "knnmark.cpu.model", NULL},
    {"Stepping", "knnmark.cpu.stepping", NULL},
    {"Microcode", "knnmark.cpu.microcode", NULL},
    {"CPU features", "knnmark.cpu.features", "context.isa"},
    {"Topology", "knnmark.machine.topology", "context.topology"},
    {"SHA-256 of the topology", "knnmark.machine.topology_sha256", NULL},
    {"Hypervisor", "knnmark.machine.hypervisor", NULL},
    {"Clock governor", "knnmark.machine.governor", NULL},
    {"Transparent huge pages", "knnmark.machine.transparent_hugepages", NULL},
    {"Address space randomized", "knnmark.machine.aslr", NULL},
    {"Load before", "knnmark.machine.load_before", "context.load_avg"},
    {"Load after", "knnmark.machine.load_after", NULL},
    {"Threads", "knnmark.threads.count", NULL},
    {"Bound to", "knnmark.threads.binding", "context.binding"},
    {"OpenMP", "knnmark.openmp", NULL},
    {"Compiler", "knnmark.build.compiler", "context.compiler"},
    {"Flags", "knnmark.build.flags", "context.flags"},
    {"Libraries", "knnmark.build.libraries", NULL},
    {"knnmark", "knnmark.version", "context.knnmark"},
    {"Commit", "knnmark.commit", "context.commit"},
    {"With changes not committed", "knnmark.dirty", NULL},
    {"Data", "knnmark.data.source", "context.data"},
    {"Train rows", "knnmark.data.train", NULL},
    {"Test rows", "knnmark.data.test", NULL},
    {"Bytes of a row", "knnmark.data.dim", NULL},
    {"Shape", NULL, "context.data_shape"},
    {"SHA-256 of the data", "knnmark.data.sha256", "context.data_sha256"},
    {"Seed", "knnmark.seed", NULL},
    {"Date", "context.date", NULL},
};

/* Objects as "key value", lists with commas. */
static void put_value(FILE *stream, const json_t *value, void put(FILE *stream, const char *text)) {
    const char *key;
    json_t *member;
    size_t i;
    int first = 1;
    if (json_is_string(value))
        put(stream, json_string_value(value));
    else if (json_is_integer(value))
        put(stream, number_exact(json_number_value(value)).text);
    else if (json_is_real(value))
        put(stream, number_short(json_number_value(value)).text);
    else if (json_is_boolean(value))
        put(stream, json_is_true(value) ? "yes" : "no");
    else if (json_is_null(value))
        put(stream, "unknown");
    else if (json_array_size(value) + json_object_size(value) == 0)
        put(stream, "none");
    json_array_foreach(value, i, member) {
        fputs(i > 0 ? ", " : "", stream);
        put_value(stream, member, put);
    }
    /* The macro wants an object it could change. */
    for (void *at = json_object_iter((json_t *)value); at != NULL; at = json_object_iter_next((json_t *)value, at)) {
        key = json_object_iter_key(at);
        fputs(first ? "" : "; ", stream);
        put(stream, key);
        fputc(' ', stream);
        put_value(stream, json_object_iter_value(at), put);
        first = 0;
    }
}

void write_facts(FILE *stream, const struct results *results) {
    fputs("<dl>\n", stream);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const json_t *value = results_fact(results, 0, facts[i].path, facts[i].earlier);
        if (value == NULL || (json_is_string(value) && json_string_length(value) == 0))
            continue;
        fprintf(stream, "<dt>%s</dt><dd>", facts[i].label);
        put_value(stream, value, put_html);
        fputs("</dd>\n", stream);
    }
    fputs("</dl>\n", stream);
}

void write_origin(FILE *stream, const struct results *results, size_t file, void put(FILE *stream, const char *text)) {
    char threads[40];
    const struct {
        const char *before, *text;
        int most; /* characters */
    } parts[] = {
        {", ", results_text(results, file, "context.date", NULL), 10},
        {", commit ", results_text(results, file, "knnmark.commit", "context.commit"), 12},
        {", on ", results_text(results, file, "knnmark.data.source", "context.data"), 200},
    };
    const char *cpu = results_text(results, file, "knnmark.cpu.name", "context.cpu");
    put(stream, cpu != NULL ? cpu : "a CPU without a name");
    double most = results_threads(results, file);
    snprintf(threads, sizeof threads, ", %.0f thread%s", most, knn_plural((size_t)most));
    put(stream, most > 0 ? threads : "");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "%s%.*s", parts[i].before, parts[i].most,
                 parts[i].text != NULL ? parts[i].text : "");
        put(stream, parts[i].text != NULL ? text : "");
    }
}

/* -- warnings ------------------------------------------------------------------------------------------------------ */

static void warn(FILE *stream, int markdown, const char *text, const char *more) {
    fputs(markdown ? "\n**Warning:** " : "<p class=\"warn\"><strong>Warning:</strong> ", stream);
    (markdown ? put_markdown : put_html)(stream, text);
    (markdown ? put_markdown : put_html)(stream, more);
    fputs(markdown ? "\n" : "</p>\n", stream);
}

/* Threads have cores of their own only if the ceilings grow with them. */
static void warn_of_sharing(FILE *stream, const struct results *results, int markdown) {
    double threads = results_most_threads(results, "ceiling"), enough = 0.9, one = 0, all = 0;
    struct run_list alone = results_select(results, "ceiling", "byte_pairs_per_s", 0, 1);
    struct run_list together = results_select(results, "ceiling", "byte_pairs_per_s", 0, threads);
    for (size_t i = 0; i < alone.count; i++)
        for (size_t j = 0; j < together.count; j++)
            if (strcmp(alone.items[i]->subject, together.items[j]->subject) == 0) {
                one += run_spread(alone.items[i], "byte_pairs_per_s").median;
                all += run_spread(together.items[j], "byte_pairs_per_s").median;
            }
    char text[160];
    if (threads < 2 || one <= 0 || all >= enough * threads * one)
        return;
    snprintf(text, sizeof text,
             "the ceilings of %.0f threads are only %.2f times those of one. The machine was shared; repeat the run on "
             "an idle one.",
             threads, all / one);
    warn(stream, markdown, text, "");
}

void write_warnings(FILE *stream, const struct results *results, int markdown) {
    if (json_is_false(results_fact(results, 0, "knnmark.complete", NULL)))
        warn(stream, markdown, "this run did not finish; what is missing here was not measured.", "");
    if (results->left_out[0] != '\0')
        warn(stream, markdown, results->left_out, ".");
    else if (results->file_count > 1 && json_is_false(results_fact(results, 1, "knnmark.complete", NULL)))
        warn(stream, markdown, "the peers' run did not finish: they have fewer repetitions than they should.", "");
    warn_of_sharing(stream, results, markdown);
    for (size_t i = 0; i < results->failed_count; i++) {
        const json_t *message = json_object_get(results->failed[i].repetitions[0], "error_message");
        char text[192];
        snprintf(text, sizeof text, "%s failed: ", results->failed[i].name);
        warn(stream, markdown, text, json_is_string(message) ? json_string_value(message) : "it does not say why");
    }
}
