/* Names and features of the auto-vectorized kernels, from KNN_AUTO_ISA: the one word that the Makefile passes. */
#ifndef KNN_AUTO_H
#define KNN_AUTO_H

#include <stdlib.h>

#include "kernel.h"

#define KNN_AUTO_PASTE(metric, isa)  knn_##metric##_##isa##_auto
#define KNN_AUTO_EXPAND(metric, isa) KNN_AUTO_PASTE(metric, isa)
#define KNN_AUTO_SYMBOL(metric)      KNN_AUTO_EXPAND(metric, KNN_AUTO_ISA)
#define KNN_AUTO_STRING(isa)         #isa
#define KNN_AUTO_QUOTE(isa)          KNN_AUTO_STRING(isa)
#define KNN_AUTO_NAME(metric)        #metric "_" KNN_AUTO_QUOTE(KNN_AUTO_ISA) "_auto"

#if defined(__AVX512BW__)
enum { KNN_AUTO_FEATURES = KNN_AVX2 | KNN_AVX512BW, KNN_AUTO_BYTES = 64 };
#elif defined(__AVX2__)
enum { KNN_AUTO_FEATURES = KNN_AVX2, KNN_AUTO_BYTES = 32 };
#elif defined(__ARM_FEATURE_DOTPROD)
enum { KNN_AUTO_FEATURES = KNN_NEON | KNN_NEONDOT, KNN_AUTO_BYTES = 16 };
#else
enum { KNN_AUTO_FEATURES = 0, KNN_AUTO_BYTES = 16 };
#endif

#endif
