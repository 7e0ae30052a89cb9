/* What the NEON kernels share: tails, and the register tile of 6 queries x 4 train rows in 24 accumulators.
 *
 * A group is a whole register of 16 bytes of one row, so that nothing is broadcast (on many cores a load that
 * replicates
 * takes a vector pipe as well as a load pipe): 10 loads serve 24 steps. The sums over a register's lanes wait until the
 * tile's end, where they cost a percent or two. 24 accumulators, 4 registers of train bytes, one of a query, and up to
 * two more that a step needs: 31 of 32. */
#ifndef KNN_NEON_H
#define KNN_NEON_H

#include <arm_neon.h>
#include <string.h>

#include "kernel.h"
#include "pack.h"

enum { NEON_MR = 6, NEON_NR = 4, NEON_GROUP = 16 };

/* The last n < 16 bytes of a row, zeros behind them, without reading beyond the row. */
static inline uint8x16_t load_tail(const uint8_t *row, size_t n) {
    uint8_t bytes[16] = {0};
    memcpy(bytes, row, n);
    return vld1q_u8(bytes);
}

/* One query's distances to four train rows, and whether any is below its bound. */
static inline uint32_t put_distances(uint32x4_t distances, uint32_t bound, uint32_t *out) {
    vst1q_u32(out, distances);
    return vmaxvq_u32(vcltq_u32(distances, vdupq_n_u32(bound))) != 0;
}

/* Sums over the lanes: of sum[0] to lane 0, of sum[1] to lane 1, ... */
static inline uint32x4_t sums_of_lanes(const uint32x4_t sum[NEON_NR]) {
    return vpaddq_u32(vpaddq_u32(sum[0], sum[1]), vpaddq_u32(sum[2], sum[3]));
}

/* Adds what 16 bytes of a query and of each train row contribute to their sums. Steps are written in assembly, with the
 * query's load inside: compilers load ahead, run out of registers, and then keep sums in memory. */
typedef void neon_step(uint32x4_t sum[NEON_NR], const uint8_t *query, const uint8x16_t train[NEON_NR]);

/* Every caller passes constants for nq, step and expand, so this unrolls into straight code. With `expand` the steps
 * summed products, and distances are made of them and of the terms: pack.h has the identity. */
static inline __attribute__((always_inline)) uint32_t neon_tile_of(const void *queries, const void *train, size_t dim,
                                                                   unsigned nq, const uint32_t *bound, uint32_t *out,
                                                                   const uint8_t *ahead, neon_step *step, int expand) {
    (void)ahead; /* what it would gain was never measured on an Arm CPU */
    const uint8_t *q = queries, *t = train;
    uint32x4_t sum[NEON_MR][NEON_NR];
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++)
        for (unsigned r = 0; r < NEON_NR; r++)
            sum[i][r] = vdupq_n_u32(0);
    for (size_t g = knn_groups(dim, NEON_GROUP); g > 0; g--) {
        const uint8x16_t rows[NEON_NR] = {vld1q_u8(t), vld1q_u8(t + 16), vld1q_u8(t + 32), vld1q_u8(t + 48)};
        KNN_UNROLL
        for (unsigned i = 0; i < nq; i++)
            step(sum[i], q + NEON_GROUP * i, rows);
        t += NEON_NR * NEON_GROUP;
        q += nq * NEON_GROUP;
    }
    const uint32_t *query_terms = (const uint32_t *)(const void *)q, *train_terms = (const uint32_t *)(const void *)t;
    uint32_t hits = 0;
    KNN_UNROLL
    for (unsigned i = 0; i < nq; i++) {
        uint32x4_t distances = sums_of_lanes(sum[i]);
        if (expand) {
            uint32x4_t terms = vaddq_u32(vdupq_n_u32(query_terms[i]), vld1q_u32(train_terms));
            distances = vsubq_u32(terms, vshlq_n_u32(distances, 1));
        }
        hits |= put_distances(distances, bound[i], out + i * NEON_NR) << i;
    }
    return hits;
}

/* Packs panels for this tile: without terms, and with the sums of squares that an expansion needs. */
static inline void neon_pack(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows, void *panel) {
    knn_pack_groups16(rows, stride, n, dim, panel_rows, panel);
}

static inline void neon_pack_squares(const uint8_t *rows, size_t stride, size_t n, size_t dim, size_t panel_rows,
                                     void *panel) {
    uint8_t *terms = (uint8_t *)panel + knn_groups(dim, NEON_GROUP) * NEON_GROUP * panel_rows;
    knn_pack_groups16(rows, stride, n, dim, panel_rows, panel);
    knn_pack_squares(rows, stride, n, dim, panel_rows, (uint32_t *)(void *)terms);
}

#endif
