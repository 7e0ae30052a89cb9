/* A register tile of float32 sums, in the vectors of the instruction set it is compiled for. */
#include "f32.h"
#include "pack.h"

#if defined(__AVX512F__)
enum { LANES = 16, VECTORS = 2, MR = 12, FEATURES = KNN_AVX2 | KNN_AVX512BW };
#elif defined(__AVX2__)
enum { LANES = 8, VECTORS = 2, MR = 6, FEATURES = KNN_AVX2 };
#else
enum { LANES = 4, VECTORS = 4, MR = 6, FEATURES = KNN_NEON };
#endif
enum { NR = LANES * VECTORS };

#define NAME_OF(isa)   f32_##isa
#define SYMBOL_OF(isa) NAME_OF(isa)
#define TEXT_OF(isa)   #isa
#define STRING_OF(isa) TEXT_OF(isa)

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
typedef int32_t bits __attribute__((vector_size(LANES * sizeof(float))));

static inline vector absolute(vector v) {
    return (vector)((bits)v & 0x7fffffff);
}

static inline __attribute__((always_inline)) void tile(const float *queries, const float *train, size_t dim,
                                                       float *sums, enum knn_metric metric) {
    vector sum[MR][VECTORS] = {{{0}}};
    for (size_t d = 0; d < dim; d++) {
        vector t[VECTORS];
        for (unsigned v = 0; v < VECTORS; v++)
            t[v] = *(const vector *)(train + d * NR + v * LANES);
        KNN_UNROLL
        for (unsigned i = 0; i < MR; i++)
            for (unsigned v = 0; v < VECTORS; v++)
                if (metric == KNN_L2)
                    sum[i][v] += t[v] * queries[d * MR + i];
                else
                    sum[i][v] += absolute(t[v] - queries[d * MR + i]);
    }
    KNN_UNROLL
    for (unsigned i = 0; i < MR; i++)
        for (unsigned v = 0; v < VECTORS; v++)
            *(vector *)(sums + i * NR + v * LANES) = sum[i][v];
}

static void tile_l1(const float *queries, const float *train, size_t dim, float *sums) {
    tile(queries, train, dim, sums, KNN_L1);
}

static void tile_l2(const float *queries, const float *train, size_t dim, float *sums) {
    tile(queries, train, dim, sums, KNN_L2);
}

const struct f32_kernel SYMBOL_OF(F32_ISA) = {
    .isa = STRING_OF(F32_ISA),
    .names = {[KNN_L1] = "l1_f32" STRING_OF(F32_ISA), [KNN_L2] = "l2_f32" STRING_OF(F32_ISA)},
    .features = FEATURES,
    .mr = MR,
    .nr = NR,
    .tile = {[KNN_L1] = tile_l1, [KNN_L2] = tile_l2},
};
