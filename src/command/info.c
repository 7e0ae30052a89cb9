/* `knnmark info`: what a reader of results must know about the machine, and which data set would be used. */
#include <stdio.h>

#include "dataset.h"
#include "job.h"
#include "options.h"
#include "plural.h"

struct facts {
    char cpu[64], topology[256];
    unsigned features; /* those allowed */
    struct knn_team team;
    struct knn_dataset dataset;
};

/* The i-th of the instruction sets that this CPU has; NULL after the last. */
static const struct knn_isa *present(size_t i) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t at = 0; at < count; at++)
        if ((isas[at].features & ~knn_cpu_features()) == 0 && i-- == 0)
            return &isas[at];
    return NULL;
}

static int is_allowed(const struct knn_isa *isa, const struct facts *f) {
    return (isa->features & ~f->features) == 0;
}

/* -- as text ------------------------------------------------------------------------------------------------------- */

static void print_team(const struct knn_team *team) {
    unsigned cores = knn_topology_cores(team->topology), pus = knn_topology_pus(team->topology);
    unsigned quota = knn_topology_quota(team->topology);
    printf("usable     %u core%s, %u hardware thread%s", cores, knn_plural(cores), pus, knn_plural(pus));
    if (quota > 0)
        printf(", a quota of %u CPU%s", quota, knn_plural(quota));
    printf("\nthreads    %u", team->threads);
    if (team->bound)
        printf(", bound to hardware thread%s", knn_plural(team->threads));
    for (unsigned i = 0; team->bound && i < team->threads; i++)
        printf(" %u", knn_topology_pu(team->topology, i, team->threads));
    printf("%s\n", team->bound ? "" : ", not bound");
    printf("blocks     %zu KiB of cache for a thread\n", knn_topology_block_bytes(team->topology) / 1024);
}

static void print_text(const struct facts *f) {
    const struct knn_images *train = &f->dataset.train, *test = &f->dataset.test;
    printf("knnmark    " KNN_VERSION ", compiled by " KNN_COMPILER "\n");
    printf("CPU        %s\n", f->cpu);
    printf("features  ");
    for (size_t i = 0; present(i) != NULL; i++)
        printf(" %s%s", present(i)->name, is_allowed(present(i), f) ? "" : " (masked)");
    printf("\ntopology   %s\n", f->topology);
    print_team(&f->team);
    for (int metric = 0; metric < KNN_METRICS; metric++)
        if (knn_metrics[metric].timed)
            printf("%-10s %s\n", knn_metrics[metric].name, knn_kernel_default(metric, f->features)->name);
    printf("data       %s: %zu training and %zu test image%s of %zu byte%s\n", f->dataset.source, train->pixels.rows,
           test->pixels.rows, knn_plural(test->pixels.rows), train->pixels.dim, knn_plural(train->pixels.dim));
}

/* -- as JSON ------------------------------------------------------------------------------------------------------- */

/* The same facts; bound_to is empty where threads are not bound, and the quota 0 where there is none. */
static int print_json(const struct facts *f, struct knn_error *error) {
    const struct knn_topology *topology = f->team.topology;
    const struct knn_matrix *train = &f->dataset.train.pixels, *test = &f->dataset.test.pixels;
    json_t *features = json_object(), *places = json_array(), *kernels = json_object();
    for (size_t i = 0; present(i) != NULL; i++)
        json_object_set_new(features, present(i)->name, json_string(is_allowed(present(i), f) ? "allowed" : "masked"));
    for (unsigned i = 0; f->team.bound && i < f->team.threads; i++)
        json_array_append_new(places, json_integer(knn_topology_pu(topology, i, f->team.threads)));
    for (int metric = 0; metric < KNN_METRICS; metric++)
        if (knn_metrics[metric].timed)
            json_object_set_new(kernels, knn_metrics[metric].name,
                                json_string(knn_kernel_default(metric, f->features)->name));
    return print_object(
        json_pack("{s:s, s:s, s:s, s:o, s:s, s:i, s:i, s:i, s:i, s:b, s:o, s:I, s:o, s:s, s:b, s:[I,I], s:[I,I]}",
                  "version", KNN_VERSION, "compiler", KNN_COMPILER, "cpu", f->cpu, "features", features, "topology",
                  f->topology, "cores", (int)knn_topology_cores(topology), "hardware_threads",
                  (int)knn_topology_pus(topology), "quota", (int)knn_topology_quota(topology), "threads",
                  (int)f->team.threads, "bound", f->team.bound, "bound_to", places, "block_bytes",
                  (json_int_t)knn_topology_block_bytes(topology), "kernels", kernels, "data", f->dataset.source,
                  "synthetic", f->dataset.synthetic, "train_shape", (json_int_t)train->rows, (json_int_t)train->dim,
                  "test_shape", (json_int_t)test->rows, (json_int_t)test->dim),
        error);
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    struct facts f = {.features = arguments->features};
    int failed = knn_team_open(&f.team, arguments->knn.threads, arguments->knn.bind, &error) != 0 ||
                 knn_dataset_open(&f.dataset, knn_dataset_spec(arguments->data), &error) != 0;
    if (!failed) {
        knn_cpu_name(f.cpu, sizeof f.cpu);
        knn_topology_describe(f.team.topology, f.topology, sizeof f.topology);
        if (!arguments->json)
            print_text(&f);
        else
            failed = print_json(&f, &error) != 0;
    }
    knn_dataset_close(&f.dataset);
    knn_team_close(&f.team);
    return outcome(failed, &error);
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_DATA]},    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_THREADS]}, {.same = &shared_options[OPTION_NO_BIND]},
    {.same = &shared_options[OPTION_JSON]},    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_info = {
    .name = "info",
    .summary = "show the CPU, its features, caches and threads, the compiler and the data set found",
    .options = options,
    .defaults = {.knn = {.bind = 1}},
    .run = run,
};
