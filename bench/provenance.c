#include "provenance.h"

#include <hwloc.h>
#include <jansson.h>
#include <nettle/sha2.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "commit.h"
#include "results/summary.h"
#include "utf8.h"

enum { SCHEMA = 2, HEX = 2 * SHA256_DIGEST_SIZE + 1 };

static const char unavailable[] = "unavailable";

static void finish_hash(struct sha256_ctx *hash, char hex[HEX]) {
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void take_loads(double loads[3]) {
    if (getloadavg(loads, 3) != 3)
        loads[0] = loads[1] = loads[2] = 0;
}

/* A label is one byte, or two, the low one first, if there are more classes than a byte can tell apart. */
static void hash_images(struct sha256_ctx *hash, const struct knn_images *images, size_t classes) {
    for (size_t i = 0; i < images->pixels.rows; i++) {
        uint8_t label[] = {(uint8_t)images->labels[i], (uint8_t)(images->labels[i] >> 8)};
        sha256_update(hash, classes > UINT8_MAX + 1 ? 2 : 1, label);
        sha256_update(hash, images->pixels.dim, knn_matrix_row(&images->pixels, i));
    }
}

/* Hashes records as in CIFAR-10's binary version, a label and an image, training images first: so the hash is the same
 * in every file format. */
void provenance_begin(struct bench *bench) {
    struct sha256_ctx hash;
    sha256_init(&hash);
    hash_images(&hash, &bench->dataset.train, bench->dataset.classes);
    hash_images(&hash, &bench->dataset.test, bench->dataset.classes);
    finish_hash(&hash, bench->before.data_sha256);
    take_loads(bench->before.load);
}

/* Text from outside may hold any bytes, but JSON takes only UTF-8. */
static json_t *foreign(char *text) {
    knn_utf8_clean(text);
    return json_string(text);
}

/* -- what Linux tells in files; elsewhere it is unavailable -------------------------------------------------------- */

/* The first line of a file or, with a key, the value of its first line "key : value"; else "unavailable". */
static json_t *line_of(const char *path, const char *key) {
    char line[8192], *value = NULL;
    size_t length = key != NULL ? strlen(key) : 0;
    FILE *file = fopen(path, "r");
    while (file != NULL && value == NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (key == NULL) {
            value = line;
        } else if (strncmp(line, key, length) == 0) {
            char *colon = line + length + strspn(line + length, " \t");
            value = *colon == ':' ? colon + 1 + strspn(colon + 1, " ") : NULL;
        }
    }
    if (file != NULL)
        fclose(file);
    return value != NULL && value[0] != '\0' ? foreign(value) : json_string(unavailable);
}

/* "always [madvise] never": the word in brackets. */
static json_t *chosen_word(const char *path) {
    json_t *line = line_of(path, NULL);
    const char *text = json_string_value(line), *open = strchr(text, '[');
    size_t length = open != NULL ? strcspn(open + 1, "]") : 0;
    json_t *word = open != NULL ? json_stringn(open + 1, length) : json_incref(line);
    json_decref(line);
    return word;
}

/* A hypervisor introduces itself in twelve letters ("KVMKVMKVM"). */
static json_t *hypervisor(void) {
#ifdef __x86_64__
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 31))
        return json_string("none");
    unsigned name[3];
    __cpuid(0x40000000, a, name[0], name[1], name[2]);
    char text[sizeof name + 1] = "";
    memcpy(text, name, sizeof name);
    return text[0] != '\0' ? foreign(text) : json_string("unnamed");
#else
    return json_string(unavailable);
#endif
}

/* The emulator that runs the program: the one that the Makefile names, or an unknown one if an Arm program sees an x86
 * CPU. */
static json_t *emulator(void) {
    char told[256];
    snprintf(told, sizeof told, "%s", getenv("KNNMARK_EMULATOR") != NULL ? getenv("KNNMARK_EMULATOR") : "");
    if (told[0] != '\0')
        return foreign(told);
#ifndef __x86_64__
    json_t *vendor = line_of("/proc/cpuinfo", "vendor_id");
    int on_x86 = strcmp(json_string_value(vendor), unavailable) != 0;
    json_decref(vendor);
    if (on_x86)
        return json_string("an emulator on x86");
#endif
    return json_string("none");
}

/* -- the parts ----------------------------------------------------------------------------------------------------- */

/* Instruction sets that `all` features have: those that are allowed, or those that are left out. */
static json_t *isas_of(unsigned all, unsigned allowed, int left_out) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++)
        if ((isas[i].features & ~all) == 0 && ((isas[i].features & ~allowed) != 0) == left_out)
            json_array_append_new(names, json_string(isas[i].name));
    return names;
}

static json_t *cpu(const struct bench *bench) {
    char name[64];
    knn_cpu_name(name, sizeof name);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", foreign(name), "family",
                     line_of("/proc/cpuinfo", "cpu family"), "model", line_of("/proc/cpuinfo", "model"), "stepping",
                     line_of("/proc/cpuinfo", "stepping"), "microcode", line_of("/proc/cpuinfo", "microcode"),
                     "features", isas_of(bench->features, bench->features, 0), "left_out",
                     isas_of(knn_cpu_features(), bench->features, 1));
}

/* The SHA-256 of hwloc's description: it shows whether two files are of the same machine. */
static json_t *topology_hash(void) {
    struct sha256_ctx hash;
    char *xml, hex[HEX] = "unavailable";
    int length;
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0)
        return json_string(hex);
    if (hwloc_topology_load(topology) == 0 && hwloc_topology_export_xmlbuffer(topology, &xml, &length, 0) == 0) {
        sha256_init(&hash);
        sha256_update(&hash, (size_t)length, (const uint8_t *)xml);
        finish_hash(&hash, hex);
        hwloc_free_xmlbuffer(topology, xml);
    }
    hwloc_topology_destroy(topology);
    return json_string(hex);
}

static json_t *machine(const struct bench *bench) {
    char topology[256];
    const double *before = bench->before.load;
    double after[3];
    take_loads(after);
    knn_topology_describe(bench->teams[0].topology, topology, sizeof topology);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:[fff], s:[fff], s:s, s:o}", "emulator", emulator(), "hypervisor",
                     hypervisor(), "governor", line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", NULL),
                     "transparent_hugepages", chosen_word("/sys/kernel/mm/transparent_hugepage/enabled"), "aslr",
                     line_of("/proc/sys/kernel/randomize_va_space", NULL), "load_before", before[0], before[1],
                     before[2], "load_after", after[0], after[1], after[2], "topology", topology, "topology_sha256",
                     topology_hash());
}

/* KNN_LIBRARIES is "benchmark=1.7.1 hwloc=2.9.0 ...", what pkg-config said when this was built. */
static json_t *build(void) {
    json_t *libraries = json_object();
    for (const char *word = KNN_LIBRARIES; *word != '\0'; word += strspn(word, " ")) {
        char name[32] = "", version[32] = "";
        sscanf(word, "%31[^= ]=%31[^ ]", name, version);
        json_object_set_new(libraries, name, json_string(version));
        word += strcspn(word, " ");
    }
    return json_pack("{s:s, s:s, s:o}", "compiler", KNN_COMPILER, "flags", KNN_FLAGS, "libraries", libraries);
}

/* What a user has set; the rest is the runtime's own. */
static json_t *openmp(void) {
    static const char *const variables[] = {"OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES",       "OMP_WAIT_POLICY",
                                            "OMP_DYNAMIC",     "OMP_SCHEDULE",  "GOMP_CPU_AFFINITY"};
    json_t *settings = json_object();
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        char value[256];
        if (getenv(variables[i]) == NULL)
            continue;
        snprintf(value, sizeof value, "%s", getenv(variables[i]));
        json_object_set_new(settings, variables[i], foreign(value));
    }
    return json_pack("{s:i, s:o}", "version", _OPENMP, "environment", settings);
}

static json_t *threads(const struct knn_team *team) {
    json_t *binding = json_array();
    for (unsigned i = 0; i < team->threads && team->bound; i++)
        json_array_append_new(binding, json_integer(knn_topology_pu(team->topology, i, team->threads)));
    return json_pack("{s:i, s:o}", "count", (int)team->threads, "binding", binding);
}

static json_t *data(const struct bench *bench) {
    const struct knn_dataset *dataset = &bench->dataset;
    return json_pack("{s:s, s:b, s:I, s:I, s:I, s:s}", "source", dataset->source, "synthetic", dataset->synthetic,
                     "train", (json_int_t)dataset->train.pixels.rows, "test", (json_int_t)dataset->test.pixels.rows,
                     "dim", (json_int_t)dataset->train.pixels.dim, "sha256", bench->before.data_sha256);
}

/* A string if it is too large for jansson's integers. */
static json_t *seed(const struct knn_dataset *dataset) {
    char digits[24];
    if (!dataset->synthetic)
        return json_null();
    if (dataset->seed <= INT64_MAX)
        return json_integer((json_int_t)dataset->seed);
    snprintf(digits, sizeof digits, "%ju", (uintmax_t)dataset->seed);
    return json_string(digits);
}

static json_t *everything(const struct bench *bench, int complete) {
    const char *dirty = strstr(KNN_COMMIT, "-dirty");
    return json_pack(
        "{s:i, s:s, s:s%, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "version", KNN_VERSION,
        "commit", KNN_COMMIT, dirty != NULL ? (size_t)(dirty - KNN_COMMIT) : strlen(KNN_COMMIT), "dirty", dirty != NULL,
        "complete", complete, "cpu", cpu(bench), "machine", machine(bench), "build", build(), "openmp", openmp(),
        "threads", threads(bench_team(bench)), "data", data(bench), "seed", seed(&bench->dataset));
}

char *provenance_text(const struct bench *bench, int complete) {
    json_t *all = everything(bench, complete);
    char *object = all != NULL ? json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(4)) : NULL, *text = NULL;
    json_decref(all);
    if (object != NULL && asprintf(&text, "\"knnmark\": %s", object) < 0)
        text = NULL;
    free(object);
    return text;
}

void describe_run(const struct bench *bench) {
    static const char *const told[][2] = {{"cpu", "cpu.name"},
                                          {"isa", "cpu.features"},
                                          {"topology", "machine.topology"},
                                          {"binding", "threads.binding"},
                                          {"compiler", "build.compiler"},
                                          {"flags", "build.flags"},
                                          {"knnmark", "version"},
                                          {"data", "data.source"}};
    const struct results file = {.file = everything(bench, 0)};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        char *text = fact_text(results_fact(&file, told[i][1], NULL));
        gb_context(told[i][0], text != NULL ? text : unavailable);
        free(text);
    }
    json_decref(file.file);
    gb_context("commit", KNN_COMMIT); /* with "-dirty" */
    if (bench->quick)
        gb_context("quick", "yes");
}
