/* knnmark-regress-worker: runs benchmarks when told to, by the lines of protocol.h. */
#include "worker.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
    const char *data, *wrong, *without;
    unsigned threads;
    double extra_work;
};

static const char *value_of(const char *argument, const char *name) {
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static int parse(struct words *words, int argc, char **argv, struct knn_error *error) {
    *words = (struct words){0};
    for (int i = 1; i < argc; i++) {
        const char *value;
        if ((value = value_of(argv[i], "--data")) != NULL)
            words->data = value;
        else if ((value = value_of(argv[i], "--threads")) != NULL)
            words->threads = (unsigned)strtoul(value, NULL, 10);
        else if ((value = value_of(argv[i], "--extra-work")) != NULL)
            words->extra_work = strtod(value, NULL);
        else if ((value = value_of(argv[i], "--wrong-distance")) != NULL)
            words->wrong = value;
        else if ((value = value_of(argv[i], "--without")) != NULL)
            words->without = value;
        else
            return knn_fail(error, "%s: no such option", argv[i]);
    }
    return words->data != NULL ? 0 : knn_fail(error, "--data=FILE is missing");
}

/* -- commands ------------------------------------------------------------------------------------------------------ */

static struct work *find(struct worker *worker, const char *name) {
    for (size_t i = 0; i < worker->count; i++) {
        char its[IDENTITY_NAME];
        identity_name(&worker->works[i].identity, its);
        if (strcmp(its, name) == 0)
            return &worker->works[i];
    }
    printf("error no benchmark %s\n", name);
    return NULL;
}

static void list(const struct worker *worker) {
    for (size_t i = 0; i < worker->count; i++) {
        char name[IDENTITY_NAME];
        identity_name(&worker->works[i].identity, name);
        printf("benchmark %s %s\n", name, worker->works[i].kernel->name);
    }
    puts("end");
}

/* Checks many tiles of the kernel and, for a search, its answers, too. */
static enum verified verify(const struct worker *worker, struct work *work, struct knn_error *error) {
    enum { QUERIES = 2 * KNN_MAX_MR, ROWS = 512 };
    struct knn_matrix queries = first_rows(&worker->data.queries, QUERIES),
                      train = first_rows(&worker->data.train, ROWS);
    enum verified verified = verify_kernel(work->kernel, &queries, &train, error);
    if (verified != RIGHT || work->batch == 0)
        return verified;
    return work->kind->prepare(work, error) != 0 ? FAILED : work->kind->verify(work, error);
}

static void check(struct worker *worker, const char *name) {
    struct knn_error error;
    struct work *work = find(worker, name);
    if (work == NULL)
        return;
    enum verified verified = verify(worker, work, &error);
    if (verified == RIGHT)
        puts("ok");
    else
        printf("%s %s\n", verified == WRONG ? "wrong" : "error", error.message);
}

static void run(struct worker *worker, const char *name, uint64_t iterations) {
    struct knn_error error;
    double seconds = 0;
    struct work *work = find(worker, name);
    if (work == NULL)
        return;
    if (work->kind->prepare(work, &error) == 0 && work_warm_up(work, iterations, REGRESS_WARM_UP, &error) == 0 &&
        work_time(work, iterations, &seconds, &error) == 0)
        printf("seconds %.9f\n", seconds);
    else
        printf("error %s\n", error.message);
}

/* Returns 0 if the worker shall end. */
static int obey(struct worker *worker, const char *line) {
    char name[REGRESS_NAME];
    uint64_t iterations;
    if (strcmp(line, "quit") == 0)
        return 0;
    if (strcmp(line, "list") == 0)
        list(worker);
    else if (sscanf(line, "check %127s", name) == 1)
        check(worker, name);
    else if (sscanf(line, "run %127s %" SCNu64, name, &iterations) == 2 && iterations > 0)
        run(worker, name, iterations);
    else
        printf("error no command \"%.80s\"\n", line);
    return fflush(stdout) == 0;
}

static void serve(struct worker *worker) {
    char line[REGRESS_LINE];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (!obey(worker, line))
            return;
    }
}

int main(int argc, char **argv) {
    static struct worker worker;
    struct words words;
    struct knn_error error;
    signal(SIGPIPE, SIG_IGN);
    puts(REGRESS_HELLO);
    int failed = parse(&words, argc, argv, &error);
    if (!failed) {
        worker.extra_work = words.extra_work;
        failed = regress_data_map(&worker.data, words.data, &error) != 0 ||
                 knn_team_open(&worker.team, words.threads, 1, &error) != 0 ||
                 worker_list(&worker, words.wrong, words.without, &error) != 0;
    }
    if (failed)
        printf("error %s\n", error.message); /* the answer to whatever is asked first */
    else if (fflush(stdout) == 0)
        serve(&worker);
    worker_close(&worker);
    return failed;
}
