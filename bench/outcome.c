#include "outcome.h"

#include <stdlib.h>

#include "provenance.h"
#include "results/summary.h"

static json_t *fields_of(const struct gb_result *result) {
    json_t *fields = json_object();
    for (size_t i = 0; i < result->field_count; i++) {
        const struct gb_field *field = &result->fields[i];
        json_object_set_new(fields, field->name,
                            field->text != NULL ? json_string(field->text) : json_real(field->number));
    }
    return fields;
}

void outcome_take(const struct gb_result *result, void *context) {
    struct outcome *outcome = context;
    if (outcome->benchmarks == NULL)
        outcome->benchmarks = json_array();
    json_t *entry = json_pack("{s:s, s:s, s:s*, s:s, s:o, s:b, s:s*}", "run_name", result->benchmark, "run_type",
                              result->aggregate != NULL ? "aggregate" : "iteration", "aggregate_name",
                              result->aggregate, "label", result->label, "knnmark", fields_of(result), "error_occurred",
                              result->error != NULL, "error_message", result->error);
    for (size_t i = 0; i < result->counter_count; i++)
        json_object_set_new(entry, result->counters[i].name, json_real(result->counters[i].number));
    json_array_append_new(outcome->benchmarks, entry);
}

const char *outcome_describe(void *context) {
    struct outcome *outcome = context;
    free(outcome->provenance);
    outcome->provenance = provenance_text(outcome->bench, !gb_was_stopped() && !outcome->unfinished);
    outcome->undescribed = outcome->provenance == NULL;
    return outcome->provenance;
}

int outcome_print(struct outcome *outcome, FILE *stream, struct knn_error *error) {
    struct results results;
    char *text = NULL;
    if (outcome->benchmarks == NULL)
        return 0;
    if (outcome_describe(outcome) == NULL || asprintf(&text, "{%s}", outcome->provenance) < 0)
        return knn_fail(error, "no memory for the tables");
    json_t *file = json_loads(text, 0, NULL);
    free(text);
    json_object_set(file, "benchmarks", outcome->benchmarks);
    int status = results_take(&results, file, "this run", error);
    if (status == 0) {
        fputc('\n', stream);
        summary_write(stream, &results, FORM_TEXT);
    }
    results_free(&results);
    return status;
}

void outcome_free(struct outcome *outcome) {
    json_decref(outcome->benchmarks);
    free(outcome->provenance);
    *outcome = (struct outcome){0};
}
