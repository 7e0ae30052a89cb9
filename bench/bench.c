#include "bench.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

int bench_stopping(double done, void *context) {
    (void)done, (void)context;
    return gb_stopping();
}

const struct knn_team *bench_team(const struct bench *bench) {
    return &bench->teams[bench->team_count - 1];
}

/* -- the bench ----------------------------------------------------------------------------------------------------- */

struct bench_case {
    struct bench_case *next;
    bench_fn *function;
    struct gb_field fields[IDENTITY_FIELDS];
    max_align_t bytes[];
};

static void run_case(struct gb_state *state, void *context) {
    struct bench_case *c = context;
    struct knn_error error;
    if (c->function(state, c->bytes, &error) != 0)
        gb_skip_with_error(state, "%s", error.message);
}

int bench_add(struct bench *bench, const struct identity *identity, bench_fn *function, enum gb_unit unit,
              const void *context, size_t size, struct knn_error *error) {
    char name[IDENTITY_NAME];
    struct bench_case *added = malloc(sizeof *added + size);
    identity_name(identity, name);
    if (added == NULL)
        return knn_fail(error, "no memory for the benchmark %s", name);
    memcpy(added->bytes, context, size);
    added->next = bench->cases;
    added->function = function;
    bench->cases = added;
    const struct gb_benchmark benchmark = {.name = name,
                                           .function = run_case,
                                           .context = added,
                                           .unit = unit,
                                           .clock = GB_MANUAL_TIME,
                                           .fields_name = "knnmark",
                                           .fields = added->fields,
                                           .field_count = identity_fields(identity, added->fields)};
    return gb_register(&benchmark) == 0 ? 0 : knn_fail(error, "%s", gb_error());
}

void bench_unbind(struct bench *bench, const struct knn_team *team) {
#pragma omp parallel num_threads(team->threads)
#pragma omp critical
    {
        knn_topology_restore(team->topology, bench->at_start);
        bench->at_start = knn_topology_save(team->topology);
    }
}

int bench_measure(struct gb_state *state, struct work *work, double *each, struct knn_error *error) {
    int64_t iterations = gb_start(state);
    if (work_time(work, (uint64_t)iterations, each, error) != 0)
        return -1;
    gb_set_iteration_time(state, *each);
    gb_stop(state);
    *each /= (double)iterations;
    return 0;
}

struct stock bench_stock(const struct bench *bench) {
    return (struct stock){.train = bench->dataset.train.pixels,
                          .queries = bench->dataset.test.pixels,
                          .picture = {.width = bench->dataset.shape.width, .height = bench->dataset.shape.height},
                          .team = bench_team(bench),
                          .progress = bench_stopping,
                          .keep = 1};
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
    bench->stock = bench_stock(bench);
    bench->f32.kernel = f32_kernel(bench->features);
    bench->at_start = knn_topology_save(bench->teams[0].topology);
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
    stock_free(&bench->stock);
    f32_free(&bench->f32);
    if (bench->at_start != NULL)
        knn_topology_restore(bench->teams[0].topology, bench->at_start);
    for (size_t i = 0; i < bench->team_count; i++)
        knn_team_close(&bench->teams[i]);
    knn_dataset_close(&bench->dataset);
}

/* -- ceilings ------------------------------------------------------------------------------------------------------ */

double bench_ceiling_rate(const struct knn_team *team, const struct ceiling *ceiling, double seconds) {
    return ceiling_rate(ceiling, team->threads, seconds, team->topology);
}

double bench_read_rate(const struct bench *bench, size_t team, unsigned repeats) {
    const struct knn_matrix *rows = &bench->dataset.train.pixels;
    const struct knn_team *t = &bench->teams[team];
    return read_rate(rows->data, rows->rows * rows->stride, t->threads, repeats, t->topology);
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
    double *rate = &bench->scalar_rates[team][metric], seconds;
    struct stock alone = bench_stock(bench); /* the bench's own panels stay where they are */
    struct knn_error error;
    if (*rate > 0)
        return *rate;
    struct work work =
        work_search(&alone, "search", knn_kernel_reference(metric), &bench->teams[team], 1, bench->quick ? 1 : 4);
    if (work.kind->prepare(&work, &error) == 0 && work_time(&work, 1, &seconds, &error) == 0)
        *rate = work.kind->byte_pairs(&work) / seconds;
    stock_free(&alone);
    return *rate;
}
