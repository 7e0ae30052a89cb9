/* OpenBLAS: sgemm, and the selection of blocks.c. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>

#include "blocks.h"

struct openblas {
    struct blocks blocks;
    struct peer_job job;
    float *train, *test, *norms;
};

static const struct blocks_setting settings[] = {
    {0, 256, 2048},
    {0, 512, 1024},
    {0, 512, 4096},
    {1, 1024, 4096},
};

static int multiply(void *context, size_t first_query, size_t queries, size_t block, void *out) {
    const struct openblas *o = context;
    size_t dim = o->job.train->dim, width = o->blocks.setting.train_rows, first = block * width;
    size_t rows = o->job.train->rows - first < width ? o->job.train->rows - first : width;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)queries, (int)rows, (int)dim, 1,
                o->test + first_query * dim, (int)dim, o->train + first * dim, (int)dim, 0, out, (int)width);
    return 0;
}

static void close_openblas(void *state) {
    struct openblas *o = state;
    free(o->train);
    free(o->test);
    free(o->norms);
    free(o);
}

static int open_openblas(void **state, const struct peer_job *job, struct knn_error *error) {
    struct openblas *o = calloc(1, sizeof *o);
    if (o == NULL)
        return knn_fail(error, "no memory for OpenBLAS");
    o->job = *job;
    if ((o->train = peer_floats(job->train, error)) == NULL || (o->test = peer_floats(job->test, error)) == NULL ||
        (o->norms = peer_alloc(job->train->rows * sizeof *o->norms, error)) == NULL) {
        close_openblas(o);
        return -1;
    }
    for (size_t i = 0; i < job->train->rows; i++) {
        const uint8_t *row = knn_matrix_row(job->train, i);
        uint64_t sum = 0;
        for (size_t j = 0; j < job->train->dim; j++)
            sum += (uint64_t)row[j] * row[j];
        o->norms[i] = (float)sum;
    }
    o->blocks = (struct blocks){
        .job = &o->job, .terms = o->norms, .select = blocks_select_float, .multiply = multiply, .context = o};
    *state = o;
    return 0;
}

static int choose(void *state, size_t setting, struct knn_error *error) {
    (void)error;
    ((struct openblas *)state)->blocks.setting = settings[setting];
    return 0;
}

static int search(void *state, size_t count, uint32_t *nearest, struct knn_error *error) {
    struct openblas *o = state;
    openblas_set_num_threads(o->blocks.setting.own_threads ? (int)o->job.team->threads : 1);
    return blocks_search(&o->blocks, "OpenBLAS", count, nearest, error);
}

static void describe(const void *state, char *text, size_t size) {
    const struct openblas *o = state;
    char blocks[64], version[32] = "";
    sscanf(openblas_get_config(), "OpenBLAS %31s", version);
    blocks_describe(&o->blocks.setting, blocks, sizeof blocks);
    snprintf(text, size, "OpenBLAS %s sgemm (core type %s), selection; %s", version, openblas_get_corename(), blocks);
}

const struct peer peer_openblas_l2 = {
    .name = "openblas",
    .metric = KNN_L2,
    .trial = 512,
    .settings = sizeof settings / sizeof settings[0],
    .open = open_openblas,
    .choose = choose,
    .search = search,
    .describe = describe,
    .close = close_openblas,
};
