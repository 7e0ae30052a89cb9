/* The kernel contract: exact distances between rows of unsigned bytes.
 *
 *   L1(a, b) = sum over i of |a[i] - b[i]|          L2(a, b) = sum over i of (a[i] - b[i])^2, without the root
 *
 * A kernel comes in one of two forms.
 *
 *   pair   one query, one train row, both where the caller has them: `pair(a, b, dim)`.
 *   tile   mr queries against nr train rows, from packed panels: `pack_queries` and `pack_train` bring rows into the
 *          order that the tile's registers want, once; `tile` then takes panel against panel.
 *
 * All results are exact integers for 1 <= dim <= max_dim, in 32 bits; a caller with longer rows cuts them into chunks
 * of at most max_dim bytes and adds in 64 bits (src/search/walk.c does). Rows need no alignment and no padding, and no
 * byte outside them is read. Panels are 64-byte aligned and KNN_PANEL_ALIGN-padded; only the kernel knows their layout.
 * Kernels keep no state: any number of threads may run the same one. They cannot fail. */
#ifndef KNN_KERNEL_H
#define KNN_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "cpu.h"
#include "knnmark.h"

enum { KNN_METRICS = KNN_L1WRAP + 1 };

/* A metric. To add one, add a row to knn_metrics, and kernels. */
struct knn_metric_info {
    const char *name;  /* "l1": what users type, and what its kernels' names begin with */
    const char *title; /* "L1": for headings */
    unsigned largest;  /* the most that two bytes add to a distance */
    int symmetric;     /* 1: a is as far from b as b is from a */
    int timed;         /* 1: it has kernels in the registry; 0: it only demonstrates something */
    int root;          /* 1: users see the root of the distance */
};

extern const struct knn_metric_info knn_metrics[KNN_METRICS];

/* A tile has at most KNN_MAX_MR queries (what compilers unroll) and KNN_MAX_TILE distances. */
enum { KNN_PANEL_ALIGN = 64, KNN_MAX_MR = 16, KNN_MAX_TILE = 16 * 64 };

/* Bytes of the next train panel that a tile of mr queries asks the cache for, per group of its own. */
enum { KNN_AHEAD = 8 };

/* The distance from query a to train row b. */
typedef uint32_t knn_pair_fn(const uint8_t *a, const uint8_t *b, size_t dim);

/* Packs n rows (1 <= n <= mr queries or nr train rows), `stride` bytes apart, into a panel of knn_*_panel_bytes(kernel,
 * dim). Missing rows are filled so that `tile` can compute with them; what it then writes for them means nothing. */
typedef void knn_pack_fn(const uint8_t *rows, size_t stride, size_t n, size_t dim, void *panel);

/* out[i * nr + j] = distance of query i to train row j, for i < nq and all j < nr; entries of queries i >= nq are
 * undefined. nq is the n that the query panel was packed with: a short batch may have a layout of its own. Returns the
 * queries that have a near row: bit i is set if and only if out[i * nr + j] < bound[i] for some j < nr (bits i >= nq
 * are 0). `out` and `bound` (mr entries) are 64-byte aligned. From `ahead` on stands what the caller wants in cache
 * next: a kernel may prefetch there, and never reads it.
 *
 * So selection costs little more than a vector compare a register: in a long search, nearly no tile has a near row. */
typedef uint32_t knn_tile_fn(const void *queries, const void *train, size_t dim, unsigned nq, const uint32_t *bound,
                             uint32_t *out, const uint8_t *ahead);

struct knn_kernel {
    const char *name;    /* <metric>_<isa>[_<variant>], a tile's variant being <mr>x<nr> */
    const char *summary; /* one line: the instructions it relies on */
    enum knn_metric metric;
    unsigned features;    /* knn_feature bits it needs */
    unsigned mr, nr;      /* queries and train rows of a tile; 1 and 1 for a pair kernel */
    size_t max_dim;       /* largest dim for which every distance fits 32 bits */
    unsigned step;        /* byte pairs one group of arithmetic instructions consumes ... */
    unsigned ops;         /* ... and how many instructions that group has */
    unsigned group;       /* tile only: bytes of a row that stand together in a panel; panels pad dim to its multiple */
    unsigned query_width; /* tile only: bytes a query element takes in its panel */
    knn_pair_fn *pair;    /* NULL for a tile kernel */
    knn_tile_fn *tile;    /* NULL for a pair kernel, as are the two packers */
    knn_pack_fn *pack_queries;
    knn_pack_fn *pack_train;
};

/* Every kernel of this build, runnable here or not: by metric, then slowest expected first. */
const struct knn_kernel *const *knn_kernels(size_t *count);

/* The kernel of this name, or NULL. */
const struct knn_kernel *knn_kernel_find(const char *name);

/* The fastest kernel expected for a metric on a CPU with these features: the last one of knn_kernels() that runs;
 * NULL for a metric that is not timed. */
const struct knn_kernel *knn_kernel_default(enum knn_metric metric, unsigned features);

/* A metric's scalar kernel, which every other kernel must equal bit for bit; NULL for a metric that is not timed. */
const struct knn_kernel *knn_kernel_reference(enum knn_metric metric);

/* 1 if a CPU with these features can run it. */
static inline int knn_kernel_runs(const struct knn_kernel *kernel, unsigned features) {
    return (kernel->features & ~features) == 0;
}

/* Sizes in bytes of the panels that the packers of a tile kernel fill, multiples of KNN_PANEL_ALIGN. */
size_t knn_query_panel_bytes(const struct knn_kernel *kernel, size_t dim);
size_t knn_train_panel_bytes(const struct knn_kernel *kernel, size_t dim);

#endif
