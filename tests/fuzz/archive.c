/* Archives of either version of CIFAR-10, from libarchive to the labels. */
#include <stdlib.h>

#include "cifar.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct knn_dataset dataset;
    struct knn_error error;
    if (knn_dataset_open(&dataset, fuzz_file(data, size), &error) != 0)
        return 0;
    for (size_t i = 0; i < dataset.train.pixels.rows; i++)
        if (dataset.train.labels[i] >= KNN_CIFAR10_CLASSES)
            abort();
    knn_dataset_close(&dataset);
    return 0;
}
