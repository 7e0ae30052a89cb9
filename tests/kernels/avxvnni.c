#include "avxvnni.h"

#include "cpu.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

/* -- the saved vector registers ------------------------------------------------------------------------------------ */

/* The area as XSAVE writes it: the low halves at a fixed place, all else where CPUID says. The operating system notes
 * in bytes that XSAVE leaves alone whether it is there and which states it has; a state whose bit in the header is not
 * set is all zeros. */
enum { LOW = 160, NOTE = 464, NOTE_STATES = 472, HEADER = 512 };
enum { MAGIC = 0x46505853, STATE_XMM = 1, STATE_YMM_HIGH = 2, STATE_ZMM_HIGH = 6, REGISTERS = 16 };

static int shows_ymm(const uint8_t *area) {
    uint32_t magic;
    uint64_t states;
    if (area == NULL)
        return 0;
    memcpy(&magic, area + NOTE, sizeof magic);
    memcpy(&states, area + NOTE_STATES, sizeof states);
    return magic == MAGIC && (states >> STATE_YMM_HIGH & 1) != 0;
}

/* CPUID is asked once, since a virtual machine's takes longer than all else here. */
static unsigned offset_of(unsigned number) {
    static unsigned offsets[STATE_ZMM_HIGH + 1] = {[STATE_XMM] = LOW};
    unsigned size, c, d;
    if (offsets[number] == 0)
        __cpuid_count(0xd, number, size, offsets[number], c, d);
    return offsets[number];
}

/* The state's bytes of register 0, made valid. */
static uint8_t *state(uint8_t *area, unsigned number, unsigned bytes) {
    unsigned offset = offset_of(number);
    uint64_t valid;
    memcpy(&valid, area + HEADER, sizeof valid);
    if ((valid >> number & 1) == 0)
        memset(area + offset, 0, (size_t)REGISTERS * bytes);
    valid |= UINT64_C(1) << number;
    memcpy(area + HEADER, &valid, sizeof valid);
    return area + offset;
}

static void read_register(uint8_t *area, unsigned number, void *value) {
    memcpy(value, state(area, STATE_XMM, 16) + (size_t)16 * number, 16);
    memcpy((uint8_t *)value + 16, state(area, STATE_YMM_HIGH, 16) + (size_t)16 * number, 16);
}

/* VEX instructions clear what is beyond their width, up to the widest register that there is. */
static void write_register(uint8_t *area, unsigned number, const void *value) {
    uint64_t valid;
    memcpy(&valid, area + HEADER, sizeof valid);
    memcpy(state(area, STATE_XMM, 16) + (size_t)16 * number, value, 16);
    memcpy(state(area, STATE_YMM_HIGH, 16) + (size_t)16 * number, (const uint8_t *)value + 16, 16);
    if ((valid >> STATE_ZMM_HIGH & 1) != 0)
        memset(state(area, STATE_ZMM_HIGH, 32) + (size_t)32 * number, 0, 32);
}

/* -- decoding ------------------------------------------------------------------------------------------------------ */

struct instruction {
    uint8_t opcode;
    unsigned bytes; /* of a register */
    unsigned sum, a, b;
    const uint8_t *memory; /* instead of b, unless NULL */
    const uint8_t *next;
};

static int64_t displacement(const uint8_t **at, unsigned bytes) {
    int8_t byte;
    int32_t word;
    memcpy(&byte, *at, sizeof byte);
    if (bytes == 4)
        memcpy(&word, *at, sizeof word);
    *at += bytes;
    return bytes == 4 ? word : bytes == 1 ? byte : 0;
}

/* The operand in memory whose ModRM byte stands before *at; x and b are the VEX prefix's fourth bits. */
static uint64_t address(const greg_t *registers, uint8_t modrm, unsigned x, unsigned b, const uint8_t **at) {
    static const int numbers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    unsigned mode = modrm >> 6, base = modrm & 7, bytes = mode == 0 ? 0 : mode == 1 ? 1 : 4;
    uint64_t sum = 0;
    if (mode == 0 && base == 5) {
        int64_t distance = displacement(at, 4);
        return (uint64_t)(uintptr_t)*at + (uint64_t)distance;
    }
    if (base == 4) {
        uint8_t sib = *(*at)++;
        unsigned index = (sib >> 3 & 7) | x << 3;
        base = sib & 7;
        if (index != 4) /* rsp is no index */
            sum += (uint64_t)registers[numbers[index]] << (sib >> 6);
    }
    if (mode == 0 && base == 5)
        bytes = 4;
    else
        sum += (uint64_t)registers[numbers[base | b << 3]];
    return sum + (uint64_t)displacement(at, bytes);
}

/* C4, then R X B (inverted) and the opcode map, then W, vvvv (inverted), L and the implied prefix, opcode, ModRM. */
static int decode(const greg_t *registers, struct instruction *instruction) {
    enum { VEX3 = 0xc4, MAP_0F38 = 2, W0_66 = 0x01, VPDPBUSD = 0x50, VPDPWSSD = 0x52 };
    const uint8_t *at = (const uint8_t *)(uintptr_t)registers[REG_RIP];
    if (at[0] != VEX3 || (at[1] & 0x1f) != MAP_0F38 || (at[2] & 0x83) != W0_66 ||
        (at[3] != VPDPBUSD && at[3] != VPDPWSSD))
        return 0;
    unsigned r = ~at[1] >> 7 & 1, x = ~at[1] >> 6 & 1, b = ~at[1] >> 5 & 1;
    uint8_t modrm = at[4];
    *instruction = (struct instruction){
        .opcode = at[3],
        .bytes = (at[2] & 4) != 0 ? 32 : 16,
        .sum = (modrm >> 3 & 7) | r << 3,
        .a = ~at[2] >> 3 & 15,
        .b = (modrm & 7) | b << 3,
    };
    at += 5;
    if (modrm >> 6 != 3)
        instruction->memory = (const uint8_t *)(uintptr_t)address(registers, modrm, x, b, &at);
    instruction->next = at;
    return 1;
}

/* -- carrying out -------------------------------------------------------------------------------------------------- */

/* a's bytes are unsigned, b's are not. */
static uint32_t dot_bytes(uint32_t sum, uint32_t a, uint32_t b) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        sum += (uint32_t)((int)(a >> shift & 0xff) * (int8_t)(b >> shift));
    return sum;
}

static uint32_t dot_words(uint32_t sum, uint32_t a, uint32_t b) {
    uint32_t low = (uint32_t)((int16_t)a * (int16_t)b), high = (uint32_t)((int16_t)(a >> 16) * (int16_t)(b >> 16));
    return sum + low + high;
}

/* qemu-x86_64 calls handlers with a stack that is not aligned. */
__attribute__((force_align_arg_pointer)) int avxvnni_execute(void *context) {
    ucontext_t *saved = context;
    greg_t *registers = saved->uc_mcontext.gregs;
    uint8_t *area = (uint8_t *)saved->uc_mcontext.fpregs;
    struct instruction instruction;
    uint32_t sum[8], a[8], b[8];
    if (!shows_ymm(area) || !decode(registers, &instruction))
        return 0;
    read_register(area, instruction.sum, sum);
    read_register(area, instruction.a, a);
    if (instruction.memory == NULL)
        read_register(area, instruction.b, b);
    else
        memcpy(b, instruction.memory, instruction.bytes); /* faults where the instruction would */
    unsigned lanes = instruction.bytes / sizeof *sum;
    for (unsigned i = 0; i < lanes; i++)
        sum[i] = (instruction.opcode == 0x50 ? dot_bytes : dot_words)(sum[i], a[i], b[i]);
    memset(sum + lanes, 0, sizeof sum - instruction.bytes);
    write_register(area, instruction.sum, sum);
    registers[REG_RIP] = (greg_t)(uintptr_t)instruction.next;
    return 1;
}

/* -- where it can be used ------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t seen;

static void look(int number, siginfo_t *info, void *context) {
    const ucontext_t *saved = context;
    (void)number;
    (void)info;
    seen = shows_ymm((const uint8_t *)saved->uc_mcontext.fpregs);
}

unsigned avxvnni_features(void) {
    unsigned features = knn_cpu_features();
    struct sigaction action = {.sa_sigaction = look, .sa_flags = SA_SIGINFO}, previous;
    if (!(features & KNN_AVX2))
        return features;
    sigemptyset(&action.sa_mask);
    sigaction(SIGILL, &action, &previous);
    raise(SIGILL);
    sigaction(SIGILL, &previous, NULL);
    return seen ? features | KNN_AVXVNNI : features;
}

#else

unsigned avxvnni_features(void) {
    return knn_cpu_features();
}

int avxvnni_execute(void *context) {
    (void)context;
    return 0;
}

#endif
