#include "blas_core.h"

#ifndef KNN_PEER_openblas

void blas_core_choose(char **argv) {
    (void)argv;
}

#else

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"

#define CORE_TYPE "OPENBLAS_CORETYPE"
#define TRIAL     "KNNMARK_BLAS_TRIAL" /* set in the environment of a trial's process */

struct core {
    const char *type; /* "" leaves the choice to OpenBLAS, and comes back as the name of what it took */
    unsigned features;
};

/* OpenBLAS does not check that the CPU can run the type it is given. Types left out have the code of one that is
 * here. */
static const struct core cores[] = {{"", 0}, {"HASWELL", KNN_AVX2}, {"ZEN", KNN_AVX2}, {"SKYLAKEX", KNN_AVX512BW}};

struct outcome {
    char type[32];
    double rate; /* multiplications per second */
};

/* Times a matrix product like the contestants', in a process of its own. */
static int run_trial(void) {
    enum { QUERIES = 1024, ROWS = 1024, DIM = 3072, REPEATS = 6 };
    static float queries[QUERIES * DIM], rows[ROWS * DIM], products[QUERIES * ROWS];
    double best = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        queries[i] = rows[i] = (float)(i % 256);
    for (int i = 0; i < REPEATS; i++) {
        double start = knn_seconds();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, QUERIES, ROWS, DIM, 1, queries, DIM, rows, DIM, 0,
                    products, ROWS);
        double rate = (double)QUERIES * ROWS * DIM / (knn_seconds() - start);
        best = rate > best ? rate : best;
    }
    printf("%.31s %.6g\n", openblas_get_corename(), best);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void become_trial(char **argv, const char *type, const int *out) {
    dup2(out[1], STDOUT_FILENO);
    close(out[0]);
    close(out[1]);
    setenv(TRIAL, "1", 1);
    if (type[0] != '\0')
        setenv(CORE_TYPE, type, 1);
    execvp(argv[0], argv);
    _exit(EXIT_FAILURE);
}

/* Runs a trial of this core type: 0 and what it reports, -1 if it reports nothing. */
static int try_core(char **argv, const char *type, struct outcome *outcome) {
    int out[2], status = -1, fields = 0;
    if (pipe(out) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0)
        become_trial(argv, type, out);
    close(out[1]);
    FILE *stream = fdopen(out[0], "r");
    if (stream != NULL) {
        fields = fscanf(stream, "%31s %lf", outcome->type, &outcome->rate);
        fclose(stream);
    } else {
        close(out[0]);
    }
    if (child > 0)
        waitpid(child, &status, 0);
    return fields == 2 && status == 0 ? 0 : -1;
}

void blas_core_choose(char **argv) {
    enum { CORES = sizeof cores / sizeof cores[0], PASSES = 2 }; /* a disturbed moment must not decide */
    struct outcome outcomes[CORES] = {0}, *best = &outcomes[0];
    unsigned features = knn_cpu_features();
    if (getenv(TRIAL) != NULL)
        exit(run_trial());
    if (getenv(CORE_TYPE) != NULL)
        return;
    for (size_t i = 0; i < PASSES * CORES; i++) {
        struct outcome *of = &outcomes[i % CORES], outcome;
        if ((cores[i % CORES].features & ~features) != 0 || try_core(argv, cores[i % CORES].type, &outcome) != 0)
            continue;
        if (outcome.rate > of->rate)
            *of = outcome;
        if (of->rate > best->rate)
            best = of;
    }
    for (size_t i = 0; i < CORES; i++)
        if (outcomes[i].rate > 0)
            printf("trial: OpenBLAS core type %-10s %6.1f GFLOP/s\n", outcomes[i].type, 2e-9 * outcomes[i].rate);
    fflush(stdout);
    if (best->rate > 0 && setenv(CORE_TYPE, best->type, 1) == 0)
        execvp(argv[0], argv);
}

#endif
