/* The instruction mixes of x86-64, in assembly: a compiler would fold, reorder or spill them, and this file must build
 * without the flags of the instruction sets it measures. Only registers 0 to 15 are used, at any width: the clobbered
 * xmm0 to xmm15 name all of them, and 12 accumulators cover a latency of 5 cycles at 2 instructions a cycle.
 * Accumulators start with whatever the registers hold; sums may wrap. */
#include "ceilings.h"

#ifdef __x86_64__

#define CLOBBERS                                                                                                       \
    "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",   \
        "xmm13", "xmm14", "xmm15"

/* Runs `body`, the text of one round, `rounds` times, with the operands in registers 12 to 15 of kind `reg`. */
#define LOOP(load, reg, body, end)                                                                                     \
    __asm__ volatile(load " (%[operands]), %%" reg "12\n\t" load " 64(%[operands]), %%" reg "13\n\t" load              \
                          " 128(%[operands]), %%" reg "14\n\t" load " 192(%[operands]), %%" reg "15\n\t"               \
                          ".p2align 6\n"                                                                               \
                          "1:\n\t" body "dec %[rounds]\n\t"                                                            \
                          "jnz 1b\n\t" end                                                                             \
                     : [rounds] "+r"(rounds)                                                                           \
                     : [operands] "r"(operands), "m"(*(const uint8_t(*)[CEILING_OPERANDS])operands)                    \
                     : CLOBBERS)

/* Repeats `text` for each register in `list`; \\r in it is the register's number. */
#define EACH(list, text) ".irp r, " list "\n\t" text ".endr\n\t"
#define TO_5             "0, 1, 2, 3, 4, 5"
#define TO_11            TO_5 ", 6, 7, 8, 9, 10, 11"

/* Two operations, then their two sums. If sum and operation alternated, they would take turns at the ports that both
 * can use: 17 % slower on Zen 4 (zmm). */
#define OP_ADD(op, reg)                                                                                                \
    EACH(TO_5,                                                                                                         \
         op " %%" reg "14, %%" reg "15, %%" reg "12\n\t" op " %%" reg "15, %%" reg "14, %%" reg "13\n\t"               \
            "vpaddd %%" reg "12, %%" reg "\\r, %%" reg "\\r\n\tvpaddd %%" reg "13, %%" reg "\\r, %%" reg "\\r\n\t")

/* The larger bytes, then their dot products with the other operand: two of a kind in turn, for in alternation Zen 4 may
 * settle into a rhythm that costs a sixth. */
#define MAX_DOT_PAIR(dot, reg, a, b)                                                                                   \
    "vpmaxub %%" reg "14, %%" reg "15, %%" reg "12\n\tvpmaxub %%" reg "15, %%" reg "14, %%" reg "13\n\t" dot " %%" reg \
    "14, %%" reg "12, %%" reg a "\n\t" dot " %%" reg "14, %%" reg "13, %%" reg b "\n\t"
#define MAX_DOT(dot, reg)                                                                                              \
    MAX_DOT_PAIR(dot, reg, "0", "1")                                                                                   \
    MAX_DOT_PAIR(dot, reg, "2", "3")                                                                                   \
    MAX_DOT_PAIR(dot, reg, "4", "5")                                                                                   \
    MAX_DOT_PAIR(dot, reg, "6", "7") MAX_DOT_PAIR(dot, reg, "8", "9") MAX_DOT_PAIR(dot, reg, "10", "11")
#define DOT(dot, reg) EACH(TO_11, dot " %%" reg "14, %%" reg "15, %%" reg "\\r\n\t")

/* SSE2 overwrites an operand. So registers 0 to 11 are operand and result in turn, each used once a round, and three
 * sums take the results: a copy of an operand would count against the mix. */
#define PAIR_SSE2(op, a, b, sum_a, sum_b)                                                                              \
    op " %%xmm15, %%xmm" a "\n\t" op " %%xmm15, %%xmm" b "\n\t"                                                        \
       "paddd %%xmm" a ", %%xmm" sum_a "\n\tpaddd %%xmm" b ", %%xmm" sum_b "\n\t"
// clang-format off
#define OP_ADD_SSE2(op)                                                                                                \
    PAIR_SSE2(op, "0", "1", "12", "13") PAIR_SSE2(op, "2", "3", "14", "12") PAIR_SSE2(op,  "4",  "5", "13", "14")      \
    PAIR_SSE2(op, "6", "7", "12", "13") PAIR_SSE2(op, "8", "9", "14", "12") PAIR_SSE2(op, "10", "11", "13", "14")
// clang-format on

/* A mix's function. */
#define MIX(name, ...)                                                                                                 \
    static void name(const uint8_t *operands, uint64_t rounds) {                                                       \
        LOOP(__VA_ARGS__);                                                                                             \
    }

MIX(l1_sse2_sad, "movdqu", "xmm", OP_ADD_SSE2("psadbw"), "")
MIX(l2_sse2_madd, "movdqu", "xmm", OP_ADD_SSE2("pmaddwd"), "")
MIX(l1_avx2_sad, "vmovdqu", "ymm", OP_ADD("vpsadbw", "ymm"), "vzeroupper")
MIX(l2_avx2_madd, "vmovdqu", "ymm", OP_ADD("vpmaddwd", "ymm"), "vzeroupper")
MIX(l1_avx512bw_sad, "vmovdqu64", "zmm", OP_ADD("vpsadbw", "zmm"), "vzeroupper")
MIX(l2_avx512bw_madd, "vmovdqu64", "zmm", OP_ADD("vpmaddwd", "zmm"), "vzeroupper")
MIX(l1_avx512vnni_max_dot, "vmovdqu64", "zmm", MAX_DOT("vpdpbusd", "zmm"), "vzeroupper")
MIX(l2_avx512vnni_dot, "vmovdqu64", "zmm", DOT("vpdpbusd", "zmm"), "vzeroupper")
#if KNN_BUILD_avxvnni /* assemblers older than these compilers do not know the VEX form */
MIX(l1_avxvnni_max_dot, "vmovdqu", "ymm", MAX_DOT("%{vex%} vpdpbusd", "ymm"), "vzeroupper")
MIX(l2_avxvnni_dot, "vmovdqu", "ymm", DOT("%{vex%} vpdpbusd", "ymm"), "vzeroupper")
#endif

static const struct ceiling table[] = {
    {"l1_sse2_sad", KNN_L1, 0, 16, l1_sse2_sad},
    {"l1_avx2_sad", KNN_L1, KNN_AVX2, 32, l1_avx2_sad},
#if KNN_BUILD_avxvnni
    {"l1_avxvnni_max_dot", KNN_L1, KNN_AVX2 | KNN_AVXVNNI, 32, l1_avxvnni_max_dot},
#endif
    {"l1_avx512bw_sad", KNN_L1, KNN_AVX512BW, 64, l1_avx512bw_sad},
    {"l1_avx512vnni_max_dot", KNN_L1, KNN_AVX512BW | KNN_AVX512VNNI, 64, l1_avx512vnni_max_dot},
    {"l2_sse2_madd", KNN_L2, 0, 8, l2_sse2_madd},
    {"l2_avx2_madd", KNN_L2, KNN_AVX2, 16, l2_avx2_madd},
#if KNN_BUILD_avxvnni
    {"l2_avxvnni_dot", KNN_L2, KNN_AVX2 | KNN_AVXVNNI, 32, l2_avxvnni_dot},
#endif
    {"l2_avx512bw_madd", KNN_L2, KNN_AVX512BW, 32, l2_avx512bw_madd},
    {"l2_avx512vnni_dot", KNN_L2, KNN_AVX512BW | KNN_AVX512VNNI, 64, l2_avx512vnni_dot},
};

const struct ceiling *ceilings(size_t *count) {
    *count = sizeof table / sizeof *table;
    return table;
}

#endif
