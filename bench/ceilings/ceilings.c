#include "ceilings.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "statistics.h"

enum { SLICES = 100, SLICES_MAX = 2 * SLICES };
static const double warm_up = 0.02; /* seconds: what clocks take to ramp up */

#if !defined(__x86_64__) && !defined(__aarch64__) /* which have files of their own: x86.c, arm.c */
const struct ceiling *ceilings(size_t *count) {
    *count = 0;
    return NULL;
}
#endif

/* Operands without a pattern, so that the circuits switch as they do for real data. */
static void fill(uint8_t *operands) {
    uint32_t word = 0x9e3779b9;
    for (size_t i = 0; i < CEILING_OPERANDS; i++) {
        word = word * 1664525 + 1013904223;
        operands[i] = (uint8_t)(word >> 24);
    }
}

/* Seconds that a batch of this many rounds takes. */
static double batch(const struct ceiling *ceiling, const uint8_t *operands, uint64_t rounds) {
    double start = knn_seconds();
    ceiling->run(operands, rounds);
    return knn_seconds() - start;
}

/* Rounds that fill one slice, found while the clock ramps up. */
static uint64_t calibrate(const struct ceiling *ceiling, const uint8_t *operands, double seconds) {
    double start = knn_seconds();
    uint64_t rounds = 1024;
    for (;;) {
        double time = batch(ceiling, operands, rounds);
        if (time < seconds / SLICES / 2)
            rounds *= 2;
        else if (knn_seconds() - start >= warm_up)
            return rounds;
    }
}

/* The ninth decile of the slices: what the CPU sustains when nothing disturbs it, and not one lucky reading. */
static double measure(const struct ceiling *ceiling, const uint8_t *operands, uint64_t rounds, double seconds) {
    double rates[SLICES_MAX];
    size_t slices = 0;
    double start = knn_seconds();
    do {
        double time = batch(ceiling, operands, rounds);
        rates[slices++] = (double)rounds * CEILING_GROUPS * ceiling->bytes / time;
    } while (slices < SLICES_MAX && knn_seconds() - start < seconds);
    sort_values(rates, slices);
    return rates[slices * 9 / 10];
}

double ceiling_rate(const struct ceiling *ceiling, unsigned threads, double seconds,
                    const struct knn_topology *topology) {
    uint8_t operands[CEILING_OPERANDS];
    fill(operands);
    double sum = 0;
    int granted = 0;
#pragma omp parallel num_threads((int)threads) reduction(+ : sum)
    {
        unsigned i = (unsigned)omp_get_thread_num();
#pragma omp master
        granted = omp_get_num_threads();
        if (topology != NULL)
            knn_topology_bind(topology, i, threads);
        uint64_t rounds = calibrate(ceiling, operands, seconds);
#pragma omp barrier
        sum += measure(ceiling, operands, rounds, seconds);
    }
    return (unsigned)granted == threads ? sum : 0;
}

/* -- the clock ----------------------------------------------------------------------------------------------------- */

/* Two instructions of one cycle, each waiting for the one before it. They are no additions of constants, which CPUs
 * fold into one, and do not combine a register with itself, which CPUs need not execute. */
#if defined(__x86_64__)
#define TWO_CYCLES "xor %[a], %[b]\n\txor %[b], %[a]\n\t"
#elif defined(__aarch64__)
#define TWO_CYCLES "eor %[b], %[b], %[a]\n\teor %[a], %[a], %[b]\n\t"
#endif

#ifdef TWO_CYCLES
static void chain(const uint8_t *operands, uint64_t rounds) {
    uint64_t a = (uintptr_t)operands, b = rounds;
    for (; rounds > 0; rounds--) /* 96 times: the 192 cycles of a round, with the loop's own instructions beside them */
        __asm__ volatile(".rept 96\n\t" TWO_CYCLES ".endr" : [a] "+r"(a), [b] "+r"(b) : : "cc");
}

/* A mix whose groups take a known time, 16 cycles: its rate counts cycles. */
static const struct ceiling cycles = {.bytes = 192 / CEILING_GROUPS, .run = chain};

double clock_rate(double seconds) {
    const double guess = 2e9; /* cycles per second, for the length of a slice: no time to calibrate, and no need */
    return measure(&cycles, NULL, (uint64_t)(guess * seconds / SLICES / 192) + 1, seconds);
}
#else
double clock_rate(double seconds) {
    (void)seconds;
    return 0;
}
#endif

/* -- memory -------------------------------------------------------------------------------------------------------- */

/* Sixteen bytes in one load, at any address. */
typedef uint64_t vector __attribute__((vector_size(16), aligned(1), may_alias));

/* Reads every byte once, asking for memory `ahead` bytes before the loads get there; a prefetch beyond the end is
 * harmless. The sums keep the compiler from dropping the loads. Wider loads gain nothing: memory is slower than these.
 */
static void read_all(const uint8_t *bytes, size_t count, size_t ahead) {
    enum { STEP = 256, LINE = 64 };
    vector a = {0}, b = {0}, c = {0}, d = {0};
    size_t i = 0;
    for (; count - i >= STEP; i += STEP) {
        for (size_t line = i; line < i + STEP; line += LINE) {
            const vector *loads = (const vector *)(bytes + line);
            __builtin_prefetch((const void *)((uintptr_t)loads + ahead));
            a += loads[0];
            b += loads[1];
            c += loads[2];
            d += loads[3];
        }
    }
    for (; i < count; i++)
        a[0] += bytes[i];
    a += b + c + d;
    __asm__ volatile("" : : "r"(a[0]), "r"(a[1]));
}

/* The prefetching that suits one CPU slows another: both forms are timed, and the faster counts. */
static const size_t distances[] = {0, 4096};
enum { FORMS = sizeof distances / sizeof *distances };

double read_rate(const void *buffer, size_t bytes, unsigned threads, unsigned repeats,
                 const struct knn_topology *topology) {
    double rates[FORMS][READ_REPEATS_MAX], start = 0;
    int granted = 0;
    size_t share = bytes / threads / 64 * 64;
    repeats = repeats < 1 ? 1 : repeats > READ_REPEATS_MAX ? READ_REPEATS_MAX : repeats;
#pragma omp parallel num_threads((int)threads)
    {
        unsigned i = (unsigned)omp_get_thread_num();
        const uint8_t *mine = (const uint8_t *)buffer + i * share;
        size_t count = i + 1 < threads ? share : bytes - i * share;
#pragma omp master
        granted = omp_get_num_threads();
        if (topology != NULL)
            knn_topology_bind(topology, i, threads);
        read_all(mine, count, 0);
        for (unsigned repeat = 0; repeat < repeats; repeat++)
            for (unsigned form = 0; form < FORMS; form++) {
#pragma omp barrier
#pragma omp master
                start = knn_seconds();
#pragma omp barrier
                read_all(mine, count, distances[form]);
#pragma omp barrier
#pragma omp master
                rates[form][repeat] = (double)bytes / (knn_seconds() - start);
            }
    }
    if ((unsigned)granted != threads)
        return 0;
    double best = 0;
    for (unsigned form = 0; form < FORMS; form++) {
        sort_values(rates[form], repeats);
        double rate = sorted_median(rates[form], repeats);
        best = rate > best ? rate : best;
    }
    return best;
}
