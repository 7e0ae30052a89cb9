/* NumPy's .npy files: arrays with a header that says their type and shape. Nothing is unpickled. */
#ifndef KNN_NPY_H
#define KNN_NPY_H

#include "parts.h"

enum { KNN_NPY_SIZES = 8 };

struct knn_npy {
    char kind;     /* as in NumPy's dtype.kind: 'u', 'i', ... */
    unsigned size; /* bytes of an element, 1 to 8 */
    int swapped;   /* 1: the highest byte first */
    int fortran;   /* 1: the first index runs fastest, not the last */
    unsigned dims;
    uint64_t shape[KNN_NPY_SIZES];
    uint64_t header; /* bytes before the elements */
};

/* Reads a header of version 1, 2 or 3. Fails on all but arrays of numbers. */
int knn_npy_read_header(struct knn_npy *npy, struct knn_member *file, struct knn_error *error);

/* Reads an array of unsigned bytes, N x D or more, into N rows that have the other dimensions in order. On failure the
 * caller frees what is there. */
int knn_npy_read_rows(struct knn_array *array, struct knn_member *file, struct knn_error *error);

/* The same for images; those of N x height x width x planes become planes, one after another. */
int knn_npy_read_images(struct knn_array *array, struct knn_member *file, struct knn_error *error);

/* Reads labels: integers of any type, N or N x 1, each from 0 to 65535. On failure likewise. */
int knn_npy_read_labels(struct knn_array *array, struct knn_member *file, struct knn_error *error);

#endif
