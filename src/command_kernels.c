/* `knnmark kernels`: what there is, what runs here, what would be used. */
#include <stdio.h>

#include "options.h"

static const char *isa_of(const struct knn_kernel *kernel) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        if (isas[i].features == kernel->features)
            return isas[i].name;
    return "?";
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    unsigned features;
    if (knn_allowed_features(arguments->knn.isa, &features, &error) != 0)
        return complain(&error, EXIT_USAGE);
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    printf("%-22s %-7s %-11s %-6s %-8s %s\n", "kernel", "metric", "isa", "tile", "here", "lives on");
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *k = kernels[i];
        const char *here = k == knn_kernel_default(k->metric, features) ? "default"
                           : knn_kernel_runs(k, features)               ? "yes"
                                                                        : "no";
        char tile[16];
        snprintf(tile, sizeof tile, "%ux%u", k->mr, k->nr);
        printf("%-22s %-7s %-11s %-6s %-8s %s\n", k->name, knn_metric_name(k->metric), isa_of(k), tile, here,
               k->summary);
    }
    return EXIT_OK;
}

const struct command command_kernels = {
    .name = "kernels",
    .summary = "list the distance kernels: instruction set, tile, whether this CPU runs them, the defaults",
    .takes = "i",
    .run = run,
};
