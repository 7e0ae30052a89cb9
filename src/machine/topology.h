/* The machine as hwloc sees it: where threads may run, how many are worth starting, how large the caches are. */
#ifndef KNN_TOPOLOGY_H
#define KNN_TOPOLOGY_H

#include <stddef.h>

#include "fail.h"

struct knn_topology; /* opaque: hwloc's types stay out of this header */

/* Reads the machine, or the one that hwloc's own variables describe (HWLOC_SYNTHETIC, HWLOC_XMLFILE). */
int knn_topology_open(struct knn_topology **topology, struct knn_error *error);
void knn_topology_close(struct knn_topology *topology);

/* Cores that this process may use, at least 1: those with a hardware thread in its CPU set (affinity, cpuset). */
unsigned knn_topology_cores(const struct knn_topology *topology);

/* Hardware threads of those cores that this process may use. */
unsigned knn_topology_pus(const struct knn_topology *topology);

/* CPUs' worth of time the cgroup quota grants, rounded up; 0 where there is no quota. */
unsigned knn_topology_quota(const struct knn_topology *topology);

/* How many threads a job gets: `requested` if not 0; else OMP_NUM_THREADS if set to a number; else one a core, at most
 * the quota. */
unsigned knn_topology_threads(const struct knn_topology *topology, unsigned requested);

/* Smallest data or unified cache of this level (1, 2, 3) among the usable cores, in bytes; 0 where there is none. */
size_t knn_topology_cache(const struct knn_topology *topology, unsigned level);

/* Bytes of cache for one thread when every usable core runs one: the second level divided by the usable cores that
 * share it; where the machine does not say, a quarter megabyte. */
size_t knn_topology_block_bytes(const struct knn_topology *topology);

/* The hardware thread (its operating-system index) that thread `i` of `threads` is bound to: one to a core, cores in
 * topology order so that neighbours share caches, spread evenly over packages when there are fewer threads than cores;
 * a core's second one only when all cores have a thread. Threads beyond the hardware threads wrap around. */
unsigned knn_topology_pu(const struct knn_topology *topology, unsigned i, unsigned threads);

/* Binds the calling thread to knn_topology_pu(i, threads). Returns 0, or -1 where the system does not let it (a
 * synthetic topology, macOS): the work is then merely unbound. */
int knn_topology_bind(const struct knn_topology *topology, unsigned i, unsigned threads);

/* The calling thread's present binding, to be given back: a library must not leave its caller's thread bound. */
struct knn_binding;
struct knn_binding *knn_topology_save(const struct knn_topology *topology);
void knn_topology_restore(const struct knn_topology *topology, struct knn_binding *binding);

/* One line for people: "1 package, 1 NUMA node, 2 cores, 2 hardware threads; L1d 32 KiB, L2 1 MiB, L3 32 MiB". */
void knn_topology_describe(const struct knn_topology *topology, char *text, size_t size);

#endif
