#include "setup.h"

#include <stdlib.h>
#include <string.h>

#include "arith.h"
#include "choose.h"

void knn_options_init(struct knn_options *options, size_t size) {
    const struct knn_options defaults = {
        .size = size, .metric = KNN_L2, .k = 1, .weights = KNN_UNIFORM, .method = KNN_AUTO};
    memset(options, 0, size);
    memcpy(options, &defaults, knn_min(size, sizeof defaults));
}

static int check_options(const struct knn_options *options, struct knn_error *error) {
    if ((unsigned)options->metric >= KNN_METRICS)
        return knn_fail(error, "there is no metric number %d: they are from 0 to %d, see knnmark.h",
                        (int)options->metric, KNN_METRICS - 1);
    if (options->weights != KNN_UNIFORM && options->weights != KNN_DISTANCE)
        return knn_fail(error, "there are no weights number %d: use KNN_UNIFORM or KNN_DISTANCE",
                        (int)options->weights);
    if ((unsigned)options->method > KNN_BOUNDS)
        return knn_fail(error, "there is no method number %d: use KNN_AUTO, KNN_EXHAUSTIVE or KNN_BOUNDS",
                        (int)options->method);
    if (options->bind != 0 && options->bind != 1)
        return knn_fail(error, "bind = %d: use 0 or 1", options->bind);
    return 0;
}

/* An older program's options are shorter, and the rest are defaults; a newer one's are longer, and what this library
 * does not know must be 0. */
int knn_options_read(struct knn_options *own, const struct knn_options *options, struct knn_error *error) {
    knn_options_init(own, sizeof *own);
    if (options == NULL)
        return 0;
    if (options->size < sizeof options->size || options->size > sizeof *own * 16)
        return knn_fail(error, "options of %zu bytes: begin with knn_defaults(), which says their size", options->size);
    const unsigned char *bytes = (const unsigned char *)options;
    for (size_t i = sizeof *own; i < options->size; i++)
        if (bytes[i] != 0)
            return knn_fail(error, "options that knnmark %s does not have: use the library of its header's version",
                            knn_version());
    memcpy(own, options, knn_min(options->size, sizeof *own));
    own->size = sizeof *own;
    return check_options(own, error);
}

static int copy_ids(struct knn_setup *setup, const uint32_t *from, size_t rows, struct knn_error *error) {
    uint32_t *ids = rows <= UINT32_MAX ? malloc(rows * sizeof *ids + 1) : NULL;
    if (ids == NULL)
        return knn_fail(error, "no memory for %zu ids: use fewer rows", rows);
    memcpy(ids, from, rows * sizeof *ids);
    for (size_t i = 0; i < rows; i++)
        setup->job.largest_id = ids[i] > setup->job.largest_id ? ids[i] : setup->job.largest_id;
    setup->job.ids = ids;
    return 0;
}

int knn_setup_open(struct knn_setup *setup, const struct knn_options *options, size_t rows, struct knn_error *error) {
    unsigned features;
    struct knn_options *own = &setup->options;
    *setup = (struct knn_setup){0};
    if (knn_options_read(own, options, error) != 0 || knn_allowed_features(own->isa, &features, error) != 0)
        return -1;
    const struct knn_kernel *kernel = knn_choose_kernel(own->kernel, own->metric, features, error);
    if (kernel == NULL || knn_team_open(&setup->team, own->threads, own->bind, error) != 0)
        return -1;
    const uint32_t *ids = own->ids;
    setup->job = (struct knn_job){.kernel = kernel,
                                  .team = &setup->team,
                                  .progress = own->progress,
                                  .context = own->context,
                                  .first_id = ids == NULL ? own->first_id : 0};
    own->kernel = own->isa = NULL;
    own->ids = NULL;
    if (ids == NULL || copy_ids(setup, ids, rows, error) == 0)
        return 0;
    knn_setup_close(setup);
    return -1;
}

void knn_setup_close(struct knn_setup *setup) {
    knn_team_close(&setup->team);
    free((void *)setup->job.ids);
    *setup = (struct knn_setup){0};
}
