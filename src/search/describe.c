/* The public calls (knnmark.h) that tell what this build and this machine can do. */
#include <stdio.h>
#include <string.h>

#include "engine.h"

const char *knn_version(void) {
    return KNN_VERSION;
}

const char *knn_metric_name(enum knn_metric metric) {
    return (unsigned)metric < KNN_METRICS ? knn_metrics[metric].name : NULL;
}

int knn_kernel_describe(size_t i, struct knn_kernel_info *info, size_t size) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    if (i >= count)
        return -1;
    unsigned features = knn_cpu_features();
    const struct knn_kernel_info all = {
        .name = kernels[i]->name,
        .summary = kernels[i]->summary,
        .metric = kernels[i]->metric,
        .mr = kernels[i]->mr,
        .nr = kernels[i]->nr,
        .runs = knn_kernel_runs(kernels[i], features),
        .is_default = kernels[i] == knn_kernel_default(kernels[i]->metric, features),
    };
    memset(info, 0, size);
    memcpy(info, &all, size < sizeof all ? size : sizeof all);
    return 0;
}

int knn_cpu_describe(struct knn_cpu_info *info, size_t size, struct knn_error *error) {
    struct knn_cpu_info all = {0};
    struct knn_team team;
    size_t count, used = 0;
    const struct knn_isa *isas = knn_isas(&count);
    if (knn_team_open(&team, 0, 0, error) != 0)
        return -1;
    knn_cpu_name(all.name, sizeof all.name);
    for (size_t i = 0; i < count && used < sizeof all.isas; i++)
        if ((isas[i].features & ~knn_cpu_features()) == 0)
            used +=
                (size_t)snprintf(all.isas + used, sizeof all.isas - used, "%s%s", used > 0 ? " " : "", isas[i].name);
    all.cores = knn_topology_cores(team.topology);
    all.hardware_threads = knn_topology_pus(team.topology);
    all.threads = team.threads;
    knn_team_close(&team);
    memset(info, 0, size);
    memcpy(info, &all, size < sizeof all ? size : sizeof all);
    return 0;
}
