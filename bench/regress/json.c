/* The result file: everything that was measured, so that any of it can be judged again. */
#include <jansson.h>
#include <math.h>
#include <time.h>

#include "choose.h"
#include "cpu.h"
#include "forms.h"
#include "words.h"

enum { SCHEMA = 1 };

/* JSON has no infinities. */
static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/* As ratios of times, head over base. */
static json_t *interval_of(const struct interval *interval) {
    return json_pack("{s:o, s:o, s:o, s:I, s:I}", "estimate", number(exp(interval->estimate)), "low",
                     number(exp(interval->low)), "high", number(exp(interval->high)), "pairs",
                     (json_int_t)interval->count, "rank", (json_int_t)interval->rank);
}

static json_t *control_of(const struct control *control) {
    json_t *object = control->measured ? interval_of(&control->interval) : json_object();
    json_object_set_new(object, "measured", json_boolean(control->measured));
    json_object_set_new(object, "disturbed", json_boolean(control->outside));
    return object;
}

static json_t *controls_of(const struct controls *controls) {
    return json_pack("{s:o, s:o, s:o}", "reference", control_of(&controls->reference), "copy",
                     control_of(&controls->copy), "waiting", control_of(&controls->waiting));
}

static json_t *epoch_of(const struct epoch *epoch) {
    return json_pack("[o, o, o]", number(epoch->seconds), number(epoch->reference), number(epoch->waiting));
}

static json_t *series_of(const struct comparison *c, const struct series *series, int name) {
    json_t *pairs = json_array();
    for (size_t i = 0; i < series->count; i++) {
        const struct pair *pair = &series->pairs[i];
        json_t *object =
            json_pack("{s:o, s:o}", "base", epoch_of(&pair->base), name ? "copy" : "head", epoch_of(&pair->head));
        if (name)
            json_object_set_new(object, "benchmark", json_string(c->benchmarks[pair->benchmark].name));
        json_array_append_new(pairs, object);
    }
    return pairs;
}

static json_t *judgement_of(const struct judgement *judgement) {
    json_t *object = interval_of(&judgement->interval);
    json_object_set_new(object, "threshold", number(exp(judgement->threshold)));
    return object;
}

static json_t *benchmark_of(const struct comparison *c, const struct benchmark *b) {
    int fresh = b->fresh.count > 0;
    return json_pack("{s:s, s:s, s:I, s:f, s:o, s:o, s:o, s:o}", "name", b->name, "verdict",
                     verdict_name(b->found.verdict), "iterations", (json_int_t)b->iterations, "epoch_seconds", b->epoch,
                     "result", judgement_of(&b->found.judgement), "confirmation",
                     fresh ? judgement_of(&b->found.confirmation) : json_null(), "epochs", series_of(c, &b->first, 0),
                     "fresh_epochs", series_of(c, &b->fresh, 0));
}

static json_t *benchmarks_of(const struct comparison *c) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->count; i++)
        json_array_append_new(list, benchmark_of(c, &c->benchmarks[i]));
    return list;
}

static json_t *machine_of(const struct comparison *c) {
    char name[64], topology[256];
    unsigned features = 0;
    struct knn_error error;
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    json_t *list = json_array();
    knn_allowed_features(NULL, &features, &error);
    for (size_t i = 0; i < count; i++)
        if ((isas[i].features & ~features) == 0)
            json_array_append_new(list, json_string(isas[i].name));
    knn_cpu_name(name, sizeof name);
    knn_topology_describe(c->team.topology, topology, sizeof topology);
    return json_pack("{s:s, s:o, s:s, s:i}", "cpu", name, "features", list, "topology", topology, "threads",
                     (int)c->team.threads);
}

static json_t *rules_of(const struct comparison *c) {
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "tau", exp(c->rules.tau), "most", exp(c->rules.most), "control",
                     exp(c->rules.control), "alpha", c->rules.alpha, "level", rules_level(&c->rules), "budget_seconds",
                     c->settings.budget);
}

static json_t *unchanged_of(const struct comparison *c) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->unchanged_count; i++)
        json_array_append_new(list, json_string(c->unchanged[i]));
    return list;
}

/* A few numbers for scripts, each on a line of its own. */
static json_t *summary_of(const struct comparison *c) {
    size_t counts[VERDICT_UNDECIDED + 1] = {0};
    double most = -INFINITY;
    json_t *object = json_object();
    for (size_t i = 0; i < c->count; i++) {
        counts[c->benchmarks[i].found.verdict]++;
        most = fmax(most, c->benchmarks[i].found.judgement.interval.estimate);
    }
    for (int v = 0; v <= VERDICT_UNDECIDED; v++)
        json_object_set_new(object, verdict_name((enum verdict)v), json_integer((json_int_t)counts[v]));
    json_object_set_new(object, "unchanged", json_integer((json_int_t)c->unchanged_count));
    json_object_set_new(object, "largest", number(exp(most)));
    json_object_set_new(object, "ruled_out", number(exp(least_ruled_out(c))));
    return object;
}

static const char *outcome_name(enum outcome outcome) {
    return outcome == REGRESSION ? "regression" : outcome == UNDECIDED ? "undecided" : "no regression";
}

int write_json(FILE *stream, const struct comparison *c) {
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL)
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_t *all = json_pack(
        "{s:s, s:i, s:s, s:i, s:b, s:s, s:s, s:s, s:f, s:i, s:i, s:o, s:o, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:o}",
        "kind", "knnmark-regress", "schema", SCHEMA, "outcome", outcome_name(c->decision.outcome), "exit",
        (int)c->decision.outcome, "disturbed", was_disturbed(c), "base", c->settings.base_name, "head",
        c->settings.head_name, "date", date, "seconds", c->seconds, "sets", (int)c->sets[0], "fresh_sets",
        (int)c->sets[1], "summary", summary_of(c), "machine", machine_of(c), "compiler", KNN_COMPILER, "flags",
        KNN_FLAGS, "data", c->source, "seed", (json_int_t)c->settings.seed, "rules", rules_of(c), "controls",
        controls_of(&c->decision.controls), "fresh_controls",
        has_fresh(c) ? controls_of(&c->decision.fresh_controls) : json_null(), "benchmarks", benchmarks_of(c),
        "unchanged", unchanged_of(c), "copies", series_of(c, &c->copies, 1), "fresh_copies",
        series_of(c, &c->fresh_copies, 1));
    int status = all != NULL && json_dumpf(all, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) == 0 ? 0 : -1;
    fputc('\n', stream);
    json_decref(all);
    return status;
}
