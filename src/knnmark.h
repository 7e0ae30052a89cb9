/* knnmark finds the exact nearest neighbours of rows of bytes, exhaustively or by bounds.
 *
 *     struct knn_options options = knn_defaults();
 *     struct knn_rows train = {bytes, 50000, 3072, 3072}, queries = {others, 100, 3072, 3072};
 *     struct knn_neighbor nearest[100 * 5];
 *     struct knn_error error;
 *     if (knn_search(&train, &queries, 5, nearest, &options, &error) != 0)
 *         fprintf(stderr, "%s\n", error.message);
 *
 * Distances are exact integers for rows of any length. The k nearest are ordered by (distance, id), so every kernel,
 * every number of threads and every CPU gives the same answer.
 *
 * Errors: a function that can fail returns 0, or -1 with the reason in *error, which may be NULL. On failure a handle
 * is NULL, and output arrays hold nothing of use. No function prints or installs a signal handler. Outputs must not
 * overlap inputs.
 *
 * Threads: any number of threads may search one index or classifier at once, each call on threads of its own; every
 * other object is for one thread at a time. The library starts threads by OpenMP, whose runtime may end the program
 * when the system has no more of them. Within a parallel region of the caller, a call has one thread, unless nesting is
 * on. The caller's own binding is left as it was. */
#ifndef KNNMARK_H
#define KNNMARK_H

#include <stddef.h>
#include <stdint.h>

#define KNN_VERSION_MAJOR 1
#define KNN_VERSION_MINOR 0
#define KNN_VERSION_PATCH 0

#if defined(__GNUC__)
#define KNN_API __attribute__((visibility("default")))
#else
#define KNN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version that runs, "1.0.0"; the macros are of the one that was compiled against. */
KNN_API const char *knn_version(void);

/* One line for people: what is wrong and what to do about it, without a full stop or newline at its end. */
struct knn_error {
    char message[512];
};

/* -- rows and neighbours ------------------------------------------------------------------------------------------- */

/* A view of `rows` rows of `dim` bytes: row i starts at data + i * stride, stride >= dim >= 1. Nothing need be aligned,
 * and no byte between rows or after the last is read. At most 2^32 - 1 rows. */
struct knn_rows {
    const uint8_t *data;
    size_t rows, dim, stride;
};

enum { KNN_MAX_K = 1000 };

struct knn_neighbor {
    uint64_t distance; /* L1, or squared L2 */
    uint32_t id;       /* of the train row: its number + options.first_id, or options.ids[its number] */
};

/* -- options ------------------------------------------------------------------------------------------------------- */

enum knn_metric {
    KNN_L1,     /* the sum of |a - b| */
    KNN_L2,     /* the sum of (a - b)^2, without the root, which keeps the order */
    KNN_L1WRAP, /* the sum of (train - query) mod 256: what NumPy makes of L1 on bytes, to demonstrate the mistake */
};

enum knn_weights {
    KNN_UNIFORM,  /* a neighbour has one vote */
    KNN_DISTANCE, /* 1 / distance votes (L2: with the root); if any are at distance 0, they have one, others none */
};

/* How the nearest are found; the answer is always the same. */
enum knn_method {
    KNN_AUTO,       /* by bounds if a sample of the rows says that they pay; an index learns from its searches, for
                       every k and number of queries, and searches exhaustively where they do not */
    KNN_EXHAUSTIVE, /* every distance is computed in full */
    KNN_BOUNDS,     /* lower bounds, distances of shorter rows, rule most rows out (docs/bounds.md) */
};

/* Called on the caller's thread some ten times a second or less often, with the share of the work that is done, 0 to 1.
 * A result other than 0 stops the work, which then fails as "interrupted". An index keeps the function and `context`
 * for its searches: several at once call it at once. It must not throw. */
typedef int knn_progress_fn(double done, void *context);

/* New members come after the last one, beyond what an older program's size covers. */
struct knn_options {
    size_t size;            /* of this struct, so that it can grow: knn_defaults() fills it in */
    enum knn_metric metric; /* KNN_L2 */
    const char *kernel;     /* by name (knn_kernel_describe); NULL: the fastest for this CPU */
    const char *isa;        /* no instructions beyond this set's; NULL: the environment's KNNMARK_ISA, else no limit */
    unsigned threads;       /* 0: OMP_NUM_THREADS, else one for every core that the process may use */
    int bind;               /* 1: each thread is bound to a core of its own while it works; every call takes the cores
                               in the same order; 0, the default: the system places them */
    knn_progress_fn *progress; /* NULL: none */
    void *context;             /* handed to progress */
    uint32_t first_id;         /* the id of train row 0, which the others' follow: 0 */
    const uint32_t *ids;       /* not NULL: the id of each train row in place of its number and first_id; copied. The
                                  larger they are, the shorter rows must be: a distance and an id share 64 bits */
    size_t k;                  /* of a classifier: the neighbours that vote, 1 */
    enum knn_weights weights;  /* of a classifier: KNN_UNIFORM */
    enum knn_method method;    /* KNN_AUTO; knn_distances computes every distance */
    size_t width, height;      /* rows are pictures: planes of height x width bytes, one after another, which makes for
                                  better bounds; 0: the library finds out from the train rows (docs/bounds.md) */
};

/* Sets the defaults above in the first `size` bytes. */
KNN_API void knn_options_init(struct knn_options *options, size_t size);

static inline struct knn_options knn_defaults(void) {
    struct knn_options options;
    knn_options_init(&options, sizeof options);
    return options;
}

/* -- search -------------------------------------------------------------------------------------------------------- */

/* neighbors[q * k + i] becomes the i-th nearest train row of query q, with 1 <= k <= KNN_MAX_K, k <= train rows. No
 * queries are fine, no train rows are an error. options may be NULL, here and below: all defaults.
 *
 * The train rows stay as they are. Beside them, a search takes a quarter of their size, by bounds half of it (at least
 * a whole tile of rows, see knn_kernel_describe), and at most 256 MB. Each call looks at the machine anew, which takes
 * some milliseconds: to search the same rows often, make an index. */
KNN_API int knn_search(const struct knn_rows *train, const struct knn_rows *queries, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error);

/* A copy of train rows, packed for one kernel: about their size, in whole tiles. With bounds it takes half as much
 * again; for rows of some hundred bytes, twice their size in all. */
struct knn_index;

KNN_API int knn_index_create(struct knn_index **index, const struct knn_rows *train, const struct knn_options *options,
                             struct knn_error *error);

/* The same, giving the pages of train->data back to the system as they are packed, so that there is only one copy. The
 * memory from the first row to the last must be the caller's alone and private (malloc, mmap); it holds nothing of use
 * afterwards. */
KNN_API int knn_index_consume(struct knn_index **index, struct knn_rows *train, const struct knn_options *options,
                              struct knn_error *error);

/* The same without a copy where there are bounds (knn_index_method): then train->data must stay as it is for as long as
 * the index lives. Else the rows are packed, and the caller's are no longer needed. */
KNN_API int knn_index_borrow(struct knn_index **index, const struct knn_rows *train, const struct knn_options *options,
                             struct knn_error *error);

/* As knn_search, with the rows and options of the index. */
KNN_API int knn_index_search(const struct knn_index *index, const struct knn_rows *queries, size_t k,
                             struct knn_neighbor *neighbors, struct knn_error *error);

/* The name of the kernel; the threads of each search. */
KNN_API const char *knn_index_kernel(const struct knn_index *index);
KNN_API unsigned knn_index_threads(const struct knn_index *index);

/* KNN_BOUNDS if it has bounds, even if searches find that they do not pay; else KNN_EXHAUSTIVE. */
KNN_API enum knn_method knn_index_method(const struct knn_index *index);

/* Accepts NULL. */
KNN_API void knn_index_free(struct knn_index *index);

/* The k nearest of every row among the rows of other folds, for cross-validation: by bounds, or each pair compared
 * once. fold[i] is the fold of row i, 0 <= fold[i] < folds, 2 <= folds <= rows; at least k rows must be outside each
 * fold. Only for a metric that is symmetric, which KNN_L1WRAP is not. */
KNN_API int knn_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                             struct knn_neighbor *neighbors, const struct knn_options *options,
                             struct knn_error *error);

/* Merges lists into one; list l is what a search for counts[l] neighbours in one part of the train rows gives. The k
 * nearest of query q, by (distance, id), come from found[l][q * counts[l]] to found[l][(q + 1) * counts[l] - 1] for all
 * l < lists. counts[l] <= k, and less if a part has fewer than k rows; together they are at least k. */
KNN_API int knn_merge(const struct knn_neighbor *const *found, const size_t *counts, size_t lists, size_t queries,
                      size_t k, struct knn_neighbor *neighbors, struct knn_error *error);

/* distances[q * stride + t] becomes the distance of query q to train row number t (not id t); stride >= train rows,
 * counted in distances. 32 bits are for rows of at most UINT32_MAX / 255^2 bytes (66 051), L1: UINT32_MAX / 255. */
KNN_API int knn_distances(const struct knn_rows *train, const struct knn_rows *queries, uint32_t *distances,
                          size_t stride, const struct knn_options *options, struct knn_error *error);
KNN_API int knn_distances64(const struct knn_rows *train, const struct knn_rows *queries, uint64_t *distances,
                            size_t stride, const struct knn_options *options, struct knn_error *error);

/* -- the classifier ------------------------------------------------------------------------------------------------ */

struct knn_classifier;

/* Remembers copies of rows X and their labels y, X->rows of them, each 0 to 65535. options->k is at most X->rows; ids
 * are the rows' numbers. */
KNN_API int knn_train(struct knn_classifier **classifier, const struct knn_rows *X, const uint16_t *y,
                      const struct knn_options *options, struct knn_error *error);

/* The same, consuming X as knn_index_consume does. */
KNN_API int knn_train_consuming(struct knn_classifier **classifier, struct knn_rows *X, const uint16_t *y,
                                const struct knn_options *options, struct knn_error *error);

/* labels[i] becomes the label of row i of X: the one with most votes of its k nearest; on a tie, the smallest.
 * neighbors[i * k ...] become those k, and shares[i * knn_classifier_classes() + c] class c's share of their votes;
 * either may be NULL. */
KNN_API int knn_predict(const struct knn_classifier *classifier, const struct knn_rows *X, uint16_t *labels,
                        double *shares, struct knn_neighbor *neighbors, struct knn_error *error);

/* One more than the largest label. */
KNN_API size_t knn_classifier_classes(const struct knn_classifier *classifier);

/* The index it searches. */
KNN_API const struct knn_index *knn_classifier_index(const struct knn_classifier *classifier);

/* Accepts NULL. */
KNN_API void knn_classifier_free(struct knn_classifier *classifier);

/* Only the vote, of a sorted list of 1 <= k <= KNN_MAX_K neighbours; neighbour i has label labels[neighbors[i].id]. A
 * list found once serves every smaller k. `shares`, if not NULL, has `classes` entries, more than the largest label.
 *
 * Votes are added up in the neighbours' order, so labels whose neighbours are equally far have equal sums, and tie. */
KNN_API uint16_t knn_vote(const struct knn_neighbor *neighbors, size_t k, const uint16_t *labels,
                          enum knn_metric metric, enum knn_weights weights, double *shares, size_t classes);

/* -- what there is ------------------------------------------------------------------------------------------------- */

struct knn_kernel_info {
    const char *name;    /* <metric>_<instruction set>[_<queries>x<train rows of its tile>] */
    const char *summary; /* one line: the instructions it relies on */
    enum knn_metric metric;
    unsigned mr, nr; /* queries and train rows of a tile; 1 and 1 where it has none */
    int runs;        /* 1: this CPU can run it */
    int is_default;  /* 1: this CPU's choice if neither a kernel nor an instruction set is named */
};

/* Describes kernel i, the slowest of a metric first; -1 if there are no more. `size` is sizeof *info. */
KNN_API int knn_kernel_describe(size_t i, struct knn_kernel_info *info, size_t size);

struct knn_cpu_info {
    char name[64];             /* the CPU's own; "unknown" where it has none */
    char isas[128];            /* its instruction sets that this build knows, the weakest first: "avx2 avxvnni" */
    unsigned cores;            /* that the process may use */
    unsigned hardware_threads; /* of those */
    unsigned threads;          /* of a search whose options do not say */
};

/* Describes the machine. `size` is sizeof *info. */
KNN_API int knn_cpu_describe(struct knn_cpu_info *info, size_t size, struct knn_error *error);

/* "l1", "l2" or "l1wrap"; NULL for no metric. */
KNN_API const char *knn_metric_name(enum knn_metric metric);

#ifdef __cplusplus
}
#endif

#endif
