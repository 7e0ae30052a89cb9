/* Labelled images to train on and to test with, by one specification string.
 *
 *   PATH       a folder, an archive (any that libarchive reads) or a file of one of the formats of reader.h's table:
 *              CIFAR-10, CIFAR-100, MNIST's idx files, NumPy's arrays. A folder may have the data set in itself or in
 *              its usual subfolder or archive (cifar-10-batches-bin/, cifar-10-binary.tar.gz, ...)
 *   PATH:WORD  the same with other labels, if the format has some: CIFAR-100's `coarse`
 *   synthetic[:seed=N,train=N,test=N,dim=N,classes=N]
 *              generated images of CIFAR-10's shape and class balance, or rows of another length; seed 1, 50000 images
 *              to train on, 10000 to test with, 3072 bytes and 10 classes unless told
 *
 * The files decide how many images there are. docs/data.md says what is looked for. */
#ifndef KNN_DATASET_H
#define KNN_DATASET_H

#include <stdint.h>

#include "fail.h"
#include "matrix.h"
#include "share.h"

/* How a row is a picture: `planes` planes (1: grey; 3: red, green, blue), one after another, each of `height` lines of
 * `width` bytes. All are 0 where rows are not pictures. */
struct knn_shape {
    size_t height, width, planes;
};

struct knn_images {
    struct knn_matrix pixels; /* a row an image, or whatever the data set has in a row */
    uint16_t *labels;         /* one for each row, below the data set's number of classes */
    struct knn_span span;     /* which images the rows are; there are labels for all images (below) */
};

enum { KNN_MAX_CLASSES = UINT16_MAX + 1 };

struct knn_dataset {
    struct knn_images train, test; /* rows of one length */
    struct knn_share train_share, test_share;
    struct knn_shape shape;
    size_t classes;           /* 1 to KNN_MAX_CLASSES */
    const char **class_names; /* by label; the number itself if nothing else is known */
    char source[512]; /* for people: "images in CIFAR-10's binary format in data/cifar-10-batches-bin", one line of
                         UTF-8 whatever the path's bytes are */
    int synthetic;    /* 1 if generated: its results are not CIFAR-10's */
    uint64_t seed;    /* of a synthetic set, else 0 */
};

/* The specification in force: `spec` if not NULL, else the environment's KNNMARK_DATA if set and not empty, else "data"
 * if that folder holds a data set in any of the forms above, else "synthetic". */
const char *knn_dataset_spec(const char *spec);

/* Opens exactly `spec` (not NULL). On failure nothing is left allocated and the error names the file, what is wrong
 * with it and what to do. Not for two threads on one struct. */
int knn_dataset_open(struct knn_dataset *dataset, const char *spec, struct knn_error *error);

/* The same, but only these shares of the images are read: the others' bytes are not touched if the files are neither
 * compressed nor pickled. There is room for all labels; those of images that were not read may be 0 if a label lies
 * beside its image in the file. */
int knn_dataset_open_part(struct knn_dataset *dataset, const char *spec, struct knn_share train, struct knn_share test,
                          struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_dataset_close(struct knn_dataset *dataset);

#endif
