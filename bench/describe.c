/* What the console and a result file's context say first: machine, build, data in a few words. provenance.c has all. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "commit.h"
#include "utf8.h"

static void add(const char *key, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(const char *key, const char *format, ...) {
    char value[512];
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    __builtin_va_end(arguments);
    knn_utf8_clean(value);
    gb_context(key, value);
}

void describe_run(const struct bench *bench) {
    const struct knn_team *team = &bench->teams[bench->team_count - 1];
    char text[256] = "";
    knn_cpu_name(text, sizeof text);
    add("cpu", "%s", text);
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if ((isas[i].features & ~bench->features) == 0)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? " " : "", isas[i].name);
    add("isa", "%s", text);
    knn_topology_describe(team->topology, text, sizeof text);
    add("topology", "%s", text);
    text[0] = '\0';
    for (unsigned i = 0; i < team->threads; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", i > 0 ? " " : "",
                 knn_topology_pu(team->topology, i, team->threads));
    add("binding", "hardware threads %s", text);
    add("compiler", "%s", KNN_COMPILER);
    add("flags", "%s", KNN_FLAGS);
    add("commit", "%s", KNN_COMMIT);
    add("knnmark", "%s", KNN_VERSION);
    add("data", "%s", bench->dataset.source);
    if (bench->quick)
        add("quick", "yes");
}
