/* AVX-VNNI as tests carry it out on CPUs without it: against a model of the instructions, and the same by their EVEX
 * forms where a CPU has those, so that the model is right, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "avxvnni.h"
#include "cpu.h"
#include "palette.h"

#if defined(__x86_64__) && defined(__linux__)

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { VPDPBUSD = 0x50, VPDPWSSD = 0x52, REGISTERS = 16, LANES = 8, PAGE = 4096, OPERAND = 2049 };
enum source { REGISTER, AT_RSI, AT_RIP, SOURCES };

struct instruction {
    int evex;
    uint8_t opcode;
    unsigned wide; /* 1: 256 bits */
    unsigned sum, a, b;
    enum source source; /* of b */
};

static uint64_t random_state = 1;

static unsigned pick(unsigned limit) {
    return (unsigned)(palette_random(&random_state) >> 33) % limit;
}

/* -- the model ----------------------------------------------------------------------------------------------------- */

static void model(uint8_t opcode, unsigned lanes, uint32_t *sum, const void *a, const void *b) {
    const uint8_t *bytes = a;
    const int8_t *signed_bytes = b;
    const int16_t *words = a, *other_words = b;
    for (unsigned i = 0; i < LANES; i++) {
        int64_t total = (int32_t)sum[i];
        for (unsigned j = 4 * i; opcode == VPDPBUSD && j < 4 * i + 4; j++)
            total += bytes[j] * signed_bytes[j];
        for (unsigned j = 2 * i; opcode == VPDPWSSD && j < 2 * i + 2; j++)
            total += (int64_t)words[j] * other_words[j];
        sum[i] = i < lanes ? (uint32_t)total : 0;
    }
}

/* -- on this CPU: all registers are loaded, one instruction runs, all are stored ----------------------------------- */

static uint8_t *emit(uint8_t *at, const void *bytes, size_t size) {
    memcpy(at, bytes, size);
    return at + size;
}

/* vmovdqu between ymm<number> and its place from rdi on */
static uint8_t *emit_move(uint8_t *at, unsigned number, uint8_t opcode) {
    const uint8_t bytes[] = {0xc4, (uint8_t)(number < 8 ? 0xe1 : 0x61), 0x7e, opcode,
                             (uint8_t)(0x87 | (number & 7) << 3)};
    const uint32_t place = 32 * number;
    return emit(emit(at, bytes, sizeof bytes), &place, sizeof place);
}

static uint8_t *emit_instruction(uint8_t *at, const struct instruction *it, const uint8_t *operand) {
    unsigned b = it->source == REGISTER ? it->b : 0;
    unsigned fourth = (~it->sum >> 3 & 1) << 7 | 1u << 6 | (~b >> 3 & 1) << 5, second = (~it->a & 15) << 3 | 1;
    unsigned modrm = (it->sum & 7) << 3 | (it->source == REGISTER ? 0xc0 | (b & 7) : it->source == AT_RSI ? 6 : 5);
    const uint8_t vex[] = {0xc4, (uint8_t)(fourth | 2), (uint8_t)(second | it->wide << 2), it->opcode, (uint8_t)modrm};
    const uint8_t evex[] = {
        0x62,          (uint8_t)(fourth | 0x12), (uint8_t)(second | 4), (uint8_t)(it->wide << 5 | 8), it->opcode,
        (uint8_t)modrm};
    at = it->evex ? emit(at, evex, sizeof evex) : emit(at, vex, sizeof vex);
    if (it->source != AT_RIP)
        return at;
    int32_t distance = (int32_t)(operand - (at + 4));
    return emit(at, &distance, sizeof distance);
}

static void on_illegal(int number, siginfo_t *info, void *context) {
    (void)info;
    if (!avxvnni_execute(context))
        signal(number, SIG_DFL); /* and it comes again */
}

static void run(const struct instruction *it, uint8_t *code, uint32_t registers[REGISTERS][LANES], const uint32_t *b) {
    static const uint8_t end[] = {0xc5, 0xf8, 0x77, 0xc3}; /* vzeroupper, ret */
    uint8_t *at = code, *operand = code + OPERAND;
    union {
        void *bytes;
        void (*call)(void *registers, const void *operand);
    } function = {code};
    memcpy(operand, b, LANES * sizeof *b);
    for (unsigned i = 0; i < REGISTERS; i++)
        at = emit_move(at, i, 0x6f);
    at = emit_instruction(at, it, operand);
    for (unsigned i = 0; i < REGISTERS; i++)
        at = emit_move(at, i, 0x7f);
    emit(at, end, sizeof end);
    function.call(registers, operand);
}

static void check(const struct instruction *it, uint8_t *code) {
    uint32_t registers[REGISTERS][LANES], expected[REGISTERS][LANES], b[LANES];
    static const uint32_t extremes[] = {0, 0xffffffff, 0x80808080, 0x7f7f7f7f, 0x80008000, 0x7fff7fff, 0xff80ff80};
    palette_fill(&random_state, (uint8_t *)registers, sizeof registers);
    for (unsigned i = 0; i < REGISTERS; i++)
        registers[i][pick(LANES)] = extremes[pick(sizeof extremes / sizeof *extremes)];
    palette_fill(&random_state, (uint8_t *)b, sizeof b);
    memcpy(expected, registers, sizeof expected);
    model(it->opcode, it->wide ? LANES : LANES / 2, expected[it->sum], registers[it->a],
          it->source == REGISTER ? registers[it->b] : b);
    run(it, code, registers, b);
    if (memcmp(registers, expected, sizeof expected) != 0)
        fail_msg("%s %x, %u bits, register %u += %u, %u (operand %d): not what the model says",
                 it->evex ? "EVEX" : "VEX", it->opcode, it->wide ? 256 : 128, it->sum, it->a, it->b, it->source);
}

static void check_all(int evex) {
    uint8_t *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(code != MAP_FAILED);
    for (unsigned i = 0; i < 4 * REGISTERS * REGISTERS; i++) {
        struct instruction it = {evex,    i & 1 ? VPDPBUSD : VPDPWSSD, i >> 1 & 1, i >> 2 & 15, i >> 6, pick(REGISTERS),
                                 REGISTER};
        check(&it, code);
        it.source = AT_RSI + pick(2);
        check(&it, code);
    }
    munmap(code, PAGE);
}

static void test_trapped(void **state) {
    struct sigaction action = {.sa_sigaction = on_illegal, .sa_flags = SA_SIGINFO}, previous;
    (void)state;
    if (!(avxvnni_features() & KNN_AVXVNNI))
        skip();
    sigemptyset(&action.sa_mask);
    sigaction(SIGILL, &action, &previous);
    check_all(0);
    sigaction(SIGILL, &previous, NULL);
}

static void test_evex(void **state) {
    (void)state;
    if (!(knn_cpu_features() & KNN_AVX512VNNI))
        skip();
    check_all(1);
}

/* -- on a context made by hand: every way to address memory, and what must be left alone --------------------------- */

struct made {
    ucontext_t context;
    _Alignas(64) uint8_t area[PAGE];
    uint8_t code[16];
    uint8_t operand[64];
};

static const int numbers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static void make(struct made *made) {
    const uint32_t magic = 0x46505853;
    const uint64_t states = 7;
    memset(made, 0, sizeof *made);
    palette_fill(&random_state, made->area, sizeof made->area);
    memcpy(made->area + 464, &magic, sizeof magic);
    memcpy(made->area + 472, &states, sizeof states);
    memcpy(made->area + 512, &states, sizeof states);
    palette_fill(&random_state, made->operand, sizeof made->operand);
    made->context.uc_mcontext.fpregs = (fpregset_t)(void *)made->area;
    made->context.uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)made->code;
}

/* vpdpbusd xmm3, xmm5, [what `modrm`, `sib` and displacement say]: reads made->operand + 3, and ends after `length`. */
static void check_address(struct made *made, unsigned length) {
    uint32_t sum[LANES], a[LANES];
    memcpy(sum, made->area + 160 + 16 * 3, 16);
    memcpy(a, made->area + 160 + 16 * 5, 16);
    model(VPDPBUSD, LANES / 2, sum, a, made->operand + 3);
    assert_int_equal(avxvnni_execute(&made->context), 1);
    assert_memory_equal(made->area + 160 + 16 * 3, sum, 16);
    assert_int_equal(made->context.uc_mcontext.gregs[REG_RIP], (uintptr_t)made->code + length);
}

static void set_code(struct made *made, unsigned x, unsigned b, const uint8_t *rest, unsigned size) {
    const uint8_t code[] = {0xc4, (uint8_t)(0x82 | (x ? 0 : 0x40) | (b ? 0 : 0x20)), (10 << 3) | 1, VPDPBUSD};
    memcpy(made->code, code, sizeof code);
    memcpy(made->code + sizeof code, rest, size);
}

/* mode: 0 no displacement, 1 a byte, 2 four; index 4 is none; a base of 5 or 13 in mode 0 is four bytes alone. */
static void check_sib(unsigned mode, unsigned base, unsigned index, unsigned scale) {
    static struct made made;
    greg_t *registers = made.context.uc_mcontext.gregs;
    int alone = mode == 0 && (base & 7) == 5;
    unsigned bytes = mode == 2 || alone ? 4 : mode;
    int32_t displacement = bytes == 4 ? -70000 : bytes == 1 ? -7 : 0;
    make(&made);
    uint64_t target = (uintptr_t)made.operand + 3 - (uint64_t)(int64_t)displacement, offset = 0x123456789;
    if (alone) { /* all of it in the index */
        while (target & ((UINT64_C(1) << scale) - 1)) {
            displacement--;
            target++;
        }
        registers[numbers[index]] = (greg_t)(target >> scale);
    } else {
        registers[numbers[base]] = (greg_t)(index == 4 ? target : target - (offset << scale));
        if (index != 4)
            registers[numbers[index]] = (greg_t)offset;
    }
    uint8_t rest[6] = {(uint8_t)(mode << 6 | 3 << 3 | 4), (uint8_t)(scale << 6 | (index & 7) << 3 | (base & 7))};
    memcpy(rest + 2, &displacement, sizeof displacement);
    set_code(&made, index >> 3, base >> 3, rest, sizeof rest);
    check_address(&made, 6 + bytes);
}

static void check_base(unsigned mode, unsigned base) {
    static struct made made;
    int32_t displacement = mode == 2 ? 70000 : mode == 1 ? 100 : 0;
    make(&made);
    made.context.uc_mcontext.gregs[numbers[base]] = (greg_t)((uintptr_t)made.operand + 3 - (uintptr_t)displacement);
    uint8_t rest[5] = {(uint8_t)(mode << 6 | 3 << 3 | (base & 7))};
    memcpy(rest + 1, &displacement, sizeof displacement);
    set_code(&made, 0, base >> 3, rest, sizeof rest);
    check_address(&made, 5 + (mode == 2 ? 4 : mode));
}

static void test_addresses(void **state) {
    (void)state;
    if (!(avxvnni_features() & KNN_AVXVNNI))
        skip();
    for (unsigned mode = 0; mode < 3; mode++)
        for (unsigned base = 0; base < REGISTERS; base++) {
            for (unsigned index = 0; index < REGISTERS; index++)
                for (unsigned scale = 0; scale < 4; scale++)
                    if (mode == 0 && (base & 7) == 5 ? index != 4 : index != base || index == 4)
                        check_sib(mode, base, index, scale);
            if ((base & 7) != 4 && (mode != 0 || (base & 7) != 5))
                check_base(mode, base);
        }
}

static void test_others(void **state) {
    static const uint8_t others[][8] = {
        {0x0f, 0x0b},                         /* ud2 */
        {0xc4, 0xe2, 0xd5, 0x50, 0xd9},       /* vpdpbusd with W */
        {0xc4, 0xe2, 0x54, 0x50, 0xd9},       /* without the implied 66 */
        {0xc4, 0xe1, 0x55, 0x50, 0xd9},       /* another map */
        {0xc4, 0xe2, 0x55, 0x51, 0xd9},       /* vpdpbusds: no kernel has it */
        {0xc4, 0xe2, 0x55, 0x53, 0xd9},       /* vpdpwssds */
        {0x62, 0xf2, 0x55, 0x28, 0x50, 0xd9}, /* the EVEX form */
        {0x66, 0xc4, 0xe2, 0x55, 0x50, 0xd9}, /* illegal before VEX */
        {0x65, 0xc4, 0xe2, 0x55, 0x50, 0x00}, /* at gs: */
    };
    static struct made made, before;
    (void)state;
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        make(&made);
        memcpy(made.code, others[i], sizeof others[i]);
        before = made;
        assert_int_equal(avxvnni_execute(&made.context), 0);
        assert_memory_equal(&made, &before, sizeof made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trapped),
        cmocka_unit_test(test_evex),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_others),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    return cmocka_run_group_tests_name("avxvnni", tests, NULL, NULL) != 0;
}

#else

static void test_none(void **state) {
    (void)state;
    assert_int_equal(avxvnni_features(), knn_cpu_features());
    assert_int_equal(avxvnni_execute(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_none)};
    return cmocka_run_group_tests_name("avxvnni", tests, NULL, NULL) != 0;
}

#endif
