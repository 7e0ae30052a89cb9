/* The k-nearest-neighbour classifier: `train` remembers, `predict` compares every query with all it remembers.
 *
 *     struct knn_options options = {.metric = KNN_L2, .k = 5};
 *     struct knn_classifier *classifier;
 *     struct knn_error error;
 *     if (knn_train(&classifier, &X, y, &options, &error) != 0 ||
 *         knn_predict(classifier, &X_test, predicted, NULL, &error) != 0)
 *         fprintf(stderr, "%s\n", error.message);
 *     knn_classifier_free(classifier);
 *
 * Rows are vectors of bytes of one length (an image, flattened); labels are 0 to 65535. The neighbours are exact,
 * ordered by (distance, training index); each of the k has one vote, or more the nearer it is (vote.h), and a tie goes
 * to the smallest label. The same input gives the same answer with every kernel and any number of threads, on every
 * machine.
 */
#ifndef KNN_KNN_H
#define KNN_KNN_H

#include "choose.h"
#include "engine.h"
#include "vote.h"

enum knn_bind {
    KNN_BIND_SEVERAL, /* each of several threads to a core of its own, a thread on its own to none */
    KNN_BIND_ALWAYS,  /* that one, too, for steady timing */
    KNN_BIND_NEVER,   /* threads stay where the system puts them */
};

struct knn_options {
    enum knn_metric metric;   /* KNN_L1, or KNN_L2 (squared: the same order without the root) */
    size_t k;                 /* 1 to KNN_MAX_K, at most the training rows; 0 means 1 */
    enum knn_weights weights; /* KNN_UNIFORM, or KNN_DISTANCE */
    const char *kernel;       /* by name, which must fit metric; NULL: the fastest for this CPU */
    const char *isa;          /* use no CPU features beyond this instruction set's; NULL: the environment's KNNMARK_ISA,
                                 else no limit */
    unsigned threads;         /* 0: OMP_NUM_THREADS, else one for every core the process may use */
    enum knn_bind binding;    /* KNN_BIND_SEVERAL, ..._ALWAYS or ..._NEVER */
    int consume;              /* 1: knn_train may destroy X's bytes as it packs them, so that there is only one copy */
    knn_progress_fn *progress; /* may be NULL; see engine.h */
    void *context;             /* handed to progress */
};

struct knn_classifier;

/* Learns X (rows of bytes) with y (X->rows labels). Labels are copied; rows are packed for a tile kernel, and for a
 * pair kernel X must outlive the classifier. Fails on names that do not exist or cannot run here, on a bad k and
 * without memory; *classifier is then NULL. */
int knn_train(struct knn_classifier **classifier, const struct knn_matrix *X, const uint16_t *y,
              const struct knn_options *options, struct knn_error *error);

/* labels[i] becomes the label of row i of X. `neighbors`, if not NULL, receives its k nearest training rows in
 * neighbors[i * k ...], nearest first. Safe from several threads at once; if each call has several threads of its own,
 * train with KNN_BIND_NEVER, or all calls will share the same cores. */
int knn_predict(const struct knn_classifier *classifier, const struct knn_matrix *X, uint16_t *labels,
                struct knn_neighbor *neighbors, struct knn_error *error);

/* The kernel and the threads in use. */
const struct knn_kernel *knn_classifier_kernel(const struct knn_classifier *classifier);
unsigned knn_classifier_threads(const struct knn_classifier *classifier);

/* Accepts NULL. */
void knn_classifier_free(struct knn_classifier *classifier);

#endif
