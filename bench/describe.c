/* What a result file says of its origin: machine, build, data. */
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "commit.h"

static void add(const char *key, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(const char *key, const char *format, ...) {
    char value[512];
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    __builtin_va_end(arguments);
    gb_context(key, value);
}

static void hash_images(struct sha256_ctx *hash, const struct knn_images *images) {
    for (size_t i = 0; i < images->pixels.rows; i++) {
        sha256_update(hash, 1, &images->labels[i]);
        sha256_update(hash, images->pixels.dim, knn_matrix_row(&images->pixels, i));
    }
}

/* Over the records of the binary version, training images first: the same for every container of the same images. */
static void add_data(const struct knn_dataset *dataset) {
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char hex[2 * SHA256_DIGEST_SIZE + 1];
    sha256_init(&hash);
    hash_images(&hash, &dataset->train);
    hash_images(&hash, &dataset->test);
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    add("data", "%s", dataset->source);
    add("data_shape", "train %zu x %zu, test %zu x %zu", dataset->train.pixels.rows, dataset->train.pixels.dim,
        dataset->test.pixels.rows, dataset->test.pixels.dim);
    add("data_sha256", "%s", hex);
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
    add_data(&bench->dataset);
}
