/* The instruction mixes of AArch64, in assembly, as those of x86-64. Registers 0 to 23 are accumulators, 24 to 27 hold
 * what is accumulated next, 28 to 31 are the operands. Four pipes at a latency of 3 or 4 cycles want up to 16
 * accumulators where a CPU does not forward sums early, so rounds take turns with the lower and the upper twelve.
 * Accumulators start with whatever the registers hold; sums may wrap. */
#include "ceilings.h"

#ifdef __aarch64__

/* Lets the assembler take instructions beyond the flags of this file; gcc wants an architecture that has them. */
#ifdef __clang__
#define WITH(extension) __attribute__((target(extension)))
#else
#define WITH(extension) __attribute__((target("arch=armv8.2-a+" extension)))
#endif

#define CLOBBERS                                                                                                       \
    "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", \
        "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31"

/* Runs `odd` and `even`, the texts of one round each, in turn until there were `rounds` of them. */
#define LOOP(odd, even)                                                                                                \
    __asm__ volatile("ldp q28, q29, [%[operands]]\n\t"                                                                 \
                     "ldp q30, q31, [%[operands], 32]\n\t"                                                             \
                     ".p2align 6\n"                                                                                    \
                     "1:\n\t" odd "subs %[rounds], %[rounds], 1\n\t"                                                   \
                     "b.eq 2f\n\t" even "subs %[rounds], %[rounds], 1\n\t"                                             \
                     "b.ne 1b\n"                                                                                       \
                     "2:"                                                                                              \
                     : [rounds] "+r"(rounds)                                                                           \
                     : [operands] "r"(operands), "m"(*(const uint8_t(*)[CEILING_OPERANDS])operands)                    \
                     : CLOBBERS)

/* `four(a, b, c, d)` is the text that accumulates in four registers. */
#define LOWER(four) four("0", "1", "2", "3") four("4", "5", "6", "7") four("8", "9", "10", "11")
#define UPPER(four) four("12", "13", "14", "15") four("16", "17", "18", "19") four("20", "21", "22", "23")

/* Four operations on the operands ... */
#define DIFFERENCES                                                                                                    \
    "uabd v24.16b, v28.16b, v29.16b\n\t"                                                                               \
    "uabd v25.16b, v29.16b, v30.16b\n\t"                                                                               \
    "uabd v26.16b, v30.16b, v31.16b\n\t"                                                                               \
    "uabd v27.16b, v31.16b, v28.16b\n\t"
#define PRODUCTS                                                                                                       \
    "umull  v24.8h, v28.8b, v29.8b\n\t"                                                                                \
    "umull2 v25.8h, v28.16b, v29.16b\n\t"                                                                              \
    "umull  v26.8h, v30.8b, v31.8b\n\t"                                                                                \
    "umull2 v27.8h, v30.16b, v31.16b\n\t"

/* ... and the sums of their results, which by then even an in-order CPU has. `to` and `from` are what follows a
 * register's number. */
#define SUMS(op, to, from, a, b, c, d)                                                                                 \
    op " v" a to ", v24" from "\n\t" op " v" b to ", v25" from "\n\t" op " v" c to ", v26" from "\n\t" op " v" d to    \
       ", v27" from "\n\t"

#define ABD_ADALP(a, b, c, d)  DIFFERENCES SUMS("uadalp", ".8h", ".16b", a, b, c, d)
#define ABD_DOT(a, b, c, d)    DIFFERENCES SUMS("udot", ".4s", ".16b, v28.16b", a, b, c, d)
#define MULL_ADALP(a, b, c, d) PRODUCTS SUMS("uadalp", ".4s", ".8h", a, b, c, d) /* two groups */

/* Operations that accumulate by themselves. */
#define ALONE(op, a, b, c, d)                                                                                          \
    op " v" a ".4s, v28.16b, v29.16b\n\t" op " v" b ".4s, v29.16b, v30.16b\n\t" op " v" c                              \
       ".4s, v30.16b, v31.16b\n\t" op " v" d ".4s, v31.16b, v28.16b\n\t"
#define DOT(a, b, c, d)  ALONE("udot", a, b, c, d)
#define MMLA(a, b, c, d) ALONE("ummla", a, b, c, d)

static void l1_neon_abd_adalp(const uint8_t *operands, uint64_t rounds) {
    LOOP(LOWER(ABD_ADALP), UPPER(ABD_ADALP));
}

WITH("dotprod") static void l1_neondot_abd_dot(const uint8_t *operands, uint64_t rounds) {
    LOOP(LOWER(ABD_DOT), UPPER(ABD_DOT));
}

static void l2_neon_mull_adalp(const uint8_t *operands, uint64_t rounds) {
    LOOP(LOWER(MULL_ADALP) UPPER(MULL_ADALP), LOWER(MULL_ADALP) UPPER(MULL_ADALP));
}

WITH("dotprod") static void l2_neondot_dot(const uint8_t *operands, uint64_t rounds) {
    LOOP(LOWER(DOT), UPPER(DOT));
}

WITH("i8mm") static void l2_neoni8mm_mmla(const uint8_t *operands, uint64_t rounds) {
    LOOP(LOWER(MMLA), UPPER(MMLA));
}

static const struct ceiling table[] = {
    {"l1_neon_abd_adalp", KNN_L1, 0, 16, l1_neon_abd_adalp},
    {"l1_neondot_abd_dot", KNN_L1, KNN_NEON | KNN_NEONDOT, 16, l1_neondot_abd_dot},
    {"l2_neon_mull_adalp", KNN_L2, 0, 16, l2_neon_mull_adalp},
    {"l2_neondot_dot", KNN_L2, KNN_NEON | KNN_NEONDOT, 16, l2_neondot_dot},
    {"l2_neoni8mm_mmla", KNN_L2, KNN_NEON | KNN_NEONDOT | KNN_NEONI8MM, 32, l2_neoni8mm_mmla},
};

const struct ceiling *ceilings(size_t *count) {
    *count = sizeof table / sizeof *table;
    return table;
}

#endif
