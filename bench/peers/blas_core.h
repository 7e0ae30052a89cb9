/* OpenBLAS picks its code by the CPU's name, and falls back to slow code for CPUs newer than itself. The environment
 * can tell it better (OPENBLAS_CORETYPE), but only before the program starts. */
#ifndef BLAS_CORE_H
#define BLAS_CORE_H

/* Tries every core type this CPU can run, each in a process of its own, and starts the program anew with the fastest
 * one; argv is what main got, unchanged. Returns where there is nothing to do: the environment names a type already,
 * OpenBLAS is absent, or processes cannot be started. */
void blas_core_choose(char **argv);

#endif
