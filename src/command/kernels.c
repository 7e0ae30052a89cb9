/* `knnmark kernels`: what there is, what runs here, what would be used. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "job.h"
#include "options.h"

static const char *isa_of(const struct knn_kernel *kernel) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        if (isas[i].features == kernel->features)
            return isas[i].name;
    return "?";
}

static void print_text(unsigned features) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    printf("%-22s %-7s %-11s %-6s %-8s %s\n", "kernel", "metric", "isa", "tile", "here", "relies on");
    for (size_t i = 0; i < count; i++) {
        const struct knn_kernel *k = kernels[i];
        const char *here = k == knn_kernel_default(k->metric, features) ? "default"
                           : knn_kernel_runs(k, features)               ? "yes"
                                                                        : "no";
        char tile[16];
        snprintf(tile, sizeof tile, "%ux%u", k->mr, k->nr);
        printf("%-22s %-7s %-11s %-6s %-8s %s\n", k->name, knn_metrics[k->metric].name, isa_of(k), tile, here,
               k->summary);
    }
}

/* group and query_width are 0 for a pair kernel. */
static json_t *describe(const struct knn_kernel *k, unsigned features) {
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:s}", "name", k->name, "metric",
                     knn_metrics[k->metric].name, "isa", isa_of(k), "mr", (json_int_t)k->mr, "nr", (json_int_t)k->nr,
                     "group", (json_int_t)k->group, "query_width", (json_int_t)k->query_width, "step",
                     (json_int_t)k->step, "ops", (json_int_t)k->ops, "max_dim", (json_int_t)k->max_dim, "runs",
                     knn_kernel_runs(k, features), "default", k == knn_kernel_default(k->metric, features), "summary",
                     k->summary);
}

static int print_json(unsigned features, struct knn_error *error) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, describe(kernels[i], features));
    json_t *all = json_pack("{s:s, s:s, s:o}", "version", KNN_VERSION, "compiler", KNN_COMPILER, "kernels", list);
    return print_object(all, error);
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    if (!arguments->json)
        print_text(arguments->features);
    else if (print_json(arguments->features, &error) != 0)
        return complain(&error, EXIT_FAILED);
    return EXIT_OK;
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_ISA]},
    {.same = &shared_options[OPTION_JSON]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_kernels = {
    .name = "kernels",
    .summary = "list the distance kernels: instruction set, tile, whether this CPU runs them, the defaults",
    .options = options,
    .run = run,
};
