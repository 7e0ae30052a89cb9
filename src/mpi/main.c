/* The command `knnmark-mpi`: the ranks of an MPI job do what `knnmark` does in one process. */
#include <stdio.h>
#include <string.h>

#include "info.h"
#include "world.h"

static const struct command *const commands[] = {&command_classify, &command_tune, &command_cv, &command_search,
                                                 &command_ranks};

const struct command *command_at(size_t i) {
    return i < sizeof commands / sizeof commands[0] ? commands[i] : NULL;
}

/* "rows", "queries", or the number of parts of each, as in 4x2. */
static int divide(const char *how, struct knn_error *error) {
    int rows, queries, end = 0;
    if (strcmp(how, "rows") == 0 || strcmp(how, "queries") == 0) {
        world_divide(how[0] == 'r' ? world.ranks : 1);
        world.divided = 1;
        return 0;
    }
    if (sscanf(how, "%6dx%6d%n", &rows, &queries, &end) != 2 || how[end] != '\0' || rows < 1 || queries < 1 ||
        rows * queries != world.ranks)
        return knn_fail(error, "--divide %s: give rows, queries or ROWSxQUERIES, parts of each, together %d ranks", how,
                        world.ranks);
    world_divide(rows);
    world.divided = 1;
    return 0;
}

int main(int argc, char **argv) {
    struct knn_error error;
    int provided, status = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    world_open();
    if (!ranks_is_first() && freopen("/dev/null", "w", stdout) == NULL)
        status = knn_fail(&error, "cannot write to /dev/null");
    if (status == 0 && argc > 2 && strcmp(argv[1], "--divide") == 0) {
        status = divide(argv[2], &error);
        argv[2] = argv[0];
        argv += 2;
        argc -= 2;
    }
    return world_close(status != 0 ? complain(&error, EXIT_USAGE) : run_command_line(argc, argv));
}
