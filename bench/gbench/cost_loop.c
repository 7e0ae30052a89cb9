/* The empty loop as a C benchmark writes it. */
#include "gbench.h"

gb_fn c_loop;

void c_loop(struct gb_state *state, void *context) {
    (void)context;
    int64_t iterations = gb_start(state);
    for (int64_t i = 0; i < iterations; i++)
        gb_clobber_memory();
    gb_stop(state);
}
