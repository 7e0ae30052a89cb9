/* MNIST's idx files, gzipped or not: as images and as labels. */
#include "idx.h"

#include <stdlib.h>

#include "fuzz.h"

enum { IMAGES, LABELS, WAYS };

static int take(struct knn_member *file, void *context, struct knn_error *error) {
    return (file->which == IMAGES ? knn_idx_read_images : knn_idx_read_labels)(context, file, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(data, size);
    for (unsigned way = 0; way < WAYS; way++) {
        struct knn_parts parts = {0};
        struct knn_array *array = &parts.arrays[0];
        struct knn_error error;
        if (knn_file_read(path, way, take, array, &error) == 0 &&
            (way == LABELS ? array->label_count == 0 : array->shape.height * array->shape.width != array->rows.dim))
            abort();
        knn_parts_free(&parts);
    }
    return 0;
}
