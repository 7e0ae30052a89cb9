/* How it was measured: what a result file says of machine, build and data. */
#include "summary.h"

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
    {"Features left out", "knnmark.cpu.left_out", NULL},
    {"Topology", "knnmark.machine.topology", "context.topology"},
    {"SHA-256 of the topology", "knnmark.machine.topology_sha256", NULL},
    {"Emulator", "knnmark.machine.emulator", NULL},
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

/* Writes objects as "key value", and lists with commas. */
static void put_value(FILE *stream, const json_t *value) {
    const char *key;
    json_t *member;
    size_t i;
    int first = 1;
    if (json_is_string(value))
        fputs(json_string_value(value), stream);
    else if (json_is_integer(value))
        fputs(number_exact(json_number_value(value)).text, stream);
    else if (json_is_real(value))
        fputs(number_short(json_number_value(value)).text, stream);
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "yes" : "no", stream);
    else if (json_array_size(value) + json_object_size(value) == 0)
        fputs("none", stream);
    json_array_foreach(value, i, member) {
        fputs(i > 0 ? ", " : "", stream);
        put_value(stream, member);
    }
    /* The macro wants an object it could change. */
    for (void *at = json_object_iter((json_t *)value); at != NULL; at = json_object_iter_next((json_t *)value, at)) {
        key = json_object_iter_key(at);
        fputs(first ? "" : "; ", stream);
        fputs(key, stream);
        fputc(' ', stream);
        put_value(stream, json_object_iter_value(at));
        first = 0;
    }
}

char *fact_at(const struct results *results, size_t i, const char **label) {
    *label = i < sizeof facts / sizeof facts[0] ? facts[i].label : NULL;
    return *label != NULL ? fact_text(results_fact(results, facts[i].path, facts[i].earlier)) : NULL;
}

char *fact_text(const json_t *value) {
    size_t size;
    char *text = NULL;
    FILE *stream = value != NULL && !json_is_null(value) ? open_memstream(&text, &size) : NULL;
    if (stream != NULL) {
        put_value(stream, value);
        fclose(stream);
    }
    return text;
}
