#include "harness.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "avxvnni.h"

/* -- seed, numbers, lengths ---------------------------------------------------------------------------------------- */

int harness_seed(uint64_t *seed, struct knn_error *error) {
    const char *text = getenv("KNNMARK_SEED");
    if (text == NULL || *text == '\0') {
        uint64_t state = (uint64_t)time(NULL) << 20 ^ (uint64_t)getpid();
        *seed = palette_random(&state) >> 40; /* short enough to type */
        return 0;
    }
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0)
        return knn_fail(error, "KNNMARK_SEED=%s is not a number: give decimal digits", text);
    return 0;
}

void harness_open(struct harness *harness, uint64_t seed) {
    memset(harness, 0, sizeof *harness);
    harness->seed = seed;
}

void harness_close(struct harness *harness) {
    palette_free(harness->palettes);
    harness->palettes = NULL;
}

unsigned harness_pick(struct harness *harness, unsigned limit) {
    return (unsigned)(palette_random(&harness->random) >> 33) % limit;
}

unsigned harness_turn(struct harness *harness, unsigned first, unsigned last) {
    return first + harness->turn++ % (last - first + 1);
}

enum guarded_side harness_side(struct harness *harness) {
    return harness_pick(harness, 2) ? GUARDED_BACK : GUARDED_FRONT;
}

size_t harness_dim(const struct harness *harness, size_t i) {
    enum { EVERY = 130 }; /* all tails of every block size up to 64, twice */
    static const size_t more[] = {3071, 3072, 3073, UINT32_MAX / (255 * 255), HARNESS_LONGEST};
    size_t max = harness->kernel->max_dim, count = sizeof more / sizeof more[0] - (harness->few ? 1 : 0);
    if (i < EVERY)
        return i + 1;
    i -= EVERY;
    if (i < count && more[i] <= max)
        return more[i];
    /* The limit itself, once, unless it was in the table. */
    return i <= count && (i == 0 || more[i - 1] < max) ? max : 0;
}

const struct palette *harness_palette(struct harness *harness, const uint32_t **distances) {
    struct palette *palette = palette_get(&harness->palettes, harness->seed, harness->dim);
    *distances = palette == NULL ? NULL : palette_distances(palette, harness->kernel->metric);
    if (*distances != NULL)
        return palette;
    harness_fail(harness, "no memory for the reference distances");
    return NULL;
}

int harness_buffer(struct harness *harness, const char *name, size_t bytes) {
    if (guarded_open(&harness->buffers[harness->open], name, bytes) != 0)
        return harness_fail(harness, "no memory for %zu bytes of %s (%s)", bytes, name, strerror(errno));
    harness->open++;
    return 0;
}

void harness_close_buffers(struct harness *harness) {
    while (harness->open > 0)
        guarded_close(&harness->buffers[--harness->open]);
}

int harness_fail(struct harness *harness, const char *format, ...) {
    char what[192], where[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    harness->where(harness, where, sizeof where);
    return knn_fail(harness->error, "%s: dim %zu, %s: %s (seed %" PRIu64 ")", harness->kernel->name, harness->dim,
                    where, what, harness->seed);
}

/* -- crashes ------------------------------------------------------------------------------------------------------- */

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
enum { SIGNALS = sizeof signals / sizeof signals[0], STACK = 1 << 17 };

struct capture {
    struct sigaction actions[SIGNALS];
    stack_t stack;
};

static struct harness *volatile armed;
static _Alignas(64) char signal_stack[STACK];

/* The mask was never changed (SA_NODEFER), so the jump need not restore it. */
static void on_signal(int number, siginfo_t *info, void *context) {
    struct harness *harness = armed;
    if (harness != NULL && harness->call != NULL && number == SIGILL && avxvnni_execute(context))
        return;
    if (harness == NULL || harness->call == NULL) { /* the harness's own fault: let it be seen */
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    harness->signal = number;
    harness->address = info->si_code > 0 ? info->si_addr : NULL; /* a sent signal has none */
    siglongjmp(harness->jump, 1);
}

/* Done for every check, since both cmocka and the sanitizers set handlers of their own before it. */
static void capture_signals(struct harness *harness, struct capture *previous) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    stack_t stack = {.ss_sp = signal_stack, .ss_size = STACK};
    sigemptyset(&action.sa_mask);
    sigaltstack(&stack, &previous->stack);
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &previous->actions[i]);
    armed = harness;
}

static void release_signals(const struct capture *previous) {
    armed = NULL;
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &previous->actions[i], NULL);
    sigaltstack(&previous->stack, NULL);
}

static const char *signal_name(int number) {
    switch (number) {
    case SIGSEGV:
        return "SIGSEGV (a byte it may not touch)";
    case SIGBUS:
        return "SIGBUS (a byte it may not touch)";
    case SIGILL:
        return "SIGILL (an instruction this CPU does not have)";
    case SIGFPE:
        return "SIGFPE (a division by zero)";
    default:
        return "SIGTRAP (a trap)";
    }
}

static int fail_signal(struct harness *harness) {
    const char *call = harness->call;
    char place[160];
    harness->call = NULL;
    for (unsigned i = 0; i < harness->open; i++)
        if (guarded_explain(&harness->buffers[i], harness->address, place, sizeof place))
            return harness_fail(harness, "%s died of %s, %s", call, signal_name(harness->signal), place);
    if (harness->signal == SIGSEGV || harness->signal == SIGBUS)
        return harness_fail(harness, "%s died of %s, address %p%s", call, signal_name(harness->signal),
                            harness->address, harness->address == NULL ? " (an aligned access that is not?)" : "");
    return harness_fail(harness, "%s died of %s", call, signal_name(harness->signal));
}

/* -- a check ------------------------------------------------------------------------------------------------------- */

static int run(struct harness *harness) {
    if (sigsetjmp(harness->jump, 0) != 0)
        return fail_signal(harness);
    return harness->kernel->pair != NULL ? harness_check_pair(harness) : harness_check_tile(harness);
}

static void nowhere(const struct harness *harness, char *text, size_t size) {
    (void)harness;
    snprintf(text, size, "before any call");
}

int harness_check(struct harness *harness, const struct knn_kernel *kernel, struct knn_error *error) {
    struct capture previous;
    harness->kernel = kernel;
    harness->error = error;
    harness->call = NULL;
    harness->dim = harness->turn = 0;
    harness->where = nowhere;
    harness->random = harness->seed;
    for (const char *letter = kernel->name; *letter != '\0'; letter++)
        harness->random = harness->random * 31 + (unsigned char)*letter;
    capture_signals(harness, &previous);
    int result = run(harness);
    release_signals(&previous);
    harness_close_buffers(harness);
    return result;
}
