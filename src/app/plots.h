/* The folder plots/, which has gnuplot's scripts. */
#ifndef KNN_PLOTS_H
#define KNN_PLOTS_H

#include <stddef.h>

/* The folder that has <script>.gp: the one installed with the program, the one of the project it was built in, or the
 * one here. -1 where there is none. */
int knn_plots_find(const char *script, char *folder, size_t size);

#endif
