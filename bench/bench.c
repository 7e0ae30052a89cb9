#include "bench.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "verify.h"

int bench_stopping(double done, void *context) {
    (void)done, (void)context;
    return gb_stopping();
}

struct knn_matrix bench_view(const struct knn_matrix *matrix, size_t rows) {
    struct knn_matrix view = *matrix;
    view.rows = rows < matrix->rows ? rows : matrix->rows;
    return view;
}

/* -- the bench ----------------------------------------------------------------------------------------------------- */

struct bench_case {
    struct bench_case *next;
    max_align_t bytes[];
};

int bench_add(struct bench *bench, const struct identity *identity, gb_fn *function, enum gb_unit unit,
              const void *context, size_t size, struct knn_error *error) {
    char name[IDENTITY_NAME];
    struct gb_field fields[IDENTITY_FIELDS];
    struct bench_case *added = malloc(sizeof *added + size);
    identity_name(identity, name);
    if (added == NULL)
        return knn_fail(error, "no memory for the benchmark %s", name);
    memcpy(added->bytes, context, size);
    added->next = bench->cases;
    bench->cases = added;
    const struct gb_benchmark benchmark = {.name = name,
                                           .function = function,
                                           .context = added->bytes,
                                           .unit = unit,
                                           .clock = GB_MANUAL_TIME,
                                           .fields_name = "knnmark",
                                           .fields = fields,
                                           .field_count = identity_fields(identity, fields)};
    return gb_register(&benchmark) != NULL ? 0 : knn_fail(error, "%s", gb_error());
}

struct identity bench_search_identity(const struct bench *bench, const char *group, const struct knn_kernel *kernel,
                                      unsigned threads) {
    struct identity identity = identity_of(group, kernel);
    identity.search = "exhaustive";
    identity.k = 1;
    identity.dim = bench->dataset.train.pixels.dim;
    identity.batch = bench->dataset.test.pixels.rows;
    identity.threads = threads;
    identity.named = NAME_THREADS;
    return identity;
}

static int open_all(struct bench *bench, const char *data, const char *isa, unsigned threads, struct knn_error *error) {
    if (knn_allowed_features(isa, &bench->features, error) != 0 ||
        knn_dataset_open(&bench->dataset, knn_dataset_spec(data), error) != 0 ||
        knn_team_open(&bench->teams[0], 1, 1, error) != 0)
        return -1;
    bench->team_count = 1;
    if (knn_team_open(&bench->teams[1], threads, 1, error) != 0)
        return -1;
    if (bench->teams[1].threads > 1)
        bench->team_count = 2;
    else
        knn_team_close(&bench->teams[1]);
    return 0;
}

int bench_open(struct bench *bench, const char *data, const char *isa, unsigned threads, int quick,
               struct knn_error *error) {
    *bench = (struct bench){.quick = quick};
    if (open_all(bench, data, isa, threads, error) == 0)
        return 0;
    bench_close(bench);
    return -1;
}

void bench_close(struct bench *bench) {
    for (struct bench_case *next; bench->cases != NULL; bench->cases = next) {
        next = bench->cases->next;
        free(bench->cases);
    }
    knn_panels_free(&bench->panels);
    f32_free(&bench->f32);
    for (size_t i = 0; i < KNN_METRICS; i++)
        free(bench->expected[i]);
    for (size_t i = 0; i < bench->team_count; i++)
        knn_team_close(&bench->teams[i]);
    knn_dataset_close(&bench->dataset);
}

/* -- ceilings ------------------------------------------------------------------------------------------------------ */

static void bind(unsigned i, unsigned threads, void *context) {
    knn_topology_bind(context, i, threads);
}

double bench_ceiling_rate(const struct knn_team *team, const struct ceiling *ceiling, double seconds) {
    return ceiling_rate_threads(ceiling, team->threads, seconds, bind, team->topology);
}

double bench_read_rate(const struct bench *bench, size_t team, unsigned repeats) {
    const struct knn_matrix *rows = &bench->dataset.train.pixels;
    const struct knn_team *t = &bench->teams[team];
    return read_rate_threads(rows->data, rows->rows * rows->stride, t->threads, repeats, bind, t->topology);
}

const struct ceiling *bench_ceiling(struct bench *bench, size_t team, const struct knn_kernel *kernel) {
    enum { PASSES = 3 }; /* a disturbed moment must not choose the mix */
    size_t count, best = SIZE_MAX;
    const struct ceiling *all = ceilings(&count);
    double *rates = bench->ceiling_rates[team];
    for (size_t i = 0; i < count && i < MAX_CEILINGS; i++) {
        if (all[i].metric != kernel->metric || (all[i].features & ~kernel->features) != 0)
            continue;
        int known = rates[i] > 0;
        for (int pass = 0; !known && pass < PASSES; pass++)
            rates[i] = fmax(rates[i], bench_ceiling_rate(&bench->teams[team], &all[i], 0.03));
        if (best == SIZE_MAX || rates[i] > rates[best])
            best = i;
    }
    return best == SIZE_MAX ? NULL : &all[best];
}

/* -- the reference ------------------------------------------------------------------------------------------------- */

double bench_scalar_rate(struct bench *bench, size_t team, enum knn_metric metric) {
    double *rate = &bench->scalar_rates[team][metric];
    if (*rate > 0)
        return *rate;
    const struct knn_matrix *train = &bench->dataset.train.pixels;
    struct knn_matrix queries = bench_view(&bench->dataset.test.pixels, bench->quick ? 1 : 4);
    struct knn_panels panels;
    struct knn_error error;
    struct knn_neighbor found[4];
    const struct knn_job job = {.team = &bench->teams[team], .progress = bench_stopping};
    double start = knn_seconds();
    if (knn_panels_pack(&panels, knn_kernel_reference(metric), knn_view(train), 0, &bench->teams[team], &error) == 0 &&
        knn_search_panels(&job, &panels, knn_view(&queries), 1, found, &error) == 0)
        *rate = (double)queries.rows * (double)train->rows * (double)train->dim / (knn_seconds() - start);
    return *rate;
}

/* The reference's answers, computed once. */
static int expect(struct bench *bench, enum knn_metric metric, struct knn_error *error) {
    if (bench->expected[metric] != NULL)
        return 0;
    struct knn_matrix queries = bench_view(&bench->dataset.test.pixels, VERIFIED_QUERIES);
    struct knn_panels panels;
    const struct knn_team *team = &bench->teams[bench->team_count - 1];
    const struct knn_job job = {.team = team, .progress = bench_stopping};
    struct knn_neighbor *found = calloc(VERIFIED_QUERIES, sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for the reference's answers");
    if (knn_panels_pack(&panels, knn_kernel_reference(metric), knn_view(&bench->dataset.train.pixels), 0, team,
                        error) != 0 ||
        knn_search_panels(&job, &panels, knn_view(&queries), 1, found, error) != 0) {
        free(found);
        return -1;
    }
    bench->expected[metric] = found;
    return 0;
}

int bench_prepare(struct bench *bench, const struct knn_kernel *kernel, struct knn_error *error) {
    if (bench->panels.kernel == kernel)
        return 0;
    const struct knn_team *team = &bench->teams[bench->team_count - 1];
    struct knn_matrix queries = bench_view(&bench->dataset.test.pixels, VERIFIED_QUERIES);
    knn_panels_free(&bench->panels);
    if (expect(bench, kernel->metric, error) == 0 &&
        knn_panels_pack(&bench->panels, kernel, knn_view(&bench->dataset.train.pixels), 0, team, error) == 0 &&
        verify_search(&bench->panels, &queries, 1, bench->expected[kernel->metric], team, error) == 0)
        return 0;
    knn_panels_free(&bench->panels);
    return -1;
}
