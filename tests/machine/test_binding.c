/* Binding, on the machine at hand, whatever it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "topology.h"

#ifdef __linux__

#include <omp.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static struct knn_topology *open_machine(void) {
    struct knn_topology *topology;
    struct knn_error error = {""};
    if (knn_topology_open(&topology, &error) != 0)
        fail_msg("%s", error.message);
    return topology;
}

static void get_affinity(cpu_set_t *set) {
    CPU_ZERO(set);
    assert_int_equal(sched_getaffinity(0, sizeof *set, set), 0);
}

static void test_this_machine(void **state) {
    (void)state;
    struct knn_topology *topology = open_machine();
    unsigned cores = knn_topology_cores(topology), quota = knn_topology_quota(topology);
    assert_in_range(cores, 1, knn_topology_pus(topology));
    assert_int_equal(knn_topology_threads(topology, 0), quota != 0 && quota < cores ? quota : cores);
    assert_true(knn_topology_block_bytes(topology) > 0);
    char text[200];
    knn_topology_describe(topology, text, sizeof text);
    print_message("%s\n", text);
    knn_topology_close(topology);
}

static void test_bind_and_restore(void **state) {
    (void)state;
    struct knn_topology *topology = open_machine();
    cpu_set_t before, now;
    get_affinity(&before);
    struct knn_binding *binding = knn_topology_save(topology);
    assert_non_null(binding);
    unsigned threads = knn_topology_pus(topology);
    for (unsigned i = 0; i < threads && i < 8; i++) {
        assert_int_equal(knn_topology_bind(topology, i, threads), 0);
        get_affinity(&now);
        assert_int_equal(CPU_COUNT(&now), 1);
        assert_true(CPU_ISSET(knn_topology_pu(topology, i, threads), &now));
        int here = sched_getcpu();
        assert_true(here == -1 || (unsigned)here == knn_topology_pu(topology, i, threads));
    }
    knn_topology_restore(topology, binding);
    get_affinity(&now);
    assert_true(CPU_EQUAL(&before, &now));
    knn_topology_close(topology);
}

static void test_restricted_affinity(void **state) {
    (void)state;
    if (omp_get_num_places() > 1)
        skip(); /* OpenMP's places decide then, see below */
    cpu_set_t before, one;
    get_affinity(&before);
    int last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(last, &before))
        last--;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    struct knn_topology *topology = open_machine();
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(knn_topology_cores(topology), 1);
    assert_int_equal(knn_topology_pus(topology), 1);
    assert_int_equal(knn_topology_threads(topology, 0), 1);
    assert_int_equal(knn_topology_pu(topology, 0, 1), last);
    knn_topology_close(topology);
}

/* Runs this program as `test_binding cores` with one setting for OpenMP and no other, and returns the cores it counts.
 * Spawned, not forked: libomp's fork handler crashes with some settings. */
static int cores_of_child(const char *setting) {
    enum { MOST = 4096 };
    static char *environment[MOST + 2]; /* the setting, up to MOST others, NULL */
    size_t count = 0;
    environment[count++] = (char *)setting;
    for (char **entry = environ; *entry != NULL && count <= MOST; entry++)
        if (strncmp(*entry, "OMP_", 4) != 0 && strncmp(*entry, "GOMP_", 5) != 0 && strncmp(*entry, "KMP_", 4) != 0)
            environment[count++] = *entry;
    environment[count] = NULL;
    char *arguments[] = {(char *)"test_binding", (char *)"cores", NULL};
    pid_t child;
    assert_int_equal(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environment), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Either setting makes libgomp bind the initial thread to one place before main(), and libomp a little later. */
static void test_openmp_binding(void **state) {
    (void)state;
    int cores = cores_of_child("OMP_PROC_BIND=false");
    assert_in_range(cores, 1, 200);
    assert_int_equal(cores_of_child("OMP_PROC_BIND=true"), cores);
    assert_int_equal(cores_of_child("OMP_PLACES=threads"), cores);
}

static int count_cores(void) {
    struct knn_topology *topology;
    struct knn_error error;
    if (knn_topology_open(&topology, &error) != 0)
        return 254;
    unsigned cores = knn_topology_cores(topology);
    knn_topology_close(topology);
    return cores < 200 ? (int)cores : 200;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "cores") == 0)
        return count_cores();
    unsetenv("HWLOC_SYNTHETIC"); /* this machine, not another one */
    unsetenv("HWLOC_XMLFILE");
    unsetenv("HWLOC_THISSYSTEM");
    unsetenv("OMP_NUM_THREADS");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test(test_bind_and_restore),
        cmocka_unit_test(test_restricted_affinity),
        cmocka_unit_test(test_openmp_binding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
    print_message("nothing to test: threads are bound on Linux only\n");
    return 0;
}

#endif
