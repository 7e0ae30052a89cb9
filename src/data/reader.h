/* The formats of labelled data sets that are read, one file a format. dataset.c asks them in the order of its table. */
#ifndef KNN_READER_H
#define KNN_READER_H

#include "dataset.h"

struct knn_format {
    const char *name;            /* for people, in a list of what is read */
    const char *const *places;   /* folders and archives beneath a folder where it may also be, up to a NULL */
    const char *const *variants; /* what may follow its path after a colon, up to a NULL */

    /* 1 if a file of this name, in a folder or an archive or by itself, belongs to the format. */
    int (*probe)(const char *name);

    /* Reads the folder, archive or file `path`, in which there was such a file; `variant` is one of the variants, or
     * NULL. On failure the caller frees what is there. */
    int (*open)(struct knn_dataset *dataset, const char *path, const char *variant, struct knn_error *error);
};

extern const struct knn_format knn_format_cifar10, knn_format_cifar100, knn_format_idx, knn_format_numpy;

#endif
