/* NumPy's arrays: as rows, as images and as labels. */
#include "npy.h"

#include <stdlib.h>

#include "fuzz.h"

enum { ROWS, IMAGES, LABELS, WAYS };

static int take(struct knn_member *file, void *context, struct knn_error *error) {
    struct knn_array *array = context;
    return file->which == ROWS     ? knn_npy_read_rows(array, file, error)
           : file->which == IMAGES ? knn_npy_read_images(array, file, error)
                                   : knn_npy_read_labels(array, file, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = fuzz_file(data, size);
    for (unsigned way = 0; way < WAYS; way++) {
        struct knn_parts parts = {0};
        struct knn_array *array = &parts.arrays[0];
        struct knn_error error;
        if (knn_file_read(path, way, take, array, &error) == 0 &&
            (way == LABELS ? array->label_count == 0 : array->rows.data == NULL))
            abort();
        if (array->shape.planes > 0 && array->rows.data != NULL &&
            array->shape.planes * array->shape.height * array->shape.width != array->rows.dim)
            abort();
        knn_parts_free(&parts);
    }
    return 0;
}
