/* Archives of every format that comes in them, from libarchive to the labels. */
#include <stdlib.h>

#include "dataset.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct knn_dataset dataset;
    struct knn_error error;
    if (knn_dataset_open(&dataset, fuzz_file(data, size), &error) != 0)
        return 0;
    for (size_t i = 0; i < dataset.train.pixels.rows; i++)
        if (dataset.train.labels[i] >= dataset.classes)
            abort();
    if (dataset.train.pixels.dim != dataset.test.pixels.dim)
        abort();
    knn_dataset_close(&dataset);
    return 0;
}
