#include "blocks.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

/* The compiler makes a version for each kind of CPU; the best one that runs is taken. */
#if defined(__x86_64__) && (!defined(__clang__) || __clang_major__ >= 14)
#define FOR_THIS_CPU __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#else
#define FOR_THIS_CPU
#endif

/* Two passes. Hardly any block holds a nearer row, so the first pass, which only finds the smallest value, must be
 * fast. */
FOR_THIS_CPU
static float smallest_float(const float *products, const float *terms, size_t count) {
    enum { LANES = 32 }; /* compilers do not reorder a minimum of floats: it may meet a NaN */
    float lanes[LANES], smallest = INFINITY;
    size_t whole = count / LANES * LANES;
    for (size_t l = 0; l < LANES; l++)
        lanes[l] = INFINITY;
    for (size_t j = 0; j < whole; j += LANES)
        for (size_t l = 0; l < LANES; l++) {
            float value = terms[j + l] - 2 * products[j + l];
            lanes[l] = value < lanes[l] ? value : lanes[l];
        }
    for (size_t l = 0; l < LANES; l++)
        smallest = lanes[l] < smallest ? lanes[l] : smallest;
    for (size_t j = whole; j < count; j++) {
        float value = terms[j] - 2 * products[j];
        smallest = value < smallest ? value : smallest;
    }
    return smallest;
}

FOR_THIS_CPU
static int32_t smallest_int(const int32_t *products, const int32_t *terms, size_t count) {
    int32_t smallest = INT32_MAX;
#pragma omp simd reduction(min : smallest)
    for (size_t j = 0; j < count; j++) {
        int32_t value = terms[j] - 2 * products[j];
        smallest = value < smallest ? value : smallest;
    }
    return smallest;
}

void blocks_select_float(const void *products, const void *terms, size_t count, size_t first, struct nearest *nearest) {
    const float *p = products, *t = terms;
    float smallest = smallest_float(p, t, count);
    if (smallest >= nearest->value)
        return;
    size_t j = 0;
    while (t[j] - 2 * p[j] != smallest && j + 1 < count)
        j++;
    *nearest = (struct nearest){smallest, (uint32_t)(first + j)};
}

void blocks_select_int(const void *products, const void *terms, size_t count, size_t first, struct nearest *nearest) {
    const int32_t *p = products, *t = terms;
    int32_t smallest = smallest_int(p, t, count);
    if (smallest >= nearest->value)
        return;
    size_t j = 0;
    while (t[j] - 2 * p[j] != smallest && j + 1 < count)
        j++;
    *nearest = (struct nearest){smallest, (uint32_t)(first + j)};
}

/* A block of queries against all train rows. */
static int search_queries(const struct blocks *b, size_t first, size_t queries, void *products, struct nearest *best) {
    size_t rows = b->job->train->rows, width = b->setting.train_rows;
    unsigned threads = b->setting.own_threads ? b->job->team->threads : 1;
    for (size_t i = 0; i < queries; i++)
        best[i] = (struct nearest){INFINITY, 0};
    for (size_t row = 0; row < rows; row += width) {
        size_t count = rows - row < width ? rows - row : width;
        int status = b->multiply(b->context, first, queries, row / width, products);
        if (status != 0)
            return status;
#pragma omp parallel for num_threads(threads) if (threads > 1)
        for (size_t i = 0; i < queries; i++)
            b->select((const int32_t *)products + i * width, (const int32_t *)b->terms + row, count, row, &best[i]);
    }
    return 0;
}

/* Every thread has its own block of products in `room`, and takes the next block of queries when it is free. */
static int search_all(const struct blocks *b, size_t count, int32_t *room, struct nearest *best) {
    const struct knn_team *team = b->job->team;
    size_t height = b->setting.queries, size = height * b->setting.train_rows;
    unsigned threads = b->setting.own_threads ? 1 : team->threads;
    int failed = 0;
    if (threads == 1) {
        for (size_t i = 0; i < count && failed == 0; i += height)
            failed = search_queries(b, i, count - i < height ? count - i : height, room, best + i);
        return failed;
    }
#pragma omp parallel num_threads(threads)
    {
        struct knn_binding *own = knn_team_join(team);
        void *products = room + (size_t)omp_get_thread_num() * size;
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < count; i += height) {
            int status = search_queries(b, i, count - i < height ? count - i : height, products, best + i);
            if (status != 0) {
#pragma omp atomic write
                failed = status;
            }
        }
        knn_team_leave(team, own);
    }
    return failed;
}

int blocks_search(const struct blocks *b, const char *name, size_t count, uint32_t *nearest, struct knn_error *error) {
    size_t parts = b->setting.own_threads ? 1 : b->job->team->threads;
    int32_t *room = peer_alloc(parts * b->setting.queries * b->setting.train_rows * sizeof *room, error);
    struct nearest *best = room != NULL ? peer_alloc(count * sizeof *best, error) : NULL;
    int status = -1;
    if (best != NULL) {
        int failed = search_all(b, count, room, best);
        status = failed == 0 ? 0 : knn_fail(error, "%s's product failed: its error %d", name, failed);
        for (size_t i = 0; i < count; i++)
            nearest[i] = best[i].index;
    }
    free(best);
    free(room);
    return status;
}

void blocks_describe(const struct blocks_setting *setting, char *text, size_t size) {
    snprintf(text, size, "%zu x %zu blocks, %s", setting->queries, setting->train_rows,
             setting->own_threads ? "all threads on one" : "one a thread");
}
