/* What this CPU and its operating system can run.
 *
 * A feature is a bit; an instruction set ("isa") is a named set of features, and names are what a user types. On x86 a
 * feature counts only when CPUID reports it *and* XGETBV says that the operating system saves its registers.
 * Everything here is thread-safe: the tables are constant and detection only reads the CPU. */
#ifndef KNN_CPU_H
#define KNN_CPU_H

#include <stddef.h>

enum knn_feature {
    KNN_AVX2 = 1u << 0,
    KNN_AVXVNNI = 1u << 1,    /* VEX-encoded vpdpbusd on 256-bit registers */
    KNN_AVX512BW = 1u << 2,   /* AVX-512 F, BW, DQ and VL together: every CPU with BW but Knights Mill has all four */
    KNN_AVX512VNNI = 1u << 3, /* EVEX-encoded vpdpbusd */
    KNN_NEON = 1u << 4,       /* Advanced SIMD */
    KNN_NEONDOT = 1u << 5,    /* udot: FEAT_DotProd */
    KNN_NEONI8MM = 1u << 6,   /* ummla: FEAT_I8MM */
};

struct knn_isa {
    const char *name;    /* what --isa and KNNMARK_ISA take, and the <isa> part of a kernel's name */
    unsigned features;   /* knn_feature bits, all that the name implies */
    const char *summary; /* one line, for people */
};

/* Every instruction set this build knows, weakest first; entry 0 needs no feature. */
const struct knn_isa *knn_isas(size_t *count);

/* The instruction set of this name, or NULL. */
const struct knn_isa *knn_isa_find(const char *name);

/* All features of this machine, whatever a user has masked. */
unsigned knn_cpu_features(void);

/* The CPU's own name ("AMD EPYC 9654 96-Core Processor"), at most size - 1 bytes of it; "unknown" where it has none. */
void knn_cpu_name(char *name, size_t size);

#endif
