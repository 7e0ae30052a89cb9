/* What workloads share: the rows, panels of them for the kernels that run, and the reference's answers. */
#ifndef WORK_STOCK_H
#define WORK_STOCK_H

#include "engine.h"
#include "level.h"

enum {
    STOCK_MOST = 16,
    VERIFIED_QUERIES = KNN_MAX_MR + 1, /* more than any tile's mr and no multiple of it */
    VERIFIED_K = 100,
};

struct stock {
    struct knn_matrix train, queries; /* of the caller */
    struct knn_picture picture;       /* the shape of the picture in a row, for bounds */
    const struct knn_team *team;      /* packs, and runs the reference */
    knn_progress_fn *progress;        /* of all searches; NULL: none */
    size_t keep;                      /* kernels whose panels are kept, at most STOCK_MOST: the last ones */
    struct knn_panels panels[STOCK_MOST];
    size_t count;
    struct knn_neighbor *found; /* room for the answers of a search */
    size_t room;
    struct knn_neighbor *expected[KNN_METRICS];
};

/* The train rows packed for a kernel: valid until `keep` others were asked for. NULL with an error. */
const struct knn_panels *stock_panels(struct stock *stock, const struct knn_kernel *kernel, struct knn_error *error);

/* The reference's answers to the first VERIFIED_QUERIES, computed once: *k for each, VERIFIED_K or as many as there are
 * rows. NULL with an error. */
const struct knn_neighbor *stock_expected(struct stock *stock, enum knn_metric metric, size_t *k,
                                          struct knn_error *error);

/* Makes room for so many neighbours in stock->found. */
int stock_reserve(struct stock *stock, size_t neighbours, struct knn_error *error);

/* Frees all panels. */
void stock_forget(struct stock *stock);

void stock_free(struct stock *stock);

/* The first rows of a matrix. */
struct knn_matrix first_rows(const struct knn_matrix *matrix, size_t rows);

#endif
