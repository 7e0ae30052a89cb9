/* `knnmark info`: what a reader of results must know about the machine, and which data set would be used. */
#include <stdio.h>

#include "dataset.h"
#include "options.h"

static void print_features(unsigned allowed) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    printf("features  ");
    for (size_t i = 0; i < count; i++)
        if ((isas[i].features & ~knn_cpu_features()) == 0)
            printf(" %s%s", isas[i].name, (isas[i].features & ~allowed) == 0 ? "" : " (masked)");
    printf("\n");
}

static void print_team(const struct knn_team *team) {
    char text[256];
    knn_topology_describe(team->topology, text, sizeof text);
    printf("topology   %s\n", text);
    printf("usable     %u cores, %u hardware threads", knn_topology_cores(team->topology),
           knn_topology_pus(team->topology));
    if (knn_topology_quota(team->topology) > 0)
        printf(", a quota of %u CPUs", knn_topology_quota(team->topology));
    printf("\nthreads    %u", team->threads);
    for (unsigned i = 0; team->bound && i < team->threads; i++)
        printf("%s%u", i == 0 ? ", bound to hardware threads " : " ",
               knn_topology_pu(team->topology, i, team->threads));
    printf("%s\n", team->bound ? "" : ", not bound");
    printf("blocks     %zu KiB of cache for a thread\n", knn_topology_block_bytes(team->topology) / 1024);
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    unsigned features;
    struct knn_team team;
    if (knn_allowed_features(arguments->knn.isa, &features, &error) != 0)
        return complain(&error, EXIT_USAGE);
    if (knn_team_open(&team, arguments->knn.threads, arguments->knn.bind, &error) != 0)
        return complain(&error, EXIT_FAILED);
    struct knn_dataset dataset;
    if (knn_dataset_open(&dataset, knn_dataset_spec(arguments->data), &error) != 0) {
        knn_team_close(&team);
        return complain(&error, EXIT_FAILED);
    }
    char cpu[64];
    knn_cpu_name(cpu, sizeof cpu);
    printf("knnmark    " KNN_VERSION ", compiled by " KNN_COMPILER "\n");
    printf("CPU        %s\n", cpu);
    print_features(features);
    print_team(&team);
    knn_team_close(&team);
    for (int metric = 0; metric < KNN_METRICS; metric++)
        if (knn_metrics[metric].timed)
            printf("%-10s %s\n", knn_metrics[metric].name, knn_kernel_default(metric, features)->name);
    printf("data       %s: %zu training and %zu test images of %zu bytes\n", dataset.source, dataset.train.pixels.rows,
           dataset.test.pixels.rows, dataset.train.pixels.dim);
    knn_dataset_close(&dataset);
    return EXIT_OK;
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_DATA]},    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_THREADS]}, {.same = &shared_options[OPTION_NO_BIND]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_info = {
    .name = "info",
    .summary = "show the CPU, its features, caches and threads, the compiler and the data set found",
    .options = options,
    .defaults = {.knn = {.bind = 1}},
    .run = run,
};
