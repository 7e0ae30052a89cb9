#include "plot.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "interrupt.h"

/* The folder this program is in, without the slash at its end; "." where the system does not say. */
static void program_folder(char *folder, size_t size) {
#ifdef __APPLE__
    uint32_t room = (uint32_t)size;
    int known = _NSGetExecutablePath(folder, &room) == 0;
#else
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    int known = length > 0;
    if (known)
        folder[length] = '\0';
#endif
    char *slash = known ? strrchr(folder, '/') : NULL;
    if (slash != NULL)
        *slash = '\0';
    else
        snprintf(folder, size, ".");
}

/* The folder that has the script: from the program as it is installed, from it as it is built, here. */
static int find_plots(const char *name, char *folder, size_t size, struct knn_error *error) {
    char program[PATH_MAX], script[PATH_MAX];
    program_folder(program, sizeof program);
    const char *const places[][2] = {{program, "/../share/knnmark/plots"}, {program, "/../plots"}, {"", "plots"}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (snprintf(folder, size, "%s%s", places[i][0], places[i][1]) < (int)size &&
            snprintf(script, sizeof script, "%s/%s.gp", folder, name) < (int)sizeof script && access(script, R_OK) == 0)
            return 0;
    return knn_fail(
        error,
        "--plot needs plots/%s.gp, which is neither installed with knnmark nor here: run `make install`, or "
        "knnmark in its project's folder",
        name);
}

int plot_check(const char *name, struct knn_error *error) {
    char folder[PATH_MAX];
    if (find_plots(name, folder, sizeof folder, error) != 0)
        return -1;
    int missing = !knn_gnuplot_found();
    if (missing && knn_interrupted())
        return knn_fail(error, "interrupted");
    if (missing)
        return knn_fail(error, "--plot needs gnuplot with its svg terminal, which is not here: install gnuplot");
    return 0;
}

int plot_draw(const char *name, knn_gnuplot_data_fn *write, const void *context, FILE *svg, struct knn_error *error) {
    char folder[PATH_MAX];
    if (find_plots(name, folder, sizeof folder, error) != 0)
        return -1;
    char *text = knn_gnuplot_draw(&(struct knn_gnuplot){.plots = folder, .name = name}, write, context, error);
    if (text == NULL)
        return knn_interrupted() ? knn_fail(error, "interrupted") : -1;
    fputs(text, svg);
    free(text);
    return 0;
}
