/* The topology of machines that hwloc's own variables make up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "topology.h"

/* Before and after every test: whatever the user or the test has set. */
static int clear_environment(void **state) {
    (void)state;
    static const char *const variables[] = {"HWLOC_SYNTHETIC",  "HWLOC_XMLFILE",    "HWLOC_FSROOT",
                                            "HWLOC_THISSYSTEM", "HWLOC_COMPONENTS", "OMP_NUM_THREADS"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    return 0;
}

static struct knn_topology *open_machine(void) {
    struct knn_topology *topology;
    struct knn_error error = {""};
    if (knn_topology_open(&topology, &error) != 0)
        fail_msg("%s", error.message);
    return topology;
}

static struct knn_topology *open_synthetic(const char *description) {
    setenv("HWLOC_SYNTHETIC", description, 1);
    return open_machine();
}

static void assert_described(const struct knn_topology *topology, const char *expected) {
    char text[200];
    knn_topology_describe(topology, text, sizeof text);
    assert_string_equal(text, expected);
}

/* expected[i] is the hardware thread of thread i. */
static void assert_placed(const struct knn_topology *topology, unsigned threads, const unsigned *expected) {
    for (unsigned i = 0; i < threads; i++)
        if (knn_topology_pu(topology, i, threads) != expected[i])
            fail_msg("thread %u of %u is on %u, not %u", i, threads, knn_topology_pu(topology, i, threads),
                     expected[i]);
}

static void test_two_packages(void **state) {
    (void)state;
    struct knn_topology *topology =
        open_synthetic("package:2 [numa] l3:1(size=33554432) l2:4(size=1048576) l1d:1(size=49152) core:1 pu:1");
    assert_int_equal(knn_topology_cores(topology), 8);
    assert_int_equal(knn_topology_pus(topology), 8);
    assert_int_equal(knn_topology_quota(topology), 0);
    assert_int_equal(knn_topology_threads(topology, 0), 8);
    assert_int_equal(knn_topology_threads(topology, 100), 100);
    assert_int_equal(knn_topology_cache(topology, 1), 48 << 10);
    assert_int_equal(knn_topology_cache(topology, 2), 1 << 20);
    assert_int_equal(knn_topology_cache(topology, 3), 32 << 20);
    assert_int_equal(knn_topology_cache(topology, 0), 0);
    assert_int_equal(knn_topology_cache(topology, 4), 0);
    assert_int_equal(knn_topology_block_bytes(topology), 1 << 20);
    assert_described(topology,
                     "2 packages, 2 NUMA nodes, 8 cores, 8 hardware threads; L1d 48 KiB, L2 1 MiB, L3 32 MiB");
    assert_placed(topology, 1, (unsigned[]){0});
    assert_placed(topology, 2, (unsigned[]){0, 4});
    assert_placed(topology, 3, (unsigned[]){0, 2, 5});
    assert_placed(topology, 4, (unsigned[]){0, 2, 4, 6});
    assert_placed(topology, 7, (unsigned[]){0, 1, 2, 3, 4, 5, 6});
    assert_placed(topology, 8, (unsigned[]){0, 1, 2, 3, 4, 5, 6, 7});
    assert_placed(topology, 10, (unsigned[]){0, 1, 2, 3, 4, 5, 6, 7, 0, 1});
    knn_topology_close(topology);
}

/* The operating system numbers the second hardware threads of all cores after the first ones, as Linux does. */
static void test_hardware_threads(void **state) {
    (void)state;
    struct knn_topology *topology =
        open_synthetic("package:2 [numa] l3:1 l2:2(size=2097152) l1d:1 core:1 pu:2(indexes=0,4,1,5,2,6,3,7)");
    assert_int_equal(knn_topology_cores(topology), 4);
    assert_int_equal(knn_topology_pus(topology), 8);
    assert_int_equal(knn_topology_threads(topology, 0), 4);
    assert_int_equal(knn_topology_block_bytes(topology), 2 << 20);
    assert_placed(topology, 2, (unsigned[]){0, 2});
    assert_placed(topology, 4, (unsigned[]){0, 1, 2, 3});
    assert_placed(topology, 6, (unsigned[]){0, 1, 2, 3, 4, 5});
    assert_placed(topology, 9, (unsigned[]){0, 1, 2, 3, 4, 5, 6, 7, 0});
    knn_topology_close(topology);
}

/* However many threads: no core twice before all are taken, thread numbers in core order, packages shared evenly. */
static void test_every_count_is_even(void **state) {
    (void)state;
    enum { PACKAGES = 4, CORES_EACH = 6, CORES = PACKAGES * CORES_EACH };
    struct knn_topology *topology = open_synthetic("package:4 [numa] core:6 pu:1");
    for (unsigned threads = 1; threads <= CORES; threads++) {
        unsigned on_package[PACKAGES] = {0};
        for (unsigned i = 0; i < threads; i++) {
            unsigned pu = knn_topology_pu(topology, i, threads);
            assert_true(pu < CORES);
            assert_true(i == 0 || pu > knn_topology_pu(topology, i - 1, threads));
            on_package[pu / CORES_EACH]++;
        }
        for (unsigned package = 0; package < PACKAGES; package++)
            assert_in_range(on_package[package], threads / PACKAGES, (threads + PACKAGES - 1) / PACKAGES);
    }
    knn_topology_close(topology);
}

static void test_shared_second_level(void **state) {
    (void)state;
    struct knn_topology *topology = open_synthetic("package:1 [numa] l2:2(size=4194304) core:4 l1d:1(size=65536) pu:2");
    assert_int_equal(knn_topology_cores(topology), 8);
    assert_int_equal(knn_topology_block_bytes(topology), 1 << 20);
    assert_described(topology, "1 package, 1 NUMA node, 8 cores, 16 hardware threads; L1d 64 KiB, L2 4 MiB");
    assert_placed(topology, 2, (unsigned[]){0, 8});
    knn_topology_close(topology);
}

static void test_one_core(void **state) {
    (void)state;
    struct knn_topology *topology = open_synthetic("package:1 [numa] l2:1(size=1310720) core:1 pu:1");
    assert_int_equal(knn_topology_threads(topology, 0), 1);
    assert_described(topology, "1 package, 1 NUMA node, 1 core, 1 hardware thread; L2 1280 KiB");
    assert_placed(topology, 3, (unsigned[]){0, 0, 0});
    knn_topology_close(topology);
}

static void test_no_caches(void **state) {
    (void)state;
    struct knn_topology *topology = open_synthetic("package:1 [numa] core:4 pu:1");
    for (unsigned level = 1; level <= 3; level++)
        assert_int_equal(knn_topology_cache(topology, level), 0);
    assert_int_equal(knn_topology_block_bytes(topology), 256 << 10);
    assert_described(topology, "1 package, 1 NUMA node, 4 cores, 4 hardware threads");
    knn_topology_close(topology);
}

static void test_no_cores(void **state) {
    (void)state;
    struct knn_topology *topology = open_synthetic("numa:2 l2:1(size=1048576) pu:3");
    assert_int_equal(knn_topology_cores(topology), 6);
    assert_int_equal(knn_topology_pus(topology), 6);
    assert_int_equal(knn_topology_block_bytes(topology), (1 << 20) / 3);
    assert_described(topology, "2 NUMA nodes, 6 cores, 6 hardware threads; L2 1 MiB");
    assert_placed(topology, 2, (unsigned[]){0, 3});
    knn_topology_close(topology);
}

/* An element of hwloc's XML: its hardware threads, a cache's size, and how many elements end with it. */
struct element {
    const char *type;
    unsigned set, cache_bytes, ends;
};

/* hwloc's own reader wants this very form. */
static void write_xml(FILE *xml, const struct element *elements, size_t count) {
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n", xml);
    fputs("<topology version=\"2.0\">\n", xml);
    for (size_t i = 0; i < count; i++) {
        const struct element *element = &elements[i];
        fprintf(xml, "<object type=\"%s\" os_index=\"%d\" gp_index=\"%zu\"", element->type, __builtin_ctz(element->set),
                i + 1);
        fprintf(xml, " cpuset=\"0x%x\" complete_cpuset=\"0x%x\"", element->set, element->set);
        fputs(" nodeset=\"0x1\" complete_nodeset=\"0x1\"", xml);
        if (i == 0)
            fprintf(xml, " allowed_cpuset=\"0x%x\" allowed_nodeset=\"0x1\"", element->set);
        if (element->cache_bytes != 0)
            fprintf(xml, " cache_size=\"%u\" depth=\"%c\" cache_type=\"0\"", element->cache_bytes, element->type[1]);
        fputs(">\n", xml);
        for (unsigned end = 0; end < element->ends; end++)
            fputs("</object>\n", xml);
    }
    fputs("</topology>\n", xml);
}

/* A fast core with two hardware threads and 2 MiB of its own; two slow cores that share 3 MiB. */
static void test_unequal_cores(void **state) {
    (void)state;
    static const struct element elements[] = {{"Machine", 0xf, 0, 0},
                                              {"NUMANode", 0xf, 0, 1},
                                              {"L2Cache", 0x3, 2 << 20, 0},
                                              {"L1Cache", 0x3, 49152, 0},
                                              {"Core", 0x3, 0, 0},
                                              {"PU", 0x1, 0, 1},
                                              {"PU", 0x2, 0, 4},
                                              {"L2Cache", 0xc, 3 << 20, 0},
                                              {"L1Cache", 0x4, 32768, 0},
                                              {"Core", 0x4, 0, 0},
                                              {"PU", 0x4, 0, 3},
                                              {"L1Cache", 0x8, 32768, 0},
                                              {"Core", 0x8, 0, 0},
                                              {"PU", 0x8, 0, 5}};
    char name[] = "/tmp/knn_topology_XXXXXX";
    FILE *xml = fdopen(mkstemp(name), "w");
    assert_non_null(xml);
    write_xml(xml, elements, sizeof elements / sizeof elements[0]);
    assert_int_equal(fclose(xml), 0);
    setenv("HWLOC_XMLFILE", name, 1);
    struct knn_topology *topology = open_machine();
    unlink(name);
    assert_described(topology, "1 NUMA node, 3 cores, 4 hardware threads; L1d 32 KiB, L2 2 MiB");
    assert_int_equal(knn_topology_block_bytes(topology), 3 << 19);
    assert_placed(topology, 3, (unsigned[]){0, 2, 3});
    assert_placed(topology, 5, (unsigned[]){0, 2, 3, 1, 0});
    knn_topology_close(topology);
}

static void test_describe_truncates(void **state) {
    (void)state;
    struct knn_topology *topology = open_synthetic("package:1 [numa] l2:2(size=1048576) core:1 pu:1");
    static const char whole[] = "1 package, 1 NUMA node, 2 cores, 2 hardware threads; L2 1 MiB";
    for (size_t size = 0; size <= sizeof whole + 1; size++) {
        char *text = malloc(size + 1); /* exactly as large, for the address sanitizer */
        assert_non_null(text);
        memset(text, '#', size + 1);
        knn_topology_describe(topology, text, size);
        size_t length = size == 0 ? 0 : size - 1 < sizeof whole - 1 ? size - 1 : sizeof whole - 1;
        assert_memory_equal(text, whole, length);
        assert_int_equal(text[length], size == 0 ? '#' : '\0');
        assert_int_equal(text[size], '#');
        free(text);
    }
    knn_topology_close(topology);
}

static void test_made_up_machine_binds_nothing(void **state) {
    (void)state;
    struct knn_topology *topology = open_synthetic("package:1 [numa] core:4 pu:1");
    assert_int_equal(knn_topology_bind(topology, 0, 4), -1);
    struct knn_binding *binding = knn_topology_save(topology);
    assert_null(binding);
    knn_topology_restore(topology, binding);
    knn_topology_close(topology);
    knn_topology_close(NULL);
}

static void test_openmp_threads(void **state) {
    (void)state;
    static const struct {
        const char *value;
        unsigned threads;
    } cases[] = {{"1", 1},
                 {"16", 16},
                 {"4,2", 4},
                 {" 4 , 2", 4},
                 {"7 ", 7},
                 {"", 3},
                 {"0", 3},
                 {"-2", 3},
                 {"many", 3},
                 {"4x", 3},
                 {"4.5", 3},
                 {",4", 3},
                 {"4 2", 3},
                 {"0,4", 3},
                 {" \t", 3},
                 {"2147483648", 3},
                 {"99999999999999999999999", 3}};
    struct knn_topology *topology = open_synthetic("package:1 [numa] core:3 pu:2");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("OMP_NUM_THREADS", cases[i].value, 1);
        if (knn_topology_threads(topology, 0) != cases[i].threads)
            fail_msg("OMP_NUM_THREADS='%s' gives %u threads", cases[i].value, knn_topology_threads(topology, 0));
        assert_int_equal(knn_topology_threads(topology, 5), 5);
    }
    knn_topology_close(topology);
}

static void assert_refused(const char *variable, const char *value, const char *words) {
    setenv(variable, value, 1);
    struct knn_topology *topology = (struct knn_topology *)&topology;
    struct knn_error error = {""};
    assert_int_equal(knn_topology_open(&topology, &error), -1);
    assert_null(topology);
    if (strstr(error.message, words) == NULL || strchr(error.message, '\n') != NULL)
        fail_msg("%s=%s: %s", variable, value, error.message);
    unsetenv(variable);
}

static void test_refusals(void **state) {
    (void)state;
    assert_refused("HWLOC_COMPONENTS", "stop", "check the HWLOC_");
    assert_refused("HWLOC_SYNTHETIC", "core:two", "HWLOC_SYNTHETIC=core:two");
    knn_topology_close(open_machine());
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, clear_environment, clear_environment)
    const struct CMUnitTest tests[] = {
        TEST(test_two_packages),
        TEST(test_hardware_threads),
        TEST(test_every_count_is_even),
        TEST(test_shared_second_level),
        TEST(test_one_core),
        TEST(test_no_caches),
        TEST(test_no_cores),
        TEST(test_unequal_cores),
        TEST(test_describe_truncates),
        TEST(test_made_up_machine_binds_nothing),
        TEST(test_openmp_threads),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
