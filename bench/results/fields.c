#include "fields.h"

#include <stdlib.h>
#include <string.h>

const char *json_text(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* The metric of this name, or the one that a kernel's name begins with. */
static unsigned metric_of(const char *name) {
    for (unsigned i = 0; i < KNN_METRICS; i++) {
        size_t length = strlen(knn_metrics[i].name);
        if (strncmp(name, knn_metrics[i].name, length) == 0 && (name[length] == '_' || name[length] == '\0'))
            return i + 1;
    }
    return 0;
}

/* -- fields -------------------------------------------------------------------------------------------------------- */

static void take_fields(struct run *run, const json_t *fields) {
    static const char *const subjects[] = {"peer", "policy", "mix", "kernel"};
    const char *subject = "";
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0] && subject[0] == '\0'; i++)
        subject = json_text(fields, subjects[i]);
    snprintf(run->group, sizeof run->group, "%s", json_text(fields, "group"));
    snprintf(run->subject, sizeof run->subject, "%s", subject);
    run->metric = metric_of(json_text(fields, "metric"));
    json_unpack((json_t *)fields, "{s?F, s?F, s?F, s?F}", "k", &run->k, "dim", &run->dim, "batch", &run->batch,
                "threads", &run->threads);
    run->random = strcmp(json_text(fields, "data"), "random") == 0;
    run->scalar = strcmp(json_text(fields, "code"), "scalar") == 0;
    run->by_hand = strcmp(json_text(fields, "code"), "hand") == 0 && json_text(fields, "type")[0] == '\0';
}

/* -- names: <group>/<subject>[/<metric>][/<key>:<value>...], of schema 1 ------------------------------------------- */

static void take_segment(struct run *run, const char *segment) {
    const struct {
        const char *key;
        double *value;
    } keys[] = {{"k:", &run->k}, {"dim:", &run->dim}, {"batch:", &run->batch}, {"threads:", &run->threads}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strncmp(segment, keys[i].key, strlen(keys[i].key)) == 0)
            *keys[i].value = strtod(segment + strlen(keys[i].key), NULL);
    if (metric_of(segment) != 0)
        run->metric = metric_of(segment);
    run->random |= strcmp(segment, "random") == 0;
}

/* The kinds of baselines: scalar code, the compiler's, floats. */
static void take_kind(struct run *run) {
    run->scalar = strstr(run->subject, "_scalar") != NULL;
    run->by_hand = run->metric != 0 && strcmp(run->group, "peer") != 0 && !run->scalar &&
                   strstr(run->subject, "_auto") == NULL && strstr(run->subject, "_f32") == NULL;
}

static void take_name(struct run *run) {
    char copy[sizeof run->name], *rest = NULL;
    memcpy(copy, run->name, sizeof copy);
    const char *segment = strtok_r(copy, "/", &rest);
    snprintf(run->group, sizeof run->group, "%s", segment != NULL ? segment : "");
    segment = strtok_r(NULL, "/", &rest);
    snprintf(run->subject, sizeof run->subject, "%s", segment != NULL ? segment : "");
    run->metric = metric_of(run->subject);
    while ((segment = strtok_r(NULL, "/", &rest)) != NULL)
        take_segment(run, segment);
    take_kind(run);
}

/* -- both ---------------------------------------------------------------------------------------------------------- */

static int is_ours(const char *group) {
    static const char *const groups[] = {"ceiling", "kernel", "search", "latency", "schedule",
                                         "scaling", "stream", "peer",   "bounds"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (strcmp(group, groups[i]) == 0)
            return 1;
    return 0;
}

int identify(struct run *run, const json_t *entry) {
    const json_t *fields = json_object_get(entry, "knnmark");
    *run = (struct run){0};
    snprintf(run->name, sizeof run->name, "%s", json_text(entry, "run_name"));
    if (json_is_object(fields))
        take_fields(run, fields);
    else
        take_name(run);
    return is_ours(run->group);
}
