#include "topology.h"

#include <ctype.h>
#include <errno.h>
#include <hwloc.h>
#include <limits.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "plural.h"

/* Kinds of cores (performance, efficiency: hwloc_cpukinds) are ignored: each core counts as one, and cache sizes are
 * the smallest of all kinds. */
struct knn_topology {
    hwloc_topology_t hwloc;
    hwloc_bitmap_t usable; /* the hardware threads this process may use */
    hwloc_obj_t *pu;       /* all of them: the first ones of all cores in topology order, then the second ones, ... */
    unsigned pus;
    unsigned cores; /* how many are first ones */
    unsigned quota;
};

struct knn_binding {
    hwloc_bitmap_t set;
};

enum { DEFAULT_BLOCK_BYTES = 256 << 10 };

/* The next object of a type, after `previous` or the first, with a usable hardware thread; NULL after the last. */
static hwloc_obj_t next_usable(const struct knn_topology *topology, hwloc_obj_type_t type, hwloc_obj_t previous) {
    return hwloc_get_next_obj_covering_cpuset_by_type(topology->hwloc, topology->usable, type, previous);
}

static unsigned count_usable(const struct knn_topology *topology, hwloc_obj_type_t type) {
    unsigned count = 0;
    for (hwloc_obj_t object = NULL; (object = next_usable(topology, type, object)) != NULL;)
        count++;
    return count;
}

/* hwloc passes over a description that it cannot read and describes this machine instead. Returns the name of the
 * variable this happened to, or NULL. */
static const char *ignored_description(hwloc_topology_t hwloc) {
    static const char *const variables[] = {"HWLOC_XMLFILE", "HWLOC_SYNTHETIC"};
    if (!hwloc_topology_is_thissystem(hwloc) || getenv("HWLOC_THISSYSTEM") != NULL)
        return NULL;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return variables[i];
    }
    return NULL;
}

/* The hardware threads of all places where OpenMP may put threads. */
static void get_openmp_places(hwloc_bitmap_t set) {
    for (int place = 0; place < omp_get_num_places(); place++) {
        int count = omp_get_place_num_procs(place);
        int *ids = count > 0 ? calloc((size_t)count, sizeof *ids) : NULL;
        if (ids == NULL)
            continue;
        omp_get_place_proc_ids(place, ids);
        for (int i = 0; i < count; i++)
            hwloc_bitmap_set(set, (unsigned)ids[i]);
        free(ids);
    }
}

/* Fills the set of usable hardware threads: those that the calling thread is bound to, as threads that it starts
 * inherit the binding. But if OpenMP has several places (OMP_PROC_BIND, OMP_PLACES), its runtime has bound the initial
 * thread to one of them (libgomp before main()), and all places count. A binding that is unknown, or has nothing in
 * common with the topology (an emulator's view), is ignored. */
static void find_usable(struct knn_topology *topology) {
    hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_cpuset(topology->hwloc);
    if (hwloc_topology_is_thissystem(topology->hwloc)) {
        if (omp_get_num_places() > 1)
            get_openmp_places(topology->usable);
        else if (hwloc_get_cpubind(topology->hwloc, topology->usable, HWLOC_CPUBIND_THREAD) != 0)
            hwloc_bitmap_zero(topology->usable);
    }
    hwloc_bitmap_and(topology->usable, topology->usable, allowed);
    if (hwloc_bitmap_iszero(topology->usable))
        hwloc_bitmap_copy(topology->usable, allowed);
}

/* Lists the usable hardware threads by their rank among those of their core, then in topology order. A machine that
 * does not tell its cores (some virtual ones) has one for every hardware thread. */
static void list_pus(struct knn_topology *topology, unsigned count) {
    for (unsigned rank = 0; topology->pus < count; rank++) {
        unsigned position = 0;
        for (hwloc_obj_t pu = NULL, last = NULL; (pu = next_usable(topology, HWLOC_OBJ_PU, pu)) != NULL;) {
            hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology->hwloc, HWLOC_OBJ_CORE, pu);
            position = core != NULL && core == last ? position + 1 : 0;
            last = core;
            if (position == rank)
                topology->pu[topology->pus++] = pu;
        }
        if (rank == 0)
            topology->cores = topology->pus;
    }
}

static int load(struct knn_topology *topology, struct knn_error *error) {
    if (hwloc_topology_load(topology->hwloc) != 0)
        return knn_fail(error, "hwloc cannot describe this machine (%s): check the HWLOC_... environment variables",
                        strerror(errno));
    const char *ignored = ignored_description(topology->hwloc);
    if (ignored != NULL)
        return knn_fail(error, "hwloc cannot read the machine that %s=%s describes: correct or unset it", ignored,
                        getenv(ignored));
    find_usable(topology);
    unsigned count = count_usable(topology, HWLOC_OBJ_PU);
    if (count == 0)
        return knn_fail(error, "hwloc finds no usable CPU: check the HWLOC_... environment variables");
    topology->pu = calloc(count, sizeof(hwloc_obj_t));
    if (topology->pu == NULL)
        return knn_fail(error, "no memory for a list of %u CPUs", count);
    list_pus(topology, count);
    if (hwloc_topology_is_thissystem(topology->hwloc)) /* another machine has no quota that we know */
        topology->quota = knn_cgroup_quota("");
    return 0;
}

int knn_topology_open(struct knn_topology **topology, struct knn_error *error) {
    *topology = NULL;
    struct knn_topology *opened = calloc(1, sizeof *opened);
    int failed;
    if (opened == NULL || (opened->usable = hwloc_bitmap_alloc()) == NULL || hwloc_topology_init(&opened->hwloc) != 0)
        failed = knn_fail(error, "no memory for a description of this machine");
    else
        failed = load(opened, error);
    if (failed)
        knn_topology_close(opened);
    else
        *topology = opened;
    return failed;
}

void knn_topology_close(struct knn_topology *topology) {
    if (topology == NULL)
        return;
    if (topology->hwloc != NULL)
        hwloc_topology_destroy(topology->hwloc);
    hwloc_bitmap_free(topology->usable);
    free(topology->pu);
    free(topology);
}

unsigned knn_topology_cores(const struct knn_topology *topology) {
    return topology->cores;
}

unsigned knn_topology_pus(const struct knn_topology *topology) {
    return topology->pus;
}

unsigned knn_topology_quota(const struct knn_topology *topology) {
    return topology->quota;
}

/* The first number of OMP_NUM_THREADS, a list with a number for every level of nesting ("4,2"); 0 if there is none. */
static unsigned openmp_threads(void) {
    const char *text = getenv("OMP_NUM_THREADS");
    if (text == NULL)
        return 0;
    char *end;
    errno = 0;
    long threads = strtol(text, &end, 10);
    while (isspace((unsigned char)*end))
        end++;
    int valid = errno == 0 && (*end == '\0' || *end == ',') && threads > 0 && threads <= INT_MAX;
    return valid ? (unsigned)threads : 0;
}

unsigned knn_topology_threads(const struct knn_topology *topology, unsigned requested) {
    if (requested != 0)
        return requested;
    unsigned threads = openmp_threads();
    if (threads != 0)
        return threads;
    return topology->quota != 0 && topology->quota < topology->cores ? topology->quota : topology->cores;
}

/* A core's data or unified cache of a level, or NULL. */
static hwloc_obj_t core_cache(const struct knn_topology *topology, unsigned core, unsigned level) {
    static const hwloc_obj_type_t types[] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
    if (level < 1 || level > sizeof types / sizeof types[0])
        return NULL;
    return hwloc_get_ancestor_obj_by_type(topology->hwloc, types[level - 1], topology->pu[core]);
}

/* The smaller of two sizes, of which 0 means unknown. */
static size_t smaller(size_t a, size_t b) {
    return a == 0 || (b != 0 && b < a) ? b : a;
}

size_t knn_topology_cache(const struct knn_topology *topology, unsigned level) {
    size_t bytes = 0;
    for (unsigned core = 0; core < topology->cores; core++) {
        hwloc_obj_t cache = core_cache(topology, core, level);
        if (cache != NULL)
            bytes = smaller(bytes, (size_t)cache->attr->cache.size);
    }
    return bytes;
}

size_t knn_topology_block_bytes(const struct knn_topology *topology) {
    size_t bytes = 0;
    for (unsigned core = 0, sharers; core < topology->cores; core += sharers) {
        hwloc_obj_t cache = core_cache(topology, core, 2);
        for (sharers = 1; cache != NULL && core + sharers < topology->cores; sharers++)
            if (core_cache(topology, core + sharers, 2) != cache)
                break;
        if (cache != NULL)
            bytes = smaller(bytes, (size_t)cache->attr->cache.size / sharers);
    }
    return bytes != 0 ? bytes : DEFAULT_BLOCK_BYTES;
}

/* With fewer threads than cores, the threads are spread evenly over the cores: packages, and the caches inside them,
 * get threads in proportion to their cores, and neighbouring threads stay neighbours. */
static hwloc_obj_t thread_pu(const struct knn_topology *topology, unsigned i, unsigned threads) {
    size_t index = threads < topology->cores ? (size_t)i * topology->cores / threads : i;
    return topology->pu[index % topology->pus];
}

unsigned knn_topology_pu(const struct knn_topology *topology, unsigned i, unsigned threads) {
    return thread_pu(topology, i, threads)->os_index;
}

int knn_topology_bind(const struct knn_topology *topology, unsigned i, unsigned threads) {
    if (!hwloc_topology_is_thissystem(topology->hwloc))
        return -1; /* hwloc itself would do nothing and call it a success */
    /* A hardware thread's set has one bit, so that nothing is left to hwloc_bitmap_singlify(). */
    return hwloc_set_cpubind(topology->hwloc, thread_pu(topology, i, threads)->cpuset, HWLOC_CPUBIND_THREAD) ? -1 : 0;
}

/* NULL where bindings are unknown; knn_topology_restore() then leaves things as they are. */
struct knn_binding *knn_topology_save(const struct knn_topology *topology) {
    if (!hwloc_topology_is_thissystem(topology->hwloc))
        return NULL;
    struct knn_binding *binding = calloc(1, sizeof *binding);
    if (binding == NULL)
        return NULL;
    binding->set = hwloc_bitmap_alloc();
    if (binding->set != NULL && hwloc_get_cpubind(topology->hwloc, binding->set, HWLOC_CPUBIND_THREAD) == 0)
        return binding;
    hwloc_bitmap_free(binding->set);
    free(binding);
    return NULL;
}

void knn_topology_restore(const struct knn_topology *topology, struct knn_binding *binding) {
    if (binding == NULL)
        return;
    hwloc_set_cpubind(topology->hwloc, binding->set, HWLOC_CPUBIND_THREAD);
    hwloc_bitmap_free(binding->set);
    free(binding);
}

/* Appends to a text as much as fits. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

void knn_topology_describe(const struct knn_topology *topology, char *text, size_t size) {
    const struct {
        unsigned count;
        const char *name;
    } parts[] = {{count_usable(topology, HWLOC_OBJ_PACKAGE), "package"},
                 {count_usable(topology, HWLOC_OBJ_NUMANODE), "NUMA node"},
                 {topology->cores, "core"},
                 {topology->pus, "hardware thread"}};
    static const char *const caches[] = {"L1d", "L2", "L3"}, *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    if (size == 0)
        return;
    text[0] = '\0';
    const char *separator = "";
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].count == 0)
            continue;
        append(text, size, "%s%u %s%s", separator, parts[i].count, parts[i].name, knn_plural(parts[i].count));
        separator = ", ";
    }
    separator = "; ";
    for (unsigned level = 1; level <= 3; level++) {
        size_t bytes = knn_topology_cache(topology, level), unit = 0;
        for (; bytes != 0 && bytes % 1024 == 0 && unit < 3; unit++)
            bytes /= 1024;
        if (bytes == 0)
            continue;
        append(text, size, "%s%s %zu %s", separator, caches[level - 1], bytes, units[unit]);
        separator = ", ";
    }
}
