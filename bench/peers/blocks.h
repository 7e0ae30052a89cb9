/* A search by a library that only multiplies matrices: it multiplies blocks of queries by blocks of train rows, and
 * selects the nearest rows by |q - t|^2 - |q|^2 = |t|^2 - 2 qt. |q|^2 is left out: it is the same for all rows of a
 * query. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "peer.h"

struct blocks_setting {
    int own_threads;            /* 1: the library's threads share a product; 0: every thread has its own product */
    size_t queries, train_rows; /* of a block */
};

struct nearest {
    double value; /* holds any float and any 32-bit integer */
    uint32_t index;
};

/* Replaces *nearest by the smallest terms[j] - 2 products[j], j < count, if that is smaller; first is the index of row
 * 0. Of equal values the first one stays. */
typedef void blocks_select_fn(const void *products, const void *terms, size_t count, size_t first,
                              struct nearest *nearest);
blocks_select_fn blocks_select_float, blocks_select_int;

struct blocks {
    struct blocks_setting setting;
    const struct peer_job *job;
    const void *terms; /* 4 bytes for each train row */
    blocks_select_fn *select;
    /* out[i * setting.train_rows + j] = query (first_query + i) times row j of a train block, i < queries. Rows of out
     * beyond that may be written, up to the setting's. 0, or the library's error number. */
    int (*multiply)(void *context, size_t first_query, size_t queries, size_t block, void *out);
    void *context;
};

/* Test rows 0 ... count - 1. `name` is the library's, for errors. */
int blocks_search(const struct blocks *blocks, const char *name, size_t count, uint32_t *nearest,
                  struct knn_error *error);

/* "256 x 1024 blocks, one a thread" */
void blocks_describe(const struct blocks_setting *setting, char *text, size_t size);

#endif
