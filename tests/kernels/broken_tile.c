/* The control packs a panel as groups of bytes: group 0 of every row, then group 1 of every row, padded with zeros. */
#include "broken.h"

#include <string.h>

enum { MR = 3, NR = 5, GROUP = 4 };

static void pack(const uint8_t *rows, size_t stride, size_t n, size_t height, size_t dim, uint8_t *panel) {
    for (size_t first = 0; first < dim; first += GROUP)
        for (size_t row = 0; row < height; row++)
            for (size_t i = first; i < first + GROUP; i++)
                *panel++ = row < n && i < dim ? rows[row * stride + i] : 0;
}

static void pack_queries(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack(rows, stride, n, MR, dim, panel);
}

static void pack_train(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack(rows, stride, n, NR, dim, panel);
}

static void multiply(const uint8_t *queries, const uint8_t *train, size_t dim, int square, uint32_t *out) {
    memset(out, 0, MR * NR * sizeof *out);
    for (size_t first = 0; first < dim; first += GROUP, queries += MR * GROUP, train += NR * GROUP)
        for (size_t i = 0; i < MR; i++)
            for (size_t j = 0; j < NR; j++)
                for (size_t k = 0; k < GROUP; k++) {
                    int difference = queries[i * GROUP + k] - train[j * GROUP + k];
                    int size = difference < 0 ? -difference : difference;
                    out[i * NR + j] += (uint32_t)(square ? size * size : size);
                }
}

static uint32_t hits(const uint32_t *out, unsigned nq, const uint32_t *bound) {
    uint32_t mask = 0;
    for (unsigned i = 0; i < nq; i++)
        for (unsigned j = 0; j < NR; j++)
            if (out[i * NR + j] < bound[i])
                mask |= 1u << i;
    return mask;
}

static uint32_t l1(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                   uint32_t *out, const uint8_t *ahead) {
    (void)ahead;
    multiply(queries, train, dim, 0, out);
    return hits(out, nq, bound);
}

static uint32_t l2(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                   uint32_t *out, const uint8_t *ahead) {
    (void)ahead;
    multiply(queries, train, dim, 1, out);
    return hits(out, nq, bound);
}

/* -- wrong tiles --------------------------------------------------------------------------------------------------- */

static uint32_t swaps(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                      uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = l1(queries, train, dim, nq, bound, out, ahead), first = out[1];
    out[1] = out[2];
    out[2] = first;
    return mask;
}

static uint32_t writes_past(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                            uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = l1(queries, train, dim, nq, bound, out, ahead);
    ((volatile uint32_t *)out)[MR * NR] = 0;
    return mask;
}

static uint32_t writes_far_past(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                                uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = l1(queries, train, dim, nq, bound, out, ahead);
    ((volatile uint32_t *)out)[MR * NR + 1] = 0;
    return mask;
}

static uint32_t writes_before(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                              uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = l1(queries, train, dim, nq, bound, out, ahead);
    ((volatile uint32_t *)out)[-1] = 0;
    return mask;
}

static uint32_t takes_equal(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                            uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = l1(queries, train, dim, nq, bound, out, ahead);
    for (unsigned i = 0; i < nq; i++)
        for (unsigned j = 0; j < NR; j++)
            if (out[i * NR + j] <= bound[i])
                mask |= 1u << i;
    return mask;
}

static uint32_t compares_signed(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                                uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = 0;
    l1(queries, train, dim, nq, bound, out, ahead);
    for (unsigned i = 0; i < nq; i++)
        for (unsigned j = 0; j < NR; j++)
            if ((int32_t)out[i * NR + j] < (int32_t)bound[i])
                mask |= 1u << i;
    return mask;
}

static uint32_t hits_beyond_nq(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                               uint32_t *out, const uint8_t *ahead) {
    (void)nq;
    return l1(queries, train, dim, MR, bound, out, ahead);
}

static uint32_t misses_last_column(const void *queries, const void *train, size_t dim, unsigned nq,
                                   const uint32_t *bound, uint32_t *out, const uint8_t *ahead) {
    uint32_t mask = 0;
    l1(queries, train, dim, nq, bound, out, ahead);
    for (unsigned i = 0; i < nq; i++)
        for (unsigned j = 0; j < NR - 1; j++)
            if (out[i * NR + j] < bound[i])
                mask |= 1u << i;
    return mask;
}

static uint32_t reads_past(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                           uint32_t *out, const uint8_t *ahead) {
    size_t bytes = knn_train_panel_bytes(&control_l1_tile, dim);
    return l1(queries, train, dim, nq, bound, out, ahead) | (((const volatile uint8_t *)train)[bytes] & 0u);
}

static uint32_t reads_ahead(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                            uint32_t *out, const uint8_t *ahead) {
    return l1(queries, train, dim, nq, bound, out, ahead) | (*(const volatile uint8_t *)ahead & 0u);
}

static uint32_t writes_panel(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                             uint32_t *out, const uint8_t *ahead) {
    *(volatile uint8_t *)(uintptr_t)train = *(const uint8_t *)train;
    return l1(queries, train, dim, nq, bound, out, ahead);
}

static uint32_t overflows(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                          uint32_t *out, const uint8_t *ahead) {
    (void)ahead;
    multiply(queries, train, dim, 1, out);
    for (unsigned i = 0; i < MR * NR; i++)
        out[i] = out[i] <= INT32_MAX ? out[i] : INT32_MAX;
    return hits(out, nq, bound);
}

/* -- wrong packers ------------------------------------------------------------------------------------------------- */

/* Leaves what stood in the panel where a row has ended within its group. */
static void leaves_garbage(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    uint8_t *to = panel;
    for (size_t first = 0; first < dim; first += GROUP)
        for (size_t row = 0; row < NR; row++)
            for (size_t i = first; i < first + GROUP; i++, to++)
                if (i < dim)
                    *to = row < n ? rows[row * stride + i] : 0;
}

static void reads_next_row(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    const volatile uint8_t *last = rows + (n - 1) * stride;
    pack_train(rows, stride, n, dim, panel);
    (void)last[dim];
}

static void ignores_stride(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    (void)stride;
    pack_queries(rows, dim, n, dim, panel);
}

static void packs_too_many(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    pack_queries(rows, stride, n < MR ? n + 1 : n, dim, panel);
}

static void overfills(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel) {
    size_t bytes = knn_query_panel_bytes(&control_l1_tile, dim);
    pack_queries(rows, stride, n, dim, panel);
    ((volatile uint8_t *)panel)[bytes] = 0;
}

/* -- the lists ----------------------------------------------------------------------------------------------------- */

#define TILE(called, of, per_byte, multiplies, queries_by, train_by)                                                   \
    {                                                                                                                  \
        .name = called, .metric = of, .mr = MR, .nr = NR, .max_dim = UINT32_MAX / (per_byte), .group = GROUP,          \
        .query_width = 1, .tile = multiplies, .pack_queries = queries_by, .pack_train = train_by                       \
    }
#define WRONG_TILE(function) TILE(#function, KNN_L1, 255, function, pack_queries, pack_train)

const struct knn_kernel control_l1_tile = TILE("control_l1_tile", KNN_L1, 255, l1, pack_queries, pack_train);
const struct knn_kernel control_l2_tile = TILE("control_l2_tile", KNN_L2, 255 * 255, l2, pack_queries, pack_train);

const struct broken *broken_tiles(size_t *count) {
    static const struct broken tiles[] = {
        {WRONG_TILE(swaps), "row 1 \""},
        {WRONG_TILE(writes_past), "tile wrote beside out"},
        {WRONG_TILE(writes_far_past), "tile died of SIGSEGV (a byte it may not touch), byte 5 past the end of out"},
        {WRONG_TILE(writes_before), "tile wrote beside out"},
        {WRONG_TILE(takes_equal), "expected bit 0, got 1"},
        {WRONG_TILE(compares_signed), "bound 4294967295, "},
        {WRONG_TILE(hits_beyond_nq), "expected bit 0, got 1"},
        {WRONG_TILE(misses_last_column), "expected bit 1, got 0"},
        {WRONG_TILE(reads_past), "tile died of SIGSEGV (a byte it may not touch), byte 1 past the end of the train"},
        {WRONG_TILE(reads_ahead), "tile died of SIGSEGV (a byte it may not touch)"},
        {WRONG_TILE(writes_panel), ", byte 0 of the train panel, which is read-only"},
        {TILE("overflows", KNN_L2, 255 * 255, overflows, pack_queries, pack_train), "got 2147483647"},
        {TILE("leaves_garbage", KNN_L1, 255, l1, pack_queries, leaves_garbage), "dim 1, nq 1, 1 of 3 queries"},
        {TILE("reads_next_row", KNN_L1, 255, l1, pack_queries, reads_next_row),
         "pack_train died of SIGSEGV (a byte it may not touch), byte 1 past the end of train rows"},
        {TILE("ignores_stride", KNN_L1, 255, l1, ignores_stride, pack_train), "): query "},
        {TILE("packs_too_many", KNN_L1, 255, l1, packs_too_many, pack_train),
         "pack_queries died of SIGSEGV (a byte it may not touch), byte "},
        {TILE("overfills", KNN_L1, 255, l1, overfills, pack_train),
         "pack_queries died of SIGSEGV (a byte it may not touch), byte 1 past the end of the query panel"},
    };
    *count = sizeof tiles / sizeof tiles[0];
    return tiles;
}
