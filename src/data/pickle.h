/* A strict reader of the pickles that CIFAR-10's Python version consists of: those of Python 2 (protocol 2), and the
 * same dictionary written again by Python 3 (protocol 3 or 4). It knows the opcodes which these use and refuses all
 * others. Nothing is executed, imported or looked up: an object stays the description that the file gives of it. */
#ifndef KNN_PICKLE_H
#define KNN_PICKLE_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"

enum knn_pickle_kind {
    KNN_PICKLE_NONE,
    KNN_PICKLE_INTEGER, /* also a truth value, 0 or 1 */
    KNN_PICKLE_BYTES,   /* also text, in UTF-8 */
    KNN_PICKLE_GLOBAL,  /* a name of numpy's, `integer` says which */
    KNN_PICKLE_TUPLE,
    KNN_PICKLE_LIST,
    KNN_PICKLE_DICT,   /* its items are a key, its value, a key, ... */
    KNN_PICKLE_OBJECT, /* its items are a global, the tuple it is called with and, if it has one, its state */
};

enum knn_pickle_global { KNN_PICKLE_RECONSTRUCT, KNN_PICKLE_NDARRAY, KNN_PICKLE_DTYPE };

struct knn_pickle_value {
    enum knn_pickle_kind kind;
    uint32_t first, last; /* its items, a chain; KNN_PICKLE_END if there are none */
    size_t size;          /* bytes, or items */
    union {
        int64_t integer;
        const uint8_t *bytes; /* in the caller's buffer */
    };
};

#define KNN_PICKLE_END UINT32_MAX

struct knn_pickle_item {
    uint32_t value, next;
};

struct knn_pickle {
    struct knn_pickle_value *values;
    struct knn_pickle_item *items;
    size_t value_count, value_capacity, item_count, item_capacity;
    uint32_t root;
};

/* Reads a whole pickle, in memory that stays the caller's and must live as long. `where` is the file, for messages. On
 * failure nothing is left allocated. A value may be its own item: do not walk down without knowing how deep to go. */
int knn_pickle_read(struct knn_pickle *pickle, const uint8_t *bytes, size_t size, const char *where,
                    struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_pickle_free(struct knn_pickle *pickle);

/* The n-th item of a value if that is of the kind, else NULL; also NULL if `of` is NULL. */
const struct knn_pickle_value *knn_pickle_item(const struct knn_pickle *pickle, const struct knn_pickle_value *of,
                                               size_t n, enum knn_pickle_kind kind);

/* What a dictionary has under a key if that is of the kind, else NULL; also NULL if `dict` is NULL or no dictionary. */
const struct knn_pickle_value *knn_pickle_get(const struct knn_pickle *pickle, const struct knn_pickle_value *dict,
                                              const char *key, enum knn_pickle_kind kind);

/* 1 if the value is these bytes. */
int knn_pickle_is(const struct knn_pickle_value *value, const char *bytes);

#endif
