#include "plots.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

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

int knn_plots_find(const char *script, char *folder, size_t size) {
    char program[PATH_MAX], path[PATH_MAX];
    program_folder(program, sizeof program);
    /* A build's folder is one below the project's, or two: build/asan. */
    const char *const places[][2] = {
        {program, "/../share/knnmark/plots"}, {program, "/../plots"}, {program, "/../../plots"}, {"", "plots"}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (snprintf(folder, size, "%s%s", places[i][0], places[i][1]) < (int)size &&
            snprintf(path, sizeof path, "%s/%s.gp", folder, script) < (int)sizeof path && access(path, R_OK) == 0)
            return 0;
    return -1;
}
