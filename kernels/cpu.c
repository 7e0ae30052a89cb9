#include "cpu.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct knn_isa isas[] = {
    {"baseline", 0, "what every CPU of this architecture has"},
#if defined(__x86_64__)
    {"avx2", KNN_AVX2, "256-bit integers"},
    {"avxvnni", KNN_AVX2 | KNN_AVXVNNI, "256-bit dot product of bytes, VEX encoding"},
    {"avx512bw", KNN_AVX2 | KNN_AVX512BW, "512-bit integers"},
    {"avx512vnni", KNN_AVX2 | KNN_AVX512BW | KNN_AVX512VNNI, "512-bit dot product of bytes"},
#elif defined(__aarch64__)
    {"neon", KNN_NEON, "128-bit integers, written by hand (the compiler's baseline has them, too)"},
    {"neondot", KNN_NEON | KNN_NEONDOT, "128-bit dot product of bytes"},
    {"neoni8mm", KNN_NEON | KNN_NEONDOT | KNN_NEONI8MM, "128-bit matrix product of bytes"},
#endif
};

const struct knn_isa *knn_isas(size_t *count) {
    *count = sizeof isas / sizeof isas[0];
    return isas;
}

const struct knn_isa *knn_isa_find(const char *name) {
    for (size_t i = 0; i < sizeof isas / sizeof isas[0]; i++)
        if (strcmp(isas[i].name, name) == 0)
            return &isas[i];
    return NULL;
}

#if defined(__x86_64__)

#include <cpuid.h>

/* Which registers the operating system saves: using others faults, or their contents are lost. */
static unsigned long long saved_states(void) {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (unsigned long long)high << 32 | low;
}

static int all(unsigned long long value, unsigned long long bits) {
    return (value & bits) == bits;
}

unsigned knn_cpu_features(void) {
    enum { XSAVED_YMM = 0x06, XSAVED_ZMM = 0xe6 }; /* XCR0: SSE, AVX; opmask, ZMM_Hi256, Hi16_ZMM */
    unsigned a, b, c, d, features = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
        return 0;
    unsigned long long saved = saved_states();
    if (!all(saved, XSAVED_YMM) || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return 0;
    unsigned subleaves = a;
    if (b & bit_AVX2)
        features |= KNN_AVX2;
    if (all(saved, XSAVED_ZMM) && all(b, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL)) {
        features |= KNN_AVX512BW;
        if (c & bit_AVX512VNNI)
            features |= KNN_AVX512VNNI;
    }
    if (subleaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 4) != 0)
        features |= KNN_AVXVNNI;
    return features;
}

void knn_cpu_name(char *name, size_t size) {
    unsigned brand[12] = {0}, a, b, c, d;
    snprintf(name, size, "unknown");
    if (!__get_cpuid(0x80000000u, &a, &b, &c, &d) || a < 0x80000004u)
        return;
    for (unsigned i = 0; i < 3; i++)
        __get_cpuid(0x80000002u + i, &brand[4 * i], &brand[4 * i + 1], &brand[4 * i + 2], &brand[4 * i + 3]);
    const char *text = (const char *)brand;
    snprintf(name, size, "%.48s", text + strspn(text, " "));
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

/* The kernel's numbers (asm/hwcap.h), which an older C library's headers may not have. */
enum { CAP_ASIMD = 1 << 1, CAP_ASIMDDP = 1 << 20, CAP_CPUID = 1 << 11, CAP2_I8MM = 1 << 13 };

unsigned knn_cpu_features(void) {
    unsigned long caps = getauxval(AT_HWCAP), caps2 = getauxval(AT_HWCAP2);
    unsigned features = 0;
    if (caps & CAP_ASIMD)
        features |= KNN_NEON;
    if (caps & CAP_ASIMDDP)
        features |= KNN_NEONDOT;
    if (caps2 & CAP2_I8MM)
        features |= KNN_NEONI8MM;
    return features;
}

/* Arm CPUs have numbers, not names: the implementer (0x41 is Arm itself) and its part (0xd0c is Neoverse N1). */
void knn_cpu_name(char *name, size_t size) {
    uint64_t id;
    if (!(getauxval(AT_HWCAP) & CAP_CPUID)) {
        snprintf(name, size, "unknown");
        return;
    }
    __asm__("mrs %0, MIDR_EL1" : "=r"(id)); /* the kernel answers for the register */
    snprintf(name, size, "Arm implementer 0x%02x part 0x%03x", (unsigned)(id >> 24 & 0xff),
             (unsigned)(id >> 4 & 0xfff));
}

#elif defined(__aarch64__) && defined(__APPLE__)

#include <sys/sysctl.h>

static int has(const char *name) {
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname(name, &value, &size, NULL, 0) == 0 && value != 0;
}

unsigned knn_cpu_features(void) {
    unsigned features = KNN_NEON; /* every one of these CPUs */
    if (has("hw.optional.arm.FEAT_DotProd"))
        features |= KNN_NEONDOT;
    if (has("hw.optional.arm.FEAT_I8MM"))
        features |= KNN_NEONI8MM;
    return features;
}

void knn_cpu_name(char *name, size_t size) {
    if (sysctlbyname("machdep.cpu.brand_string", name, &size, NULL, 0) != 0)
        snprintf(name, size, "unknown");
}

#else

unsigned knn_cpu_features(void) {
    return 0;
}

void knn_cpu_name(char *name, size_t size) {
    snprintf(name, size, "unknown");
}

#endif
