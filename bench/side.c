#include "versus.h"

#include <string.h>

#include "program.h"

static int take_number(struct side *side, const char *word, const struct bench *bench, struct knn_error *error) {
    const struct {
        const char *name;
        unsigned *value;
        size_t most;
    } numbers[] = {{"threads:", &side->threads, KNN_MAX_THREADS},
                   {"k:", &side->k, bench->stock.train.rows},
                   {"batch:", &side->batch, bench->stock.queries.rows},
                   {"extra:", &side->extra, 100}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        size_t length = strlen(numbers[i].name);
        if (strncmp(word, numbers[i].name, length) != 0)
            continue;
        return take_count(word + length, numbers[i].most, numbers[i].value) != 0
                   ? knn_fail(error, "--versus: %s: give a whole number from 1 to %zu", word, numbers[i].most)
                   : 1;
    }
    return 0;
}

static int take_kernel(struct side *side, const char *word, const struct bench *bench, struct knn_error *error) {
    const struct knn_kernel *kernel = knn_kernel_find(word);
    for (unsigned metric = 0; metric < KNN_METRICS; metric++)
        if (knn_metrics[metric].timed && strcmp(word, knn_metrics[metric].name) == 0)
            kernel = knn_kernel_default((enum knn_metric)metric, bench->features);
    if (kernel == NULL)
        return 0;
    if (!knn_kernel_runs(kernel, bench->features))
        return knn_fail(error,
                        "--versus: %s does not run on this CPU, or --isa leaves it out; `knnmark kernels` says "
                        "which do",
                        word);
    side->kernel = kernel;
    return 1;
}

static int take_policy(struct side *side, const char *word) {
    for (size_t i = 0; i < WORK_POLICIES; i++)
        if (strcmp(word, work_policies[i].name) == 0) {
            side->policy = &work_policies[i];
            return 1;
        }
    side->bounds |= strcmp(word, "bounds") == 0;
    return strcmp(word, "bounds") == 0 || strcmp(word, "exhaustive") == 0;
}

static int take_word(struct side *side, const char *word, const struct bench *bench, struct knn_error *error) {
    int taken = take_number(side, word, bench, error);
    if (taken == 0)
        taken = take_kernel(side, word, bench, error);
    if (taken == 0)
        taken = take_policy(side, word);
    if (taken > 0)
        return 0;
    return taken < 0
               ? -1
               : knn_fail(error,
                          "--versus: \"%.60s\" is no kernel, metric, policy, \"bounds\", \"exhaustive\" or one of "
                          "threads:N, k:N, batch:N; `knnmark kernels` lists the kernels",
                          word);
}

int side_parse(struct side *side, const char *text, const struct bench *bench, struct knn_error *error) {
    char word[IDENTITY_NAME];
    *side = (struct side){.text = text};
    for (const char *at = text; *at != '\0'; at += at[0] == '/') {
        size_t length = strcspn(at, "/");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (take_word(side, word, bench, error) != 0)
            return -1;
        at += length;
    }
    if (side->bounds && side->policy != NULL)
        return knn_fail(error, "--versus: %s: bounds have no policies", text);
    return text[0] != '\0' ? 0 : knn_fail(error, "--versus: a side is empty: `make versus A=<kernel> B=<kernel>`");
}
