/* AVX-VNNI for tests on CPUs that only have AVX2. No emulator has these instructions; but if a CPU does not know one,
 * the operating system raises SIGILL and shows the handler all registers. The handler passes them on to this code,
 * which carries the instruction out on them, and the kernel goes on behind it.
 *
 * Carried out are the VEX-encoded vpdpbusd and vpdpwssd, with any registers and any operand in memory, since these are
 * what the kernels use. For tests only: a library that used this would be slower than its scalar kernel. */
#ifndef AVXVNNI_H
#define AVXVNNI_H

/* The features of this CPU, and KNN_AVXVNNI too where a test may run such kernels with avxvnni_execute() in its handler
 * of SIGILL: there is AVX2, and signals show 256-bit registers (an emulator's need not). */
unsigned avxvnni_features(void);

/* Carries out the instruction where `context`, a ucontext_t, stands, and moves it behind that; returns 1. Returns 0,
 * and the context is as it was, if it is another instruction. */
int avxvnni_execute(void *context);

#endif
