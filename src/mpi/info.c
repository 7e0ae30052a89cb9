/* `knnmark-mpi info`: where each rank is, and what it would run on. */
#include <stdio.h>
#include <stdlib.h>

#include "info.h"
#include "plural.h"
#include "team.h"
#include "world.h"

enum { LINE = 512 };

static size_t add_cpus(char *line, size_t used, const struct knn_topology *topology, unsigned count) {
    for (unsigned i = 0; i < count && used < LINE; i++)
        used += (size_t)snprintf(line + used, LINE - used, " %u", knn_topology_pu(topology, i, count));
    return used;
}

static int describe(char line[LINE], const struct knn_options *options, struct knn_error *error) {
    struct knn_team team;
    if (knn_team_open(&team, options->threads, options->bind, error) != 0)
        return -1;
    unsigned cores = knn_topology_cores(team.topology), cpus = knn_topology_pus(team.topology);
    size_t used = (size_t)snprintf(line, LINE, "rank %d on %s: %u core%s, hardware threads", world.rank, world.host,
                                   cores, knn_plural(cores));
    used = add_cpus(line, used, team.topology, cpus);
    if (used < LINE)
        used += (size_t)snprintf(line + used, LINE - used, "; %u thread%s, %s", team.threads, knn_plural(team.threads),
                                 team.bound ? "bound to" : "not bound");
    if (team.bound)
        add_cpus(line, used, team.topology, team.threads);
    knn_team_close(&team);
    return 0;
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    char line[LINE] = "", *lines = calloc((size_t)world.ranks, LINE);
    int status = lines != NULL ? describe(line, &arguments->knn, &error) : knn_fail(&error, "no memory for the lines");
    status = ranks_agree(status, &error);
    if (status == 0)
        MPI_Gather(line, LINE, MPI_CHAR, lines, LINE, MPI_CHAR, 0, world.all);
    for (int i = 0; status == 0 && ranks_is_first() && i < world.ranks; i++)
        puts(lines + (size_t)i * LINE);
    free(lines);
    return status == 0 ? EXIT_OK : complain(&error, EXIT_FAILED);
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_THREADS]},
    {.same = &shared_options[OPTION_NO_BIND]},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_ranks = {
    .name = "info",
    .summary = "show every rank's host, cores, threads and their binding",
    .options = options,
    .defaults = {.knn = {.bind = 1}},
    .run = run,
};
