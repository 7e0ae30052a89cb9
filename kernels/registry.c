#include "kernel.h"

#include <string.h>

#define IF(built, ...)  IF_(built, __VA_ARGS__)
#define IF_(built, ...) IF_##built(__VA_ARGS__)
#define IF_1(...)       __VA_ARGS__
#define IF_0(...)

#define KERNEL(isa, name) IF(KNN_BUILD_##isa, extern const struct knn_kernel knn_##name;)
#include "kernels.def"
#undef KERNEL

static const struct knn_kernel *const kernels[] = {
#define KERNEL(isa, name) IF(KNN_BUILD_##isa, &knn_##name, )
#include "kernels.def"
#undef KERNEL
};

enum { KERNEL_COUNT = sizeof kernels / sizeof kernels[0] };

const struct knn_metric_info knn_metrics[KNN_METRICS] = {
    [KNN_L1] = {.name = "l1", .title = "L1", .largest = 255, .symmetric = 1, .timed = 1},
    [KNN_L2] = {.name = "l2", .title = "L2", .largest = 255 * 255, .symmetric = 1, .timed = 1, .root = 1},
    [KNN_L1WRAP] = {.name = "l1wrap", .title = "L1 modulo 256", .largest = 255},
};

const struct knn_kernel *const *knn_kernels(size_t *count) {
    *count = KERNEL_COUNT;
    return kernels;
}

const struct knn_kernel *knn_kernel_find(const char *name) {
    for (size_t i = 0; i < KERNEL_COUNT; i++)
        if (strcmp(kernels[i]->name, name) == 0)
            return kernels[i];
    return NULL;
}

const struct knn_kernel *knn_kernel_default(enum knn_metric metric, unsigned features) {
    for (size_t i = KERNEL_COUNT; i-- > 0;)
        if (kernels[i]->metric == metric && knn_kernel_runs(kernels[i], features))
            return kernels[i];
    return NULL;
}

const struct knn_kernel *knn_kernel_reference(enum knn_metric metric) {
    for (size_t i = 0; i < KERNEL_COUNT; i++)
        if (kernels[i]->metric == metric)
            return kernels[i];
    return NULL;
}

static size_t panel_bytes(size_t rows, size_t dim, size_t group, size_t width) {
    size_t padded = (dim + group - 1) / group * group;
    size_t bytes = rows * (padded * width + sizeof(uint32_t)); /* every row has a 32-bit term beside it */
    return (bytes + KNN_PANEL_ALIGN - 1) / KNN_PANEL_ALIGN * KNN_PANEL_ALIGN;
}

size_t knn_query_panel_bytes(const struct knn_kernel *kernel, size_t dim) {
    return panel_bytes(kernel->mr, dim, kernel->group, kernel->query_width);
}

size_t knn_train_panel_bytes(const struct knn_kernel *kernel, size_t dim) {
    return panel_bytes(kernel->nr, dim, kernel->group, 1);
}
