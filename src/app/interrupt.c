#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t first;
static void (*call)(void);

static void on_signal(int number) {
    if (first == 0)
        first = number;
    if (call != NULL)
        call();
}

void knn_catch_interrupts(void (*also)(void)) {
    const struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: a wait for a pipe must end, too */
    struct sigaction before;
    call = also;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int knn_interrupted(void) {
    return first;
}

int knn_interrupt_status(void) {
    return 128 + first;
}
