#include "identity.h"

#include <stdio.h>
#include <string.h>

/* The weakest instruction set that has what a kernel needs. */
static const char *isa_of(const struct knn_kernel *kernel) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    for (size_t i = 0; i < count; i++)
        if ((kernel->features & ~isas[i].features) == 0)
            return isas[i].name;
    return NULL;
}

struct identity identity_of(const char *group, const struct knn_kernel *kernel) {
    const char *variant = strrchr(kernel->name, '_');
    int scalar = kernel == knn_kernel_reference(kernel->metric);
    return (struct identity){
        .group = group,
        .kernel = kernel->name,
        .metric = knn_metrics[kernel->metric].name,
        .isa = isa_of(kernel),
        .code = scalar                                             ? "scalar"
                : variant != NULL && strcmp(variant, "_auto") == 0 ? "compiler"
                                                                   : "hand",
    };
}

static const char *first_of(const char *const *texts, size_t count) {
    size_t i = 0;
    while (i + 1 < count && texts[i] == NULL)
        i++;
    return texts[i];
}

void identity_name(const struct identity *identity, char name[IDENTITY_NAME]) {
    const char *subjects[] = {identity->policy, identity->mix, identity->peer, identity->kernel, identity->metric};
    const char *more = identity->peer != NULL ? identity->metric : identity->data;
    const struct {
        const char *name;
        size_t value;
    } numbers[] = {
        {"dim", identity->dim}, {"k", identity->k}, {"batch", identity->batch}, {"threads", identity->threads}};
    int length = snprintf(name, IDENTITY_NAME, "%s/%s%s%s", identity->group,
                          first_of(subjects, sizeof subjects / sizeof subjects[0]), more != NULL ? "/" : "",
                          more != NULL ? more : "");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (identity->named >> i & 1 && length < IDENTITY_NAME)
            length +=
                snprintf(name + length, (size_t)(IDENTITY_NAME - length), "/%s:%zu", numbers[i].name, numbers[i].value);
}

size_t identity_fields(const struct identity *identity, struct gb_field fields[IDENTITY_FIELDS]) {
    const struct gb_field all[IDENTITY_FIELDS] = {
        {"group", identity->group, 0},
        {"kernel", identity->kernel, 0},
        {"metric", identity->metric, 0},
        {"isa", identity->isa, 0},
        {"code", identity->code, 0},
        {"type", identity->type, 0},
        {"mix", identity->mix, 0},
        {"policy", identity->policy, 0},
        {"peer", identity->peer, 0},
        {"search", identity->search, 0},
        {"data", identity->data, 0},
        {"k", NULL, (double)identity->k},
        {"dim", NULL, (double)identity->dim},
        {"batch", NULL, (double)identity->batch},
        {"threads", NULL, (double)identity->threads},
    };
    size_t count = 0;
    for (size_t i = 0; i < IDENTITY_FIELDS; i++)
        if (all[i].text != NULL || all[i].number > 0)
            fields[count++] = all[i];
    return count;
}
