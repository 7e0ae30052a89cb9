/* A labelled data set that comes as four arrays: images and labels, to train on and to test with. */
#ifndef KNN_PARTS_H
#define KNN_PARTS_H

#include "container.h"
#include "dataset.h"

enum knn_part { KNN_TRAIN_IMAGES, KNN_TRAIN_LABELS, KNN_TEST_IMAGES, KNN_TEST_LABELS, KNN_PARTS };

/* What a part is read into, images or labels. */
struct knn_array {
    struct knn_share share; /* of the rows, to be read */
    struct knn_span span;   /* which rows that is */
    struct knn_matrix rows;
    struct knn_shape shape;
    uint16_t *labels;
    size_t label_count;
    char where[256]; /* the file, for messages; empty: not read yet */
};

struct knn_parts {
    struct knn_array arrays[KNN_PARTS];
};

/* Fails on a part that was read before; else notes where it comes from. */
int knn_part_begin(struct knn_array *array, const struct knn_member *file, struct knn_error *error);

/* Allocates its share of a file's rows. The file should have `header` bytes, then `rows` times `before` and `dim`
 * bytes. Fails if the file cannot have them, beyond the limits, and without memory. */
int knn_rows_alloc(struct knn_array *array, const struct knn_member *file, uint64_t header, uint64_t rows,
                   uint64_t before, uint64_t dim, struct knn_error *error);

/* Reads its share of the rows, which lie one after another up to the file's end. */
int knn_rows_read(struct knn_array *array, struct knn_member *file, struct knn_error *error);

/* Allocates `count` labels, all 0. Fails on none, on more than KNN_MAX_IMAGES, and without memory. */
int knn_labels_alloc(struct knn_array *array, uint64_t count, struct knn_error *error);

/* Moves the parts to the data set. Its classes go from 0 to the largest label to train on. Fails on parts that are
 * missing or do not go together; messages call them by `names`, in `path`. */
int knn_parts_join(struct knn_dataset *dataset, struct knn_parts *parts, const char *path,
                   const char *const names[KNN_PARTS], struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_parts_free(struct knn_parts *parts);

#endif
