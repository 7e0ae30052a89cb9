#include "report_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct counter {
    const char *name;
    double value;
};

struct writer {
    FILE *stream;
    int repetitions, runs, fields;
};

/* The fields of a benchmark that schema 2 has in place of its name. */
static void put_fields(FILE *stream, const char *name) {
    char copy[128], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", name);
    const char *group = strtok_r(copy, "/", &rest), *subject = strtok_r(NULL, "/", &rest), *word;
    const char *key = strcmp(group, "ceiling") == 0    ? "mix"
                      : strcmp(group, "peer") == 0     ? "peer"
                      : strcmp(group, "schedule") == 0 ? "policy"
                                                       : "kernel";
    fprintf(stream, ", \"knnmark\": {\"group\": \"%s\", \"%s\": \"%s\"", group, key, subject);
    if (strncmp(subject, "l1", 2) == 0 || strncmp(subject, "l2", 2) == 0)
        fprintf(stream, ", \"metric\": \"%.2s\"", subject);
    fprintf(stream, ", \"code\": \"%s\"", strstr(subject, "_scalar") != NULL ? "scalar" : "hand");
    if (strstr(subject, "_f32") != NULL)
        fputs(", \"type\": \"float32\"", stream);
    while ((word = strtok_r(NULL, "/", &rest)) != NULL) {
        size_t length = strcspn(word, ":");
        if (word[length] == ':')
            fprintf(stream, ", \"%.*s\": %s", (int)length, word, word + length + 1);
        else if (strcmp(word, "random") == 0)
            fputs(", \"data\": \"random\"", stream);
        else
            fprintf(stream, ", \"metric\": \"%s\"", word);
    }
    fputs("}", stream);
}

/* In three repetitions a counter is its value times 1, 0.98 and 1.03; a time is its value divided by these. */
#define put_run(writer, name, ...) put_counters(writer, name, (const struct counter[]){__VA_ARGS__, {NULL, 0}})
static void put_counters(struct writer *writer, const char *name, const struct counter *counters) {
    static const double factors[] = {1, 0.98, 1.03};
    for (int i = 0; i < writer->repetitions; i++) {
        char told[16];
        snprintf(told, sizeof told, "%p", (const void *)name);
        fprintf(writer->stream, "%s{\"name\": \"%s\", \"run_name\": \"%s\", \"run_type\": \"iteration\"",
                writer->runs++ > 0 ? ",\n" : "", name, writer->fields ? told : name);
        if (writer->fields)
            put_fields(writer->stream, name);
        for (const struct counter *c = counters; c->name != NULL; c++) {
            size_t length = strlen(c->name);
            int time = strcmp(c->name + length - 2, "_s") == 0 && strstr(c->name, "per") == NULL;
            double factor = strcmp(c->name, "cycles_per_s") == 0 ? 1 : factors[i]; /* a steady clock */
            fprintf(writer->stream, ", \"%s\": %.15g", c->name, time ? c->value / factor : c->value * factor);
        }
        fputs("}", writer->stream);
    }
    fprintf(writer->stream, ",\n{\"name\": \"%s_mean\", \"run_name\": \"%s\", \"run_type\": \"aggregate\"}", name,
            name);
}

static void put_searches(struct writer *w, int evil, double seconds) {
    put_run(w, "search/l1_scalar/k:1/threads:2", {"full_job_s", 600}, {"distances_per_s", 5e8 / 600},
            {"of_ceiling", 0.02}, {"x_scalar", 0.954});
    put_run(w, "search/l1_avx2_6x8/k:1/threads:1", {"full_job_s", 8}, {"distances_per_s", 5e8 / 8}, {"of_ceiling", 0.8},
            {"x_scalar", 140});
    put_run(w, "search/l1_avx2_6x8/k:1/threads:2", {"full_job_s", seconds}, {"distances_per_s", 5e8 / seconds},
            {"of_ceiling", 0.8}, {"x_scalar", 140});
    put_run(w, "search/l1_f32avx2/k:1/threads:2", {"full_job_s", 20}, {"distances_per_s", 5e8 / 20});
    put_run(w, "search/l2_avx2_6x16/k:1/threads:2", {"full_job_s", 7}, {"distances_per_s", 5e8 / 7},
            {"of_ceiling", 0.9});
    if (evil)
        put_run(w, "search/l1_<b>&\\\"x\\\"'`|\\\\/k:1/threads:2", {"full_job_s", 30}, {"distances_per_s", 5e8 / 30});
}

static void put_others(struct writer *w, double growth, int slow_default) {
    put_run(w, "ceiling/l1_avx2_sad/threads:1", {"byte_pairs_per_s", 2.4e11});
    put_run(w, "ceiling/l1_avx2_sad/threads:2", {"byte_pairs_per_s", growth * 2.4e11});
    put_run(w, "ceiling/l2_avx2_madd/threads:2", {"byte_pairs_per_s", 2.4e11});
    put_run(w, "ceiling/read/threads:2", {"bytes_per_s", 3e10});
    put_run(w, "ceiling/clock/threads:1", {"cycles_per_s", 3e9});
    put_run(w, "kernel/l1_scalar/dim:784", {"byte_pairs_per_s", 1e9}, {"of_ceiling", 0.01});
    put_run(w, "kernel/l1_scalar/dim:3072", {"byte_pairs_per_s", 1.1e9}, {"of_ceiling", 0.01});
    put_run(w, "kernel/l1_avx2_6x8/dim:3072", {"byte_pairs_per_s", 2e11}, {"of_ceiling", 0.9});
    put_run(w, "kernel/l2_avx2_6x16/dim:3072", {"byte_pairs_per_s", 1e11}, {"of_ceiling", 0.9});
    put_run(w, slow_default ? "latency/l1_f32avx2/k:1/threads:2" : "latency/l1_avx2_6x8/k:1/threads:2",
            {"query_ms", 3.5}, {"of_read_ceiling", 0.9});
    put_run(w, "schedule/dynamic-auto/batch:1/threads:2", {"x_default", 1}, {"distances_per_s", 1e7});
    put_run(w, "schedule/free/batch:1/threads:2", {"x_default", 0.9}, {"distances_per_s", 1e7});
    put_run(w, "schedule/dynamic-auto/batch:512/threads:2", {"x_default", 1}, {"distances_per_s", 1e7});
    put_run(w, "scaling/l1_avx2_6x8/threads:1", {"distances_per_s", 6e7}, {"efficiency", 1});
    put_run(w, "scaling/l1_avx2_6x8/threads:2", {"distances_per_s", 1.1e8}, {"efficiency", 0.92});
    put_run(w, "stream/l1_avx2_6x8/batch:1/threads:2", {"distances_per_s", 1e7}, {"p50_ms", 4}, {"p99_ms", 6});
    put_run(w, "stream/l1_avx2_6x8/batch:512/threads:2", {"distances_per_s", 1e8}, {"p50_ms", 210});
}

static void put_peers(struct writer *w, int other_threads) {
    put_run(w, other_threads ? "peer/other/l1/threads:4" : "peer/other/l1/threads:2", {"full_job_s", 9},
            {"x_ours", 2.5});
    put_run(w, other_threads ? "peer/knnmark/l1/threads:4" : "peer/knnmark/l1/threads:2", {"full_job_s", 3.6},
            {"x_ours", 1});
}

/* L2's bounds never pay; among random bytes 1 % is lost. */
static void put_bounds(struct writer *w) {
    put_run(w, "bounds/l1_avx2_6x8/k:1/batch:8/threads:2", {"full_job_s", 2.5}, {"x_exhaustive", 6}, {"build_s", 0.2},
            {"share_full", 0.002});
    put_run(w, "bounds/l1_avx2_6x8/k:1/batch:512/threads:2", {"full_job_s", 1.25}, {"x_exhaustive", 3.2},
            {"build_s", 0.2}, {"query_s", 1e-4}, {"exhaustive_query_s", 4e-4}, {"share_full", 0.001});
    put_run(w, "bounds/l1_avx2_6x8/k:5/batch:512/threads:2", {"full_job_s", 1.6}, {"x_exhaustive", 2.5},
            {"build_s", 0.2}, {"share_full", 0.003});
    put_run(w, "bounds/l1_avx2_6x8/random/k:1/batch:512/threads:2", {"full_job_s", 4.04}, {"x_exhaustive", 0.99},
            {"build_s", 0.1}, {"share_full", 1});
    put_run(w, "bounds/l2_avx2_6x16/k:1/batch:512/threads:2", {"full_job_s", 8}, {"x_exhaustive", 0.9},
            {"build_s", 0.2}, {"query_s", 8e-4}, {"exhaustive_query_s", 7e-4}, {"share_full", 0.4});
}

/* A benchmark that reported an error. */
static void put_broken(struct writer *w, const char *name) {
    fprintf(w->stream,
            ",\n{\"name\": \"%s\", \"run_name\": \"%s\", \"run_type\": \"iteration\", "
            "\"error_occurred\": true, \"error_message\": \"it <differs>\"}",
            name, name);
}

static void put_facts(FILE *stream, int contents) {
    const char *cpu = contents & EVIL_NAMES ? "<i>A CPU</i>" : contents & OTHER_CPU ? "Another CPU" : "A CPU";
    fputs("\"context\": {\"date\": \"2026-11-22T10:20:51+00:00\", ", stream);
    if (contents & QUICK)
        fputs("\"quick\": \"yes\", ", stream);
    if (contents & EARLIER) {
        fprintf(stream, "\"cpu\": \"%s\", \"data_shape\": \"train 50000 x 3072, test 10000 x 3072\"},\n", cpu);
        return;
    }
    fprintf(stream,
            "\"caches\": [{\"type\": \"Unified\", \"level\": 2, \"size\": 1048576, \"num_sharing\": 1}]},\n"
            "\"knnmark\": {\"schema\": 1, \"version\": \"0.1.0\", \"commit\": \"%s\", \"complete\": %s, "
            "\"dirty\": false, \"cpu\": {\"name\": \"%s\", \"family\": \"25\", \"model\": \"%d\", \"microcode\": "
            "\"0x1\", \"features\": [\"avx2\"]%s}, "
            "\"threads\": {\"count\": %d}, \"machine\": {\"emulator\": \"%s\", \"load_before\": [0.5, 1, 2], "
            "\"load_after\": [%s, 1, 2]}, ",
            contents & PEERS   ? "fedcba987654"
            : contents & LATER ? "ba9876543210"
                               : "0123456789ab",
            contents & TROUBLED ? "false" : "true", cpu, contents & OTHER_MODEL ? 97 : 17,
            contents & LIMITED ? ", \"left_out\": [\"avx512bw\"]" : "", contents & OTHER_THREADS ? 4 : 2,
            contents & EMULATED ? "qemu" : "none", contents & TROUBLED ? "7.25" : "2.1");
    fprintf(stream,
            "\"data\": {\"source\": \"images\", \"train\": %d, \"test\": 10000, \"dim\": 3072, \"sha256\": \"%s\"}},\n",
            contents & OTHER_ROWS ? 5000 : 50000, contents & OTHER_DATA ? "bb0123456789abcdef" : "aa0123456789abcdef");
}

void write_results(const struct process *process, const char *name, int contents) {
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    struct writer writer = {stream, contents & ONCE ? 1 : 3, 0, contents & FIELDS};
    fputs("{\n", stream);
    put_facts(stream, contents);
    fputs("\"benchmarks\": [\n", stream);
    if (contents & SEARCHES)
        put_searches(&writer, contents & EVIL_NAMES, contents & SLOWER ? 6 : 4);
    if (contents & OTHERS)
        put_others(&writer, contents & TROUBLED ? 1.2 : 1.95, contents & SLOW_DEFAULT);
    if (contents & BOUNDS)
        put_bounds(&writer);
    if (contents & PEERS)
        put_peers(&writer, contents & OTHER_THREADS);
    if (contents & TROUBLED)
        put_broken(&writer, contents & PEERS ? "peer/broken/l1/threads:2" : "search/l1_broken/k:1/threads:2");
    fputs("\n]}\n", stream);
    fclose(stream);
    assert_int_equal(process_write(process, name, text, size), 0);
    free(text);
}
