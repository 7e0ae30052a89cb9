#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupted;
static void (*call)(void);

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
    if (call != NULL)
        call();
}

void knn_catch_interrupts(void (*also)(void)) {
    const struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: what waits for a pipe is to end, too */
    struct sigaction before;
    call = also;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int knn_interrupted(void) {
    return interrupted;
}
