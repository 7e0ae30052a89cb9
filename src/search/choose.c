#include "choose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l1wrap.h"

/* Appends to a list of names while they fit. */
static void append(char *list, size_t size, const char *name) {
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", name);
}

int knn_allowed_features(const char *isa, unsigned *features, struct knn_error *error) {
    unsigned detected = knn_cpu_features();
    const char *origin = isa != NULL ? "--isa" : "KNNMARK_ISA";
    if (isa == NULL)
        isa = getenv("KNNMARK_ISA");
    *features = detected;
    if (isa == NULL || isa[0] == '\0')
        return 0;
    const struct knn_isa *found = knn_isa_find(isa);
    if (found != NULL && (found->features & ~detected) == 0) {
        *features = found->features;
        return 0;
    }
    char valid[256] = "";
    size_t count;
    const struct knn_isa *all = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        if ((all[i].features & ~detected) == 0)
            append(valid, sizeof valid, all[i].name);
    return knn_fail(error, "%s=%s: %s; this CPU runs: %s", origin, isa,
                    found == NULL ? "no such instruction set" : "this CPU does not have that instruction set", valid);
}

static const struct knn_kernel *refuse(const char *name, const char *why, enum knn_metric metric, unsigned features,
                                       struct knn_error *error) {
    char valid[384] = "";
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    for (size_t i = 0; i < count; i++)
        if (kernels[i]->metric == metric && knn_kernel_runs(kernels[i], features))
            append(valid, sizeof valid, kernels[i]->name);
    if (!knn_metrics[metric].timed)
        append(valid, sizeof valid, knn_l1wrap.name);
    knn_fail(error, "kernel %s: %s; for %s there are: %s", name, why, knn_metrics[metric].name, valid);
    return NULL;
}

const struct knn_kernel *knn_choose_kernel(const char *name, enum knn_metric metric, unsigned features,
                                           struct knn_error *error) {
    if (!knn_metrics[metric].timed && (name == NULL || strcmp(name, knn_l1wrap.name) == 0))
        return &knn_l1wrap;
    if (name == NULL)
        return knn_kernel_default(metric, features);
    const struct knn_kernel *kernel = knn_kernel_find(name);
    if (kernel == NULL)
        return refuse(name, "no such kernel", metric, features, error);
    if (kernel->metric != metric)
        return refuse(name, "it computes another metric", metric, features, error);
    if (!knn_kernel_runs(kernel, knn_cpu_features()))
        return refuse(name, "this CPU cannot run it", metric, features, error);
    if (!knn_kernel_runs(kernel, features))
        return refuse(name, "the chosen instruction set does not have what it needs", metric, features, error);
    return kernel;
}
